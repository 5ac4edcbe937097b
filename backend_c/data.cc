#include "backend_c/data.h"

#include <fmt/format.h>

#include <bit>
#include <cstring>
#include <map>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "backend_c/literals.h"
#include "backend_c/shard_uses.h"
#include "common/check.h"

namespace weft::backend_c {

using flowgraph::Constant;
using flowgraph::FrozenObject;
using flowgraph::GlobalInfo;
using flowgraph::Program;

namespace {

class DataWriter {
 public:
  DataWriter(const CTypes& types, const Reachable& reachable)
      : types_(types), program_(types.program()), reachable_(reachable), uses_(types, "data") {}

  std::string Run() {
    // By name, so that one more object moves no other.
    std::map<std::string, std::string> globals;
    for (uint32_t i = 0; i < program_.globals.size(); ++i) {
      if (reachable_.globals[i]) Global(GlobalId(i), &globals);
    }
    std::map<std::string, std::string> objects;
    for (uint32_t i = 0; i < program_.frozen.size(); ++i) {
      if (reachable_.frozen[i]) Object(FrozenId(i), &objects);
    }
    std::string text =
        "// Global variables, constant tables, and the objects that the program starts with.\n\n";
    text += uses_.Declarations();
    for (const auto& [name, definition] : structs_) text += definition;
    if (!globals.empty()) text += "\n";
    for (const auto& [name, definition] : globals) text += definition;
    if (!objects.empty()) text += "\n";
    for (const auto& [name, definition] : objects) text += definition;
    return text + "\nWEFT_END_C\n";
  }

 private:
  void Global(GlobalId id, std::map<std::string, std::string>* out) {
    const GlobalInfo& global = program_.global(id);
    if (program_.types.Kind(global.type) != TypeKind::kTable) {
      const std::string& name = uses_.Global(id);
      (*out)[name] = fmt::format("{} {} = {};\n", uses_.Spell(global.type), name,
                                 uses_.Constant(global.type, global.initial));
      return;
    }
    size_t width = global.item_types.size();
    for (uint32_t field = 0; field < width; ++field) {
      std::string name = uses_.Table(id, field);
      std::vector<std::string> items;
      for (size_t i = field; i < global.items.size(); i += width) {
        items.push_back(uses_.Constant(global.item_types[field], global.items[i]));
      }
      (*out)[name] =
          fmt::format("{} const {}[{}] = {{{}}};\n", uses_.Spell(global.item_types[field]), name,
                      items.size(), Rows(items));
    }
  }

  // Items with commas, in lines of a good length.
  static std::string Rows(const std::vector<std::string>& items) {
    std::string text;
    size_t column = 0;
    for (size_t i = 0; i < items.size(); ++i) {
      if (column == 0 || column + items[i].size() > 96) {
        if (items.size() > 4) text += "\n    ";
        column = 4;
      } else {
        text += " ";
      }
      text += items[i];
      if (i + 1 < items.size()) text += ",";
      column += items[i].size() + 2;
    }
    return text;
  }

  void Object(FrozenId id, std::map<std::string, std::string>* out) {
    const FrozenObject& object = program_.frozen[id.index];
    const lltype::Container& container = program_.containers.Get(object.container);
    const std::string& name = types_.names().Frozen(id);
    const std::string& tag = types_.names().Container(object.container);
    // Declares it, which C++ needs before a constant with external linkage.
    uses_.FrozenAddress(id);
    uses_.Struct(object.container);
    Links links;
    for (const auto& link : object.objects) links.objects[link.offset] = link.object;
    for (const auto& link : object.functions) links.functions[link.offset] = link.function;
    std::string own = tag;
    std::string values = fmt::format("WEFT_FROZEN_HEADER({}, {})", uses_.TypeIdOf(object.container),
                                     object.identity_hash);
    for (const Member& member : types_.Layout(object.container)) {
      if (member.kind == Member::Kind::kHeader) continue;
      values += ", " + MemberValue(member, object, container.fields, 0, links);
    }
    if (container.has_items()) {
      own = name;
      structs_[name] = fmt::format("\nstruct {} {{\n{}}};\n", name,
                                   types_.StructMembers(object.container, object.length));
      if (object.length > 0) values += ", " + Items(object, links);
    }
    (*out)[name] = fmt::format("{}struct {} {} = {{{}}};\n",
                               IsReadOnly(program_, object) ? "const " : "", own, name, values);
  }

