#ifndef WEFT_COMMON_CHECK_H_
#define WEFT_COMMON_CHECK_H_

#include <fmt/format.h>

#include <string>
#include <utility>

namespace weft {

// Prints "CHECK failed at FILE:LINE: CONDITION: MESSAGE" with a request to report it, and aborts.
[[noreturn]] void CheckFailed(const char* file, int line, const char* condition,
                              const std::string& message);

}  // namespace weft

// A CHECK states what the translator itself guarantees: when one fails, the bug is ours and never
// the user's. Input that a user can write gets a diagnostic (common/diagnostic.h), and what the
// environment can do gets an ErrorOr (common/error.h).
#define WEFT_CHECK(condition, ...)                                                        \
  do {                                                                                    \
    if (!(condition)) [[unlikely]] {                                                      \
      ::weft::CheckFailed(__FILE__, __LINE__, #condition, ::fmt::format("" __VA_ARGS__)); \
    }                                                                                     \
  } while (false)

// Marks a place that no valid program state reaches.
#define WEFT_FATAL(...) \
  ::weft::CheckFailed(__FILE__, __LINE__, "unreachable", ::fmt::format("" __VA_ARGS__))

#endif  // WEFT_COMMON_CHECK_H_
