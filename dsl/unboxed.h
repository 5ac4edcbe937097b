#ifndef WEFT_DSL_UNBOXED_H_
#define WEFT_DSL_UNBOXED_H_

// Unboxed<T, Base>: objects that hold one int64_t or double and may be represented in the pointer
// itself.
//
//   class Number : public weft::Unboxed<double, Value> {
//     using Unboxed::Unboxed;
//   };
//
// `new Number(1.5)` makes one and `n->value()` reads it. They cannot change and have no identity:
// whether two that hold the same value are the same pointer is unspecified, so compare them with
// same_value. Of all classes with a double one at most is represented in the pointer, and of all
// with an int64_t one: `weft report` says which, and `--boxing` in which form.

#include <cstdint>
#include <type_traits>

#include "dsl/intrinsics.h"
#include "dsl/macros.h"
#include "dsl/object.h"

namespace weft {

template <class T, class Base = Object>
class WEFT_UNBOXED Unboxed : public Base {
  static_assert(std::is_same_v<T, int64_t> || std::is_same_v<T, double>,
                "an Unboxed holds an int64_t or a double");

 public:
  explicit Unboxed(T value) : value_(value) {}

  T value() const { return value_; }

  // The same bits, so that a NaN is the same as itself and 0.0 is not -0.0.
  bool is_same_value(Object* other) override {
    Unboxed* unboxed = dyn_cast<Unboxed>(other);
    if (unboxed == nullptr) return false;
    if constexpr (std::is_same_v<T, double>) {
      return f64_bits(value_) == f64_bits(unboxed->value_);
    } else {
      return value_ == unboxed->value_;
    }
  }

 private:
  T value_;
};

}  // namespace weft

#endif  // WEFT_DSL_UNBOXED_H_
