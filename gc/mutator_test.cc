// A random program against a model: it allocates objects of every shape, links them, loads, clears
// and overwrites references, copies items, asks weak references and identity hashes, lets
// finalizers resurrect, and the same is done to a model in ordinary C++ memory. Now and then
// everything that the roots reach is compared with the model. Runs with every collector; what only
// a collector that frees can do is checked there.
//
//   mutator_test [--seed=N] [--steps=N] [--stress=N] [--unchecked] [--log]

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <random>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "gc/test_program.h"

namespace weft::gc::test {
namespace {

uint64_t seed = 1;
int64_t steps = 200000;
bool is_stressed = false;

#ifdef WEFT_GC_NONE
constexpr bool kFrees = false;
#else
constexpr bool kFrees = true;
#endif

// The type of a model whose reference holds its id.
constexpr TypeId kImmediate = kNoType;

// What an object of the heap should look like.
struct Model {
  TypeId type = kNoType;
  // Of the types that have one; unique.
  int64_t id = 0;
  // Of arrays.
  int64_t length = 0;
  // The strong references: left and right, last, or the items.
  std::vector<Model*> references;
  // Of weak references.
  Model* target = nullptr;
  // The identity hash, once it was asked for; -1 before.
  int64_t hash = -1;
  bool is_finalized = false;
  // A large array that is remembered for good, so that stores into it are not announced.
  bool is_always_remembered = false;
  // Was reachable only from a finalizer for a while, when weak references in it may be cleared.
  bool was_dead = false;
};

class Mutator {
 public:
  Mutator() : random_(seed) {
    weft_shadow_top += kRoots;
    for (int i = 0; i < kRoots; ++i) *Slot(i) = nullptr;
    current_ = this;
    on_finalize = [](Node* node) { current_->Finalized(node); };
  }
  ~Mutator() {
    weft_shadow_top -= kRoots;
    on_finalize = nullptr;
  }

  void Run() {
    for (int64_t step = 0; step < steps && !testing::Test::HasFatalFailure(); ++step) {
      Step();
      if (step % 5000 == 4999) Compare();
    }
    Compare();
  }

  // Drops everything and collects until nothing happens any more.
  void Finish() {
    for (size_t i = 0; i < kAllRoots; ++i) Store(i, nullptr, nullptr);
    if (!kFrees) return;
    may_resurrect_ = false;
    size_t before = 0;
    do {
      before = finalized_count_;
      weft_gc_collect();
    } while (finalized_count_ != before);
    weft_gc_collect();
#ifdef WEFT_GC_CONSERVATIVE
    // Stray words on the stack may keep some objects, and what those refer to.
    EXPECT_GE(finalized_count_, finalizable_count_ - finalizable_count_ / 4 - 4);
#else
    EXPECT_EQ(finalized_count_, finalizable_count_) << "finalizers that never ran";
    EXPECT_EQ(weft_gc_stat(WEFT_GC_STAT_USED_BYTES), 0);
#endif
  }

 private:
  static constexpr int kRoots = 24;
  // Slots of the shadow stack, then globals, then the fields of the frozen object.
  static constexpr size_t kAllRoots = kRoots + kGlobals + 2;

  weft_object** Slot(size_t i) {
    if (i < kRoots) return reinterpret_cast<weft_object**>(weft_shadow_base + i);
    if (i < kRoots + kGlobals) return &globals[i - kRoots];
    return i == kRoots + kGlobals ? &frozen_node.left : &frozen_node.right;
  }
  size_t RandomRoot() { return random_() % kAllRoots; }
  void Store(size_t root, weft_object* object, Model* model) {
    weft_object** slot = Slot(root);
    if (root >= kRoots + kGlobals) {
      weft_gc_write_barrier(&frozen_node.header, slot, object);
    } else if (root >= kRoots) {
      weft_gc_write_barrier_global(slot, object);
    }
    *slot = object;
    roots_[root] = model;
  }
  Model* NewModel(TypeId type, int64_t length, size_t references) {
    models_.push_back({type, ++next_id_, length, std::vector<Model*>(references), nullptr, -1,
                       false, false, false});
    return &models_.back();
  }

