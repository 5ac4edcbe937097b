#include "backend_cli/class_writer.h"

#include <fmt/format.h>

#include <iterator>
#include <map>
#include <utility>
#include <vector>

#include "backend_cli/il_code.h"
#include "backend_cli/place_access.h"
#include "common/check.h"

namespace weft::backend_cli {

using backend_common::Reachable;
using flowgraph::ClassInfo;
using flowgraph::Constant;
using flowgraph::GlobalInfo;
using flowgraph::MethodInfo;
using flowgraph::Program;
using lltype::Container;
using lltype::ContainerKind;

std::string MethodName(const Program& program, MethodId method) {
  return Quoted(fmt::format("{} {}", program.method(method).name, method.index));
}

namespace {

constexpr const char* kStaticClass =
    ".class private auto ansi sealed abstract beforefieldinit {} extends [mscorlib]System.Object "
    "{{\n";
constexpr const char* kValueType =
    ".class private sequential ansi sealed beforefieldinit {} extends [mscorlib]System.ValueType "
    "{{\n";

class ClassWriter {
 public:
  ClassWriter(const CliTypes& types, const Reachable& reachable, const MethodUses& uses)
      : types_(types), program_(types.program()), reachable_(reachable), uses_(uses) {
    has_derived_.resize(program_.containers.size());
    for (uint32_t i = 0; i < program_.containers.size(); ++i) {
      ContainerId parent = program_.containers.Get(ContainerId(i)).parent;
      if (parent.is_valid()) has_derived_[parent.index] = true;
    }
  }

  std::string Run() {
    for (uint32_t i = 0; i < program_.containers.size(); ++i) {
      ContainerId id(i);
      if (types_.HasClass(id)) WriteClass(id);
      if (program_.containers.Get(id).kind == ContainerKind::kArray && !types_.HasPlainItems(id)) {
        WriteItem(id);
      }
    }
    WriteTuples();
    WriteDelegates();
    for (FunctionId function : uses_.function_objects) WriteFunctionObject(function);
    WriteTables();
    WriteGlobals();
    WriteHeapFields();
    WritePlaces();
    return std::move(text_);
  }

 private:
  template <typename... T>
  void Line(fmt::format_string<T...> format, T&&... arguments) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<T>(arguments)...);
    text_ += '\n';
  }

  const Container& Get(ContainerId id) const { return program_.containers.Get(id); }

  // ---- Classes of containers.

  bool IsException(ContainerId id) const {
    return program_.known.exception.is_valid() && Get(id).cls == program_.known.exception;
  }

  std::string Base(ContainerId id) const {
    if (IsException(id)) return "[mscorlib]System.Exception";
    ContainerId parent = Get(id).parent;
    if (!parent.is_valid() || types_.IsRoot(parent)) return "[mscorlib]System.Object";
    return types_.Class(parent);
  }

  void WriteClass(ContainerId id) {
    const Container& container = Get(id);
    std::string interfaces;
    for (MethodId method : uses_.methods) {
      if (!IsRootMethod(method) || !Implementation(id, method).is_valid()) continue;
      interfaces +=
          fmt::format("{}{}", interfaces.empty() ? " implements " : ", ", InterfaceName(method));
    }
    Line(".class private auto ansi{} beforefieldinit {} extends {}{} {{",
         has_derived_[id.index] ? "" : " sealed", types_.Class(id), Base(id), interfaces);
    for (uint32_t i = static_cast<uint32_t>(types_.InheritedFields(id));
         i < container.fields.size(); ++i) {
      bool is_target = container.is_weakref() && i + 1 == container.fields.size();
      Line(".field assembly {} {}",
           is_target ? "class [mscorlib]System.WeakReference"
                     : types_.SpellField(container.fields[i].type),
           types_.FieldName(id, i));
    }
    Line(
        ".method assembly hidebysig specialname rtspecialname instance void .ctor() cil managed "
        "{{\nldarg.0\ncall instance void {}::.ctor()\nret\n}}",
        Base(id));
    if (IsException(id)) WriteExceptionMembers(id);
    bool parent_has = container.parent.is_valid() && Get(container.parent).has_finalizer;
    if (container.has_finalizer && !parent_has) {
      Line(
          ".method family hidebysig virtual instance void Finalize() cil managed {{\nldarg.0\n"
          "call void Weft.Memory::Finalizable(object)\nret\n}}");
    }
    WriteMethods(id);
    Line("}}");
  }

