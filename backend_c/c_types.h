#ifndef WEFT_BACKEND_C_C_TYPES_H_
#define WEFT_BACKEND_C_C_TYPES_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "backend_c/names.h"
#include "backend_common/place_names.h"
#include "common/source_location.h"
#include "flowgraph/program.h"

// Types of the low level as C spells them, and the structs of containers and tuples.
//
// A pointer to a container is a pointer to its struct; a function is a `weft_code`, cast to its
// type where it is called; a tuple is a struct that is returned by value. Every struct has a header
// of its own under types/, so that a shard depends on those that it looks into and on no other.
namespace weft::backend_c {

using backend_common::PlaceNames;

// A member of a struct, in the order in which C declares and initialises them.
struct Member {
  enum class Kind : uint8_t { kHeader, kLength, kField, kPadding };
  Kind kind = Kind::kField;
  // Field: its number.
  uint32_t field = 0;
  uint32_t offset = 0;
  uint32_t size = 0;
};

class CTypes {
 public:
  // `root` is the checkout: paths of files in it are written as they are in it.
  CTypes(const flowgraph::Program& program, const Names& names, std::string root = "")
      : program_(program), names_(names), place_names_(program), root_(std::move(root)) {}

  const flowgraph::Program& program() const { return program_; }
  const Names& names() const { return names_; }
  const PlaceNames& place_names() const { return place_names_; }

  // A source file as it is called in names of shards, #line and tracebacks: without the path of the
  // checkout, which differs from machine to machine. Empty for no file.
  std::string SourcePath(FileId file) const;

  // "int64_t", "struct t_lox__VM*", "weft_code", "struct r_i64_ptr".
  std::string Spell(TypeId type) const;
  // "i64", as the operations in backend_c/runtime/ops.h have it in their names.
  std::string Suffix(TypeId type) const;
  // The tag of a tuple's struct: "r_i64_ptr". Pointers are `void*` in it.
  std::string TupleTag(TypeId type) const;
  // "int64_t (*)(struct t_lox__VM*, double)": the type of a pointer to such a function.
  std::string FunctionPointer(TypeId function_type) const;

  // The members of a container's struct before its items, and those of an item's struct. Where the
  // rtyper leaves more room than a C compiler would there is padding.
  std::vector<Member> Layout(ContainerId id) const;
  std::vector<Member> ItemLayout(ContainerId id) const;
  // The text of a container's struct: what stands between its braces, one to a line. With
  // `items` of at least 0, there are that many; otherwise the struct ends in a flexible array.
  // Strings get one byte more, so that a C literal initialises them.
  std::string StructMembers(ContainerId id, int64_t items = -1) const;
  // The whole header types/TAG.h of a container or of a tuple.
  std::string ContainerHeader(ContainerId id) const;
  std::string TupleHeader(TypeId type) const;
  // What the items of a container are: a scalar's type, or the struct "t_X_item".
  std::string ItemType(ContainerId id) const;
  // Whether items are structs, whose fields must be named.
  bool HasItemStruct(ContainerId id) const;

 private:
  // The line that declares a member.
  std::string MemberText(const Member& member, const std::vector<lltype::Field>& fields,
                         const std::vector<std::string>& names) const;

  const flowgraph::Program& program_;
  const Names& names_;
  PlaceNames place_names_;
  std::string root_;
};

}  // namespace weft::backend_c

#endif  // WEFT_BACKEND_C_C_TYPES_H_
