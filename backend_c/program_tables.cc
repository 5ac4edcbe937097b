#include <fmt/format.h>

#include <map>
#include <vector>

#include "backend_c/data.h"
#include "backend_c/literals.h"
#include "backend_c/shard_uses.h"
#include "common/check.h"

namespace weft::backend_c {

using flowgraph::FrozenObject;
using flowgraph::Program;

namespace {

class TableWriter {
 public:
  TableWriter(const CTypes& types, const Reachable& reachable)
      : types_(types), program_(types.program()), reachable_(reachable), uses_(types, "program") {}

  std::string Run() {
    TypeTableRows();
    DispatchTables();
    Roots();
    Entry();
    std::string text = "// What the run time and the collector ask of a program.\n\n";
    return text + uses_.Declarations() + text_ + "\nWEFT_END_C\n";
  }

 private:
  // For each type id, the container whose objects have it; one that has objects where several
  // share an id.
  std::vector<ContainerId> ContainersByTypeId() const {
    std::vector<ContainerId> rows(1);
    for (uint32_t i = 0; i < program_.containers.size(); ++i) {
      const lltype::Container& container = program_.containers.Get(ContainerId(i));
      if (container.first_type_id == 0 || !reachable_.containers[i]) continue;
      if (rows.size() <= container.first_type_id) rows.resize(container.first_type_id + 1);
      rows[container.first_type_id] = ContainerId(i);
    }
    return rows;
  }

  // An array of the offsets of pointers among these fields; "NULL, 0" when there are none.
  std::string Offsets(const std::string& name, const std::vector<lltype::Field>& fields,
                      bool is_weak, uint32_t* count) {
    std::string offsets;
    *count = 0;
    for (size_t i = 0; i < fields.size(); ++i) {
      if (program_.types.Kind(fields[i].type) != TypeKind::kPtr || (is_weak && i == 0)) continue;
      // What can only hold numbers is nothing to look through.
      if (!program_.MayBeOnHeap(program_.types.Container(fields[i].type))) continue;
      if (!offsets.empty()) offsets += ", ";
      offsets += fmt::format("{}", fields[i].offset);
      ++*count;
    }
    if (*count == 0) return "NULL";
    text_ += fmt::format("static const uint32_t {}[] = {{{}}};\n", name, offsets);
    return name;
  }

  void TypeTableRows() {
    std::string rows;
    text_ += "\n";
    std::vector<ContainerId> containers = ContainersByTypeId();
    for (ContainerId id : containers) {
      if (!id.is_valid()) {
        rows += "    {NULL, 0, 0, 0, 0, NULL, NULL, 0, 0, 0, 0, NULL},\n";
        continue;
      }
      const lltype::Container& container = program_.containers.Get(id);
      const std::string& tag = types_.names().Container(id);
      uint32_t pointer_count = 0;
      uint32_t item_pointer_count = 0;
      std::string pointers =
          Offsets("pointers_" + tag, container.fields, container.is_weakref(), &pointer_count);
      std::string item_pointers =
          Offsets("item_pointers_" + tag, container.item_fields, false, &item_pointer_count);
      std::string finalizer = "NULL";
      if (container.has_finalizer) {
        FunctionId function = program_.cls(container.cls).finalizer;
        finalizer = fmt::format("(void (*)(weft_object*)){}", uses_.Function(function));
      }
      rows += fmt::format("    {{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}}},\n",
                          StringLiteral(container.name), container.fixed_size, container.item_size,
                          container.has_items() ? container.fixed_size : 0, container.length_offset,
                          pointers, item_pointers, pointer_count, item_pointer_count,
                          container.is_weakref() ? "WEFT_TYPE_WEAK" : "0",
                          container.is_weakref() ? container.fields[0].offset : 0, finalizer);
    }
    text_ += fmt::format(
        "\nconst weft_type weft_types[] = {{\n{}}};\nconst uint32_t weft_type_count = {};\n", rows,
        containers.size());
  }

  void DispatchTables() {
    std::map<std::string, std::string> tables;
    for (uint32_t i = 0; i < program_.dispatch_tables.size(); ++i) {
      if (!reachable_.dispatch_tables[i]) continue;
      const std::string& name = uses_.Dispatch(DispatchTableId(i));
      std::string text = fmt::format("\nweft_code const {}[] = {{\n", name);
      for (FunctionId function : program_.dispatch_tables[i].functions) {
        text += function.is_valid() ? fmt::format("    (weft_code){},\n", uses_.Function(function))
                                    : "    NULL,\n";
      }
      tables[name] = text + "};\n";
    }
    for (const auto& [name, text] : tables) text_ += text;
  }

  static bool HasMutableReference(const Program& program, const FrozenObject& object) {
    const lltype::Container& container = program.containers.Get(object.container);
    auto check = [&](const std::vector<lltype::Field>& fields) {
      for (const lltype::Field& field : fields) {
        if (!field.immutable && program.types.Kind(field.type) == TypeKind::kPtr) return true;
      }
      return false;
    };
    return check(container.fields) || (object.length > 0 && check(container.item_fields));
  }

