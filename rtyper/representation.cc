#include "rtyper/representation.h"

#include <fmt/format.h>

#include <algorithm>

#include "common/check.h"

namespace weft::rtyper {
namespace {

uint32_t AlignUp(uint32_t offset, uint32_t alignment) {
  return (offset + alignment - 1) / alignment * alignment;
}

}  // namespace

const std::vector<TypeId>& Representations::Scalars(TypeId type) {
  if (scalars_.size() <= type.index) scalars_.resize(program_.types.size());
  if (scalars_[type.index] == nullptr) {
    auto scalars = std::make_unique<std::vector<TypeId>>(ComputeScalars(type));
    // Computing may have made new types.
    if (scalars_.size() < program_.types.size()) scalars_.resize(program_.types.size());
    scalars_[type.index] = std::move(scalars);
  }
  return *scalars_[type.index];
}

std::vector<TypeId> Representations::ComputeScalars(TypeId id) {
  const Type type = program_.types.Get(id);
  switch (type.kind) {
    case TypeKind::kVoid:
      return {};
    case TypeKind::kObject:
      return {program_.types.Ptr(class_container(ClassId(type.entity)))};
    case TypeKind::kStr:
      return {program_.types.Ptr(str_)};
    case TypeKind::kArray:
      return {program_.types.Ptr(array(type.element))};
    case TypeKind::kRef:
      return {root_pointer(), TypeTable::I64()};
    case TypeKind::kFunction:
      return {Signature(id)};
    case TypeKind::kValue: {
      in_progress_.resize(program_.value_classes.size());
      if (in_progress_[type.entity]) {
        // Only a function pointer can lead from a value class back to itself.
        const flowgraph::ValueClassInfo& info = program_.value_class(ValueClassId(type.entity));
        diagnostics_.Report(info.loc, diag::kValueHoldsFunctionOfItself, info.name);
        return {};
      }
      in_progress_[type.entity] = true;
      std::vector<TypeId> result;
      size_t count = program_.value_class(ValueClassId(type.entity)).fields.size();
      for (size_t i = 0; i < count; ++i) {
        TypeId field = program_.value_class(ValueClassId(type.entity)).fields[i].type;
        const std::vector<TypeId>& scalars = Scalars(field);
        result.insert(result.end(), scalars.begin(), scalars.end());
      }
      in_progress_[type.entity] = false;
      return result;
    }
    case TypeKind::kTable:
    case TypeKind::kTuple:
      WEFT_FATAL("a {} is not a value", Spelling(type.kind));
    default:
      return {id};
  }
}

TypeId Representations::Scalar(TypeId type) {
  const std::vector<TypeId>& scalars = Scalars(type);
  WEFT_CHECK(scalars.size() == 1, "{} has {} scalars", program_.TypeName(type), scalars.size());
  return scalars[0];
}

TypeId Representations::ResultType(TypeId type) {
  const std::vector<TypeId>& scalars = Scalars(type);
  if (scalars.empty()) return TypeTable::Void();
  if (scalars.size() == 1) return scalars[0];
  return program_.types.Tuple(scalars);
}

TypeId Representations::Signature(TypeId function_type) {
  const Type type = program_.types.Get(function_type);
  WEFT_CHECK(type.kind == TypeKind::kFunction);
  std::vector<TypeId> parameters;
  for (TypeId parameter : program_.types.List(type.list)) {
    const std::vector<TypeId>& scalars = Scalars(parameter);
    parameters.insert(parameters.end(), scalars.begin(), scalars.end());
  }
  return program_.types.Function(ResultType(type.element), parameters);
}

const MemoryLayout& Representations::Layout(TypeId type) {
  if (layouts_.size() <= type.index) layouts_.resize(program_.types.size());
  if (layouts_[type.index] == nullptr) {
    auto layout = std::make_unique<MemoryLayout>(ComputeLayout(type));
    if (layouts_.size() < program_.types.size()) layouts_.resize(program_.types.size());
    layouts_[type.index] = std::move(layout);
  }
  return *layouts_[type.index];
}

MemoryLayout Representations::ComputeLayout(TypeId id) {
  const Type type = program_.types.Get(id);
  MemoryLayout layout;
  auto append = [&](const MemoryLayout& part) {
    uint32_t start = AlignUp(layout.size, part.alignment);
    for (uint32_t offset : part.offsets) layout.offsets.push_back(start + offset);
    layout.size = start + part.size;
    layout.alignment = std::max(layout.alignment, part.alignment);
  };
  if (type.kind == TypeKind::kValue) {
    for (const flowgraph::FieldInfo& field :
         program_.value_class(ValueClassId(type.entity)).fields) {
      append(Layout(field.type));
    }
  } else {
    for (TypeId scalar : Scalars(id)) {
      uint32_t size = lltype::SizeOf(program_.types, scalar);
      append({.size = size, .alignment = size, .offsets = {0}});
    }
  }
  layout.size = AlignUp(layout.size, layout.alignment);
  return layout;
}

ScalarRange Representations::Part(TypeId type, const std::vector<uint32_t>& path, size_t from) {
  ScalarRange range;
  for (size_t i = from; i < path.size(); ++i) {
    const flowgraph::ValueClassInfo& info = program_.value_class(program_.types.ValueClass(type));
    for (uint32_t f = 0; f < path[i]; ++f) {
      range.first += static_cast<uint32_t>(Scalars(info.fields[f].type).size());
    }
    type = info.fields[path[i]].type;
  }
  range.count = static_cast<uint32_t>(Scalars(type).size());
  return range;
}

ScalarRange Representations::FieldPart(ClassId cls, PathId path_id) {
  const std::vector<uint32_t>& path = program_.path(path_id);
  ScalarRange range = Part(program_.cls(cls).fields[path[0]].type, path, 1);
  range.first += first_fields_[cls.index][path[0]];
  return range;
}

void Representations::AppendScalarNames(const std::string& name, TypeId type,
                                        std::vector<std::string>* names) {
  switch (program_.types.Kind(type)) {
    case TypeKind::kValue:
      for (const flowgraph::FieldInfo& field :
           program_.value_class(program_.types.ValueClass(type)).fields) {
        AppendScalarNames(name + "." + field.name, field.type, names);
      }
      break;
    case TypeKind::kRef:
      names->push_back(name + ".base");
      names->push_back(name + ".offset");
      break;
    case TypeKind::kVoid:
      break;
    default:
      names->push_back(name);
  }
}

void Representations::AppendFields(const std::string& name, TypeId type, uint32_t offset,
                                   bool immutable, std::vector<lltype::Field>* fields) {
  std::vector<std::string> names;
  AppendScalarNames(name, type, &names);
  const std::vector<TypeId>& scalars = Scalars(type);
  const MemoryLayout& layout = Layout(type);
  for (size_t i = 0; i < scalars.size(); ++i) {
    fields->push_back({.name = names[i],
                       .type = scalars[i],
                       .offset = offset + layout.offsets[i],
                       .immutable = immutable});
  }
}

void Representations::LayOutClasses() {
  size_t count = program_.classes.size();
  std::vector<std::vector<ClassId>> children(count);
  std::vector<ClassId> stack;
  for (size_t i = count; i-- > 0;) {
    ClassId parent = program_.classes[i].parent;
    if (parent.is_valid()) {
      children[parent.index].push_back(ClassId(i));
    } else {
      stack.push_back(ClassId(i));
    }
  }
  // Containers and type ids first: fields point to classes that come later.
  ranges_.resize(count);
  while (!stack.empty()) {
    ClassId id = stack.back();
    stack.pop_back();
    ranges_[id.index].first = static_cast<uint32_t>(preorder_.size());
    preorder_.push_back(id);
    flowgraph::ClassInfo& info = program_.cls(id);
    lltype::Container container;
    container.name = info.name;
    container.cls = id;
    if (!info.host.name.empty()) container.kind = lltype::ContainerKind::kHost;
    if (info.parent.is_valid()) container.parent = program_.cls(info.parent).container;
    container.first_type_id = NextTypeId();
    // The annotator empties finalizers of classes that have no objects.
    container.has_finalizer =
        info.finalizer.is_valid() && !program_.function(info.finalizer).graph.empty();
    info.container = program_.containers.Add(std::move(container));
    // The children stand in descending order, so the first one is on top.
    for (ClassId child : children[id.index]) stack.push_back(child);
  }
  // Backwards, so that a class comes after all that derive from it.
  for (size_t i = preorder_.size(); i-- > 0;) {
    auto& [first, last] = ranges_[preorder_[i].index];
    last = std::max(last, first + 1);
    ClassId parent = program_.cls(preorder_[i]).parent;
    if (parent.is_valid()) {
      ranges_[parent.index].second = std::max(ranges_[parent.index].second, last);
    }
    lltype::Container& container = program_.containers.Get(program_.cls(preorder_[i]).container);
    container.last_type_id = container.first_type_id + (last - first);
  }

  if (program_.known.object.is_valid()) {
    root_ = program_.cls(program_.known.object).container;
  } else {
    lltype::Container container;
    container.name = "object";
    container.fixed_size = lltype::kHeaderSize;
    container.first_type_id = NextTypeId();
    container.last_type_id = next_type_id_;
    root_ = program_.containers.Add(std::move(container));
  }

  lltype::Container str;
  str.name = "str";
  str.kind = lltype::ContainerKind::kString;
  str.fields = {{.name = "hash", .type = TypeTable::I64(), .offset = 16, .immutable = false}};
  str.item_fields = {{.name = "", .type = TypeTable::U8(), .offset = 0, .immutable = true}};
  str.item_size = 1;
  str.length_offset = 8;
  str.fixed_size = 24;
  str.first_type_id = NextTypeId();
  str.last_type_id = next_type_id_;
  str_ = program_.containers.Add(std::move(str));

  first_fields_.resize(count);
  ends_.resize(count);
  for (ClassId id : preorder_) LayOutClass(id);
}

void Representations::LayOutClass(ClassId id) {
  const flowgraph::ClassInfo& info = program_.cls(id);
  uint32_t offset = lltype::kHeaderSize;
  std::vector<lltype::Field> fields;
  if (info.parent.is_valid()) {
    offset = ends_[info.parent.index];
    fields = program_.containers.Get(program_.cls(info.parent).container).fields;
  }
  // The fields of one class may stand in any order. The one with the largest alignment that needs
  // no padding goes next, or if there is none, the one with the largest alignment; four queues, one
  // for each alignment, hold those that are left.
  std::vector<uint32_t> queues[4];
  constexpr uint32_t kAlignments[] = {8, 4, 2, 1};
  for (uint32_t i = static_cast<uint32_t>(info.fields.size()); i-- > 0;) {
    uint32_t alignment = Layout(info.fields[i].type).alignment;
    queues[std::find(kAlignments, kAlignments + 4, alignment) - kAlignments].push_back(i);
  }
  first_fields_[id.index].resize(info.fields.size());
  for (size_t left = info.fields.size(); left > 0; --left) {
    int choice = -1;
    for (int q = 0; q < 4; ++q) {
      if (queues[q].empty()) continue;
      if (choice < 0) choice = q;
      if (offset % kAlignments[q] == 0) {
        choice = q;
        break;
      }
    }
    uint32_t index = queues[choice].back();
    queues[choice].pop_back();
    const flowgraph::FieldInfo& field = info.fields[index];
    offset = AlignUp(offset, kAlignments[choice]);
    first_fields_[id.index][index] = static_cast<uint32_t>(fields.size());
    AppendFields(field.name, field.type, offset, field.immutable, &fields);
    offset += Layout(field.type).size;
  }
  bool is_weakref =
      program_.known.weak_ref.is_valid() && program_.IsSubclass(id, program_.known.weak_ref);
  if (id == program_.known.weak_ref) {
    offset = AlignUp(offset, 8);
    fields.push_back({.name = "referent",
                      .type = program_.types.Ptr(root_),
                      .offset = offset,
                      .immutable = false});
    offset += 8;
  }
  ends_[id.index] = offset;
  lltype::Container& container = program_.containers.Get(info.container);
  container.fields = std::move(fields);
  container.fixed_size = AlignUp(offset, 8);
  if (is_weakref) container.kind = lltype::ContainerKind::kWeakReference;
}

ContainerId Representations::array(TypeId element) {
  auto it = arrays_.find(element);
  if (it != arrays_.end()) return it->second;
  lltype::Container container;
  container.name = fmt::format("array<{}>", program_.TypeName(element));
  container.kind = lltype::ContainerKind::kArray;
  container.first_type_id = NextTypeId();
  container.last_type_id = next_type_id_;
  ContainerId id = program_.containers.Add(std::move(container));
  arrays_.emplace(element, id);
  // The element may be a value class that is being laid out and holds this array, so not now.
  pending_arrays_.emplace_back(element, id);
  return id;
}

ContainerId Representations::box(TypeId type) {
  auto it = boxes_.find(type);
  if (it != boxes_.end()) return it->second;
  lltype::Container container;
  container.name = fmt::format("box<{}>", program_.TypeName(type));
  container.kind = lltype::ContainerKind::kBox;
  container.first_type_id = NextTypeId();
  container.last_type_id = next_type_id_;
  AppendFields("value", type, lltype::kHeaderSize, false, &container.fields);
  container.fixed_size = AlignUp(lltype::kHeaderSize + Layout(type).size, 8);
  ContainerId id = program_.containers.Add(std::move(container));
  boxes_.emplace(type, id);
  return id;
}

void Representations::LayOutArrays() {
  // Laying out an array may ask for further ones.
  for (size_t i = 0; i < pending_arrays_.size(); ++i) {
    auto [element, id] = pending_arrays_[i];
    std::vector<lltype::Field> fields;
    AppendFields("", element, 0, false, &fields);
    for (lltype::Field& field : fields) {
      if (field.name.starts_with('.')) field.name.erase(0, 1);
    }
    uint32_t item_size = Layout(element).size;
    if (fields.empty()) {
      // Items of an empty value class have a byte of their own, as in C++.
      fields.push_back({.name = "", .type = TypeTable::U8(), .offset = 0, .immutable = false});
      item_size = 1;
    }
    lltype::Container& container = program_.containers.Get(id);
    container.item_fields = std::move(fields);
    container.item_size = item_size;
    container.length_offset = 8;
    container.fixed_size = 16;
  }
  pending_arrays_.clear();
}

}  // namespace weft::rtyper
