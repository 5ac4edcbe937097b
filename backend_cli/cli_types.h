#ifndef WEFT_BACKEND_CLI_CLI_TYPES_H_
#define WEFT_BACKEND_CLI_CLI_TYPES_H_

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "backend_cli/il_code.h"
#include "flowgraph/program.h"

// What the types of a program are on the CLI, and what things are called there.
//
//   weft::Object      object itself: no class stands between it and the program's own
//   a class           a class, derived from its base's; weft::Exception derives from the host's
//   str               Weft.Str of the run time
//   array<int>        int32[]
//   array of others   an array of a value type with a field for each scalar of an item. References
//                     are wrapped so as well: the host tests each store into an array of a class,
//                     and none into an array of a value type.
//   a tuple           a value type
//   a function type   a delegate
//
// In variables, parameters and results every integer of up to 32 bits is an int32; what is narrower
// is kept sign- or zero-extended, as in flowgraph::Constant.
namespace weft::backend_cli {

class CliTypes {
 public:
  explicit CliTypes(const flowgraph::Program& program);

  const flowgraph::Program& program() const { return program_; }

  // The type of a variable, a parameter or a result, and of a field or an item.
  std::string Spell(TypeId type) const;
  std::string SpellField(TypeId type) const;
  // A reference to a container's objects: "class 'lox::Value'", "int32[]", "object".
  std::string Reference(ContainerId id) const;
  // The same without "class", as the operand of castclass, isinst and member names.
  std::string Class(ContainerId id) const;
  // Whether every object of `id` is one of `ancestor`, as the host sees it.
  bool IsSubtype(ContainerId id, ContainerId ancestor) const;
  // weft::Object, and every other class that is nothing but the host's object.
  bool IsRoot(ContainerId id) const { return is_root_[id.index]; }
  // Containers that are classes written for this program.
  bool HasClass(ContainerId id) const;
  // Whether the items are numbers, and the array one of the host's arrays of numbers.
  bool HasPlainItems(ContainerId id) const;
  // Arrays of bytes and strings: what can be copied into each other.
  bool IsBytes(ContainerId id) const;
  // The type of an array's item: "int32", "valuetype 'array<lox::Value*> item'".
  std::string Item(ContainerId id) const;
  std::string ItemName(ContainerId id) const;
  // The container that declares a field of this one, and the field as an operand of ldfld.
  ContainerId DeclaringClass(ContainerId id, uint32_t field) const;
  std::string Field(ContainerId id, uint32_t field) const;
  std::string ItemField(ContainerId id, uint32_t field) const;
  std::string FieldName(ContainerId id, uint32_t field) const;
  std::string ItemFieldName(ContainerId id, uint32_t field) const;

  std::string TupleName(TypeId type) const;
  std::string DelegateName(TypeId type) const;

  // The name of the static method of `code` that a function is, and the operand of its call.
  std::string FunctionName(FunctionId id) const;
  std::string Function(FunctionId id) const;
  // "int32 'name'(int64, object)" with the owner in front of the name; parameters from `first` on.
  std::string Signature(TypeId function_type, std::string_view owner_and_name,
                        size_t first = 0) const;
  std::string Global(GlobalId id) const;
  std::string Frozen(FrozenId id) const;
  // Frozen strings stand in one array, where the host need not look at each when it starts.
  bool IsFrozenString(FrozenId id) const;
  void SetStringNumbers(absl::flat_hash_map<FrozenId, uint32_t> numbers) {
    string_numbers_ = std::move(numbers);
  }
  // Pushes a frozen object.
  void LoadFrozen(FrozenId id, IlCode* code) const;
  // The static field that holds the delegate of a function, and the array of a constant table; the
  // class that each is in, alone.
  std::string FunctionObjectClass(FunctionId id) const;
  std::string TableClass(GlobalId id) const;
  std::string FunctionObject(FunctionId id) const;
  std::string Table(GlobalId id, uint32_t field) const;
  // How many fields, at the front, are the parent's.
  size_t InheritedFields(ContainerId id) const;

 private:
  const flowgraph::Program& program_;
  std::vector<std::string> class_names_;
  std::vector<std::string> function_names_;
  std::vector<bool> is_root_;
  absl::flat_hash_map<FrozenId, uint32_t> string_numbers_;
};

// A name that is unlike all in `taken`, which it joins.
std::string UniqueName(std::string name, std::set<std::string>* taken);

}  // namespace weft::backend_cli

#endif  // WEFT_BACKEND_CLI_CLI_TYPES_H_
