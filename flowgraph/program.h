#ifndef WEFT_FLOWGRAPH_PROGRAM_H_
#define WEFT_FLOWGRAPH_PROGRAM_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "common/source_location.h"
#include "flowgraph/graph.h"
#include "flowgraph/ids.h"
#include "typesystem/boxing.h"
#include "typesystem/lltype.h"
#include "typesystem/type.h"

// A whole program: every phase takes it and hands it on, changed.
namespace weft::flowgraph {

struct FieldInfo {
  std::string name;
  TypeId type;
  SourceLoc loc;
  // Declared const, or (set by the annotator) written by nothing but constructors of the object.
  bool immutable = false;
};

// What kind of scalar an Unboxed class holds.
enum class UnboxedKind : uint8_t { kNone, kInt, kFloat };

// A class or interface of the host that a class of the program stands for.
struct HostClass {
  // As the host spells it: "java.util.regex.Pattern". Empty when the class is the program's own.
  std::string name;
  bool is_interface = false;
};

enum class HostMemberKind : uint8_t { kNone, kStatic, kVirtual, kInterface, kConstructor };

// What an external is on the host for which the program is translated.
struct HostMember {
  HostMemberKind kind = HostMemberKind::kNone;
  // The class of the host, and the member; a constructor has no name.
  std::string owner;
  std::string name;
  // The types with which the host declares it, as the host's language spells them, where they are
  // not those that belong to the external's (docs/language.md, Host classes). `parameters` has one
  // for each argument, the object of a virtual call left out.
  bool has_parameters = false;
  std::vector<std::string> parameters;
  std::string result;

  bool is_valid() const { return kind != HostMemberKind::kNone; }
};

struct ClassInfo {
  // Qualified, with template arguments: "lox::Instance", "weft::ListData<int>".
  std::string name;
  // Invalid for weft::Object alone, which is class 0.
  ClassId parent;
  // Own fields only.
  std::vector<FieldInfo> fields;
  // The implementations that this class gives: of methods that it introduces and of inherited ones.
  // A pure virtual method has no entry.
  std::vector<std::pair<MethodId, FunctionId>> implementations;
  bool is_abstract = false;
  bool is_exception = false;
  UnboxedKind unboxed = UnboxedKind::kNone;
  // The implementation of weft::Object::finalize, when the class or a base overrides it.
  FunctionId finalizer;
  // A class of the host: no fields, no implementations, no `new`.
  HostClass host;
  SourceLoc loc;

  // Set by the rtyper.
  ContainerId container;
};

// A virtual method, known by the class that introduces it.
struct MethodInfo {
  std::string name;
  ClassId introduced_by;
  // Function type; the first parameter is the object, at the introducing class. Under ootype the
  // rtyper lowers it.
  TypeId type;
  SourceLoc loc;
};

struct ValueClassInfo {
  std::string name;
  // A base value class is field 0, a value named after the base.
  std::vector<FieldInfo> fields;
  SourceLoc loc;
};

struct GlobalInfo {
  std::string name;
  TypeId type;
  SourceLoc loc;
  // A constant C array: its items flattened into scalars, row by row. Only type Table has them.
  std::vector<Constant> items;
  // Table: the types of one item's scalars. Otherwise empty.
  std::vector<TypeId> item_types;
  // The value at start, of a scalar global; set when the heap is frozen (and by the frontend for
  // globals that are constant-initialised).
  Constant initial{Constant::Kind::kZero, 0};
  // Set when the heap is frozen: nothing that runs afterwards writes it.
  bool is_constant = false;
};

// A function of the run-time library or the platform, called with C conventions.
struct ExternalInfo {
  // The symbol, "weft_os_read" or "sin".
  std::string symbol;
  TypeId type;
  // No effect and the result depends on the operands alone: may be folded and dropped.
  bool is_pure = false;
  bool may_raise = false;
  bool is_noreturn = false;
  // ootype: calls this member of the host. An exception of the host's own arrives as what
  // Program::host_error makes of it.
  HostMember host;
  SourceLoc loc;
};

struct FunctionHints {
  bool always_inline = false;
  bool never_inline = false;
  bool elidable = false;
  bool interpreter_loop = false;
  bool cold = false;
  bool unroll = false;
};

struct FunctionInfo {
  // Unique and stable, as a person would write it: "lox::VM::run", with "(int)" appended when
  // overloads would collide. Backends mangle it.
  std::string name;
  // Function type.
  TypeId type;
  std::vector<std::string> parameter_names;
  SourceLoc loc;
  FunctionHints hints;
  // The method whose object is the first parameter, or a constructor: that parameter is not null.
  bool has_this = false;
  bool is_constructor = false;
  // Never returns normally.
  bool is_noreturn = false;
  // The function that this one was cut out of (optimize/outline.h), which calls it at one place. To
  // people it is still that function: tracebacks leave the call out.
  FunctionId part_of;
  // The name under which others than the program may call it; empty for most. Such a function is
  // kept, whoever calls it, and its arguments may be anything of their types.
  std::string export_name;
  Graph graph;

