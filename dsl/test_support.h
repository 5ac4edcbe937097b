#ifndef WEFT_DSL_TEST_SUPPORT_H_
#define WEFT_DSL_TEST_SUPPORT_H_

// Between GoogleTest, which speaks std::string, and the library.

#include <ostream>
#include <string>
#include <string_view>

#include "dsl/weft.h"

namespace weft {

inline Str from_std(std::string_view text) {
  return Str(direct::str_of_bytes(text.data(), static_cast<int64_t>(text.size())));
}

inline std::string to_std(Str s) {
  if (s.is_null()) return "(null)";
  return std::string(reinterpret_cast<const char*>(s.data()->bytes),
                     static_cast<size_t>(s.length()));
}

// How GoogleTest prints a Str.
inline void PrintTo(Str s, std::ostream* out) { *out << '"' << to_std(s) << '"'; }

}  // namespace weft

#endif  // WEFT_DSL_TEST_SUPPORT_H_