  // What the host and tracebacks want of exceptions: their text, and whether they were raised
  // before.
  void WriteExceptionMembers(ContainerId id) {
    const std::string name = types_.Class(id);
    Line(".field assembly bool 'was raised'");
    Line(
        ".method assembly hidebysig static class {0} Raising(class {0}) cil managed {{\n"
        "ldarg.0\nldfld bool {0}::'was raised'\nbrfalse FIRST\n"
        "ldarg.0\ncall void Weft.Failures::Again(class [mscorlib]System.Exception)\n"
        "FIRST: ldarg.0\nldc.i4.1\nstfld bool {0}::'was raised'\nldarg.0\nret\n}}",
        name);
    for (uint32_t i = 0; i < Get(id).fields.size(); ++i) {
      if (Get(id).fields[i].name != "message") continue;
      Line(
          ".method public hidebysig specialname virtual instance string get_Message() cil managed "
          "{{\nldarg.0\nldfld {}\ncall string Weft.Str::ToHost(class Weft.Str)\nret\n}}",
          types_.Field(id, i));
    }
  }

  // ---- Virtual methods.

  // Methods of weft::Object, which is no class here: each is an interface.
  bool IsRootMethod(MethodId method) const {
    ContainerId owner = program_.cls(program_.method(method).introduced_by).container;
    return owner.is_valid() && types_.IsRoot(owner);
  }
  std::string InterfaceName(MethodId method) const {
    return Quoted(fmt::format("method {} {}", program_.method(method).name, method.index));
  }

  // The function with which a class itself implements a method.
  FunctionId Implementation(ContainerId id, MethodId method) const {
    ClassId cls = Get(id).cls;
    if (!cls.is_valid()) return FunctionId();
    for (const auto& [implemented, function] : program_.cls(cls).implementations) {
      if (implemented == method && reachable_.functions[function.index]) return function;
    }
    return FunctionId();
  }

  bool BaseImplements(ContainerId id, MethodId method) const {
    for (ContainerId at = Get(id).parent; at.is_valid() && types_.HasClass(at);
         at = Get(at).parent) {
      if (Implementation(at, method).is_valid()) return true;
    }
    return false;
  }

  void WriteMethods(ContainerId id) {
    for (MethodId method : uses_.methods) {
      FunctionId function = Implementation(id, method);
      ClassId introduced_by = program_.method(method).introduced_by;
      bool introduces = Get(id).cls.is_valid() && Get(id).cls == introduced_by;
      if (!function.is_valid() && !introduces) continue;
      bool is_new = introduces || (IsRootMethod(method) && !BaseImplements(id, method));
      TypeId type = program_.method(method).type;
      Line(".method public hidebysig {}virtual instance {} cil managed {{",
           is_new ? "newslot " : "", types_.Signature(type, MethodName(program_, method), 1));
      if (function.is_valid()) {
        CallFunction(function, type);
      } else {
        // No object is of this class itself.
        Line("ldnull\nthrow");
      }
      Line("}}");
    }
  }

  // Calls a function with the arguments of this method, whose type may differ from the function's
  // in classes.
  void CallFunction(FunctionId function, TypeId method_type) {
    IlCode code;
    auto given = program_.types.List(method_type);
    auto wanted = program_.types.List(program_.function(function).type);
    for (uint32_t i = 0; i < wanted.size(); ++i) {
      code.LoadArgument(i);
      if (program_.types.Kind(wanted[i]) != TypeKind::kPtr) continue;
      ContainerId to = program_.types.Container(wanted[i]);
      // The object is of the class that the method stands in.
      ContainerId from = program_.types.Container(given[i]);
      if (i > 0 && !types_.IsSubtype(from, to)) code.Op("castclass", types_.Class(to));
    }
    code.Op("call", types_.Function(function));
    code.Op("ret");
    text_ += fmt::format(".maxstack {}\n", wanted.size() + 1) + code.text();
  }

  // ---- Value types.

  void WriteItem(ContainerId id) {
    Line(kValueType, types_.ItemName(id));
    for (uint32_t i = 0; i < Get(id).item_fields.size(); ++i) {
      Line(".field assembly {} {}", types_.SpellField(Get(id).item_fields[i].type),
           types_.ItemFieldName(id, i));
    }
    Line("}}");
  }

  void WriteTuples() {
    std::set<TypeId> tuples = uses_.tuples;
    for (TypeId type : uses_.delegates) {
      TypeId result = program_.types.Element(type);
      if (program_.types.Kind(result) == TypeKind::kTuple) tuples.insert(result);
    }
    std::set<std::string> written;
    for (TypeId tuple : tuples) {
      std::string name = types_.TupleName(tuple);
      if (!written.insert(name).second) continue;
      Line(kValueType, name);
      std::string parameters;
      IlCode code;
      auto elements = program_.types.List(tuple);
      for (uint32_t i = 0; i < elements.size(); ++i) {
        std::string type = types_.Spell(elements[i]);
        Line(".field assembly {} r{}", type, i);
        parameters += (i > 0 ? ", " : "") + type;
        code.LoadArgument(0);
        code.LoadArgument(i + 1);
        code.Op("stfld", fmt::format("{} {}::r{}", type, name, i));
      }
      code.Op("ret");
      Line(
          ".method assembly hidebysig specialname rtspecialname instance void .ctor({}) cil "
          "managed {{\n{}}}\n}}",
          parameters, code.text());
    }
  }