  void Step() {
    switch (random_() % 16) {
      case 0:
      case 1:
      case 2:
      case 3:
      case 4:
      case 5:
        return Allocate();
      case 6:
      case 7:
        return random_() % 4 == 0 ? LinkBoth() : Link();
      case 8:
        return Move();
      case 9:
        return random_() % 4 == 0 ? Copy() : Load();
      case 10:
        return Load();
      case 11:
      case 12:
        return Store(RandomRoot(), nullptr, nullptr);
      case 13:
        return ReadWeak();
      case 14:
        return random_() % 2 == 0 ? ReadWeak() : TakeHash();
      default:
        if (random_() % 512 == 0) weft_gc_collect();
        if (!is_stressed && random_() % 16384 == 0) BuildDeep();
        // Keeps the heap from growing for ever.
        if (random_() % 1024 == 0) {
          for (size_t i = 0; i < kAllRoots; ++i) {
            if (random_() % 8 != 0) Store(i, nullptr, nullptr);
          }
        }
    }
  }

  int64_t RandomLength() {
    switch (random_() % 64) {
      case 0:
        return static_cast<int64_t>(random_() % 3000);
      case 1:
        return static_cast<int64_t>(random_() % 8 == 0 ? random_() % 60000 : 0);
      case 2:
        return static_cast<int64_t>(random_() % 4 == 0 ? 2040 + random_() % 2048 : 0);
      default:
        return static_cast<int64_t>(random_() % 20);
    }
  }

  void Allocate() {
    size_t from_a = RandomRoot();
    size_t from_b = RandomRoot();
    size_t to = RandomRoot();
#if WEFT_HAS_IMMEDIATES
    if (random_() % 4 == 0) {
      Model* model = NewModel(kImmediate, 0, 0);
      return Store(to, static_cast<weft_object*>(weft_box_i64(model->id)), model);
    }
#endif
    switch (random_() % 12) {
      case 0:
      case 1: {
        Model* model = NewModel(kLeaf, 0, 0);
        Store(to, &NewLeaf(model->id)->header, model);
        return;
      }
      case 2:
      case 3:
      case 4: {
        Model* model = NewModel(kNode, 0, 2);
        Node* node = NewNode(model->id);
        // Whatever ran during the allocation may have changed the roots.
        node->left = *Slot(from_a);
        node->right = *Slot(from_b);
        model->references = {roots_[from_a], roots_[from_b]};
        return Store(to, &node->header, model);
      }
      case 5: {
        if (random_() % 4 != 0) return;
        Model* model = NewModel(kFinalized, 0, 2);
        ++finalizable_count_;
        Node* node = NewFinalized(model->id);
        node->left = *Slot(from_a);
        node->right = *Slot(from_b);
        model->references = {roots_[from_a], roots_[from_b]};
        by_id_[model->id] = model;
        return Store(to, &node->header, model);
      }
      case 6: {
        Model* model = NewModel(kWide, 0, 1);
        Wide* wide = NewWide(model->id);
        for (int64_t word : wide->filler) ASSERT_EQ(word, 0);
        std::memset(wide->filler, 0x7f, sizeof wide->filler);
        wide->last = *Slot(from_a);
        model->references = {roots_[from_a]};
        return Store(to, &wide->header, model);
      }
      case 7:
      case 8: {
        int64_t length = RandomLength();
        Model* model = NewModel(kReferences, length, static_cast<size_t>(length));
        weft_object* array = NewReferences(length);
        RememberIfLarge(array, model);
        for (int64_t i = 0; i < length; ++i) ASSERT_EQ(ItemsOf<weft_object*>(array)[i], nullptr);
        return Store(to, array, model);
      }
      case 9: {
        int64_t length = RandomLength();
        Model* model = NewModel(kPairs, length, static_cast<size_t>(length));
        weft_object* array = NewPairs(length);
        RememberIfLarge(array, model);
        for (int64_t i = 0; i < length; ++i) ItemsOf<Pair>(array)[i].number = model->id + i;
        return Store(to, array, model);
      }
      case 10: {
        int64_t length = RandomLength() * 8;
        Model* model = NewModel(kBytes, length, 0);
        weft_object* array = NewBytes(length);
        for (int64_t i = 0; i < length; ++i) {
          ASSERT_EQ(ItemsOf<uint8_t>(array)[i], 0);
          ItemsOf<uint8_t>(array)[i] = static_cast<uint8_t>(model->id + i);
        }
        return Store(to, array, model);
      }
      default: {
        Model* target = roots_[from_a];
        if (target == nullptr || !HasId(target->type)) return;
        Model* model = NewModel(kWeak, 0, 0);
        Weak* weak = NewWeak(*Slot(from_a));
        // A finalizer may have put something else there meanwhile.
        model->target = target;
        return Store(to, &weak->header, model);
      }
    }
  }

