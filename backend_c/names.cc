#include "backend_c/names.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"

namespace weft::backend_c {

using flowgraph::Constant;
using flowgraph::FrozenObject;
using flowgraph::Program;
using flowgraph::ValueKind;

namespace {

bool IsLetterOrDigit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// Words that a member may not be called: keywords of C and C++ and macros that system headers
// define without parentheses.
const absl::flat_hash_set<std::string_view>& ReservedWords() {
  static const auto* words = new absl::flat_hash_set<std::string_view>{
      "alignas",      "alignof",   "and",          "and_eq",    "asm",      "auto",
      "bitand",       "bitor",     "bool",         "break",     "case",     "catch",
      "char",         "class",     "compl",        "concept",   "const",    "consteval",
      "constexpr",    "constinit", "const_cast",   "continue",  "co_await", "co_return",
      "co_yield",     "decltype",  "default",      "delete",    "do",       "double",
      "dynamic_cast", "else",      "enum",         "errno",     "explicit", "export",
      "extern",       "false",     "float",        "for",       "friend",   "goto",
      "header",       "if",        "inline",       "int",       "items",    "length",
      "linux",        "long",      "mutable",      "namespace", "new",      "noexcept",
      "not",          "not_eq",    "nullptr",      "operator",  "or",       "or_eq",
      "private",      "protected", "public",       "register",  "requires", "restrict",
      "return",       "short",     "signed",       "sizeof",    "static",   "static_assert",
      "static_cast",  "stderr",    "stdin",        "stdout",    "struct",   "switch",
      "template",     "this",      "thread_local", "throw",     "true",     "try",
      "typedef",      "typeid",    "typename",     "typeof",    "union",    "unix",
      "unsigned",     "using",     "virtual",      "void",      "volatile", "wchar_t",
      "while",        "xor",       "xor_eq",       "environ"};
  return *words;
}

std::vector<std::string> FieldNames(const std::vector<lltype::Field>& fields) {
  std::vector<std::string> names;
  absl::flat_hash_set<std::string> taken;
  for (const lltype::Field& field : fields) {
    std::string name = MemberName(field.name);
    std::string unique = name;
    for (int i = 2; !taken.insert(unique).second; ++i) unique = fmt::format("{}_{}", name, i);
    names.push_back(std::move(unique));
  }
  return names;
}

// A few letters of a string's text, for people.
std::string Readable(const FrozenObject& object, uint32_t start) {
  std::string text;
  for (size_t i = start; i < object.bytes.size() && text.size() < 24; ++i) {
    char c = static_cast<char>(object.bytes[i]);
    if (IsLetterOrDigit(c)) {
      text += c;
    } else if (!text.empty() && text.back() != '_') {
      text += '_';
    }
  }
  if (!text.empty() && text.back() != '_') text += '_';
  return text;
}

}  // namespace

std::string MemberName(std::string_view name) {
  std::string result;
  bool has_lower = false;
  for (char c : name) {
    result += IsLetterOrDigit(c) ? c : '_';
    has_lower = has_lower || (c >= 'a' && c <= 'z');
  }
  bool starts_well =
      !result.empty() && IsLetterOrDigit(result[0]) && !(result[0] >= '0' && result[0] <= '9');
  if (!has_lower || !starts_well || ReservedWords().contains(result)) result = "m_" + result;
  return result;
}

bool IsByteString(const lltype::Container& container) {
  return container.has_items() && container.item_fields.size() == 1 &&
         container.item_fields[0].type == TypeTable::U8() && container.fields.size() == 1 &&
         container.fields[0].type == TypeTable::I64();
}

std::string Names::Unique(std::string name) {
  std::string unique = name;
  for (int i = 2; !taken_.insert(unique).second; ++i) unique = fmt::format("{}_{}", name, i);
  return unique;
}

Names::Names(const Program& program) {
  for (const auto& function : program.functions) {
    functions_.push_back(Unique("f_" + Mangle(function->name)));
  }
  for (uint32_t i = 0; i < program.containers.size(); ++i) {
    const lltype::Container& container = program.containers.Get(ContainerId(i));
    containers_.push_back(Unique("t_" + Mangle(container.name)));
    type_ids_.push_back("T_" + containers_.back().substr(2));
    fields_.push_back(FieldNames(container.fields));
    item_fields_.push_back(FieldNames(container.item_fields));
  }
  for (const auto& global : program.globals) globals_.push_back(Unique("g_" + Mangle(global.name)));
  for (const auto& table : program.dispatch_tables) {
    dispatch_.push_back(Unique("d_" + Mangle(table.name)));
  }
  NameFrozen(program);
}

// Strings are named by their bytes. Other objects are named by the first path that leads to them:
// breadth first from the globals, in order, then from the constants of functions.
void Names::NameFrozen(const Program& program) {
  frozen_.resize(program.frozen.size());
  std::vector<std::pair<FrozenId, std::string>> queue;
  auto visit = [&](FrozenId id, std::string origin) {
    std::string& name = frozen_[id.index];
    if (!name.empty()) return;
    const FrozenObject& object = program.frozen[id.index];
    const lltype::Container& container = program.containers.Get(object.container);
    if (IsByteString(container)) {
      std::string_view bytes(reinterpret_cast<const char*>(object.bytes.data()),
                             object.bytes.size());
      name = Unique(fmt::format("s_{}{}", Readable(object, container.fixed_size),
                                ShortHash(bytes.substr(container.fixed_size))));
    } else {
      name = Unique(
          fmt::format("z_{}_{}", containers_[object.container.index].substr(2), ShortHash(origin)));
    }
    queue.push_back({id, std::move(origin)});
  };
  size_t next = 0;
  auto drain = [&] {
    for (; next < queue.size(); ++next) {
      // A copy, because visit() makes the queue grow.
      auto [id, origin] = queue[next];
      for (const auto& link : program.frozen[id.index].objects) {
        // A long chain of objects would have an even longer sum of names.
        if (origin.size() > 200) origin = ShortHash(origin);
        visit(link.object, fmt::format("{}.{}", origin, link.offset));
      }
    }
  };
  for (const auto& global : program.globals) {
    if (global.initial.kind == Constant::Kind::kFrozen) {
      visit(FrozenId(global.initial.bits), global.name);
    }
    for (size_t i = 0; i < global.items.size(); ++i) {
      if (global.items[i].kind == Constant::Kind::kFrozen) {
        visit(FrozenId(global.items[i].bits), fmt::format("{}.{}", global.name, i));
      }
    }
  }
  drain();
  for (const auto& function : program.functions) {
    const flowgraph::Graph& graph = function->graph;
    int count = 0;
    for (uint32_t i = 0; i < graph.value_count(); ++i) {
      const auto& value = graph.value(ValueId(i));
      if (value.kind != ValueKind::kConstant || value.constant.kind != Constant::Kind::kFrozen) {
        continue;
      }
      visit(FrozenId(value.constant.bits), fmt::format("{}#{}", function->name, count++));
    }
    drain();
  }
  for (size_t i = 0; i < frozen_.size(); ++i) {
    if (frozen_[i].empty()) visit(FrozenId(i), fmt::format("unreached.{}", i));
  }
}

}  // namespace weft::backend_c
