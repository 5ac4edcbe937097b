#ifndef WEFT_GC_TEST_PROGRAM_H_
#define WEFT_GC_TEST_PROGRAM_H_

// What a generated program would define, for the tests of the collectors: types of several shapes,
// global roots, a frozen object, and what finalizers and failed allocations did.

#include <cstdint>
#include <vector>

#include "gc/weft_gc.h"

namespace weft::gc::test {

enum TypeId : uint32_t {
  kNoType,
  // { int64 id }
  kLeaf,
  // { int64 id, Object* left, Object* right }
  kNode,
  // Items are references.
  kReferences,
  // Items are bytes.
  kBytes,
  // Items are { int64 number, Object* reference }.
  kPairs,
  // { Object* target }, weakly.
  kWeak,
  // Like kNode, with a finalizer.
  kFinalized,
  // { int64 id, and 59 words more, the last of which is a reference }
  kWide,
  kTypeCount
};

struct Leaf {
  weft_object header;
  int64_t id;
};

struct Node {
  weft_object header;
  int64_t id;
  weft_object* left;
  weft_object* right;
};

struct Weak {
  weft_object header;
  weft_object* target;
};

struct Wide {
  weft_object header;
  int64_t id;
  int64_t filler[58];
  weft_object* last;
};

struct Pair {
  int64_t number;
  weft_object* reference;
};

inline constexpr uint32_t kItemsOffset = 16;

inline int64_t LengthOf(weft_object* object) {
  return reinterpret_cast<weft_array*>(object)->length;
}
template <typename T>
T* ItemsOf(weft_object* object) {
  return reinterpret_cast<T*>(reinterpret_cast<char*>(object) + kItemsOffset);
}

// A global variable of the program.
inline constexpr int kGlobals = 4;
extern weft_object* globals[kGlobals];
// A frozen object whose references may be overwritten.
extern Node frozen_node;
// The prebuilt MemoryError.
extern Leaf memory_error;

// Ids of the objects whose finalizers ran, in order. `on_finalize`, when set, is called by each.
extern std::vector<int64_t> finalized;
extern void (*on_finalize)(Node*);

// Allocate as generated code does. A failure gives nullptr with weft_exception set.
Leaf* NewLeaf(int64_t id);
Node* NewNode(int64_t id, weft_object* left = nullptr, weft_object* right = nullptr);
Node* NewFinalized(int64_t id, weft_object* left = nullptr, weft_object* right = nullptr);
Wide* NewWide(int64_t id);
Weak* NewWeak(weft_object* target);
weft_object* NewReferences(int64_t length);
weft_object* NewBytes(int64_t length);
weft_object* NewPairs(int64_t length);

// A reference in a local variable, kept on the shadow stack for as long as the scope lasts.
class Root {
 public:
  explicit Root(weft_object* object = nullptr) : slot_(weft_shadow_top++) { *slot_ = object; }
  template <typename T>
  explicit Root(T* object) : Root(&object->header) {}
  ~Root() { --weft_shadow_top; }
  Root(const Root&) = delete;
  Root& operator=(const Root&) = delete;

  template <typename T = weft_object>
  T* Get() const {
    return static_cast<T*>(*slot_);
  }
  void Set(void* object) { *slot_ = object; }

 private:
  void** slot_;
};

}  // namespace weft::gc::test

#endif  // WEFT_GC_TEST_PROGRAM_H_
