#include "gc/test_program.h"

#include <cstddef>

using namespace weft::gc::test;

namespace {

void Finalize(weft_object* object) {
  Node* node = reinterpret_cast<Node*>(object);
  finalized.push_back(node->id);
  if (on_finalize != nullptr) on_finalize(node);
}

const uint32_t kNodePointers[] = {offsetof(Node, left), offsetof(Node, right)};
const uint32_t kWidePointers[] = {offsetof(Wide, last)};
const uint32_t kItemPointers[] = {0};
const uint32_t kPairPointers[] = {offsetof(Pair, reference)};

weft_type Fixed(const char* name, size_t size) {
  weft_type type = {};
  type.name = name;
  type.size = static_cast<uint32_t>(size);
  return type;
}

weft_type WithPointers(weft_type type, const uint32_t* pointers, uint32_t count) {
  type.pointers = pointers;
  type.pointer_count = count;
  return type;
}

weft_type Items(const char* name, size_t item_size, const uint32_t* pointers) {
  weft_type type = Fixed(name, kItemsOffset);
  type.item_size = static_cast<uint32_t>(item_size);
  type.items_offset = kItemsOffset;
  type.length_offset = offsetof(weft_array, length);
  type.item_pointers = pointers;
  type.item_pointer_count = pointers == nullptr ? 0 : 1;
  return type;
}

weft_type Finalized(weft_type type) {
  type.finalizer = Finalize;
  return type;
}

weft_type WeakType() {
  weft_type type = Fixed("weak", sizeof(Weak));
  type.flags = WEFT_TYPE_WEAK;
  type.weak_offset = offsetof(Weak, target);
  return type;
}

}  // namespace

const weft_type weft_types[] = {
    {},
    Fixed("leaf", sizeof(Leaf)),
    WithPointers(Fixed("node", sizeof(Node)), kNodePointers, 2),
    Items("references", sizeof(void*), kItemPointers),
    Items("bytes", 1, nullptr),
    Items("pairs", sizeof(Pair), kPairPointers),
    WeakType(),
    Finalized(WithPointers(Fixed("finalized", sizeof(Node)), kNodePointers, 2)),
    WithPointers(Fixed("wide", sizeof(Wide)), kWidePointers, 1),
};
const uint32_t weft_type_count = kTypeCount;

weft_object** const weft_static_roots[] = {&globals[0], &globals[1], &globals[2], &globals[3]};
const size_t weft_static_root_count = kGlobals;
weft_object* const weft_frozen_roots[] = {&frozen_node.header};
const size_t weft_frozen_root_count = 1;

weft_object* weft_exception = nullptr;
weft_object* weft_noted_exception = nullptr;

void weft_raise_memory_error(void) { weft_exception = &memory_error.header; }

namespace weft::gc::test {

weft_object* globals[kGlobals];
Node frozen_node = {WEFT_FROZEN_HEADER(kNode, 77), 1, nullptr, nullptr};
Leaf memory_error = {WEFT_FROZEN_HEADER(kLeaf, 0), 2};
std::vector<int64_t> finalized;
void (*on_finalize)(Node*) = nullptr;

Leaf* NewLeaf(int64_t id) {
  Leaf* leaf = reinterpret_cast<Leaf*>(weft_gc_alloc(kLeaf, sizeof(Leaf)));
  if (leaf != nullptr) leaf->id = id;
  return leaf;
}

namespace {

// Keeps both references over the allocation that `allocate` does.
template <typename Allocate>
Node* MakeNode(int64_t id, weft_object* left, weft_object* right, Allocate allocate) {
  weft_shadow_top[0] = left;
  weft_shadow_top[1] = right;
  weft_shadow_top += 2;
  Node* node = reinterpret_cast<Node*>(allocate());
  weft_shadow_top -= 2;
  if (node == nullptr) return nullptr;
  node->id = id;
  node->left = static_cast<weft_object*>(weft_shadow_top[0]);
  node->right = static_cast<weft_object*>(weft_shadow_top[1]);
  return node;
}

}  // namespace

Node* NewNode(int64_t id, weft_object* left, weft_object* right) {
  return MakeNode(id, left, right, [] { return weft_gc_alloc(kNode, sizeof(Node)); });
}

Node* NewFinalized(int64_t id, weft_object* left, weft_object* right) {
  return MakeNode(id, left, right, [] { return weft_gc_alloc_finalizable(kFinalized); });
}

Wide* NewWide(int64_t id) {
  Wide* wide = reinterpret_cast<Wide*>(weft_gc_alloc(kWide, sizeof(Wide)));
  if (wide != nullptr) wide->id = id;
  return wide;
}

Weak* NewWeak(weft_object* target) {
  weft_shadow_top[0] = target;
  ++weft_shadow_top;
  Weak* weak = reinterpret_cast<Weak*>(weft_gc_alloc(kWeak, sizeof(Weak)));
  --weft_shadow_top;
  if (weak != nullptr) weak->target = static_cast<weft_object*>(weft_shadow_top[0]);
  return weak;
}

weft_object* NewReferences(int64_t length) {
  return weft_gc_alloc_items(kReferences, kItemsOffset, sizeof(void*), offsetof(weft_array, length),
                             length);
}

weft_object* NewBytes(int64_t length) {
  return weft_gc_alloc_items(kBytes, kItemsOffset, 1, offsetof(weft_array, length), length);
}

weft_object* NewPairs(int64_t length) {
  return weft_gc_alloc_items(kPairs, kItemsOffset, sizeof(Pair), offsetof(weft_array, length),
                             length);
}

}  // namespace weft::gc::test