  // Facts that the annotator sets and later passes keep up to date.
  bool may_raise = true;
  bool may_collect = true;

  bool is_exported() const { return !export_name.empty(); }
};

// An object of the frozen heap: what the globals' initialisers built, as an image in memory.
struct FrozenObject {
  ContainerId container;
  // Number of items, if the container has items.
  int64_t length = 0;
  // What identity_hash gave for the object during translation: 28 bits, 0 if it was never asked.
  uint32_t identity_hash = 0;
  // The object's bytes from its header on. The header, the pointers and the functions in it are
  // zero, and `objects` and `functions` say what belongs there; but immediates are there as they
  // are.
  std::vector<uint8_t> bytes;
  struct ObjectLink {
    uint32_t offset;
    FrozenId object;
  };
  struct FunctionLink {
    uint32_t offset;
    FunctionId function;
  };
  std::vector<ObjectLink> objects;
  std::vector<FunctionLink> functions;
};

// Functions by type id: functions[id - first_type_id]; an invalid one is never called.
struct DispatchTable {
  std::string name;
  uint32_t first_type_id = 0;
  // Function type of the entries.
  TypeId type;
  std::vector<FunctionId> functions;
};

// The classes of dsl/ that the toolchain itself refers to. Invalid when the program does not
// contain them.
struct KnownClasses {
  ClassId object;
  ClassId exception;
  ClassId weak_ref;
};

// Which objects are represented in the reference itself, chosen by the rtyper: those of exactly one
// container that holds a double, and of one that holds an integer, if they fit.
struct Boxing {
  BoxingScheme scheme = BoxingScheme::kNone;
  // Invalid when the program has none.
  ContainerId float_container;
  ContainerId int_container;
};

class Program {
 public:
  Program() = default;
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  Stage stage = Stage::kSource;
  // Set by the rtyper; the stages before it don't ask.
  TypeSystem type_system = TypeSystem::kLltype;
  SourceFiles files;
  TypeTable types;
  lltype::ContainerTable containers;

  std::vector<ClassInfo> classes;
  std::vector<ValueClassInfo> value_classes;
  std::vector<MethodInfo> methods;
  std::vector<GlobalInfo> globals;
  std::vector<ExternalInfo> externals;
  // Functions stay where they are once added; ids of removed functions have an empty graph.
  std::vector<std::unique_ptr<FunctionInfo>> functions;
  std::vector<FrozenObject> frozen;
  std::vector<DispatchTable> dispatch_tables;
  KnownClasses known;
  Boxing boxing;

