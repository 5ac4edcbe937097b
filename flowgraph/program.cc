#include "flowgraph/program.h"

#include <fmt/format.h>

#include "common/check.h"

namespace weft::flowgraph {

FunctionId Program::AddFunction(std::unique_ptr<FunctionInfo> function) {
  functions.push_back(std::move(function));
  return FunctionId(functions.size() - 1);
}

bool Program::MayBeImmediate(ContainerId id) const {
  const lltype::Container& range = containers.Get(id);
  for (ContainerId immediate : {boxing.float_container, boxing.int_container}) {
    if (!immediate.is_valid()) continue;
    uint32_t type_id = containers.Get(immediate).first_type_id;
    if (range.first_type_id <= type_id && type_id < range.last_type_id) return true;
  }
  return false;
}

bool Program::MayBeOnHeap(ContainerId id) const {
  const lltype::Container& container = containers.Get(id);
  return id != boxing.float_container || container.last_type_id - container.first_type_id > 1;
}

PathId Program::Path(std::vector<uint32_t> steps) {
  auto [it, inserted] = path_ids_.try_emplace(steps, PathId(paths_.size()));
  if (inserted) paths_.push_back(std::move(steps));
  return it->second;
}

PathId Program::JoinPaths(PathId first, PathId second) {
  std::vector<uint32_t> steps = path(first);
  const std::vector<uint32_t>& tail = path(second);
  steps.insert(steps.end(), tail.begin(), tail.end());
  return Path(std::move(steps));
}

LiteralId Program::Literal(std::string_view bytes) {
  auto [it, inserted] = literal_ids_.try_emplace(std::string(bytes), LiteralId(literals_.size()));
  if (inserted) literals_.emplace_back(bytes);
  return it->second;
}

TypeId Program::TypeAtPath(TypeId type, PathId path_id) const {
  for (uint32_t step : path(path_id)) {
    WEFT_CHECK(types.Kind(type) == TypeKind::kValue);
    type = value_class(types.ValueClass(type)).fields[step].type;
  }
  return type;
}

TypeId Program::TypeOfField(ClassId id, PathId path_id) const {
  const std::vector<uint32_t>& steps = path(path_id);
  TypeId type = cls(id).fields[steps[0]].type;
  for (size_t i = 1; i < steps.size(); ++i) {
    WEFT_CHECK(types.Kind(type) == TypeKind::kValue);
    type = value_class(types.ValueClass(type)).fields[steps[i]].type;
  }
  return type;
}

bool Program::IsSubclass(ClassId id, ClassId ancestor) const {
  for (; id.is_valid(); id = cls(id).parent) {
    if (id == ancestor) return true;
  }
  return false;
}

FunctionId Program::FindImplementation(ClassId id, MethodId method) const {
  for (; id.is_valid(); id = cls(id).parent) {
    for (const auto& [m, function] : cls(id).implementations) {
      if (m == method) return function;
    }
  }
  return {};
}

std::string Program::TypeName(TypeId id) const {
  const Type& type = types.Get(id);
  auto list = [&] {
    std::string text;
    for (TypeId t : types.List(id)) {
      if (!text.empty()) text += ", ";
      text += TypeName(t);
    }
    return text;
  };
  switch (type.kind) {
    case TypeKind::kObject:
      return cls(types.Class(id)).name + "*";
    case TypeKind::kArray:
      return fmt::format("array<{}>", TypeName(type.element));
    case TypeKind::kValue:
      return value_class(types.ValueClass(id)).name;
    case TypeKind::kRef:
      return TypeName(type.element) + "&";
    case TypeKind::kTable:
      return fmt::format("table<{}, {}>", TypeName(type.element), type.entity);
    case TypeKind::kFunction:
      return fmt::format("fn({})->{}", list(), TypeName(type.element));
    case TypeKind::kPtr:
      return containers.Get(types.Container(id)).name + "^";
    case TypeKind::kTuple:
      return fmt::format("({})", list());
    default:
      return Spelling(type.kind);
  }
}

}  // namespace weft::flowgraph
