#include "typesystem/type.h"

#include "common/check.h"

namespace weft {
namespace {

enum class KindGroup { Void, Int, Float, Source, Low, Both };

constexpr KindGroup kGroups[] = {
#define WEFT_TYPE_KIND(Name, spelling, group) KindGroup::group,
#include "typesystem/type_kinds.def"
};

constexpr const char* kSpellings[] = {
#define WEFT_TYPE_KIND(Name, spelling, group) spelling,
#include "typesystem/type_kinds.def"
};

}  // namespace

TypeTable::TypeTable() {
  // Every kind gets a slot, so that the ids of primitive types are the numbers of their kinds. The
  // slots of kinds that need an entity or element are never handed out.
  for (size_t i = 0; i < std::size(kSpellings); ++i) {
    types_.push_back(Type{.kind = static_cast<TypeKind>(i)});
    type_ids_.emplace(types_.back(), TypeId(i));
  }
}

TypeId TypeTable::Intern(const Type& type) {
  auto [it, inserted] = type_ids_.try_emplace(type, TypeId(types_.size()));
  if (inserted) types_.push_back(type);
  return it->second;
}

TypeListId TypeTable::InternList(std::span<const TypeId> list) {
  std::vector<TypeId> key(list.begin(), list.end());
  auto [it, inserted] = list_ids_.try_emplace(key, TypeListId(lists_.size()));
  if (inserted) lists_.push_back(std::move(key));
  return it->second;
}

TypeId TypeTable::Object(ClassId cls) {
  return Intern({.kind = TypeKind::kObject, .entity = cls.index});
}
TypeId TypeTable::Array(TypeId element) {
  return Intern({.kind = TypeKind::kArray, .element = element});
}
TypeId TypeTable::Value(ValueClassId cls) {
  return Intern({.kind = TypeKind::kValue, .entity = cls.index});
}
TypeId TypeTable::Ref(TypeId element) {
  return Intern({.kind = TypeKind::kRef, .element = element});
}
TypeId TypeTable::Table(TypeId element, uint32_t length) {
  return Intern({.kind = TypeKind::kTable, .entity = length, .element = element});
}
TypeId TypeTable::Function(TypeId result, std::span<const TypeId> parameters) {
  return Intern({.kind = TypeKind::kFunction, .element = result, .list = InternList(parameters)});
}
TypeId TypeTable::Ptr(ContainerId container) {
  return Intern({.kind = TypeKind::kPtr, .entity = container.index});
}
TypeId TypeTable::Tuple(std::span<const TypeId> elements) {
  return Intern({.kind = TypeKind::kTuple, .list = InternList(elements)});
}

bool IsInt(TypeKind kind) { return kGroups[static_cast<int>(kind)] == KindGroup::Int; }

bool IsSigned(TypeKind kind) { return kind >= TypeKind::kI8 && kind <= TypeKind::kI64; }

bool IsFloat(TypeKind kind) { return kGroups[static_cast<int>(kind)] == KindGroup::Float; }

bool IsReference(TypeKind kind) {
  return kind == TypeKind::kObject || kind == TypeKind::kStr || kind == TypeKind::kArray ||
         kind == TypeKind::kPtr;
}

int BitWidth(TypeKind kind) {
  switch (kind) {
    case TypeKind::kBool:
      return 1;
    case TypeKind::kI8:
    case TypeKind::kU8:
      return 8;
    case TypeKind::kI16:
    case TypeKind::kU16:
      return 16;
    case TypeKind::kI32:
    case TypeKind::kU32:
    case TypeKind::kF32:
      return 32;
    case TypeKind::kI64:
    case TypeKind::kU64:
    case TypeKind::kF64:
      return 64;
    default:
      WEFT_FATAL("no bit width: {}", Spelling(kind));
  }
}

const char* Spelling(TypeKind kind) { return kSpellings[static_cast<int>(kind)]; }

}  // namespace weft
