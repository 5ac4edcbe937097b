#ifndef WEFT_DSL_GC_H_
#define WEFT_DSL_GC_H_

// The collector as the program sees it. None of this is needed in ordinary code.

#include <cstddef>
#include <cstdint>

#include "dsl/macros.h"
#include "dsl/object.h"
#ifndef __WEFT__
#include "dsl/direct.h"
#endif

namespace weft {

namespace gc {

// What stat() can be asked.
constexpr int32_t kCollections = 0;
constexpr int32_t kBytesInUse = 1;
constexpr int32_t kBytesAllocated = 2;
// What the heap takes of the system, and how long the collector has stopped the program:
// altogether, at most, the duration that half of the pauses exceed and the one that one in a
// thousand does. Not positive where it is not measured: in the direct build and in initialisers.
constexpr int32_t kHeapBytes = 3;
constexpr int32_t kPauseNanoseconds = 4;
constexpr int32_t kLongestPauseNanoseconds = 5;
constexpr int32_t kMedianPauseNanoseconds = 6;
constexpr int32_t kLongPauseNanoseconds = 7;
constexpr int32_t kPauses = 8;

#ifdef __WEFT__
// Collects everything that is out of reach now. The direct build and the collector `none` do
// nothing.
WEFT_INTRINSIC("gc_collect") void collect();
WEFT_INTRINSIC("gc_stat") int64_t stat(int32_t which);
#else
inline void collect() {}
inline int64_t stat(int32_t which) {
  if (which == kCollections || which > kHeapBytes) return 0;
  return static_cast<int64_t>(direct::heap().allocated);
}
#endif

}  // namespace gc

// What a WeakRef stands on: an object that does not keep its target alive.
#ifdef __WEFT__
class WeakTarget : public Object {};
WEFT_INTRINSIC("weakref_new")
WeakTarget* weakref_new(Object* target);
WEFT_INTRINSIC("weakref_get")
Object* weakref_get(WeakTarget* weak);
#else
class WeakTarget : public Object {
 public:
  explicit WeakTarget(Object* target) : target(target) {}
  Object* target;
};
inline WeakTarget* weakref_new(Object* target) { return new WeakTarget(target); }
inline Object* weakref_get(WeakTarget* weak) { return weak->target; }
#endif

// A reference that does not keep its target alive: get() is null once the target has been
// collected.
template <class T>
class WEFT_HANDLE WeakRef {
 public:
  WeakRef() : weak_(nullptr) {}
  explicit WeakRef(T* target) : weak_(target == nullptr ? nullptr : weakref_new(target)) {}

  T* get() const { return weak_ == nullptr ? nullptr : cast<T>(weakref_get(weak_)); }

 private:
  WeakTarget* weak_;
};

}  // namespace weft

#endif  // WEFT_DSL_GC_H_
