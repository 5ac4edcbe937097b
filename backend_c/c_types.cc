#include "backend_c/c_types.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "common/check.h"

namespace weft::backend_c {

namespace {

// Sorts members by offset, and adds padding so that each comes to stand where it shall and the
// whole has the size it shall.
std::vector<Member> Arrange(std::vector<Member> members, uint32_t size) {
  std::stable_sort(members.begin(), members.end(),
                   [](const Member& a, const Member& b) { return a.offset < b.offset; });
  std::vector<Member> result;
  uint32_t end = 0;
  auto pad = [&](uint32_t offset, uint32_t natural) {
    if (offset > natural) {
      result.push_back({Member::Kind::kPadding, 0, end, offset - end});
    }
  };
  for (const Member& member : members) {
    uint32_t alignment = std::min(member.size, 8u);
    WEFT_CHECK(member.offset >= end && member.offset % alignment == 0,
               "a member at offset {} overlaps another", member.offset);
    pad(member.offset, (end + alignment - 1) / alignment * alignment);
    result.push_back(member);
    end = member.offset + member.size;
  }
  pad(size, end);
  return result;
}

std::string Guard(const std::string& tag) { return fmt::format("WEFT_TYPES_{}_H_", tag); }

}  // namespace

std::string CTypes::SourcePath(FileId file) const {
  if (!file.is_valid()) return "";
  const std::string& path = program_.files.Path(file);
  if (!root_.empty() && path.starts_with(root_ + "/")) return path.substr(root_.size() + 1);
  return path;
}

std::string CTypes::Suffix(TypeId type) const {
  switch (program_.types.Kind(type)) {
    case TypeKind::kPtr:
      return "ptr";
    case TypeKind::kFunction:
      return "fn";
    default:
      return Spelling(program_.types.Kind(type));
  }
}

std::string CTypes::Spell(TypeId type) const {
  switch (program_.types.Kind(type)) {
    case TypeKind::kVoid:
      return "void";
    case TypeKind::kBool:
      return "bool";
    case TypeKind::kI8:
      return "int8_t";
    case TypeKind::kI16:
      return "int16_t";
    case TypeKind::kI32:
      return "int32_t";
    case TypeKind::kI64:
      return "int64_t";
    case TypeKind::kU8:
      return "uint8_t";
    case TypeKind::kU16:
      return "uint16_t";
    case TypeKind::kU32:
      return "uint32_t";
    case TypeKind::kU64:
      return "uint64_t";
    case TypeKind::kF32:
      return "float";
    case TypeKind::kF64:
      return "double";
    case TypeKind::kFunction:
      return "weft_code";
    case TypeKind::kPtr:
      return fmt::format("struct {}*", names_.Container(program_.types.Container(type)));
    case TypeKind::kTuple:
      return fmt::format("struct {}", TupleTag(type));
    default:
      WEFT_FATAL("type {} reached the C backend", program_.TypeName(type));
  }
}

std::string CTypes::TupleTag(TypeId type) const {
  std::string tag = "r";
  for (TypeId element : program_.types.List(type)) tag += "_" + Suffix(element);
  return tag;
}

std::string CTypes::FunctionPointer(TypeId function_type) const {
  std::string parameters;
  for (TypeId parameter : program_.types.List(function_type)) {
    if (!parameters.empty()) parameters += ", ";
    parameters += Spell(parameter);
  }
  if (parameters.empty()) parameters = "void";
  return fmt::format("{} (*)({})", Spell(program_.types.Element(function_type)), parameters);
}

bool CTypes::HasItemStruct(ContainerId id) const {
  const lltype::Container& container = program_.containers.Get(id);
  return container.item_fields.size() != 1 || container.item_fields[0].offset != 0 ||
         lltype::SizeOf(program_.types, container.item_fields[0].type) != container.item_size;
}

std::string CTypes::ItemType(ContainerId id) const {
  if (HasItemStruct(id)) return fmt::format("struct {}_item", names_.Container(id));
  return Spell(program_.containers.Get(id).item_fields[0].type);
}

std::vector<Member> CTypes::Layout(ContainerId id) const {
  const lltype::Container& container = program_.containers.Get(id);
  std::vector<Member> members{{Member::Kind::kHeader, 0, 0, lltype::kHeaderSize}};
  if (container.has_items()) {
    members.push_back({Member::Kind::kLength, 0, container.length_offset, 8});
  }
  for (uint32_t i = 0; i < container.fields.size(); ++i) {
    const lltype::Field& field = container.fields[i];
    members.push_back(
        {Member::Kind::kField, i, field.offset, lltype::SizeOf(program_.types, field.type)});
  }
  return Arrange(std::move(members), container.fixed_size);
}

std::vector<Member> CTypes::ItemLayout(ContainerId id) const {
  const lltype::Container& container = program_.containers.Get(id);
  std::vector<Member> members;
  for (uint32_t i = 0; i < container.item_fields.size(); ++i) {
    const lltype::Field& field = container.item_fields[i];
    members.push_back(
        {Member::Kind::kField, i, field.offset, lltype::SizeOf(program_.types, field.type)});
  }
  return Arrange(std::move(members), container.item_size);
}

std::string CTypes::MemberText(const Member& member, const std::vector<lltype::Field>& fields,
                               const std::vector<std::string>& names) const {
  switch (member.kind) {
    case Member::Kind::kHeader:
      return "  weft_object header;\n";
    case Member::Kind::kLength:
      return "  int64_t length;\n";
    case Member::Kind::kPadding:
      return fmt::format("  uint8_t pad_{}[{}];\n", member.offset, member.size);
    case Member::Kind::kField:
      return fmt::format("  {} {};\n", Spell(fields[member.field].type), names[member.field]);
  }
  return "";
}

std::string CTypes::StructMembers(ContainerId id, int64_t items) const {
  const lltype::Container& container = program_.containers.Get(id);
  std::string text;
  for (const Member& member : Layout(id)) {
    text += MemberText(member, container.fields, names_.Fields(id));
  }
  if (container.has_items() && items != 0) {
    int64_t extra = IsByteString(container) ? 1 : 0;
    std::string count = items < 0 ? "" : fmt::format("{}", items + extra);
    text += fmt::format("  {} items[{}];\n", ItemType(id), count);
  }
  return text;
}

std::string CTypes::ContainerHeader(ContainerId id) const {
  const lltype::Container& container = program_.containers.Get(id);
  const std::string& tag = names_.Container(id);
  std::string text =
      fmt::format("// {}\n#ifndef {}\n#define {}\n\n", container.name, Guard(tag), Guard(tag));
  text += "#include \"backend_c/runtime/ops.h\"\n\n";
  std::set<std::string> pointees;
  auto note = [&](const std::vector<lltype::Field>& fields) {
    for (const lltype::Field& field : fields) {
      if (program_.types.Kind(field.type) != TypeKind::kPtr) continue;
      pointees.insert(names_.Container(program_.types.Container(field.type)));
    }
  };
  note(container.fields);
  note(container.item_fields);
  pointees.erase(tag);
  for (const std::string& pointee : pointees) text += fmt::format("struct {};\n", pointee);
  if (!pointees.empty()) text += "\n";
  if (container.has_items() && HasItemStruct(id)) {
    std::string members;
    for (const Member& member : ItemLayout(id)) {
      members += MemberText(member, container.item_fields, names_.ItemFields(id));
    }
    text += fmt::format(
        "struct {}_item {{\n{}}};\nWEFT_STATIC_ASSERT(sizeof(struct {}_item) == {});\n\n", tag,
        members, tag, container.item_size);
  }
  text += fmt::format("struct {} {{\n{}}};\n", tag, StructMembers(id));
  if (container.has_items()) {
    text += fmt::format("WEFT_STATIC_ASSERT(offsetof(struct {}, items) == {});\n", tag,
                        container.fixed_size);
  } else if (container.fixed_size % 8 == 0) {
    text +=
        fmt::format("WEFT_STATIC_ASSERT(sizeof(struct {}) == {});\n", tag, container.fixed_size);
  }
  text += fmt::format("\n#endif  // {}\n", Guard(tag));
  return text;
}

std::string CTypes::TupleHeader(TypeId type) const {
  std::string tag = TupleTag(type);
  std::string text = fmt::format(
      "// What a function with several results returns.\n#ifndef {}\n#define {}\n\n"
      "#include \"backend_c/runtime/ops.h\"\n\nstruct {} {{\n",
      Guard(tag), Guard(tag), tag);
  int number = 0;
  for (TypeId element : program_.types.List(type)) {
    bool is_pointer = program_.types.Kind(element) == TypeKind::kPtr;
    text += fmt::format("  {} r{};\n", is_pointer ? "void*" : Spell(element), number++);
  }
  text += fmt::format("}};\n\n#endif  // {}\n", Guard(tag));
  return text;
}

}  // namespace weft::backend_c
