#ifndef WEFT_TYPESYSTEM_TYPE_H_
#define WEFT_TYPESYSTEM_TYPE_H_

#include <cstdint>
#include <span>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "typesystem/ids.h"

// The types of values in flow graphs. One universe serves every stage: primitive types are common
// to all, the source kinds (objects, strings, arrays, values, references to places) exist until the
// rtyper, which replaces them by the low-level kinds of one type system (see lltype.h).
namespace weft {

enum class TypeKind : uint8_t {
#define WEFT_TYPE_KIND(Name, spelling, group) k##Name,
#include "typesystem/type_kinds.def"
};

struct Type {
  TypeKind kind = TypeKind::kVoid;
  // Object: the class. Value: the value class. Ptr: the container. Table: the number of items.
  uint32_t entity = TypedId<void>::kNone;
  // Array, Ref, Table: the element. Function: the result.
  TypeId element = {};
  // Function: the parameters. Tuple: the elements.
  TypeListId list = {};

  friend bool operator==(const Type&, const Type&) = default;
  template <typename H>
  friend H AbslHashValue(H state, const Type& t) {
    return H::combine(std::move(state), t.kind, t.entity, t.element, t.list);
  }
};

// Interns types: equal types have one id. Primitive types have fixed ids, the numbers of their
// kinds, so that `TypeTable::I64()` needs no table.
class TypeTable {
 public:
  TypeTable();

  static constexpr TypeId Primitive(TypeKind kind) { return TypeId(static_cast<uint32_t>(kind)); }
  static constexpr TypeId Void() { return Primitive(TypeKind::kVoid); }
  static constexpr TypeId Bool() { return Primitive(TypeKind::kBool); }
  static constexpr TypeId I8() { return Primitive(TypeKind::kI8); }
  static constexpr TypeId I32() { return Primitive(TypeKind::kI32); }
  static constexpr TypeId I64() { return Primitive(TypeKind::kI64); }
  static constexpr TypeId U8() { return Primitive(TypeKind::kU8); }
  static constexpr TypeId U32() { return Primitive(TypeKind::kU32); }
  static constexpr TypeId U64() { return Primitive(TypeKind::kU64); }
  static constexpr TypeId F32() { return Primitive(TypeKind::kF32); }
  static constexpr TypeId F64() { return Primitive(TypeKind::kF64); }
  // The one Str type, whose id is fixed too.
  static constexpr TypeId Str() { return Primitive(TypeKind::kStr); }

  TypeId Object(ClassId cls);
  TypeId Array(TypeId element);
  TypeId Value(ValueClassId cls);
  TypeId Ref(TypeId element);
  TypeId Table(TypeId element, uint32_t length);
  TypeId Function(TypeId result, std::span<const TypeId> parameters);
  TypeId Ptr(ContainerId container);
  TypeId Tuple(std::span<const TypeId> elements);

  const Type& Get(TypeId id) const { return types_[id.index]; }
  TypeKind Kind(TypeId id) const { return types_[id.index].kind; }
  TypeId Element(TypeId id) const { return types_[id.index].element; }
  ClassId Class(TypeId id) const { return ClassId(types_[id.index].entity); }
  ValueClassId ValueClass(TypeId id) const { return ValueClassId(types_[id.index].entity); }
  ContainerId Container(TypeId id) const { return ContainerId(types_[id.index].entity); }
  std::span<const TypeId> List(TypeListId id) const { return lists_[id.index]; }
  // The parameters of a Function, the elements of a Tuple.
  std::span<const TypeId> List(TypeId id) const { return List(types_[id.index].list); }
  size_t size() const { return types_.size(); }

 private:
  TypeId Intern(const Type& type);
  TypeListId InternList(std::span<const TypeId> list);

  std::vector<Type> types_;
  std::vector<std::vector<TypeId>> lists_;
  absl::flat_hash_map<Type, TypeId> type_ids_;
  absl::flat_hash_map<std::vector<TypeId>, TypeListId> list_ids_;
};

// Whether a value of this kind is a bool or an integer.
bool IsInt(TypeKind kind);
bool IsSigned(TypeKind kind);
bool IsFloat(TypeKind kind);
// Whether a value of this kind is one garbage-collected reference: Object, Str, Array or Ptr.
bool IsReference(TypeKind kind);
// Width in bits of an integer or float kind; Bool has 1.
int BitWidth(TypeKind kind);
// Spelling in the text form, for instance "i64" or "obj".
const char* Spelling(TypeKind kind);

}  // namespace weft

#endif  // WEFT_TYPESYSTEM_TYPE_H_
