#include "backend_cli/host.h"

#include <fmt/format.h>

#include <utility>

#include "backend_cli/il_code.h"

namespace weft::backend_cli {

using flowgraph::ExternalInfo;
using flowgraph::HostMember;
using flowgraph::HostMemberKind;
using lltype::ContainerKind;

namespace {

constexpr std::string_view kExtern =
    ".assembly extern {} {{ .publickeytoken = (b7 7a 5c 56 19 34 e0 89) .ver 4:0:0:0 }}\n";

// A type as C# spells it, in IL: "int", "string", "System.Array", "char[]".
std::string TypeFrom(std::string_view text) {
  if (text.ends_with("[]")) return TypeFrom(text.substr(0, text.size() - 2)) + "[]";
  constexpr std::pair<std::string_view, std::string_view> kWords[] = {
      {"void", "void"},      {"bool", "bool"},     {"sbyte", "int8"},    {"byte", "uint8"},
      {"short", "int16"},    {"ushort", "uint16"}, {"int", "int32"},     {"uint", "uint32"},
      {"long", "int64"},     {"ulong", "uint64"},  {"char", "char"},     {"float", "float32"},
      {"double", "float64"}, {"string", "string"}, {"object", "object"},
  };
  for (const auto& [word, il] : kWords) {
    if (text == word) return std::string(il);
  }
  return "class " + HostClassName(std::string(text));
}

// What castclass names.
std::string ClassIn(const std::string& type) {
  return type.starts_with("class ") ? type.substr(6) : type;
}

// The instruction that makes a number of this type; empty for what is none.
std::string_view Conversion(std::string_view type, bool from_unsigned) {
  constexpr std::pair<std::string_view, std::string_view> kConversions[] = {
      {"bool", "conv.u1"},   {"int8", "conv.i1"},    {"uint8", "conv.u1"},   {"int16", "conv.i2"},
      {"char", "conv.u2"},   {"uint16", "conv.u2"},  {"int32", "conv.i4"},   {"uint32", "conv.i4"},
      {"uint64", "conv.u8"}, {"float32", "conv.r4"}, {"float64", "conv.r8"},
  };
  if (type == "int64") return from_unsigned ? "conv.u8" : "conv.i8";
  for (const auto& [name, instruction] : kConversions) {
    if (type == name) return instruction;
  }
  return "";
}

class Border {
 public:
  Border(const CliTypes& types, IlCode& code) : types_(types), code_(code) {}

  // What belongs to a type of the program when nothing else is declared.
  std::string Natural(TypeId type) const {
    if (!IsPointer(type)) return types_.SpellField(type);
    ContainerId container = types_.program().types.Container(type);
    switch (types_.program().containers.Get(container).kind) {
      case ContainerKind::kString:
        return "string";
      case ContainerKind::kArray:
      case ContainerKind::kHost:
        return types_.Reference(container);
      default:
        return "object";
    }
  }

  // A value of the program is on the stack, and leaves as what the host declares.
  void Outwards(TypeId type, const std::string& host) {
    if (IsString(type)) {
      code_.Op("call", "string Weft.Str::ToHost(class Weft.Str)");
    } else if (IsPointer(type)) {
      if (Natural(type) == "object" && host != "object") code_.Op("castclass", ClassIn(host));
    } else if (host != Natural(type)) {
      Convert(type, host);
    }
  }

  // A value of the host's is on the stack, and becomes one of the program's type.
  void Inwards(TypeId type, const std::string& host) {
    if (types_.program().types.Kind(type) == TypeKind::kVoid) {
      if (host != "void") code_.Op("pop");
    } else if (IsString(type)) {
      if (host != "string") code_.Op("castclass", "string");
      code_.Op("call", "class Weft.Str Weft.Str::FromHost(string)");
    } else if (IsPointer(type)) {
      std::string wanted = types_.Spell(type);
      if (wanted != host && wanted != "object") code_.Op("castclass", ClassIn(wanted));
    } else if (host != Natural(type)) {
      code_.Op(Conversion(Natural(type), host.starts_with("u")));
    }
  }

  // The object of a call, which may be a string of the program's.
  void Object(TypeId type, const std::string& owner) {
    if (IsString(type)) return Outwards(type, "string");
    if (types_.Spell(type) != "class " + owner) code_.Op("castclass", owner);
  }

 private:
  bool IsPointer(TypeId type) const { return types_.program().types.Kind(type) == TypeKind::kPtr; }
  bool IsString(TypeId type) const {
    const flowgraph::Program& program = types_.program();
    return IsPointer(type) &&
           program.containers.Get(program.types.Container(type)).kind == ContainerKind::kString;
  }

  void Convert(TypeId type, const std::string& host) {
    bool is_unsigned = Natural(type).starts_with("u");
    if (is_unsigned && host.starts_with("float")) code_.Op("conv.r.un");
    code_.Op(Conversion(host, is_unsigned));
  }

