#include "backend_jvm/externals.h"

#include <algorithm>
#include <iterator>

namespace weft::backend_jvm {

namespace {

// What java.lang.Math has under the same name and with the same meaning.
constexpr std::string_view kMath[] = {"sqrt",  "cbrt",  "floor", "ceil", "exp", "expm1", "log",
                                      "log10", "log1p", "sin",   "cos",  "tan", "asin",  "acos",
                                      "atan",  "sinh",  "cosh",  "tanh", "pow", "atan2", "hypot"};
// What the run time adds to it.
constexpr std::string_view kMore[] = {"trunc", "round", "exp2",  "log2",
                                      "asinh", "acosh", "atanh", "fmod"};

bool IsIn(const auto& list, std::string_view name) {
  return std::find(std::begin(list), std::end(list), name) != std::end(list);
}

}  // namespace

ExternalMethod FindExternal(std::string_view symbol) {
  if (symbol == "fabs") return {"java/lang/Math", "abs"};
  if (IsIn(kMath, symbol)) return {"java/lang/Math", std::string(symbol)};
  if (IsIn(kMore, symbol)) return {"weft/rt/MoreMath", std::string(symbol)};
  if (symbol.starts_with("weft_os_")) return {"weft/rt/Os", std::string(symbol.substr(8))};
  return {};
}

}  // namespace weft::backend_jvm
