#ifndef WEFT_COMMON_ERROR_H_
#define WEFT_COMMON_ERROR_H_

#include <fmt/format.h>

#include <string>
#include <utility>
#include <variant>

#include "common/check.h"

namespace weft {

// What the environment refused: a file that cannot be read, a compiler that is not there. The
// message is a full sentence without the period, ready to stand after "weft: error: ".
class [[nodiscard]] Error {
 public:
  explicit Error(std::string message) : message_(std::move(message)) {}

  const std::string& message() const { return message_; }

  // The same error with what was being done in front: "cannot write 'x': no space left".
  Error WithContext(std::string_view context) && {
    return Error(fmt::format("{}: {}", context, message_));
  }

 private:
  std::string message_;
};

// Makes an Error from a format string, which is checked at compile time.
template <typename... Args>
Error MakeError(fmt::format_string<Args...> format, Args&&... args) {
  return Error(fmt::format(format, std::forward<Args>(args)...));
}

// The value of an ErrorOr that has nothing to say but that it went well.
struct Success {};

// Either a value or the reason why there is none. Looking at the value of a failed one is a bug of
// ours and aborts. Use it for what the environment can do wrong; what the user wrote wrong gets a
// diagnostic (common/diagnostic.h) and a broken promise of ours a WEFT_CHECK.
template <typename T>
class [[nodiscard]] ErrorOr {
 public:
  // Implicit, so that functions can return either.
  ErrorOr(Error error) : state_(std::in_place_index<0>, std::move(error)) {}
  ErrorOr(T value) : state_(std::in_place_index<1>, std::move(value)) {}

  bool ok() const { return state_.index() == 1; }

  const Error& error() const {
    WEFT_CHECK(!ok(), "error() of an ErrorOr that holds a value");
    return *std::get_if<0>(&state_);
  }

  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(value()); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

 private:
  T& value() {
    WEFT_CHECK(ok(), "value of a failed ErrorOr: {}", error().message());
    return *std::get_if<1>(&state_);
  }
  const T& value() const { return const_cast<ErrorOr*>(this)->value(); }

  std::variant<Error, T> state_;
};

}  // namespace weft

// Returns from the enclosing function when the expression, an ErrorOr, failed.
#define WEFT_RETURN_IF_ERROR(expression)                        \
  do {                                                          \
    if (auto weft_result_ = (expression); !weft_result_.ok()) { \
      return ::weft::Error(weft_result_.error());               \
    }                                                           \
  } while (false)

#define WEFT_CONCAT_INNER_(a, b) a##b
#define WEFT_CONCAT_(a, b) WEFT_CONCAT_INNER_(a, b)

// `WEFT_ASSIGN_OR_RETURN(auto text, ReadFile(path));` declares text, or returns the error.
#define WEFT_ASSIGN_OR_RETURN(declaration, expression) \
  WEFT_ASSIGN_OR_RETURN_(WEFT_CONCAT_(weft_result_, __LINE__), declaration, expression)
#define WEFT_ASSIGN_OR_RETURN_(result, declaration, expression) \
  auto result = (expression);                                   \
  if (!result.ok()) return ::weft::Error(result.error());       \
  declaration = *std::move(result)

#endif  // WEFT_COMMON_ERROR_H_
