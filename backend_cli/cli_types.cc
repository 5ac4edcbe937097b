#include "backend_cli/cli_types.h"

#include <fmt/format.h>

#include <utility>

#include "backend_cli/host.h"
#include "backend_cli/il_code.h"
#include "common/check.h"

namespace weft::backend_cli {

using flowgraph::ClassInfo;
using lltype::Container;
using lltype::ContainerKind;

namespace {

// A class name may hold neither a dot, which would make a namespace, nor a slash.
std::string ClassNameFrom(std::string_view name) {
  std::string text;
  for (char c : name) text += c == '.' || c == '/' || c == '+' ? '_' : c;
  return text;
}

const char* Number(TypeKind kind) {
  switch (kind) {
    case TypeKind::kBool:
      return "bool";
    case TypeKind::kI8:
      return "int8";
    case TypeKind::kI16:
      return "int16";
    case TypeKind::kI32:
      return "int32";
    case TypeKind::kI64:
      return "int64";
    case TypeKind::kU8:
      return "uint8";
    case TypeKind::kU16:
      return "uint16";
    case TypeKind::kU32:
      return "uint32";
    case TypeKind::kU64:
      return "uint64";
    case TypeKind::kF32:
      return "float32";
    case TypeKind::kF64:
      return "float64";
    default:
      return nullptr;
  }
}

}  // namespace

std::string UniqueName(std::string name, std::set<std::string>* taken) {
  if (taken->insert(name).second) return name;
  for (int i = 2;; ++i) {
    std::string numbered = fmt::format("{} #{}", name, i);
    if (taken->insert(numbered).second) return numbered;
  }
}

CliTypes::CliTypes(const flowgraph::Program& program) : program_(program) {
  // The names of the run time's own classes.
  std::set<std::string> taken = {"Weft",   "code",    "globals", "heap",
                                 "places", "program", "host",    "Exports"};
  for (uint32_t i = 0; i < program.containers.size(); ++i) {
    const Container& container = program.containers.Get(ContainerId(i));
    is_root_.push_back(container.kind == ContainerKind::kClass && !container.parent.is_valid() &&
                       container.cls.is_valid() && container.cls == program.known.object);
    // The class of dsl/ that stands for the host's root.
    if (container.kind == ContainerKind::kHost) {
      is_root_.back() = program.cls(container.cls).host.name == "System.Object";
    }
    class_names_.push_back(UniqueName(ClassNameFrom(container.name), &taken));
  }
  std::set<std::string> functions;
  for (const auto& function : program.functions) {
    function_names_.push_back(UniqueName(function->name, &functions));
  }
}

std::string CliTypes::Spell(TypeId type) const {
  TypeKind kind = program_.types.Kind(type);
  switch (kind) {
    case TypeKind::kVoid:
      return "void";
    case TypeKind::kI64:
    case TypeKind::kU64:
      return "int64";
    case TypeKind::kF32:
    case TypeKind::kF64:
      return Number(kind);
    case TypeKind::kPtr:
      return Reference(program_.types.Container(type));
    case TypeKind::kFunction:
      return fmt::format("class {}", DelegateName(type));
    case TypeKind::kTuple:
      return fmt::format("valuetype {}", TupleName(type));
    default:
      WEFT_CHECK(IsInt(kind), "type {} reached the CLI backend", program_.TypeName(type));
      return "int32";
  }
}

std::string CliTypes::SpellField(TypeId type) const {
  const char* number = Number(program_.types.Kind(type));
  return number != nullptr ? number : Spell(type);
}

bool CliTypes::HasClass(ContainerId id) const {
  switch (program_.containers.Get(id).kind) {
    case ContainerKind::kClass:
    case ContainerKind::kWeakReference:
      return !IsRoot(id);
    case ContainerKind::kBox:
      return true;
    default:
      return false;
  }
}

bool CliTypes::HasPlainItems(ContainerId id) const {
  const Container& container = program_.containers.Get(id);
  return container.item_fields.size() == 1 &&
         Number(program_.types.Kind(container.item_fields[0].type)) != nullptr;
}

bool CliTypes::IsBytes(ContainerId id) const {
  const Container& container = program_.containers.Get(id);
  if (container.kind == ContainerKind::kString) return true;
  return container.kind == ContainerKind::kArray && HasPlainItems(id) &&
         program_.types.Kind(container.item_fields[0].type) == TypeKind::kU8;
}

std::string CliTypes::ItemName(ContainerId id) const {
  return Quoted(class_names_[id.index] + " item");
}

std::string CliTypes::Item(ContainerId id) const {
  if (HasPlainItems(id)) {
    return Number(program_.types.Kind(program_.containers.Get(id).item_fields[0].type));
  }
  return fmt::format("valuetype {}", ItemName(id));
}

std::string CliTypes::Class(ContainerId id) const {
  if (IsRoot(id)) return "object";
  switch (program_.containers.Get(id).kind) {
    case ContainerKind::kString:
      return "Weft.Str";
    case ContainerKind::kArray:
      return Item(id) + "[]";
    case ContainerKind::kHost:
      return HostClassName(program_.cls(program_.containers.Get(id).cls).host.name);
    default:
      return Quoted(class_names_[id.index]);
  }
}

std::string CliTypes::Reference(ContainerId id) const {
  ContainerKind kind = program_.containers.Get(id).kind;
  bool is_class = HasClass(id) || kind == ContainerKind::kString ||
                  (kind == ContainerKind::kHost && !IsRoot(id));
  return is_class ? fmt::format("class {}", Class(id)) : Class(id);
}

bool CliTypes::IsSubtype(ContainerId id, ContainerId ancestor) const {
  if (id == ancestor || Class(ancestor) == "object") return true;
  auto is_derived = [&](ContainerId of) {
    return HasClass(of) || program_.containers.Get(of).kind == ContainerKind::kHost;
  };
  // Arrays of one item type are one type.
  if (!is_derived(id) || !is_derived(ancestor)) return Class(id) == Class(ancestor);
  return program_.containers.IsPrefixOf(ancestor, id);
}

size_t CliTypes::InheritedFields(ContainerId id) const {
  ContainerId parent = program_.containers.Get(id).parent;
  return parent.is_valid() ? program_.containers.Get(parent).fields.size() : 0;
}

ContainerId CliTypes::DeclaringClass(ContainerId id, uint32_t field) const {
  while (field < InheritedFields(id)) id = program_.containers.Get(id).parent;
  return id;
}

namespace {

std::string NameIn(const std::vector<lltype::Field>& fields, uint32_t field) {
  const std::string& name = fields[field].name;
  for (uint32_t i = 0; i < fields.size(); ++i) {
    if (i != field && fields[i].name == name) return Quoted(fmt::format("{} #{}", name, field));
  }
  return Quoted(name.empty() ? "value" : name);
}

}  // namespace

std::string CliTypes::FieldName(ContainerId id, uint32_t field) const {
  return NameIn(program_.containers.Get(DeclaringClass(id, field)).fields, field);
}

std::string CliTypes::ItemFieldName(ContainerId id, uint32_t field) const {
  return NameIn(program_.containers.Get(id).item_fields, field);
}

std::string CliTypes::Field(ContainerId id, uint32_t field) const {
  ContainerId owner = DeclaringClass(id, field);
  return fmt::format("{} {}::{}", SpellField(program_.containers.Get(owner).fields[field].type),
                     Class(owner), FieldName(owner, field));
}

std::string CliTypes::ItemField(ContainerId id, uint32_t field) const {
  return fmt::format("{} {}::{}", SpellField(program_.containers.Get(id).item_fields[field].type),
                     Item(id), ItemFieldName(id, field));
}

std::string CliTypes::TupleName(TypeId type) const {
  std::string name;
  for (TypeId element : program_.types.List(type)) {
    if (!name.empty()) name += ", ";
    name += program_.TypeName(element);
  }
  return Quoted(fmt::format("({})", ClassNameFrom(name)));
}

std::string CliTypes::DelegateName(TypeId type) const {
  return Quoted(ClassNameFrom(program_.TypeName(type)));
}

std::string CliTypes::Signature(TypeId function_type, std::string_view owner_and_name,
                                size_t first) const {
  std::string text =
      fmt::format("{} {}(", Spell(program_.types.Element(function_type)), owner_and_name);
  auto parameters = program_.types.List(function_type);
  for (size_t i = first; i < parameters.size(); ++i) {
    if (i > first) text += ", ";
    text += Spell(parameters[i]);
  }
  return text + ")";
}

std::string CliTypes::FunctionName(FunctionId id) const {
  return Quoted(function_names_[id.index]);
}

std::string CliTypes::Function(FunctionId id) const {
  return Signature(program_.function(id).type, "code::" + FunctionName(id));
}

std::string CliTypes::Global(GlobalId id) const {
  const flowgraph::GlobalInfo& global = program_.global(id);
  return fmt::format("{} globals::{}", SpellField(global.type), Quoted(global.name));
}

std::string CliTypes::Frozen(FrozenId id) const {
  return fmt::format("{} heap::o{}", Reference(program_.frozen[id.index].container), id.index);
}

bool CliTypes::IsFrozenString(FrozenId id) const {
  return program_.containers.Get(program_.frozen[id.index].container).kind ==
         ContainerKind::kString;
}

void CliTypes::LoadFrozen(FrozenId id, IlCode* code) const {
  if (!IsFrozenString(id)) return code->Op("ldsfld", Frozen(id));
  code->Op("ldsfld", "class Weft.Str[] heap::strings");
  code->Int32(static_cast<int32_t>(string_numbers_.at(id)));
  code->Op("ldelem.ref");
}

std::string CliTypes::FunctionObjectClass(FunctionId id) const {
  return Quoted(fmt::format("function {}", ClassNameFrom(function_names_[id.index])));
}

std::string CliTypes::TableClass(GlobalId id) const {
  return Quoted(fmt::format("table {}", ClassNameFrom(program_.global(id).name)));
}

std::string CliTypes::FunctionObject(FunctionId id) const {
  return fmt::format("{} {}::it", Spell(program_.function(id).type), FunctionObjectClass(id));
}

std::string CliTypes::Table(GlobalId id, uint32_t field) const {
  return fmt::format("{}[] {}::items{}", SpellField(program_.global(id).item_types[field]),
                     TableClass(id), field);
}

}  // namespace weft::backend_cli