  // ---- Functions as values.

  void WriteDelegates() {
    std::set<std::string> written;
    for (TypeId type : uses_.delegates) {
      if (!written.insert(types_.DelegateName(type)).second) continue;
      Line(".class private auto ansi sealed {} extends [mscorlib]System.MulticastDelegate {{",
           types_.DelegateName(type));
      Line(
          ".method public hidebysig specialname rtspecialname instance void .ctor(object, native "
          "int) runtime managed {{}}");
      Line(".method public hidebysig newslot virtual instance {} runtime managed {{}}\n}}",
           types_.Signature(type, "Invoke"));
    }
  }

  // One delegate for each function, so that equal functions are the same object. A class for each,
  // so that it is made when it is first asked for.
  void WriteFunctionObject(FunctionId id) {
    std::string field = types_.FunctionObject(id);
    std::string type = types_.Spell(program_.function(id).type);
    Line(kStaticClass, types_.FunctionObjectClass(id));
    Line(".field assembly static initonly {} it", type);
    Line(
        ".method private hidebysig specialname rtspecialname static void .cctor() cil managed {{\n"
        "ldnull\nldftn {}\nnewobj instance void {}::.ctor(object, native int)\nstsfld {}\nret\n}}\n"
        "}}",
        types_.Function(id), types_.DelegateName(program_.function(id).type), field);
  }

  // ---- Data.

  // The bits of a table's item in memory, as the host lays numbers out.
  void AppendBytes(TypeKind kind, const Constant& item, std::string* bytes) const {
    uint64_t bits = item.bits;
    if (kind == TypeKind::kF32) {
      bits = std::bit_cast<uint32_t>(static_cast<float>(std::bit_cast<double>(bits)));
    }
    int size = kind == TypeKind::kBool ? 1 : BitWidth(kind) / 8;
    for (int i = 0; i < size; ++i) {
      fmt::format_to(std::back_inserter(*bytes), "{:02x} ", (bits >> (8 * i)) & 0xff);
    }
  }

  // Each table is a class, which the host initialises when code first asks for it: the numbers
  // stand in the file as they will in memory.
  void WriteTables() {
    std::map<GlobalId, std::vector<uint32_t>> tables;
    for (const auto& [global, field] : uses_.tables) tables[global].push_back(field);
    for (const auto& [id, fields] : tables) {
      const GlobalInfo& global = program_.global(id);
      std::string owner = types_.TableClass(id);
      std::string body;
      std::string members;
      for (uint32_t field : fields) {
        TypeId type = global.item_types[field];
        std::string element = types_.SpellField(type);
        TypeKind kind = program_.types.Kind(type);
        size_t width = global.item_types.size();
        size_t count = global.items.size() / width;
        members += fmt::format(".field assembly static initonly {}[] items{}\n", element, field);
        body += fmt::format("ldc.i4 {}\nnewarr {}\n", count, element);
        if (!IsInt(kind) && !IsFloat(kind)) {
          for (size_t i = 0; i < count; ++i) {
            const Constant& item = global.items[i * width + field];
            if (item.kind != Constant::Kind::kFunction && item.kind != Constant::Kind::kFrozen) {
              continue;
            }
            uint32_t index = static_cast<uint32_t>(item.bits);
            IlCode load;
            if (item.kind == Constant::Kind::kFrozen) {
              types_.LoadFrozen(FrozenId(index), &load);
            } else {
              load.Op("ldsfld", types_.FunctionObject(FunctionId(index)));
            }
            body += fmt::format("dup\nldc.i4 {}\n{}stelem.ref\n", i, load.text());
          }
        } else if (count > 0) {
          std::string bytes;
          for (size_t i = 0; i < count; ++i) {
            AppendBytes(kind, global.items[i * width + field], &bytes);
          }
          size_t size = bytes.size() / 3;
          std::string label = fmt::format("D_{}_{}", id.index, field);
          data_ += fmt::format(".data {} = bytearray ({})\n", label, bytes);
          members += fmt::format(
              ".class nested private explicit ansi sealed raw{0} extends "
              "[mscorlib]System.ValueType {{ .pack 1 .size {1} }}\n"
              ".field private static valuetype {2}/raw{0} data{0} at {3}\n",
              field, size, owner, label);
          body += fmt::format(
              "dup\nldtoken field valuetype {0}/raw{1} {0}::data{1}\ncall void "
              "[mscorlib]System.Runtime.CompilerServices.RuntimeHelpers::InitializeArray(class "
              "[mscorlib]System.Array, valuetype [mscorlib]System.RuntimeFieldHandle)\n",
              owner, field);
        }
        body += fmt::format("stsfld {}\n", types_.Table(id, field));
      }
      text_ += data_;
      data_.clear();
      Line(kStaticClass, owner);
      text_ += members;
      Line(
          ".method private hidebysig specialname rtspecialname static void .cctor() cil managed "
          "{{\n{}ret\n}}\n}}",
          body);
    }
  }

