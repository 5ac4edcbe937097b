#ifndef WEFT_DSL_OBJECT_H_
#define WEFT_DSL_OBJECT_H_

#include <cstdint>
#include <type_traits>

#include "dsl/macros.h"
#ifndef __WEFT__
#include "dsl/direct.h"
#endif

namespace weft {

// The root of every garbage-collected class. `new T(...)` allocates, a `T*` refers to an object or
// is null, and nothing is ever deleted by hand. Objects are compared by identity, as pointers.
class Object {
 public:
  // Runs once, some time after nothing refers to the object any longer, or never. A class has a
  // finalizer when it overrides this.
  virtual void finalize() {}

  // Whether two references name the same value. For ordinary objects this is identity; Unboxed
  // compares what it holds.
  virtual bool is_same_value(Object* other) { return this == other; }

#ifndef __WEFT__
  static void* operator new(size_t size) { return direct::allocate_or_throw(size); }
  static void operator delete(void*) {}
#endif
};

#ifdef __WEFT__

// Whether `object` is a `T`. Null is not.
template <class T, class U>
WEFT_INTRINSIC("isa")
bool isa(U* object);

// `object` as a `T`; null stays null. Anything else is a fatal error where checks are on.
template <class T, class U>
WEFT_INTRINSIC("cast")
T* cast(U* object);

// `object` as a `T`, or null when it is something else.
template <class T, class U>
WEFT_INTRINSIC("dyn_cast")
T* dyn_cast(U* object);

// A number that stays the same as long as the object lives; different objects may share it.
WEFT_INTRINSIC("identity_hash") int64_t identity_hash(Object* object);

#else

template <class T, class U>
inline bool isa(U* object) {
  return dynamic_cast<T*>(object) != nullptr;
}

template <class T, class U>
inline T* cast(U* object, WEFT_DIRECT_HERE) {
  T* result = dynamic_cast<T*>(object);
  if (result == nullptr && object != nullptr) direct::fatal(file, line, "bad cast");
  return result;
}

template <class T, class U>
inline T* dyn_cast(U* object) {
  return dynamic_cast<T*>(object);
}

inline int64_t identity_hash(Object* object) {
  return static_cast<int64_t>(reinterpret_cast<uintptr_t>(object) >> 4);
}

#endif

// Identity for ordinary objects, equality of the value held for Unboxed ones; null is the same
// as null only.
inline bool same_value(Object* a, Object* b) {
  if (a == b) return true;
  if (a == nullptr || b == nullptr) return false;
  return a->is_same_value(b);
}

}  // namespace weft

#endif  // WEFT_DSL_OBJECT_H_
