#include "backend_jvm/types.h"

#include <fmt/format.h>

#include "backend_common/mangle.h"
#include "common/check.h"

namespace weft::backend_jvm {

using backend_common::Mangle;
using backend_common::ShortHash;
using flowgraph::Program;
using lltype::Container;
using lltype::ContainerKind;

Types::Types(const Program& program) : program_(program) {
  classes_.resize(program.containers.size());
  field_names_.resize(program.containers.size());
  item_names_.resize(program.containers.size());
  functions_.resize(program.functions.size());
  is_global_used_.resize(program.globals.size());
  if (program.known.object.is_valid()) root_ = program.cls(program.known.object).container;
  // Methods are called by their own names; where two classes give one name to two methods, the
  // later one gets a number.
  // Those of the host's own base classes are taken.
  std::set<std::string> methods = {
      "clone",           "equals",   "finalize", "getClass", "hashCode",   "notify",
      "notifyAll",       "toString", "wait",     "getCause", "getMessage", "initCause",
      "printStackTrace", "raised",   "get",      "keep",     "make"};
  for (const auto& method : program.methods) {
    std::string name = method.name.substr(method.name.rfind("::") + 1);
    if (name[0] == ':') name = name.substr(1);
    std::string plain = MethodName(name);
    std::string unique = plain;
    for (int i = 2; !methods.insert(unique).second; ++i) unique = fmt::format("{}${}", plain, i);
    method_names_.push_back(unique);
  }
}

bool Types::IsRoot(ContainerId id) const {
  const Container& container = program_.containers.Get(id);
  return container.kind == ContainerKind::kClass && !container.parent.is_valid();
}

bool Types::HasRootAsParent(ContainerId id) const {
  ContainerId parent = program_.containers.Get(id).parent;
  return IsRoot(parent) || program_.containers.Get(parent).kind == ContainerKind::kHost;
}

bool Types::IsException(ContainerId id) const {
  const Container& container = program_.containers.Get(id);
  return container.cls.is_valid() && program_.cls(container.cls).is_exception;
}

bool Types::IsString(ContainerId id) const {
  return program_.containers.Get(id).kind == ContainerKind::kString;
}

Items Types::ItemsOf(ContainerId id) const {
  const Container& container = program_.containers.Get(id);
  if (container.kind != ContainerKind::kArray) return Items::kNone;
  return container.item_fields.size() > 1 ? Items::kObjects : Items::kScalar;
}

std::string Types::Unique(std::string name) {
  std::string unique = name;
  for (int i = 2; !taken_.insert(unique).second; ++i) unique = fmt::format("{}_{}", name, i);
  return unique;
}

// "lox::Value" is lox/Value; template arguments stay with their name.
std::string Types::JavaName(std::string_view qualified) {
  std::string result;
  size_t start = 0;
  int depth = 0;
  for (size_t i = 0; i <= qualified.size(); ++i) {
    bool is_end = i == qualified.size();
    if (!is_end) {
      if (qualified[i] == '<' || qualified[i] == '(') ++depth;
      if (qualified[i] == '>' || qualified[i] == ')') --depth;
      if (depth != 0 || qualified.substr(i, 2) != "::") continue;
    }
    if (!result.empty()) result += '/';
    std::string part = Mangle(qualified.substr(start, i - start));
    if (part[0] >= '0' && part[0] <= '9') part = "_" + part;
    result += part;
    start = i + 2;
    ++i;
  }
  return result;
}

const std::string& Types::OwnClass(ContainerId id) {
  std::string& name = classes_[id.index];
  if (!name.empty()) return name;
  const Container& container = program_.containers.Get(id);
  if (container.kind == ContainerKind::kHost) {
    name = program_.cls(container.cls).host.name;
    for (char& c : name) c = c == '.' ? '/' : c;
    return name;
  }
  std::string_view text = container.name;
  if (container.kind == ContainerKind::kArray && text.starts_with("array<") &&
      text.ends_with(">")) {
    text = text.substr(6, text.size() - 7);
  }
  name = Unique(container.cls.is_valid() || container.kind == ContainerKind::kArray
                    ? JavaName(text)
                    : "weft/box/" + Mangle(text));
  if (container.parent.is_valid()) OwnClass(container.parent);
  used_containers.push_back(id);
  return name;
}

const std::string& Types::RootInterface() {
  if (root_interface_.empty()) {
    root_interface_ = root_.is_valid() ? OwnClass(root_) : Unique("weft/Object");
  }
  uses_root_interface = true;
  return root_interface_;
}

std::string Types::ClassOf(ContainerId id) {
  if (IsRoot(id)) return std::string(kObjectClass);
  if (IsString(id)) return std::string(kStrClass);
  switch (ItemsOf(id)) {
    case Items::kScalar: {
      const Container& container = program_.containers.Get(id);
      if (container.item_fields.empty()) return "[B";
      return "[" + FieldDescriptor(container.item_fields[0].type);
    }
    case Items::kObjects:
      return fmt::format("[L{};", OwnClass(id));
    default:
      return OwnClass(id);
  }
}

const std::string& Types::FunctionClass(TypeId type) {
  std::string& name = function_classes_[type];
  if (name.empty()) {
    name = Unique(fmt::format("weft/fn/F{}", ShortHash(program_.TypeName(type))));
    used_function_types.push_back(type);
  }
  return function_classes_[type];
}

std::string Types::Descriptor(TypeId type) {
  switch (Kind(type)) {
    case TypeKind::kVoid:
      return "V";
    case TypeKind::kTuple:
      return Descriptor(program_.types.List(type)[0]);
    case TypeKind::kI64:
    case TypeKind::kU64:
      return "J";
    case TypeKind::kF32:
      return "F";
    case TypeKind::kF64:
      return "D";
    case TypeKind::kFunction:
      return fmt::format("L{};", FunctionClass(type));
    case TypeKind::kPtr: {
      std::string name = ClassOf(program_.types.Container(type));
      return name[0] == '[' ? name : fmt::format("L{};", name);
    }
    default:
      return "I";
  }
}

std::string Types::FieldDescriptor(TypeId type) {
  switch (Kind(type)) {
    case TypeKind::kBool:
    case TypeKind::kI8:
    case TypeKind::kU8:
      return "B";
    case TypeKind::kI16:
      return "S";
    case TypeKind::kU16:
      return "C";
    default:
      return Descriptor(type);
  }
}

std::string Types::MethodDescriptor(TypeId function_type, bool without_first) {
  std::string text = "(";
  auto parameters = program_.types.List(function_type);
  for (size_t i = without_first ? 1 : 0; i < parameters.size(); ++i) {
    text += Descriptor(parameters[i]);
  }
  return text + ")" + Descriptor(program_.types.Element(function_type));
}

VerifierType Types::StackType(TypeId type, Code& code) { return code.TypeOf(Descriptor(type)); }

std::vector<std::string> Types::FieldNames(ContainerId id) {
  const Container& container = program_.containers.Get(id);
  std::vector<std::string> names;
  std::set<std::string> taken;
  auto add = [&](const std::vector<lltype::Field>& fields) {
    for (const lltype::Field& field : fields) {
      std::string plain;
      for (char c : field.name) {
        plain += c == '.'                                                   ? '$'
                 : c == ';' || c == '[' || c == '/' || c == '<' || c == '>' ? '_'
                                                                            : c;
      }
      if (plain.empty()) plain = "value";
      std::string unique = plain;
      for (int i = 2; !taken.insert(unique).second; ++i) unique = fmt::format("{}${}", plain, i);
      names.push_back(unique);
    }
  };
  add(container.kind == ContainerKind::kArray ? container.item_fields : container.fields);
  return names;
}

FieldRef Types::Field(ContainerId id, uint32_t field) {
  // Inherited fields belong to the class that declares them.
  while (true) {
    const Container& container = program_.containers.Get(id);
    if (!container.parent.is_valid()) break;
    if (program_.containers.Get(container.parent).fields.size() <= field) break;
    id = container.parent;
  }
  if (field_names_[id.index].empty()) field_names_[id.index] = FieldNames(id);
  return {OwnClass(id), field_names_[id.index][field],
          FieldDescriptor(program_.containers.Get(id).fields[field].type)};
}

FieldRef Types::ItemField(ContainerId id, uint32_t field) {
  if (field_names_[id.index].empty()) field_names_[id.index] = FieldNames(id);
  return {OwnClass(id), field_names_[id.index][field],
          FieldDescriptor(program_.containers.Get(id).item_fields[field].type)};
}

void ToRange(Code& code, TypeKind kind) {
  switch (kind) {
    case TypeKind::kI8:
      code.Emit(i2b, 1, kIntType);
      return;
    case TypeKind::kI16:
      code.Emit(i2s, 1, kIntType);
      return;
    case TypeKind::kU16:
      code.Emit(i2c, 1, kIntType);
      return;
    case TypeKind::kU8:
      code.PushInt(255);
      code.Emit(iand, 2, kIntType);
      return;
    default:
      return;
  }
}

std::string MethodName(std::string_view name) {
  std::string result;
  for (char c : name) {
    switch (c) {
      case '<':
        result += '{';
        break;
      case '>':
        result += '}';
        break;
      case '/':
      case '.':
      case ';':
      case '[':
        result += '|';
        break;
      default:
        result += c;
    }
  }
  return result;
}

const std::string& Types::CodeClass(FileId file) {
  uint32_t key = file.is_valid() ? file.index : TypedId<void>::kNone;
  std::string& name = code_classes_[key];
  if (!name.empty()) return name;
  std::string path = file.is_valid() ? program_.files.Path(file) : "weft";
  while (path.starts_with("./")) path = path.substr(2);
  std::string plain;
  for (char c : path) {
    bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    plain += is_letter ? c : '_';
  }
  return name = Unique("weft/code/" + plain);
}

const MethodRef& Types::Function(FunctionId id) {
  MethodRef& ref = functions_[id.index];
  if (!ref.name.empty()) return ref;
  const auto& function = program_.function(id);
  if (ref.owner.empty()) ref.owner = CodeClass(function.loc.file);
  ref.descriptor = MethodDescriptor(function.type, /*without_first=*/false);
  ref.name = MethodName(function.name);
  std::string plain = ref.name;
  for (int i = 2; !taken_methods_.insert(ref.owner + " " + ref.name).second; ++i) {
    ref.name = fmt::format("{}${}", plain, i);
  }
  return ref;
}

MethodRef Types::Method(MethodId id) {
  const auto& method = program_.method(id);
  ContainerId container = program_.cls(method.introduced_by).container;
  MethodRef ref;
  ref.owner = IsRoot(container) ? RootInterface() : OwnClass(container);
  ref.name = method_names_[id.index];
  ref.descriptor = MethodDescriptor(method.type, /*without_first=*/true);
  return ref;
}

FieldRef Types::Frozen(FrozenId id) {
  if (!is_frozen_used[id.index]) {
    is_frozen_used[id.index] = true;
    used_frozen.push_back(id);
  }
  std::string name = ClassOf(program_.frozen[id.index].container);
  return {fmt::format("weft/Heap{}", id.index / kFrozenInClass), fmt::format("o{}", id.index),
          name[0] == '[' ? name : fmt::format("L{};", name)};
}

FieldRef Types::Global(GlobalId id) {
  if (!is_global_used_[id.index]) {
    is_global_used_[id.index] = true;
    used_globals.push_back(id);
  }
  const auto& global = program_.global(id);
  return {"weft/Globals", fmt::format("{}${}", Mangle(global.name), id.index),
          Descriptor(global.type)};
}

FieldRef Types::Table(GlobalId id, uint32_t field) {
  if (is_table_used.insert({id.index, field}).second) used_tables.push_back({id, field});
  const auto& global = program_.global(id);
  return {fmt::format("weft/table/{}", Mangle(global.name)), fmt::format("t{}", field),
          "[" + FieldDescriptor(global.item_types[field])};
}

FieldRef Types::FunctionObject(TypeId type, FunctionId function) {
  const std::string& owner = FunctionClass(type);
  std::vector<FunctionId>& objects = function_objects[type];
  bool is_known = false;
  for (FunctionId other : objects) is_known = is_known || other == function;
  if (!is_known) objects.push_back(function);
  return {owner, fmt::format("f{}", function.index), fmt::format("L{};", owner)};
}

}  // namespace weft::backend_jvm