  // As generated code does behind the allocation of an array that is large for certain.
  void RememberIfLarge([[maybe_unused]] weft_object* array, [[maybe_unused]] Model* model) {
#if WEFT_GC_HAS_REMEMBER_ALWAYS
    const size_t item = model->type == kPairs ? sizeof(Pair) : sizeof(void*);
    if (kItemsOffset + static_cast<size_t>(model->length) * item <= WEFT_GC_SMALL_MAX) return;
    if (random_() % 2 == 0) return;
    weft_gc_remember_always(array);
    model->is_always_remembered = true;
#endif
  }

  static bool HasId(TypeId type) {
    return type == kLeaf || type == kNode || type == kWide || type == kFinalized ||
           type == kImmediate;
  }

  static weft_object** ReferenceOf(weft_object* object, Model* model, size_t i) {
    switch (model->type) {
      case kNode:
      case kFinalized: {
        Node* node = reinterpret_cast<Node*>(object);
        return i == 0 ? &node->left : &node->right;
      }
      case kWide:
        return &reinterpret_cast<Wide*>(object)->last;
      case kReferences:
        return ItemsOf<weft_object*>(object) + i;
      default:
        return &ItemsOf<Pair>(object)[i].reference;
    }
  }

  void Link() {
    size_t to = RandomRoot();
    size_t from = RandomRoot();
    Model* model = roots_[to];
    if (model == nullptr || model->references.empty()) return;
    size_t i = random_() % model->references.size();
    StoreReference({*Slot(to), model}, i, *Slot(from), roots_[from]);
  }

  // An object of the heap and what it should look like.
  struct Pointer {
    weft_object* object;
    Model* model;
  };

  void StoreReference(Pointer to, size_t i, weft_object* value, Model* model) {
    weft_object** slot = ReferenceOf(to.object, to.model, i);
    if (HasId(to.model->type)) {
      weft_gc_write_barrier(to.object, slot, value);
    } else if (!to.model->is_always_remembered) {
      weft_gc_write_barrier_item(to.object, slot, value);
    }
    *slot = value;
    to.model->references[i] = model;
  }

  // An object with references, some way from a root.
  Pointer Walk() {
    size_t root = RandomRoot();
    Pointer at = {*Slot(root), roots_[root]};
    if (at.model == nullptr || at.model->references.empty()) return {nullptr, nullptr};
    for (uint64_t depth = random_() % 16; depth != 0; --depth) {
      size_t i = random_() % at.model->references.size();
      Model* next = at.model->references[i];
      if (next == nullptr || next->references.empty()) break;
      at = {*ReferenceOf(at.object, at.model, i), next};
    }
    return at;
  }

