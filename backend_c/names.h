#ifndef WEFT_BACKEND_C_NAMES_H_
#define WEFT_BACKEND_C_NAMES_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "backend_common/mangle.h"
#include "flowgraph/program.h"

// Names in the generated C. A name follows from what it names alone, never from a count of other
// things, so that an edit in one place of a program leaves the text of all others as it was.
namespace weft::backend_c {

using backend_common::HashBytes;
using backend_common::Mangle;
using backend_common::ShortHash;

// A member name that neither C nor C++ nor the system's headers give another meaning.
std::string MemberName(std::string_view name);

// Whether instances of a container are immutable byte strings: items of one u8 and a cached hash.
bool IsByteString(const lltype::Container& container);

// The names of a program's entities.
class Names {
 public:
  explicit Names(const flowgraph::Program& program);

  // "f_lox__VM__run".
  const std::string& Function(FunctionId id) const { return functions_[id.index]; }
  // The tag of the struct: "t_lox__VM".
  const std::string& Container(ContainerId id) const { return containers_[id.index]; }
  // The enumerator of the type id: "T_lox__VM"; with "_END" behind it, the end of the range.
  const std::string& TypeId(ContainerId id) const { return type_ids_[id.index]; }
  // "g_lox__vm".
  const std::string& Global(GlobalId id) const { return globals_[id.index]; }
  // "d_lox__Value__print".
  const std::string& Dispatch(DispatchTableId id) const { return dispatch_[id.index]; }
  // "s_print_4fa9c01e22" for a string, by its bytes; "z_..." for others, by how they are reached.
  const std::string& Frozen(FrozenId id) const { return frozen_[id.index]; }
  // The members of a container's struct, or of its items.
  const std::vector<std::string>& Fields(ContainerId id) const { return fields_[id.index]; }
  const std::vector<std::string>& ItemFields(ContainerId id) const {
    return item_fields_[id.index];
  }

 private:
  // The name, or with a number behind it when somebody already has it.
  std::string Unique(std::string name);
  void NameFrozen(const flowgraph::Program& program);

  absl::flat_hash_set<std::string> taken_;
  std::vector<std::string> functions_;
  std::vector<std::string> containers_;
  std::vector<std::string> type_ids_;
  std::vector<std::string> globals_;
  std::vector<std::string> dispatch_;
  std::vector<std::string> frozen_;
  std::vector<std::vector<std::string>> fields_;
  std::vector<std::vector<std::string>> item_fields_;
};

}  // namespace weft::backend_c

#endif  // WEFT_BACKEND_C_NAMES_H_
