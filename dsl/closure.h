#ifndef WEFT_DSL_CLOSURE_H_
#define WEFT_DSL_CLOSURE_H_

// Closure<R(A...)>: a lambda (or anything that can be called) kept in an object on the heap, so
// that it can be stored, returned and called when its scope is gone. It captures by value: a lambda
// that captures by reference is refused (W0209), since the closure may outlive the place.

#include <cstddef>
#include <type_traits>

#include "dsl/macros.h"
#include "dsl/object.h"

namespace weft {

template <class R, class... A>
class ClosureData : public Object {
 public:
  virtual R call(A... args) = 0;
};

template <class F, class R, class... A>
class ClosureOf : public ClosureData<R, A...> {
 public:
  explicit ClosureOf(F function) : function_(function) {}
  R call(A... args) override { return function_(args...); }

 private:
  F function_;
};

template <class Signature>
class Closure;

template <class R, class... A>
class WEFT_HANDLE Closure<R(A...)> {
 public:
  Closure() : data_(nullptr) {}
  template <class N>
    requires std::is_same_v<N, std::nullptr_t>
  // NOLINTNEXTLINE(google-explicit-constructor): `nullptr` is a null closure.
  Closure(N) : data_(nullptr) {}
  template <class F>
    requires(!std::is_same_v<F, std::nullptr_t> && !std::is_same_v<F, Closure>)
  // NOLINTNEXTLINE(google-explicit-constructor): a lambda is passed where a closure is wanted.
  Closure(F function) : data_(new ClosureOf<F, R, A...>(function)) {}

  bool is_null() const { return data_ == nullptr; }
  R operator()(A... args) const { return data_->call(args...); }

 private:
  ClosureData<R, A...>* data_;
};

template <class R, class... A>
inline bool operator==(Closure<R(A...)> closure, std::nullptr_t) {
  return closure.is_null();
}
template <class R, class... A>
inline bool operator!=(Closure<R(A...)> closure, std::nullptr_t) {
  return !closure.is_null();
}

}  // namespace weft

#endif  // WEFT_DSL_CLOSURE_H_
