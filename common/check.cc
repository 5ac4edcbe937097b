#include "common/check.h"

#include <cstdio>
#include <cstdlib>

namespace weft {

void CheckFailed(const char* file, int line, const char* condition, const std::string& message) {
  fmt::print(stderr, "weft: internal error at {}:{}: {}{}{}\n", file, line, condition,
             message.empty() ? "" : ": ", message);
  fmt::print(stderr, "This is a bug in Weft, not in your program; please report it.\n");
  std::fflush(stderr);
  std::abort();
}

}  // namespace weft