  struct Links {
    absl::flat_hash_map<uint32_t, FrozenId> objects;
    absl::flat_hash_map<uint32_t, FunctionId> functions;
  };

  std::string Items(const FrozenObject& object, const Links& links) {
    const lltype::Container& container = program_.containers.Get(object.container);
    if (IsByteString(container)) {
      return StringLiteral(std::string_view(
          reinterpret_cast<const char*>(object.bytes.data()) + container.fixed_size,
          static_cast<size_t>(object.length)));
    }
    bool has_struct = types_.HasItemStruct(object.container);
    std::vector<Member> layout = types_.ItemLayout(object.container);
    std::vector<std::string> items;
    size_t used = 0;
    for (int64_t i = 0; i < object.length; ++i) {
      uint32_t start = container.fixed_size + static_cast<uint32_t>(i) * container.item_size;
      std::string item;
      bool is_zero = true;
      for (const Member& member : layout) {
        if (!item.empty()) item += ", ";
        item += MemberValue(member, object, container.item_fields, start, links);
        is_zero = is_zero && IsZero(object, start + member.offset, member.size, links);
      }
      items.push_back(has_struct ? "{" + item + "}" : item);
      if (!is_zero) used = items.size();
    }
    // C fills the rest of an array with zeros.
    items.resize(std::max<size_t>(used, 1));
    return "{" + Rows(items) + "}";
  }

  static bool IsZero(const FrozenObject& object, uint32_t offset, uint32_t size,
                     const Links& links) {
    if (links.objects.contains(offset) || links.functions.contains(offset)) return false;
    for (uint32_t i = 0; i < size; ++i) {
      if (object.bytes[offset + i] != 0) return false;
    }
    return true;
  }

  std::string MemberValue(const Member& member, const FrozenObject& object,
                          const std::vector<lltype::Field>& fields, uint32_t start,
                          const Links& links) {
    uint32_t offset = start + member.offset;
    if (member.kind == Member::Kind::kPadding) return "{0}";
    if (member.kind == Member::Kind::kLength) return fmt::format("{}", object.length);
    TypeId type = fields[member.field].type;
    if (auto at = links.objects.find(offset); at != links.objects.end()) {
      return uses_.Constant(type, {Constant::Kind::kFrozen, at->second.index});
    }
    if (auto at = links.functions.find(offset); at != links.functions.end()) {
      return uses_.Constant(type, {Constant::Kind::kFunction, at->second.index});
    }
    TypeKind kind = program_.types.Kind(type);
    uint64_t bits = 0;
    std::memcpy(&bits, object.bytes.data() + offset, member.size);
    if (kind == TypeKind::kPtr && bits != 0) {
      return uses_.Constant(type, {Constant::Kind::kImmediate, bits});
    }
    if (!IsInt(kind) && !IsFloat(kind)) return "NULL";
    if (kind == TypeKind::kF64) return FloatLiteral(kind, std::bit_cast<double>(bits));
    if (kind == TypeKind::kF32) {
      return FloatLiteral(kind, std::bit_cast<float>(static_cast<uint32_t>(bits)));
    }
    return IntLiteral(kind, flowgraph::CanonicalInt(kind, static_cast<int64_t>(bits)));
  }

  const CTypes& types_;
  const Program& program_;
  const Reachable& reachable_;
  ShardUses uses_;
  std::map<std::string, std::string> structs_;
};

}  // namespace

std::string EmitData(const CTypes& types, const Reachable& reachable) {
  return DataWriter(types, reachable).Run();
}

}  // namespace weft::backend_c