  void Roots() {
    std::map<std::string, std::string> globals;
    for (uint32_t i = 0; i < program_.globals.size(); ++i) {
      const auto& global = program_.globals[i];
      if (!reachable_.globals[i] || program_.types.Kind(global.type) != TypeKind::kPtr) continue;
      // A null one that is never written would only cost time.
      if (global.is_constant) continue;
      const std::string& name = uses_.Global(GlobalId(i));
      globals[name] = fmt::format("(weft_object**)&{}", name);
    }
    Array("weft_object** const", "weft_static_roots", "weft_static_root_count", globals);
    std::map<std::string, std::string> objects;
    for (uint32_t i = 0; i < program_.frozen.size(); ++i) {
      if (!reachable_.frozen[i] || !HasMutableReference(program_, program_.frozen[i])) continue;
      uses_.FrozenAddress(FrozenId(i));
      const std::string& name = types_.names().Frozen(FrozenId(i));
      objects[name] = fmt::format("(weft_object*)&{}", name);
    }
    Array("weft_object* const", "weft_frozen_roots", "weft_frozen_root_count", objects);
  }

  void Array(const char* type, const char* name, const char* count,
             const std::map<std::string, std::string>& items) {
    text_ += fmt::format("\n{} {}[] = {{\n", type, name);
    for (const auto& [key, item] : items) text_ += fmt::format("    {},\n", item);
    // An empty array is not C.
    if (items.empty()) text_ += "    NULL,\n";
    text_ += fmt::format("}};\nconst size_t {} = {};\n", count, items.size());
  }

  std::string Slot(GlobalId id) {
    if (!id.is_valid()) return "NULL";
    return fmt::format("(weft_object**)&{}", uses_.Global(id));
  }

  void Entry() {
    ContainerId arguments = backend_common::ArgumentsContainer(program_);
    ContainerId string = backend_common::StringContainer(program_);
    auto type_id = [&](ContainerId id) {
      return id.is_valid() ? uses_.TypeIdOf(id) : std::string("0");
    };
    text_ += fmt::format("\nconst uint32_t weft_str_type_id = {};\n", type_id(string));
    text_ += fmt::format("const uint32_t weft_args_type_id = {};\n", type_id(arguments));
    text_ += fmt::format("const uint32_t weft_exception_message_offset = {};\n", MessageOffset());
    text_ += fmt::format("weft_object** const weft_memory_error_slot = {};\n",
                         Slot(program_.memory_error));
    text_ += fmt::format("weft_object** const weft_stack_overflow_slot = {};\n",
                         Slot(program_.stack_overflow_error));
    const auto& entry = program_.function(program_.entry);
    const std::string& name = uses_.Function(program_.entry);
    auto parameters = program_.types.List(entry.type);
    std::string argument;
    if (!parameters.empty()) argument = fmt::format("({})arguments", uses_.Spell(parameters[0]));
    bool is_void = program_.types.Kind(program_.types.Element(entry.type)) == TypeKind::kVoid;
    text_ += fmt::format("\nint32_t weft_entry(weft_object* arguments) {{\n{}  {}{}({});\n{}}}\n",
                         parameters.empty() ? "  (void)arguments;\n" : "", is_void ? "" : "return ",
                         name, argument, is_void ? "  return 0;\n" : "");
  }

  // Where exceptions keep their message: the first pointer to a string in weft::Exception.
  uint32_t MessageOffset() const {
    ClassId exception = program_.known.exception;
    if (!exception.is_valid()) return 0;
    ContainerId id = program_.cls(exception).container;
    if (!id.is_valid()) return 0;
    for (const lltype::Field& field : program_.containers.Get(id).fields) {
      if (field.name == "message") return field.offset;
    }
    return 0;
  }

  const CTypes& types_;
  const Program& program_;
  const Reachable& reachable_;
  ShardUses uses_;
  std::string text_;
};

}  // namespace

std::string EmitProgramTables(const CTypes& types, const Reachable& reachable) {
  return TableWriter(types, reachable).Run();
}

std::string EmitTypeIds(const CTypes& types, const Reachable& reachable) {
  const Program& program = types.program();
  std::map<std::string, uint32_t> numbers;
  // Of those too that have no objects: an empty range, which a test may ask for.
  for (uint32_t i = 0; i < program.containers.size(); ++i) {
    const lltype::Container& container = program.containers.Get(ContainerId(i));
    const std::string& name = types.names().TypeId(ContainerId(i));
    numbers[name] = container.first_type_id;
    numbers[name + "_END"] = container.last_type_id;
  }
  for (uint32_t i = 0; i < program.dispatch_tables.size(); ++i) {
    if (!reachable.dispatch_tables[i]) continue;
    numbers[types.names().Dispatch(DispatchTableId(i)) + "_FIRST"] =
        program.dispatch_tables[i].first_type_id;
  }
  std::string text =
      "// The type id of each container, and the end of the range that it and what is derived "
      "from\n"
      "// it have; the type id that each dispatch table begins with.\n"
      "#ifndef WEFT_TYPE_IDS_H_\n#define WEFT_TYPE_IDS_H_\n\nenum {\n";
  for (const auto& [name, number] : numbers) text += fmt::format("  {} = {},\n", name, number);
  return text + "  WEFT_NO_TYPE = 0\n};\n\n#endif  // WEFT_TYPE_IDS_H_\n";
}

}  // namespace weft::backend_c
