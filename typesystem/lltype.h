#ifndef WEFT_TYPESYSTEM_LLTYPE_H_
#define WEFT_TYPESYSTEM_LLTYPE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "typesystem/ids.h"
#include "typesystem/type.h"

// The containers of the low level. The rtyper makes one of every class, string and array. Under
// lltype it is memory as a C compiler sees it: backends, the collector's type table and llinterp
// read offsets from here, so that all of them agree to the byte. Under ootype it is a class, a
// string or an array of the host, and the offsets say where a field stands in a frozen object, and
// number the places that are passed on (docs/decisions/0006).
namespace weft::lltype {

// What a container is to a host.
enum class ContainerKind : uint8_t {
  // An object of a class of the program: fields, a parent, methods.
  kClass,
  // The one container of strings: bytes, and field 0 for their hash.
  kString,
  // An array: no fields but the length; one item field for each scalar of an element.
  kArray,
  // A local or global whose place is taken: the scalars of one value.
  kBox,
  // weft::WeakTarget, whose last field is the referent, and classes derived from it.
  kWeakReference,
  // ootype: a class of the host's own. No fields, nothing derived from it but others of its kind,
  // and only the host makes its objects.
  kHost,
};

// A field at a fixed offset. Its type is primitive, Function or Ptr: values of value classes are
// flattened into their fields, and a reference to a place into a base pointer and an offset.
struct Field {
  std::string name;
  TypeId type;
  // In bytes from the start of the container (or of the item, for item fields).
  uint32_t offset = 0;
  // Written only while an object is being constructed, so that loads from a frozen object fold.
  bool immutable = false;
};

// One kind of object in memory. Every container starts with the 8-byte header (type id, collector
// bits). A container with items has a length and a varying number of items behind the fields.
struct Container {
  std::string name;
  ContainerKind kind = ContainerKind::kClass;
  // The container whose fields are a prefix of this one's; invalid for roots.
  ContainerId parent;
  // All fields, the parent's first. They do not list the header or the length.
  std::vector<Field> fields;
  // The fields of one item; empty when the container has no items. An array of a primitive has one
  // unnamed item field at offset 0.
  std::vector<Field> item_fields;
  // Bytes from one item to the next; 0 when there are no items.
  uint32_t item_size = 0;
  // Where the int64 length stands; 0 when there are no items.
  uint32_t length_offset = 0;
  // Bytes up to the first item, or of the whole object when there are no items.
  uint32_t fixed_size = 0;

  // The source class, if the container is an object's.
  ClassId cls;
  // Type ids are numbered in preorder over the class tree, so that `isa` is a range check:
  // first_type_id <= id < last_type_id. An object of exactly this container has first_type_id.
  // Abstract and never instantiated containers may have an empty range of their own.
  uint32_t first_type_id = 0;
  uint32_t last_type_id = 0;
  bool has_finalizer = false;

  bool is_weakref() const { return kind == ContainerKind::kWeakReference; }
  bool has_items() const { return item_size != 0; }
};

inline constexpr uint32_t kHeaderSize = 8;
inline constexpr uint32_t kTypeIdOffset = 0;

class ContainerTable {
 public:
  ContainerId Add(Container container);
  Container& Get(ContainerId id) { return containers_[id.index]; }
  const Container& Get(ContainerId id) const { return containers_[id.index]; }
  size_t size() const { return containers_.size(); }
  // Whether `ancestor` is `id` or one of its parents.
  bool IsPrefixOf(ContainerId ancestor, ContainerId id) const;

 private:
  std::vector<Container> containers_;
};

// Size and alignment in bytes of a field of this type in memory.
uint32_t SizeOf(const TypeTable& types, TypeId type);

}  // namespace weft::lltype

#endif  // WEFT_TYPESYSTEM_LLTYPE_H_
