#ifndef WEFT_LLINTERP_MEMORY_H_
#define WEFT_LLINTERP_MEMORY_H_

#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "flowgraph/program.h"

// The interpreter's memory: objects at real addresses, laid out as lltype containers say.
namespace weft::llinterp {

// What is read and written at an address.
enum class Access : uint8_t { kI8, kI16, kI32, kU8, kU16, kU32, k64, kF32 };

Access AccessOf(const TypeTable& types, TypeId type);

inline uint64_t Load(Access access, const char* at) {
  auto load = [at](auto value) {
    std::memcpy(&value, at, sizeof value);
    return value;
  };
  switch (access) {
    case Access::kI8:
      return static_cast<uint64_t>(int64_t{load(int8_t{})});
    case Access::kI16:
      return static_cast<uint64_t>(int64_t{load(int16_t{})});
    case Access::kI32:
      return static_cast<uint64_t>(int64_t{load(int32_t{})});
    case Access::kU8:
      return load(uint8_t{});
    case Access::kU16:
      return load(uint16_t{});
    case Access::kU32:
      return load(uint32_t{});
    case Access::k64:
      return load(uint64_t{});
    case Access::kF32: {
      double wide = load(float{});
      uint64_t bits;
      std::memcpy(&bits, &wide, sizeof bits);
      return bits;
    }
  }
  return 0;
}

inline void Store(Access access, char* at, uint64_t bits) {
  switch (access) {
    case Access::kI8:
    case Access::kU8:
      std::memcpy(at, &bits, 1);
      break;
    case Access::kI16:
    case Access::kU16:
      std::memcpy(at, &bits, 2);
      break;
    case Access::kI32:
    case Access::kU32:
      std::memcpy(at, &bits, 4);
      break;
    case Access::k64:
      std::memcpy(at, &bits, 8);
      break;
    case Access::kF32: {
      double wide;
      std::memcpy(&wide, &bits, sizeof wide);
      auto narrow = static_cast<float>(wide);
      std::memcpy(at, &narrow, sizeof narrow);
      break;
    }
  }
}

inline char* At(uint64_t address, uint64_t offset = 0) {
  return reinterpret_cast<char*>(static_cast<uintptr_t>(address + offset));
}

// What the interpreter asks of a container at run time, by type id.
struct ObjectType {
  ContainerId container;
  uint32_t type_id = 0;
  uint32_t fixed_size = 0;
  uint32_t item_size = 0;
  uint32_t length_offset = 0;
  bool has_finalizer = false;
  // Where the weak reference stands; 0 for other objects.
  uint32_t weak_offset = 0;
  // Offsets of references, weak ones left out: of the object, and of each item.
  std::vector<uint32_t> pointers;
  std::vector<uint32_t> item_pointers;
};

class Memory {
 public:
  Memory(const flowgraph::Program& program, uint64_t limit);
  ~Memory();
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;

  // A zeroed object with its header, or 0 when the limit is reached.
  uint64_t Allocate(const ObjectType& type);
  // The same with items; 0 also when the length makes no sense.
  uint64_t AllocateItems(const ObjectType& type, int64_t length);

  const ObjectType& TypeOfContainer(ContainerId id) const { return types_[type_ids_[id.index]]; }
  // Of any reference that is not null.
  const ObjectType& TypeOf(uint64_t object) const {
    if (IsImmediate(object)) [[unlikely]]
      return types_[boxing::IsFloat(scheme_, object) ? float_type_id_ : int_type_id_];
    return types_[Load(Access::kU32, At(object, lltype::kTypeIdOffset))];
  }
  BoxingScheme boxing_scheme() const { return scheme_; }
  // Whether a reference holds a number itself; there is no memory behind it then.
  bool IsImmediate(uint64_t object) const { return boxing::IsImmediate(scheme_, object); }
  // Neither null nor an immediate.
  bool IsOnHeap(uint64_t object) const { return object != 0 && !IsImmediate(object); }
  int64_t LengthOf(uint64_t object) const {
    return static_cast<int64_t>(Load(Access::k64, At(object, TypeOf(object).length_offset)));
  }
  // The address of an item.
  char* Item(uint64_t object, int64_t index) const {
    const ObjectType& type = TypeOf(object);
    return At(object, type.fixed_size + static_cast<uint64_t>(index) * type.item_size);
  }
  std::string_view BytesOf(uint64_t string) const {
    return {Item(string, 0), static_cast<size_t>(LengthOf(string))};
  }