  // Exchanges two references, or moves items from one array to another, none of which a root ever
  // holds: what one that marks in steps may miss.
  void Move() {
    Pointer a = Walk();
    Pointer b = Walk();
    if (a.object == nullptr || b.object == nullptr) return;
    if (a.model->type == kReferences && b.model->type == kReferences && a.model != b.model) {
      return MoveItems(a, b);
    }
    size_t i = random_() % a.model->references.size();
    size_t j = random_() % b.model->references.size();
    Model* model = a.model->references[i];
    weft_object* object = *ReferenceOf(a.object, a.model, i);
    StoreReference(a, i, *ReferenceOf(b.object, b.model, j), b.model->references[j]);
    StoreReference(b, j, object, model);
  }

  void MoveItems(Pointer from, Pointer to) {
    int64_t most = std::min({from.model->length, to.model->length, int64_t{64}});
    int64_t count = 1 + static_cast<int64_t>(random_() % static_cast<uint64_t>(most));
    auto start = [&](Model* model) {
      return random_() % static_cast<uint64_t>(model->length - count + 1);
    };
    size_t source = start(from.model);
    size_t target = start(to.model);
    CopyItems(from, source, to, target, count);
    for (size_t i = 0; i < static_cast<size_t>(count); ++i) {
      StoreReference(from, source + i, nullptr, nullptr);
    }
  }

  void CopyItems(Pointer from, size_t source, Pointer to, size_t target, int64_t count) {
    weft_object** items = ItemsOf<weft_object*>(to.object) + target;
    weft_object** others = ItemsOf<weft_object*>(from.object) + source;
    int64_t bytes = count * static_cast<int64_t>(sizeof(void*));
    if (!to.model->is_always_remembered) {
      weft_gc_write_barrier_copy(to.object, items, others, bytes);
    }
    std::memmove(items, others, static_cast<size_t>(bytes));
    auto first = from.model->references.begin() + static_cast<int64_t>(source);
    std::vector<Model*> copied(first, first + count);
    std::copy(copied.begin(), copied.end(),
              to.model->references.begin() + static_cast<int64_t>(target));
  }

  // One barrier for two stores.
  void LinkBoth() {
    size_t to = RandomRoot();
    Model* model = roots_[to];
    if (model == nullptr || (model->type != kNode && model->type != kFinalized)) return;
    Node* node = reinterpret_cast<Node*>(*Slot(to));
    weft_gc_write_barrier_object(&node->header);
    for (size_t i = 0; i < 2; ++i) {
      size_t from = RandomRoot();
      *(i == 0 ? &node->left : &node->right) = *Slot(from);
      model->references[i] = roots_[from];
    }
  }

  // Copies items from one array to another, or within one.
  void Copy() {
    size_t to = RandomRoot();
    size_t from = random_() % 4 == 0 ? to : RandomRoot();
    Model* target = roots_[to];
    Model* source = roots_[from];
    if (target == nullptr || source == nullptr || target->type != kReferences ||
        source->type != kReferences) {
      return;
    }
    int64_t most = target->length < source->length ? target->length : source->length;
    int64_t count = most == 0 ? 0 : static_cast<int64_t>(random_() % static_cast<uint64_t>(most));
    if (random_() % 4 != 0 && count > 8) count = 8;
    auto start = [&](Model* model) {
      return random_() % static_cast<uint64_t>(model->length - count + 1);
    };
    size_t at = start(target);
    size_t behind = start(source);
    CopyItems({*Slot(from), source}, behind, {*Slot(to), target}, at, count);
  }

  // The identity hash is the same whenever it is asked for.
  void TakeHash() {
    size_t from = RandomRoot();
    Model* model = roots_[from];
    if (model == nullptr || model->type == kImmediate) return;
    int64_t hash = weft_gc_identity_hash(*Slot(from));
    ASSERT_GE(hash, 0);
    if (model->hash == -1) model->hash = hash;
    ASSERT_EQ(model->hash, hash);
  }

  // A list that is deeper than any recursion could follow.
  void BuildDeep() {
    size_t to = RandomRoot();
    Store(to, nullptr, nullptr);
    for (int i = 0; i < 100000; ++i) {
      Model* model = NewModel(kNode, 0, 2);
      Node* node = NewNode(model->id);
      node->left = *Slot(to);
      model->references[0] = roots_[to];
      Store(to, &node->header, model);
    }
  }

