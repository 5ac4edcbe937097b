#include "llinterp/memory.h"

#include <algorithm>
#include <cstdlib>

#include "common/check.h"

namespace weft::llinterp {

using lltype::Container;

Access AccessOf(const TypeTable& types, TypeId type) {
  switch (types.Kind(type)) {
    case TypeKind::kBool:
    case TypeKind::kU8:
      return Access::kU8;
    case TypeKind::kU16:
      return Access::kU16;
    case TypeKind::kU32:
      return Access::kU32;
    case TypeKind::kI8:
      return Access::kI8;
    case TypeKind::kI16:
      return Access::kI16;
    case TypeKind::kI32:
      return Access::kI32;
    case TypeKind::kF32:
      return Access::kF32;
    default:
      return Access::k64;
  }
}

Memory::Memory(const flowgraph::Program& program, uint64_t limit)
    : limit_(limit), scheme_(program.boxing.scheme) {
  auto type_id = [&](ContainerId id) {
    return id.is_valid() ? program.containers.Get(id).first_type_id : 0;
  };
  float_type_id_ = type_id(program.boxing.float_container);
  int_type_id_ = type_id(program.boxing.int_container);
  DescribeTypes(program);
  LoadFrozen(program);
}

Memory::~Memory() {
  for (uint64_t object : objects_) {
    if (SizeOf(object) > kLargestSmall) std::free(At(object));
  }
  for (uint64_t object : frozen_) {
    if (SizeOf(object) > kLargestSmall) std::free(At(object));
  }
  for (void* chunk : chunks_) std::free(chunk);
}

void Memory::DescribeTypes(const flowgraph::Program& program) {
  uint32_t count = 1;
  for (size_t c = 0; c < program.containers.size(); ++c) {
    count = std::max(count, program.containers.Get(ContainerId(c)).last_type_id + 1);
  }
  types_.resize(count);
  for (size_t c = 0; c < program.containers.size(); ++c) {
    const Container& container = program.containers.Get(ContainerId(c));
    ObjectType& type = types_[container.first_type_id];
    type_ids_.push_back(container.first_type_id);
    type.container = ContainerId(c);
    type.type_id = container.first_type_id;
    type.fixed_size = container.fixed_size;
    type.item_size = container.item_size;
    type.length_offset = container.length_offset;
    type.has_finalizer = container.has_finalizer;
    if (container.is_weakref()) {
      // The reference is the last field of the first container with one.
      const Container* root = &container;
      while (root->parent.is_valid() && program.containers.Get(root->parent).is_weakref()) {
        root = &program.containers.Get(root->parent);
      }
      type.weak_offset = root->fields.back().offset;
    }
    for (const lltype::Field& field : container.fields) {
      if (program.types.Kind(field.type) == TypeKind::kPtr && field.offset != type.weak_offset) {
        type.pointers.push_back(field.offset);
      }
    }
    for (const lltype::Field& field : container.item_fields) {
      if (program.types.Kind(field.type) == TypeKind::kPtr) {
        type.item_pointers.push_back(field.offset);
      }
    }
  }
}

void Memory::LoadFrozen(const flowgraph::Program& program) {
  for (const flowgraph::FrozenObject& object : program.frozen) {
    const ObjectType& type = TypeOfContainer(object.container);
    uint64_t address = AllocateBytes(std::max<uint64_t>(object.bytes.size(), type.fixed_size));
    WEFT_CHECK(address != 0, "no memory for the frozen heap");
    frozen_.push_back(address);
  }
  for (size_t i = 0; i < frozen_.size(); ++i) {
    const flowgraph::FrozenObject& object = program.frozen[i];
    const ObjectType& type = TypeOfContainer(object.container);
    uint64_t address = frozen_[i];
    std::memcpy(At(address), object.bytes.data(), object.bytes.size());
    Store(Access::kU32, At(address, lltype::kTypeIdOffset), type.type_id);
    Store(Access::kU32, At(address, kBitsOffset), object.identity_hash);
    next_hash_ += object.identity_hash != 0 ? 1 : 0;
    if (type.item_size != 0) {
      Store(Access::k64, At(address, type.length_offset), static_cast<uint64_t>(object.length));
    }
    for (const auto& link : object.objects) {
      Store(Access::k64, At(address, link.offset), frozen_[link.object.index]);
    }
    for (const auto& link : object.functions) {
      Store(Access::k64, At(address, link.offset), link.function.index + uint64_t{1});
    }
    if (type.weak_offset != 0) weak_references.push_back(address);
  }
}

uint64_t Memory::SizeOf(uint64_t object) const {
  const ObjectType& type = TypeOf(object);
  uint64_t size = type.fixed_size;
  if (type.item_size != 0) size += static_cast<uint64_t>(LengthOf(object)) * type.item_size;
  return (size + 7) & ~uint64_t{7};
}

uint64_t Memory::AllocateBytes(uint64_t size) {
  size = (size + 7) & ~uint64_t{7};
  if (size > limit_ || used_ > limit_ - size) return 0;
  if (size > kLargestSmall) {
    void* memory = std::calloc(size, 1);
    if (memory == nullptr) return 0;
    used_ += size;
    return reinterpret_cast<uintptr_t>(memory);
  }
  uint64_t& free = free_[size / 8];
  if (free != 0) {
    uint64_t at = free;
    free = Load(Access::k64, At(at));
    Store(Access::k64, At(at), 0);
    used_ += size;
    return at;
  }
  if (size > static_cast<uint64_t>(end_ - next_)) {
    auto* chunk = static_cast<char*>(std::calloc(kChunkSize, 1));
    if (chunk == nullptr) return 0;
    chunks_.push_back(chunk);
    next_ = chunk;
    end_ = chunk + kChunkSize;
  }
  char* at = next_;
  next_ += size;
  used_ += size;
  return reinterpret_cast<uintptr_t>(at);
}

void Memory::Sweep() {
  std::erase_if(weak_references, [&](uint64_t object) { return !IsMarked(object); });
  size_t kept = 0;
  for (uint64_t object : objects_) {
    if (IsMarked(object)) {
      Store(Access::kU32, At(object, kBitsOffset), Bits(object) & ~kMarkBit);
      objects_[kept++] = object;
      continue;
    }
    uint64_t size = SizeOf(object);
    used_ -= size;
    freed_ += size;
    if (size > kLargestSmall) {
      std::free(At(object));
      continue;
    }
    std::memset(At(object), 0, size);
    Store(Access::k64, At(object), free_[size / 8]);
    free_[size / 8] = object;
  }
  objects_.resize(kept);
  for (uint64_t object : frozen_) {
    Store(Access::kU32, At(object, kBitsOffset), Bits(object) & ~kMarkBit);
  }
  next_collection_ = stress_ ? 0 : std::max(kLeastBudget, 2 * used_);
}

uint64_t Memory::Register(uint64_t object, const ObjectType& type) {
  Store(Access::kU32, At(object, lltype::kTypeIdOffset), type.type_id);
  if (type.has_finalizer) finalizable.push_back(object);
  if (type.weak_offset != 0) weak_references.push_back(object);
  objects_.push_back(object);
  return object;
}

uint64_t Memory::Allocate(const ObjectType& type) {
  uint64_t object = AllocateBytes(type.fixed_size);
  return object == 0 ? 0 : Register(object, type);
}

uint64_t Memory::AllocateItems(const ObjectType& type, int64_t length) {
  if (length < 0 || static_cast<uint64_t>(length) > limit_ / type.item_size) return 0;
  uint64_t size = type.fixed_size + static_cast<uint64_t>(length) * type.item_size;
  uint64_t object = AllocateBytes(size);
  if (object == 0) return 0;
  Store(Access::k64, At(object, type.length_offset), static_cast<uint64_t>(length));
  return Register(object, type);
}

uint32_t Memory::IdentityHash(uint64_t object) {
  if (IsImmediate(object)) return boxing::IdentityHash(object);
  uint32_t hash = IdentityHashOf(object);
  if (hash == 0) {
    // 28 bits, which is what a frozen header has room for. The factor is odd, so that the first
    // 2^28 objects that are asked get different numbers, spread over all bits.
    hash = (++next_hash_ * 0x9e3779b1u) & 0x0fffffffu;
    if (hash == 0) hash = 1;
    Store(Access::kU32, At(object, kBitsOffset), hash);
  }
  return hash;
}

}  // namespace weft::llinterp