  // The program's entry: int32 (array<str>), or rtyped. Externally called.
  FunctionId entry;
  // Runs all globals' initialisers in order, at translation time. Invalid when there are none, and
  // after the heap has been frozen.
  FunctionId initializer;
  // Makes the exception that an exception of the host arrives as: (str) -> object, of the host's
  // text. Valid only when an external has a host member; called by what the backend puts around it.
  FunctionId host_error;
  // Globals with the instances that the run time raises; invalid when absent.
  GlobalId memory_error;
  GlobalId stack_overflow_error;

  ClassInfo& cls(ClassId id) { return classes[id.index]; }
  const ClassInfo& cls(ClassId id) const { return classes[id.index]; }
  ValueClassInfo& value_class(ValueClassId id) { return value_classes[id.index]; }
  const ValueClassInfo& value_class(ValueClassId id) const { return value_classes[id.index]; }
  MethodInfo& method(MethodId id) { return methods[id.index]; }
  const MethodInfo& method(MethodId id) const { return methods[id.index]; }
  GlobalInfo& global(GlobalId id) { return globals[id.index]; }
  const GlobalInfo& global(GlobalId id) const { return globals[id.index]; }
  ExternalInfo& external(ExternalId id) { return externals[id.index]; }
  const ExternalInfo& external(ExternalId id) const { return externals[id.index]; }
  FunctionInfo& function(FunctionId id) { return *functions[id.index]; }
  const FunctionInfo& function(FunctionId id) const { return *functions[id.index]; }

  FunctionId AddFunction(std::unique_ptr<FunctionInfo> function);
  // The function of the source that a function is, or is a part of.
  FunctionId WholeOf(FunctionId id) const {
    while (function(id).part_of.is_valid()) id = function(id).part_of;
    return id;
  }

  // The container of the object that an immediate stands for.
  ContainerId ContainerOfImmediate(uint64_t word) const {
    return boxing::IsFloat(boxing.scheme, word) ? boxing.float_container : boxing.int_container;
  }
  // Whether a pointer to this container, which may be to anything derived from it, may be an
  // immediate, and whether it may be one to the heap.
  bool MayBeImmediate(ContainerId id) const;
  bool MayBeOnHeap(ContainerId id) const;

  // Interned paths and string literals.
  PathId Path(std::vector<uint32_t> steps);
  PathId EmptyPath() { return Path({}); }
  const std::vector<uint32_t>& path(PathId id) const { return paths_[id.index]; }
  // The path that follows `first`, then `second`.
  PathId JoinPaths(PathId first, PathId second);
  LiteralId Literal(std::string_view bytes);
  const std::string& literal(LiteralId id) const { return literals_[id.index]; }
  size_t literal_count() const { return literals_.size(); }

  // The type reached by following a path from a value of type `type`.
  TypeId TypeAtPath(TypeId type, PathId path) const;
  // The type of the field that ClassPath (cls, path) names.
  TypeId TypeOfField(ClassId cls, PathId path) const;
  bool IsSubclass(ClassId cls, ClassId ancestor) const;
  // The implementation of a method that an object of exactly this class runs; invalid when pure.
  FunctionId FindImplementation(ClassId cls, MethodId method) const;
  // Calls f(FunctionId) for every function that is called from outside: the entry, the initializer,
  // what makes errors of the host's, and exported ones.
  template <typename F>
  void ForEachRoot(F f) const {
    for (FunctionId root : {initializer, entry, host_error}) {
      if (root.is_valid()) f(root);
    }
    for (size_t i = 0; i < functions.size(); ++i) {
      if (functions[i]->is_exported()) f(FunctionId(i));
    }
  }
  // "i64", "lox::Instance*", "array<u8>", "fn(i64)->void": for people and the text form.
  std::string TypeName(TypeId type) const;

 private:
  std::vector<std::vector<uint32_t>> paths_;
  absl::flat_hash_map<std::vector<uint32_t>, PathId> path_ids_;
  std::vector<std::string> literals_;
  absl::flat_hash_map<std::string, LiteralId> literal_ids_;
};

}  // namespace weft::flowgraph

#endif  // WEFT_FLOWGRAPH_PROGRAM_H_