  void Load() {
    size_t from = RandomRoot();
    size_t to = RandomRoot();
    Model* model = roots_[from];
    if (model == nullptr || model->references.empty()) return;
    size_t i = random_() % model->references.size();
    Store(to, *ReferenceOf(*Slot(from), model, i), model->references[i]);
  }

  void ReadWeak() {
    size_t from = RandomRoot();
    Model* model = roots_[from];
    if (model == nullptr || model->type != kWeak) return;
    weft_object* target = reinterpret_cast<Weak*>(*Slot(from))->target;
    if (target == nullptr) {
      if (model->target == nullptr) return;
      ASSERT_TRUE(kFrees);
      ASSERT_NE(model->target->type, kImmediate) << "a weak reference lost a number";
      // What was dead lost its weak references, and may have been resurrected since.
      if (!model->was_dead && !model->target->was_dead) {
        ASSERT_EQ(Reachable().count(model->target), 0u) << "a weak reference lost a live object";
      }
      model->target = nullptr;
      return;
    }
    ASSERT_NE(model->target, nullptr);
    CheckShallow(target, model->target);
    Store(RandomRoot(), target, model->target);
  }

  void Finalized(Node* node) {
    ASSERT_EQ(by_id_.count(node->id), 1u);
    Model* model = by_id_[node->id];
    ASSERT_FALSE(model->is_finalized) << "a finalizer ran twice";
    model->is_finalized = true;
    ++finalized_count_;
    // Of several finalizers that are due together, on a cycle, an earlier one may have resurrected
    // the object of a later one.
    if (!model->was_dead) {
      ASSERT_EQ(Reachable().count(model), 0u) << "a finalizer ran for a live object";
    }
    CheckDeep(&node->header, model);
    if (!may_resurrect_ || random_() % 4 != 0) return;
    for (Model* reached : ReachableFrom({model})) reached->was_dead = true;
    Store(kRoots, &node->header, model);
  }

  std::unordered_set<Model*> Reachable() {
    return ReachableFrom(std::vector<Model*>(roots_, roots_ + kAllRoots));
  }
  static std::unordered_set<Model*> ReachableFrom(std::vector<Model*> work) {
    std::unordered_set<Model*> seen;
    while (!work.empty()) {
      Model* model = work.back();
      work.pop_back();
      if (model == nullptr || !seen.insert(model).second) continue;
      work.insert(work.end(), model->references.begin(), model->references.end());
    }
    return seen;
  }

  void CheckShallow(weft_object* object, Model* model) {
#if WEFT_HAS_IMMEDIATES
    if (model->type == kImmediate) {
      ASSERT_EQ(object, weft_box_i64(model->id));
      return;
    }
    ASSERT_FALSE(weft_is_immediate(object));
#endif
    ASSERT_EQ(object->type_id, model->type);
    if (model->hash != -1) {
      ASSERT_EQ(weft_gc_identity_hash(object), model->hash);
    }
    switch (model->type) {
      case kLeaf:
        ASSERT_EQ(reinterpret_cast<Leaf*>(object)->id, model->id);
        break;
      case kNode:
      case kFinalized:
        ASSERT_EQ(reinterpret_cast<Node*>(object)->id, model->id);
        break;
      case kWide: {
        Wide* wide = reinterpret_cast<Wide*>(object);
        ASSERT_EQ(wide->id, model->id);
        for (int64_t word : wide->filler) ASSERT_EQ(word, INT64_C(0x7f7f7f7f7f7f7f7f));
        break;
      }
      case kBytes:
        ASSERT_EQ(LengthOf(object), model->length);
        for (int64_t i = 0; i < model->length; ++i) {
          ASSERT_EQ(ItemsOf<uint8_t>(object)[i], static_cast<uint8_t>(model->id + i));
        }
        break;
      case kPairs:
        ASSERT_EQ(LengthOf(object), model->length);
        for (int64_t i = 0; i < model->length; ++i) {
          ASSERT_EQ(ItemsOf<Pair>(object)[i].number, model->id + i);
        }
        break;
      case kReferences:
        ASSERT_EQ(LengthOf(object), model->length);
        break;
      case kWeak: {
        weft_object* target = reinterpret_cast<Weak*>(object)->target;
        if (target != nullptr) {
          ASSERT_NE(model->target, nullptr);
          CheckShallow(target, model->target);
        }
        break;
      }
      default:
        FAIL() << "no such type";
    }
  }

