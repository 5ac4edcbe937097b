#ifndef WEFT_BACKEND_JVM_TYPES_H_
#define WEFT_BACKEND_JVM_TYPES_H_

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "backend_jvm/class_file.h"
#include "backend_jvm/code.h"
#include "flowgraph/program.h"

// What the types of a program are on the JVM, and what everything is called there.
//
//   bool, integers of up to 32 bits    int on the stack; boolean, byte, short, char, int in fields
//   i64, u64                           long
//   f32, f64                           float, double
//   the root class weft::Object        java/lang/Object: exceptions and arrays are cast to it, too
//   any other class                    a class of its own, "lox/Value"
//   str                                weft/rt/Str
//   an array of one scalar             a Java array; of bools and bytes a byte[]
//   an array of values                 an array of objects, one for each element
//   a function                         an object of the abstract class of its type, weft/fn/...
//
// An int on the stack is canonical: a u8 lies in 0..255, an i8 in -128..127.
namespace weft::backend_jvm {

// How the elements of an array container stand.
enum class Items : uint8_t { kNone, kScalar, kObjects };

struct FieldRef {
  std::string owner;
  std::string name;
  std::string descriptor;
};

struct MethodRef {
  std::string owner;
  std::string name;
  std::string descriptor;
};

inline constexpr std::string_view kObjectClass = "java/lang/Object";
inline constexpr std::string_view kStrClass = "weft/rt/Str";
inline constexpr std::string_view kRaisedClass = "weft/rt/Raised";
inline constexpr std::string_view kOpsClass = "weft/rt/Ops";
inline constexpr std::string_view kPlacesClass = "weft/rt/Places";
inline constexpr std::string_view kResultsClass = "weft/rt/Results";

class Types {
 public:
  explicit Types(const flowgraph::Program& program);

  const flowgraph::Program& program() const { return program_; }
  TypeKind Kind(TypeId type) const { return program_.types.Kind(type); }
  const lltype::Container& ContainerOf(TypeId pointer) const {
    return program_.containers.Get(program_.types.Container(pointer));
  }

  bool IsRoot(ContainerId id) const;
  // Whether the parent is the root class, or the class of dsl/ that stands for the host's own root.
  bool HasRootAsParent(ContainerId id) const;
  bool IsException(ContainerId id) const;
  bool IsString(ContainerId id) const;
  Items ItemsOf(ContainerId id) const;

  // The class of a container's objects: "lox/Value", "[I", "[Llox/Frame;".
  std::string ClassOf(ContainerId id);
  // The class generated for a container that has one: an object's, or that of an array's elements.
  const std::string& OwnClass(ContainerId id);
  // The interface of the root class, which declares its methods.
  const std::string& RootInterface();
  // The class that stands for a function type.
  const std::string& FunctionClass(TypeId type);

  // As parameters, results and static fields have it; a tuple is its first element.
  std::string Descriptor(TypeId type);
  // As fields and elements have it.
  std::string FieldDescriptor(TypeId type);
  std::string MethodDescriptor(TypeId function_type, bool without_first);
  VerifierType StackType(TypeId type, Code& code);

  FieldRef Field(ContainerId id, uint32_t field);
  FieldRef ItemField(ContainerId id, uint32_t field);
  const MethodRef& Function(FunctionId id);
  // How a virtual method is called: in the class, or interface, that introduces it.
  MethodRef Method(MethodId id);
  FieldRef Frozen(FrozenId id);
  FieldRef Global(GlobalId id);
  FieldRef Table(GlobalId id, uint32_t field);
  FieldRef FunctionObject(TypeId type, FunctionId function);

  // The class that a file's functions stand in.
  const std::string& CodeClass(FileId file);
  // A further class for a file whose functions need more constants than one can have.
  std::string NextCodeClass(FileId file) { return Unique(CodeClass(file)); }
  // Puts a function into a class, before anybody asks for it.
  void PlaceFunction(FunctionId id, std::string_view owner) { functions_[id.index].owner = owner; }

  // ---- What has been asked for, and therefore has to be written, in order.
  std::vector<ContainerId> used_containers;
  std::vector<TypeId> used_function_types;
  // Of each function type, the functions that objects were asked for.
  absl::flat_hash_map<TypeId, std::vector<FunctionId>> function_objects;
  bool uses_root_interface = false;
  std::vector<FrozenId> used_frozen;
  absl::flat_hash_map<uint32_t, bool> is_frozen_used;
  std::vector<std::pair<GlobalId, uint32_t>> used_tables;
  std::set<std::pair<uint32_t, uint32_t>> is_table_used;
  std::vector<GlobalId> used_globals;
  // Externals that there is no method for.
  std::set<uint32_t> missing_externals;

 private:
  std::string Unique(std::string name);
  std::string JavaName(std::string_view qualified);
  std::vector<std::string> FieldNames(ContainerId id);

  const flowgraph::Program& program_;
  ContainerId root_;
  std::set<std::string> taken_;
  std::vector<std::string> classes_;
  std::vector<std::vector<std::string>> field_names_;
  std::vector<std::vector<std::string>> item_names_;
  std::string root_interface_;
  absl::flat_hash_map<TypeId, std::string> function_classes_;
  std::vector<MethodRef> functions_;
  absl::flat_hash_map<uint32_t, std::string> code_classes_;
  std::vector<std::string> method_names_;
  std::vector<bool> is_global_used_;
  // Function names by class and descriptor, to tell overloads apart.
  std::set<std::string> taken_methods_;
};

// How many objects one class of the frozen heap holds: its initialiser must fit a method.
inline constexpr uint32_t kFrozenInClass = 2000;

// Brings the int on the stack to the range of a narrow type; does nothing for other types.
void ToRange(Code& code, TypeKind kind);

// A name as methods may have it: the name of the source, but for what the JVM forbids.
std::string MethodName(std::string_view name);

}  // namespace weft::backend_jvm

#endif  // WEFT_BACKEND_JVM_TYPES_H_