  const CliTypes& types_;
  IlCode& code_;
};

std::string BridgeName(ExternalId id) { return fmt::format("host::'{}'", id.index); }

std::string EmitBridge(const CliTypes& types, ExternalId id) {
  const flowgraph::Program& program = types.program();
  const ExternalInfo& external = program.external(id);
  const HostMember& host = external.host;
  IlCode code;
  Border border(types, code);
  auto parameters = program.types.List(external.type);
  TypeId result = program.types.Element(external.type);
  std::string owner = HostClassName(host.owner);
  bool is_constructor = host.kind == HostMemberKind::kConstructor;
  bool has_object =
      host.kind == HostMemberKind::kVirtual || host.kind == HostMemberKind::kInterface;
  bool catches = external.may_raise && program.host_error.is_valid();
  bool gives = program.types.Kind(result) != TypeKind::kVoid;

  if (catches) code.Directive(".try {");
  std::string list;
  for (size_t i = 0; i < parameters.size(); ++i) {
    code.LoadArgument(static_cast<uint32_t>(i));
    if (has_object && i == 0) {
      border.Object(parameters[0], owner);
      continue;
    }
    size_t declared = i - (has_object ? 1 : 0);
    std::string wanted =
        host.has_parameters ? TypeFrom(host.parameters[declared]) : border.Natural(parameters[i]);
    border.Outwards(parameters[i], wanted);
    list += (list.empty() ? "" : ", ") + wanted;
  }
  std::string given = host.result.empty() ? border.Natural(result) : TypeFrom(host.result);
  if (is_constructor) {
    code.Op("newobj", fmt::format("instance void {}::.ctor({})", owner, list));
    given = "class " + owner;
  } else {
    code.Op(has_object ? "callvirt" : "call",
            fmt::format("{}{} {}::{}({})", has_object ? "instance " : "", given, owner,
                        Quoted(host.name), list));
  }
  border.Inwards(result, given);
  std::string locals;
  if (catches) {
    if (gives) code.StoreLocal(2);
    code.Branch("leave", 0);
    code.Directive("} catch [mscorlib]System.Exception {");
    code.StoreLocal(0);
    code.LoadLocal(0);
    // Null for what is no exception of the host's own, which goes on as it is.
    code.Op("call", "class Weft.Str Weft.Failures::HostText(class [mscorlib]System.Exception)");
    code.StoreLocal(1);
    code.LoadLocal(1);
    code.Branch("brfalse", 1);
    code.LoadLocal(1);
    code.Op("call", types.Function(program.host_error));
    code.Op("throw");
    code.Place(1);
    code.Op("rethrow");
    code.Directive("}");
    code.Place(0);
    if (gives) code.LoadLocal(2);
    locals = "class [mscorlib]System.Exception, class Weft.Str";
    if (gives) locals += ", " + types.Spell(result);
  }
  code.Op("ret");
  return fmt::format(".method assembly hidebysig static {} cil managed {{\n.maxstack {}\n{}{}}}\n",
                     types.Signature(external.type, Quoted(fmt::format("{}", id.index))),
                     parameters.size() + 2,
                     locals.empty() ? "" : fmt::format(".locals init ({})\n", locals), code.text());
}

}  // namespace

std::string HostClassName(const std::string& name) {
  return name.starts_with('[') ? name : "[mscorlib]" + name;
}

std::string HostBridge(const CliTypes& types, ExternalId id) {
  return types.Signature(types.program().external(id).type, BridgeName(id));
}

std::string EmitHostMembers(const CliTypes& types, const std::set<ExternalId>& externals) {
  if (externals.empty()) return "";
  std::string text =
      ".class private auto ansi sealed abstract beforefieldinit host extends "
      "[mscorlib]System.Object {\n";
  for (ExternalId id : externals) text += EmitBridge(types, id);
  return text + "}\n";
}

std::string EmitExports(const CliTypes& types) {
  const flowgraph::Program& program = types.program();
  std::string text;
  for (uint32_t f = 0; f < program.functions.size(); ++f) {
    const flowgraph::FunctionInfo& function = *program.functions[f];
    if (!function.is_exported()) continue;
    IlCode code;
    Border border(types, code);
    auto parameters = program.types.List(function.type);
    TypeId result = program.types.Element(function.type);
    // The program may not have been started.
    code.Op("ldsfld", "class Weft.Program Weft.Startup::program");
    code.Branch("brtrue", 0);
    code.Op("newobj", "instance void program::.ctor()");
    code.Op("call", "void Weft.Startup::Ready(class Weft.Program)");
    code.Place(0);
    std::string list;
    for (size_t i = 0; i < parameters.size(); ++i) {
      std::string natural = border.Natural(parameters[i]);
      code.LoadArgument(static_cast<uint32_t>(i));
      border.Inwards(parameters[i], natural);
      list += fmt::format("{}{} {}", list.empty() ? "" : ", ", natural,
                          Quoted(i < function.parameter_names.size() ? function.parameter_names[i]
                                                                     : fmt::format("a{}", i)));
    }
    code.Op("call", types.Function(FunctionId(f)));
    std::string given = border.Natural(result);
    if (given != "void") border.Outwards(result, given);
    code.Op("ret");
    text += fmt::format(
        ".method public hidebysig static {} {}({}) cil managed {{\n.maxstack {}\n{}}}\n", given,
        Quoted(function.export_name), list, parameters.size() + 2, code.text());
  }
  if (text.empty()) return "";
  return ".class public auto ansi sealed abstract beforefieldinit Exports extends "
         "[mscorlib]System.Object {\n" +
         text + "}\n";
}

std::string ExternAssemblies(const CliTypes& types, std::string_view text) {
  std::set<std::string> names;
  auto add = [&](const std::string& name) {
    if (name.starts_with('[')) names.insert(name.substr(1, name.find(']') - 1));
  };
  for (const flowgraph::ClassInfo& cls : types.program().classes) add(cls.host.name);
  for (const ExternalInfo& external : types.program().externals) {
    add(external.host.owner);
    add(external.host.result);
    for (const std::string& parameter : external.host.parameters) add(parameter);
  }
  names.erase("mscorlib");
  std::string declarations;
  for (const std::string& name : names) {
    if (text.find(fmt::format(".assembly extern {} ", name)) != std::string_view::npos) continue;
    declarations += fmt::format(kExtern, Quoted(name));
  }
  return declarations;
}

}  // namespace weft::backend_cli
