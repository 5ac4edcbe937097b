#ifndef WEFT_BACKEND_C_SHARD_USES_H_
#define WEFT_BACKEND_C_SHARD_USES_H_

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "backend_c/c_types.h"
#include "backend_c/names.h"
#include "flowgraph/program.h"

// What the text of one shard refers to, collected while it is written, so that the shard declares
// just that: an edit elsewhere leaves it alone unless it changes something used here.
//
// Everything is kept by name and therefore comes out sorted.
namespace weft::backend_c {

class ShardUses {
 public:
  ShardUses(const CTypes& types, std::string shard) : types_(types), shard_(std::move(shard)) {}

  // A type as C spells it; what it needs is declared.
  std::string Spell(TypeId type);
  // A cast to a pointer to such a function.
  std::string FunctionPointer(TypeId function_type);
  // The tag of a container's struct, whose members are looked at.
  const std::string& Struct(ContainerId id);
  // The enumerator of a container's type id.
  const std::string& TypeIdOf(ContainerId id);
  const std::string& Function(FunctionId id);
  const std::string& Global(GlobalId id);
  // The array with one scalar of a table's items.
  std::string Table(GlobalId id, uint32_t field);
  const std::string& Dispatch(DispatchTableId id);
  // The address of a frozen object at its own container's type: "(struct t_X*)&z_...".
  std::string FrozenAddress(FrozenId id);
  const std::string& External(ExternalId id);
  // "&places_main_cc[3]": a place as the run time wants it.
  std::string Place(const flowgraph::FunctionInfo& function, SourceLoc loc);

  // Any constant of a graph or of a table; for a pointer, at the pointer type `type`.
  std::string Constant(TypeId type, const flowgraph::Constant& constant);

  // The declarations, with the includes first.
  std::string Declarations() const;
  const std::set<std::string>& struct_tags() const { return structs_; }

 private:
  const CTypes& types_;
  std::string shard_;
  bool type_ids_ = false;
  std::set<std::string> forwards_;
  std::set<std::string> structs_;
  std::map<std::string, FunctionId> functions_;
  std::map<std::string, GlobalId> globals_;
  std::map<std::string, std::string> declarations_;
  // The rows of the shard's table of places, and where each stands.
  std::map<std::string, size_t> places_;
  std::vector<std::string> place_list_;
};

// The prototype of a function, without the semicolon; parameters are named when `names` is given.
std::string Prototype(const CTypes& types, const flowgraph::FunctionInfo& function,
                      const std::string& name, const std::vector<std::string>* names,
                      ShardUses* uses);

// Whether nothing ever writes a frozen object, so that it may stand in read-only memory.
bool IsReadOnly(const flowgraph::Program& program, const flowgraph::FrozenObject& object);

// The C type of one scalar of a table: the name of its array, given the number of the scalar.
std::string TableArray(const CTypes& types, GlobalId id, uint32_t field);

}  // namespace weft::backend_c

#endif  // WEFT_BACKEND_C_SHARD_USES_H_