  void WriteGlobals() {
    Line(kStaticClass, "globals");
    ClassId exception = program_.known.exception;
    if (exception.is_valid() && program_.cls(exception).container.is_valid()) {
      // On its way to its handler (MethodEmitter).
      Line(".field assembly static {} 'caught exception'",
           types_.Reference(program_.cls(exception).container));
    }
    for (uint32_t i = 0; i < program_.globals.size(); ++i) {
      const GlobalInfo& global = program_.globals[i];
      if (!reachable_.globals[i] || program_.types.Kind(global.type) == TypeKind::kTable) continue;
      Line(".field assembly static {} {}", types_.SpellField(global.type), Quoted(global.name));
    }
    Line("}}");
  }

  void WriteHeapFields() {
    Line(kStaticClass, "heap");
    Line(".field assembly static class Weft.Str[] strings");
    for (FrozenId id : uses_.frozen) {
      Line(".field assembly static {} o{}", types_.Reference(program_.frozen[id.index].container),
           id.index);
    }
    Line("}}");
  }

  // ---- The methods of `places`: what needs to know all classes.

  void WritePlaces() {
    Line(kStaticClass, "places");
    text_ += EmitPlaceAccess(types_, uses_);
    for (ContainerId id : uses_.weak_references) {
      uint32_t last = static_cast<uint32_t>(Get(id).fields.size() - 1);
      Line(
          ".method assembly hidebysig static {} {}(object) cil managed {{\nnewobj instance void "
          "{}::.ctor()\ndup\nldarg.0\nnewobj instance void "
          "[mscorlib]System.WeakReference::.ctor(object)\nstfld class "
          "[mscorlib]System.WeakReference {}::{}\nret\n}}",
          types_.Reference(id), Quoted("weak " + types_.Class(id)), types_.Class(id),
          types_.Class(types_.DeclaringClass(id, last)), types_.FieldName(id, last));
    }
    std::vector<MethodId> roots;
    for (MethodId method : uses_.methods) {
      if (IsRootMethod(method)) roots.push_back(method);
    }
    for (MethodId method : roots) WriteRootCall(method);
    Line("}}");
    for (MethodId method : roots) {
      Line(".class interface private abstract auto ansi {} {{", InterfaceName(method));
      Line(".method public hidebysig newslot abstract virtual instance {} cil managed {{}}\n}}",
           types_.Signature(program_.method(method).type, MethodName(program_, method), 1));
    }
  }

  // Calls a method of weft::Object: an object's own implementation, or that of weft::Object.
  void WriteRootCall(MethodId method) {
    TypeId type = program_.method(method).type;
    size_t count = program_.types.List(type).size();
    std::string name = MethodName(program_, method);
    IlCode code;
    code.LoadArgument(0);
    code.Op("isinst", InterfaceName(method));
    code.Op("brfalse", "OTHER");
    code.LoadArgument(0);
    code.Op("castclass", InterfaceName(method));
    for (uint32_t i = 1; i < count; ++i) code.LoadArgument(i);
    code.Op("callvirt",
            "instance " + types_.Signature(type, InterfaceName(method) + "::" + name, 1));
    code.Op("ret");
    Line(".method assembly hidebysig static {} cil managed {{\n.maxstack {}\n{}OTHER:",
         types_.Signature(type, name), count + 1, code.text());
    FunctionId root = program_.FindImplementation(program_.known.object, method);
    if (root.is_valid() && reachable_.functions[root.index]) {
      IlCode call;
      for (uint32_t i = 0; i < count; ++i) call.LoadArgument(i);
      call.Op("call", types_.Function(root));
      call.Op("ret");
      text_ += call.text();
    } else {
      Line("ldnull\nthrow");
    }
    Line("}}");
  }

  const CliTypes& types_;
  const Program& program_;
  const Reachable& reachable_;
  const MethodUses& uses_;
  std::vector<bool> has_derived_;
  std::string text_;
  std::string data_;
};

}  // namespace

std::string EmitClasses(const CliTypes& types, const Reachable& reachable, const MethodUses& uses) {
  return ClassWriter(types, reachable, uses).Run();
}

}  // namespace weft::backend_cli