  uint64_t frozen(FrozenId id) const { return frozen_[id.index]; }
  const std::vector<uint64_t>& frozen() const { return frozen_; }
  // Bytes of the objects that there are, and of all that there were.
  uint64_t used() const { return used_; }
  uint64_t allocated() const { return used_ + freed_; }

  // A number that stays with the object: it stands where collectors keep their bits.
  uint32_t IdentityHash(uint64_t object);
  uint32_t IdentityHashOf(uint64_t object) const { return Bits(object) & ~kMarkBit; }

  // --- For the collector (collect.cc). Whether so much was allocated that one is worth while.
  bool wants_collection() const { return used_ >= next_collection_; }
  bool IsMarked(uint64_t object) const { return (Bits(object) & kMarkBit) != 0; }
  // Marks an object; false for null, immediates and what was marked before.
  bool Mark(uint64_t object) {
    if (!IsOnHeap(object) || IsMarked(object)) return false;
    Store(Access::kU32, At(object, kBitsOffset), Bits(object) | kMarkBit);
    return true;
  }
  // Frees what is not marked, and clears the marks.
  void Sweep();
  // Every allocation wants a collection, for tests.
  void set_stress(bool stress) {
    stress_ = stress;
    next_collection_ = stress ? 0 : kLeastBudget;
  }

  // Weak references and objects that have a finalizer which did not run, in order of allocation.
  std::vector<uint64_t> weak_references;
  std::vector<uint64_t> finalizable;

 private:
  static constexpr uint32_t kBitsOffset = 4;
  static constexpr uint32_t kMarkBit = uint32_t{1} << 31;
  static constexpr uint64_t kChunkSize = uint64_t{1} << 20;
  // Larger objects are allocated one by one.
  static constexpr uint64_t kLargestSmall = 2048;
  static constexpr uint64_t kLeastBudget = uint64_t{32} << 20;

  void DescribeTypes(const flowgraph::Program& program);
  void LoadFrozen(const flowgraph::Program& program);
  uint32_t Bits(uint64_t object) const {
    return static_cast<uint32_t>(Load(Access::kU32, At(object, kBitsOffset)));
  }
  uint64_t SizeOf(uint64_t object) const;
  uint64_t AllocateBytes(uint64_t size);
  uint64_t Register(uint64_t object, const ObjectType& type);

  const uint64_t limit_;
  const BoxingScheme scheme_;
  uint32_t float_type_id_ = 0;
  uint32_t int_type_id_ = 0;
  // By type id, and the type id of each container.
  std::vector<ObjectType> types_;
  std::vector<uint32_t> type_ids_;
  std::vector<void*> chunks_;
  char* next_ = nullptr;
  char* end_ = nullptr;
  // Freed small objects, zeroed, by size in words; the first word links them.
  std::vector<uint64_t> free_ = std::vector<uint64_t>(kLargestSmall / 8 + 1);
  // All objects but the frozen ones.
  std::vector<uint64_t> objects_;
  uint64_t used_ = 0;
  uint64_t freed_ = 0;
  uint64_t next_collection_ = kLeastBudget;
  bool stress_ = false;
  std::vector<uint64_t> frozen_;
  uint32_t next_hash_ = 0;
};

}  // namespace weft::llinterp

#endif  // WEFT_LLINTERP_MEMORY_H_