  // Walks heap and model side by side.
  void CheckDeep(weft_object* object, Model* model) {
    std::vector<std::pair<weft_object*, Model*>> work = {{object, model}};
    std::unordered_map<Model*, weft_object*> seen;
    std::unordered_map<weft_object*, Model*> seen_objects;
    while (!work.empty()) {
      auto [at, expected] = work.back();
      work.pop_back();
      ASSERT_EQ(at == nullptr, expected == nullptr);
      if (at == nullptr) continue;
      auto [known, is_new] = seen.insert({expected, at});
      ASSERT_EQ(known->second, at) << "one object became two";
      if (!is_new) continue;
      ASSERT_TRUE(seen_objects.insert({at, expected}).second) << "two objects became one";
      ASSERT_NO_FATAL_FAILURE(CheckShallow(at, expected));
      for (size_t i = 0; i < expected->references.size(); ++i) {
        work.push_back({*ReferenceOf(at, expected, i), expected->references[i]});
      }
    }
  }

  void Compare() {
    for (size_t i = 0; i < kAllRoots; ++i) {
      ASSERT_NO_FATAL_FAILURE(CheckDeep(*Slot(i), roots_[i]));
    }
  }

  static Mutator* current_;

  std::mt19937_64 random_;
  std::deque<Model> models_;
  Model* roots_[kAllRoots] = {};
  std::unordered_map<int64_t, Model*> by_id_;
  int64_t next_id_ = 0;
  size_t finalizable_count_ = 0;
  size_t finalized_count_ = 0;
  bool may_resurrect_ = true;
};

Mutator* Mutator::current_ = nullptr;

TEST(MutatorTest, TheHeapBehavesLikeTheModel) {
  std::printf("seed %llu, %lld steps\n", static_cast<unsigned long long>(seed),
              static_cast<long long>(steps));
  Mutator mutator;
  mutator.Run();
  mutator.Finish();
  std::printf("%lld collections, %lld bytes allocated\n",
              static_cast<long long>(weft_gc_stat(WEFT_GC_STAT_COLLECTIONS)),
              static_cast<long long>(weft_gc_stat(WEFT_GC_STAT_ALLOCATED_BYTES)));
}

}  // namespace
}  // namespace weft::gc::test

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  for (int i = 1; i < argc; ++i) {
    std::string argument = argv[i];
    size_t value = argument.find('=') + 1;
    if (argument.starts_with("--seed=")) {
      weft::gc::test::seed = std::strtoull(argv[i] + value, nullptr, 10);
    } else if (argument.starts_with("--steps=")) {
      weft::gc::test::steps = std::strtoll(argv[i] + value, nullptr, 10);
    } else if (argument.starts_with("--stress=")) {
      setenv("WEFT_GC_STRESS", argv[i] + value, 1);
      weft::gc::test::is_stressed = true;
    } else if (argument == "--unchecked") {
      setenv("WEFT_GC_VERIFY", "0", 1);
    } else if (argument == "--log") {
      setenv("WEFT_GC_LOG", "1", 1);
    } else {
      std::fprintf(stderr, "%s: unknown argument\n", argv[i]);
      return 2;
    }
  }
  setenv("WEFT_GC_VERIFY", "1", 0);
  weft_gc_start(1 << 20);
  return RUN_ALL_TESTS();
}
