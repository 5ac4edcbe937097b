#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <cstdio>
#include <iterator>

#include "common/check.h"
#include "flowgraph/text.h"
#include "flowgraph/text_names.h"

namespace weft::flowgraph {
namespace {

using Out = std::back_insert_iterator<std::string>;

// Prints one graph. Values are numbered in order of definition, so that text does not depend on
// the history of the graph.
class GraphPrinter {
 public:
  GraphPrinter(const Program& program, const Graph& graph, const PrintOptions& options,
               bool renumber)
      : program_(program), graph_(graph), options_(options) {
    if (!renumber) return;
    numbers_.assign(graph.value_count(), TypedId<void>::kNone);
    uint32_t next = 0;
    for (const Block& block : graph.blocks()) {
      for (ValueId arg : block.args) numbers_[arg.index] = next++;
      for (const Operation& op : block.ops) {
        if (op.result.is_valid()) numbers_[op.result.index] = next++;
      }
    }
  }

  void PrintBlocks(std::string& text) {
    for (size_t b = 0; b < graph_.blocks().size(); ++b) PrintBlock(text, b);
  }

  void PrintOp(std::string& text, const Operation& op) {
    if (op.result.is_valid()) {
      fmt::format_to(Out(text), "{}: {} = ", Value(op.result),
                     PrintType(program_, graph_.type(op.result)));
    }
    text += op.info().name;
    std::string imm = Immediate(op);
    if (!imm.empty()) fmt::format_to(Out(text), "{{{}}}", imm);
    for (size_t i = 0; i < op.args.size(); ++i) {
      text += i == 0 ? " " : ", ";
      text += Value(op.args[i]);
    }
  }

  std::string Value(ValueId id) {
    if (!id.is_valid()) return "%none";
    if (!graph_.IsConstant(id)) {
      return fmt::format("%{}", numbers_.empty() ? id.index : numbers_[id.index]);
    }
    return ConstantText(program_, graph_.type(id), graph_.value(id).constant);
  }

 private:
  void PrintBlock(std::string& text, size_t index) {
    const Block& block = graph_.blocks()[index];
    fmt::format_to(Out(text), "b{}", index);
    if (!block.args.empty()) {
      text += '(';
      for (size_t i = 0; i < block.args.size(); ++i) {
        if (i != 0) text += ", ";
        fmt::format_to(Out(text), "{}: {}", Value(block.args[i]),
                       PrintType(program_, graph_.type(block.args[i])));
      }
      text += ')';
    }
    if (block.is_cold) text += " cold";
    text += ":";
    for (ValueId arg : block.args) Comment(text, arg);
    text += '\n';
    for (const Operation& op : block.ops) {
      text += "  ";
      PrintOp(text, op);
      if (op.result.is_valid()) Comment(text, op.result);
      Location(text, op.loc);
      text += '\n';
    }
    PrintExit(text, block.exit);
    Location(text, block.exit.loc);
    text += '\n';
    if (block.catches()) fmt::format_to(Out(text), "  except {}\n", LinkText(block.on_exception));
  }

  void PrintExit(std::string& text, const Exit& exit) {
    auto out = Out(text);
    switch (exit.kind) {
      case ExitKind::kNone:
        text += "  none";
        break;
      case ExitKind::kJump:
        fmt::format_to(out, "  jump {}", LinkText(exit.links[0]));
        break;
      case ExitKind::kBranch:
        fmt::format_to(out, "  branch {} {} {}", Value(exit.value), LinkText(exit.links[0]),
                       LinkText(exit.links[1]));
        break;
      case ExitKind::kSwitch:
        fmt::format_to(out, "  switch {} [", Value(exit.value));
        for (size_t i = 0; i < exit.cases.size(); ++i) {
          fmt::format_to(out, "{}{}: {}", i == 0 ? "" : ", ", exit.cases[i],
                         LinkText(exit.links[i]));
        }
        fmt::format_to(out, "] {}", LinkText(exit.links.back()));
        break;
      case ExitKind::kReturn:
        text += "  return";
        if (exit.value.is_valid()) fmt::format_to(out, " {}", Value(exit.value));
        break;
      case ExitKind::kRaise:
        fmt::format_to(out, "  raise {}", Value(exit.value));
        break;
      case ExitKind::kUnreachable:
        text += "  unreachable";
        break;
    }
  }

  std::string LinkText(const Link& link) {
    std::string text = fmt::format("b{}", link.target.index);
    if (link.args.empty()) return text;
    text += '(';
    for (size_t i = 0; i < link.args.size(); ++i) {
      if (i != 0) text += ", ";
      text += Value(link.args[i]);
    }
    return text + ")";
  }

  void Comment(std::string& text, ValueId id) {
    if (!options_.comment) return;
    std::string comment = options_.comment(id);
    if (!comment.empty()) fmt::format_to(Out(text), "  ; {}: {}", Value(id), comment);
  }

  void Location(std::string& text, const SourceLoc& loc) {
    if (options_.locations && loc.is_valid()) {
      fmt::format_to(Out(text), " ; at {}", program_.files.Format(loc));
    }
  }

  // Follows a path from a type and prints it with the names of the fields: ".0'token.2'line".
  std::string PathText(PathId path, TypeId type) {
    std::string text;
    for (uint32_t step : program_.path(path)) {
      const FieldInfo& field = program_.value_class(program_.types.ValueClass(type)).fields[step];
      fmt::format_to(Out(text), ".{}'{}", step, field.name);
      type = field.type;
    }
    return text;
  }

  TypeId ElementOfFirst(const Operation& op) {
    return op.args.empty() ? TypeId() : program_.types.Element(graph_.type(op.args[0]));
  }

  std::string Immediate(const Operation& op) {
    PathId path(op.imm2);
    switch (op.info().imm) {
      case Imm::None:
        return "";
      case Imm::Type:
        return PrintType(program_, TypeId(op.imm));
      case Imm::Function:
        return "@" + NameText(program_.function(FunctionId(op.imm)).name);
      case Imm::Method:
        return fmt::format("{}/{}", NameText(program_.method(MethodId(op.imm)).name), op.imm);
      case Imm::External:
        return NameText(program_.external(ExternalId(op.imm)).symbol);
      case Imm::Class:
        return NameText(program_.cls(ClassId(op.imm)).name);
      case Imm::ClassPath: {
        const ClassInfo& cls = program_.cls(ClassId(op.imm));
        const std::vector<uint32_t>& steps = program_.path(path);
        std::string text = NameText(cls.name);
        TypeId type = cls.fields[steps[0]].type;
        fmt::format_to(Out(text), " .{}'{}", steps[0], cls.fields[steps[0]].name);
        for (size_t i = 1; i < steps.size(); ++i) {
          const FieldInfo& field =
              program_.value_class(program_.types.ValueClass(type)).fields[steps[i]];
          fmt::format_to(Out(text), ".{}'{}", steps[i], field.name);
          type = field.type;
        }
        return text;
      }
      case Imm::Path:
        return PathText(path, ElementOfFirst(op));
      case Imm::ValuePath: {
        const ValueClassInfo& cls = program_.value_class(ValueClassId(op.imm));
        std::string text = NameText(cls.name) + " ";
        const std::vector<uint32_t>& steps = program_.path(path);
        fmt::format_to(Out(text), ".{}'{}", steps[0], cls.fields[steps[0]].name);
        TypeId type = cls.fields[steps[0]].type;
        for (size_t i = 1; i < steps.size(); ++i) {
          const FieldInfo& field =
              program_.value_class(program_.types.ValueClass(type)).fields[steps[i]];
          fmt::format_to(Out(text), ".{}'{}", steps[i], field.name);
          type = field.type;
        }
        return text;
      }
      case Imm::ValueClass:
        return NameText(program_.value_class(ValueClassId(op.imm)).name);
      case Imm::GlobalPath: {
        const GlobalInfo& global = program_.global(GlobalId(op.imm));
        TypeId type = global.type;
        if (program_.types.Kind(type) == TypeKind::kTable) type = program_.types.Element(type);
        std::string text = "$" + NameText(global.name);
        if (!program_.path(path).empty()) text += " " + PathText(path, type);
        return text;
      }
      case Imm::Global:
        return "$" + NameText(program_.global(GlobalId(op.imm)).name);
      case Imm::GlobalField:
        return fmt::format("${} {}", NameText(program_.global(GlobalId(op.imm)).name), op.imm2);
      case Imm::Container:
        return NameText(program_.containers.Get(ContainerId(op.imm)).name);
      case Imm::Field: {
        const lltype::Container& container = program_.containers.Get(ContainerId(op.imm));
        return fmt::format("{} .{}'{}", NameText(container.name), op.imm2,
                           container.fields[op.imm2].name);
      }
      case Imm::ItemField: {
        const lltype::Container& container = program_.containers.Get(ContainerId(op.imm));
        return fmt::format("{} .{}'{}", NameText(container.name), op.imm2,
                           container.item_fields[op.imm2].name);
      }
      case Imm::Dispatch:
        return NameText(program_.dispatch_tables[op.imm].name);
      case Imm::Index:
        return fmt::format("{}", op.imm);
    }
    return "";
  }

  const Program& program_;
  const Graph& graph_;
  const PrintOptions& options_;
  std::vector<uint32_t> numbers_;
};

void PrintFields(const Program& program, const std::vector<FieldInfo>& fields, std::string& text) {
  for (const FieldInfo& field : fields) {
    fmt::format_to(Out(text), "  field {}: {}{}\n", NameText(field.name),
                   PrintType(program, field.type), field.immutable ? " immutable" : "");
  }
}

void PrintClass(const Program& program, const ClassInfo& cls, std::string& text) {
  auto out = Out(text);
  fmt::format_to(out, "class {}", NameText(cls.name));
  if (cls.parent.is_valid()) {
    fmt::format_to(out, " : {}", NameText(program.cls(cls.parent).name));
  }
  if (cls.is_abstract) text += " abstract";
  if (cls.is_exception) text += " exception";
  if (cls.unboxed == UnboxedKind::kInt) text += " unboxed_int";
  if (cls.unboxed == UnboxedKind::kFloat) text += " unboxed_float";
  if (!cls.host.name.empty()) {
    fmt::format_to(out, " host {}{}", NameText(cls.host.name),
                   cls.host.is_interface ? " interface" : "");
  }
  text += " {\n";
  PrintFields(program, cls.fields, text);
  for (const auto& [method, function] : cls.implementations) {
    fmt::format_to(out, "  implements {}/{} = @{}\n", NameText(program.method(method).name),
                   method.index, NameText(program.function(function).name));
  }
  if (cls.finalizer.is_valid()) {
    fmt::format_to(out, "  finalizer @{}\n", NameText(program.function(cls.finalizer).name));
  }
  if (cls.container.is_valid()) {
    fmt::format_to(out, "  container {}\n", NameText(program.containers.Get(cls.container).name));
  }
  text += "}\n";
}

void PrintContainer(const Program& program, const lltype::Container& c, std::string& text) {
  auto out = Out(text);
  fmt::format_to(out, "container {}", NameText(c.name));
  if (c.parent.is_valid()) {
    fmt::format_to(out, " : {}", NameText(program.containers.Get(c.parent).name));
  }
  fmt::format_to(out, " types {} {} size {}", c.first_type_id, c.last_type_id, c.fixed_size);
  if (c.has_items())
    fmt::format_to(out, " length_at {} item_size {}", c.length_offset, c.item_size);
  if (c.has_finalizer) text += " finalizer";
  for (const auto& [kind, word] : kContainerKinds) {
    if (kind == c.kind) fmt::format_to(out, " {}", word);
  }
  text += " {\n";
  auto print_fields = [&](const char* what, const std::vector<lltype::Field>& fields) {
    for (const lltype::Field& field : fields) {
      fmt::format_to(out, "  {} {}: {} at {}{}\n", what, NameText(field.name),
                     PrintType(program, field.type), field.offset,
                     field.immutable ? " immutable" : "");
    }
  };
  print_fields("field", c.fields);
  print_fields("item", c.item_fields);
  text += "}\n";
}

// " host static java.lang.Math sin (double) -> double"; empty for what is no member of the host.
std::string HostMemberText(const HostMember& host) {
  std::string text;
  if (!host.is_valid()) return text;
  for (const auto& [kind, word] : kHostMemberKinds) {
    if (kind == host.kind) text = fmt::format(" host {} {}", word, NameText(host.owner));
  }
  if (host.kind != HostMemberKind::kConstructor) text += " " + NameText(host.name);
  if (host.has_parameters) {
    text += " (";
    for (size_t i = 0; i < host.parameters.size(); ++i) {
      if (i != 0) text += ", ";
      text += NameText(host.parameters[i]);
    }
    text += ")";
  }
  if (!host.result.empty()) text += " -> " + NameText(host.result);
  return text;
}

void PrintGlobal(const Program& program, const GlobalInfo& global, std::string& text) {
  auto out = Out(text);
  fmt::format_to(out, "global ${}: {}", NameText(global.name), PrintType(program, global.type));
  if (program.types.Kind(global.type) == TypeKind::kTable) {
    text += " (";
    for (size_t i = 0; i < global.item_types.size(); ++i) {
      if (i != 0) text += ", ";
      text += PrintType(program, global.item_types[i]);
    }
    text += ") = [";
    for (size_t i = 0; i < global.items.size(); ++i) {
      if (i != 0) text += ", ";
      text +=
          ConstantText(program, global.item_types[i % global.item_types.size()], global.items[i]);
    }
    text += "]";
  } else if (global.initial.kind != Constant::Kind::kZero) {
    text += " = " + ConstantText(program, global.type, global.initial);
  }
  if (global.is_constant) text += " constant";
  text += '\n';
}

void PrintFrozen(const Program& program, size_t index, std::string& text) {
  auto out = Out(text);
  const FrozenObject& object = program.frozen[index];
  fmt::format_to(out, "frozen {} {} length {} ", index,
                 NameText(program.containers.Get(object.container).name), object.length);
  if (object.identity_hash != 0) fmt::format_to(out, "hash {} ", object.identity_hash);
  text += "bytes ";
  if (object.bytes.empty()) text += '-';
  for (uint8_t byte : object.bytes) fmt::format_to(out, "{:02x}", byte);
  for (const auto& link : object.objects) {
    fmt::format_to(out, " {}=#{}", link.offset, link.object.index);
  }
  for (const auto& link : object.functions) {
    fmt::format_to(out, " {}=@{}", link.offset, NameText(program.function(link.function).name));
  }
  text += '\n';
}

void PrintFunctionTo(const Program& program, FunctionId id, const PrintOptions& options,
                     std::string& text) {
  const FunctionInfo& function = program.function(id);
  auto out = Out(text);
  fmt::format_to(out, "function @{}: {}", NameText(function.name),
                 PrintType(program, function.type));
  const FunctionHints& hints = function.hints;
  if (hints.always_inline) text += " always_inline";
  if (hints.never_inline) text += " never_inline";
  if (hints.elidable) text += " elidable";
  if (hints.interpreter_loop) text += " interpreter_loop";
  if (hints.cold) text += " cold";
  if (hints.unroll) text += " unroll";
  if (function.has_this) text += " this";
  if (function.is_constructor) text += " constructor";
  if (function.is_noreturn) text += " noreturn";
  if (function.is_exported()) text += " export " + NameText(function.export_name);
  if (!function.may_raise) text += " cannot_raise";
  if (!function.may_collect) text += " cannot_collect";
  if (function.part_of.is_valid()) {
    fmt::format_to(out, " part_of @{}", NameText(program.function(function.part_of).name));
  }
  text += " {";
  if (options.locations && function.loc.is_valid()) {
    fmt::format_to(out, " ; at {}", program.files.Format(function.loc));
  }
  text += '\n';
  GraphPrinter(program, function.graph, options, true).PrintBlocks(text);
  text += "}\n";
}

}  // namespace

size_t PlainNameLength(std::string_view text) {
  size_t i = 0;
  while (i < text.size()) {
    char c = text[i];
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
        c == '~') {
      ++i;
    } else if (text.substr(i, 2) == "::") {
      i += 2;
    } else {
      break;
    }
  }
  return i;
}

std::string NameText(std::string_view name) {
  if (!name.empty() && PlainNameLength(name) == name.size()) return std::string(name);
  return QuotedText(name);
}

std::string QuotedText(std::string_view bytes) {
  std::string text = "\"";
  for (char c : bytes) {
    auto u = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      text += '\\';
      text += c;
    } else if (u < 0x20 || u >= 0x7f) {
      fmt::format_to(Out(text), "\\{:02x}", u);
    } else {
      text += c;
    }
  }
  return text + "\"";
}

std::string ConstantText(const Program& program, TypeId type, const Constant& constant) {
  switch (constant.kind) {
    case Constant::Kind::kScalar: {
      if (type == TypeTable::Bool()) return constant.bits != 0 ? "true" : "false";
      TypeKind kind = program.types.Kind(type);
      if (IsFloat(kind)) {
        double value = std::bit_cast<double>(constant.bits);
        if (!std::isfinite(value)) return fmt::format("0x{:x}:{}", constant.bits, Spelling(kind));
        // "{}" gives the shortest text that reads back as the same number; "e0" tells it from an
        // integer.
        std::string digits = fmt::format("{}", value);
        if (digits.find_first_of(".e") == std::string::npos) digits += ".0";
        return fmt::format("{}:{}", digits, Spelling(kind));
      }
      if (kind == TypeKind::kU64) return fmt::format("{}:u64", constant.bits);
      return fmt::format("{}:{}", static_cast<int64_t>(constant.bits), Spelling(kind));
    }
    case Constant::Kind::kZero:
      return "zero:" + PrintType(program, type);
    case Constant::Kind::kLiteral:
      return QuotedText(program.literal(LiteralId(constant.bits)));
    case Constant::Kind::kFunction:
      return fmt::format("@{}:{}", NameText(program.function(FunctionId(constant.bits)).name),
                         PrintType(program, type));
    case Constant::Kind::kFrozen:
      return fmt::format("#{}:{}", constant.bits, PrintType(program, type));
    case Constant::Kind::kImmediate:
      return fmt::format("imm{:#x}:{}", constant.bits, PrintType(program, type));
  }
  return "";
}

std::string PrintType(const Program& program, TypeId id) {
  const Type& type = program.types.Get(id);
  auto list = [&] {
    std::string text;
    for (TypeId t : program.types.List(id)) {
      if (!text.empty()) text += ", ";
      text += PrintType(program, t);
    }
    return text;
  };
  switch (type.kind) {
    case TypeKind::kObject:
      return "obj " + NameText(program.cls(program.types.Class(id)).name);
    case TypeKind::kValue:
      return "val " + NameText(program.value_class(program.types.ValueClass(id)).name);
    case TypeKind::kPtr:
      return "ptr " + NameText(program.containers.Get(program.types.Container(id)).name);
    case TypeKind::kArray:
    case TypeKind::kRef:
      return fmt::format("{}<{}>", Spelling(type.kind), PrintType(program, type.element));
    case TypeKind::kTable:
      return fmt::format("table<{}, {}>", PrintType(program, type.element), type.entity);
    case TypeKind::kFunction:
      return fmt::format("fn({})->{}", list(), PrintType(program, type.element));
    case TypeKind::kTuple:
      return fmt::format("tuple({})", list());
    default:
      return Spelling(type.kind);
  }
}

std::string Print(const Program& program, const PrintOptions& options) {
  std::string text = fmt::format("weft {}", StageName(program.stage));
  if (program.type_system == TypeSystem::kOotype) text += " ootype";
  text += '\n';
  auto out = Out(text);
  for (const ClassInfo& cls : program.classes) PrintClass(program, cls, text);
  for (const ValueClassInfo& cls : program.value_classes) {
    fmt::format_to(out, "value {} {{\n", NameText(cls.name));
    PrintFields(program, cls.fields, text);
    text += "}\n";
  }
  for (size_t i = 0; i < program.containers.size(); ++i) {
    PrintContainer(program, program.containers.Get(ContainerId(i)), text);
  }
  for (const MethodInfo& method : program.methods) {
    fmt::format_to(out, "method {} of {}: {}\n", NameText(method.name),
                   NameText(program.cls(method.introduced_by).name),
                   PrintType(program, method.type));
  }
  for (const GlobalInfo& global : program.globals) PrintGlobal(program, global, text);
  for (const ExternalInfo& external : program.externals) {
    fmt::format_to(out, "external {}: {}{}{}{}{}\n", NameText(external.symbol),
                   PrintType(program, external.type), external.is_pure ? " pure" : "",
                   external.may_raise ? " may_raise" : "", external.is_noreturn ? " noreturn" : "",
                   HostMemberText(external.host));
  }
  for (const DispatchTable& table : program.dispatch_tables) {
    fmt::format_to(out, "dispatch {}: {} from {} [", NameText(table.name),
                   PrintType(program, table.type), table.first_type_id);
    for (size_t i = 0; i < table.functions.size(); ++i) {
      if (i != 0) text += ", ";
      FunctionId function = table.functions[i];
      text += function.is_valid() ? "@" + NameText(program.function(function).name) : "-";
    }
    text += "]\n";
  }
  for (size_t i = 0; i < program.frozen.size(); ++i) PrintFrozen(program, i, text);
  auto known_class = [&](const char* what, ClassId id) {
    if (id.is_valid()) fmt::format_to(out, "known {} {}\n", what, NameText(program.cls(id).name));
  };
  known_class("object", program.known.object);
  known_class("exception", program.known.exception);
  known_class("weak_ref", program.known.weak_ref);
  if (program.boxing.scheme != BoxingScheme::kNone) {
    fmt::format_to(out, "boxing {}", kBoxingSchemeNames[static_cast<int>(program.boxing.scheme)]);
    auto immediate = [&](const char* what, ContainerId id) {
      if (!id.is_valid()) return;
      fmt::format_to(out, " {} {}", what, NameText(program.containers.Get(id).name));
    };
    immediate("float", program.boxing.float_container);
    immediate("int", program.boxing.int_container);
    text += '\n';
  }
  auto function_role = [&](const char* what, FunctionId id) {
    if (id.is_valid()) fmt::format_to(out, "{} @{}\n", what, NameText(program.function(id).name));
  };
  function_role("entry", program.entry);
  function_role("initializer", program.initializer);
  function_role("host_error", program.host_error);
  auto global_role = [&](const char* what, GlobalId id) {
    if (id.is_valid()) fmt::format_to(out, "{} ${}\n", what, NameText(program.global(id).name));
  };
  global_role("memory_error", program.memory_error);
  global_role("stack_overflow_error", program.stack_overflow_error);
  for (size_t i = 0; i < program.functions.size(); ++i) {
    text += '\n';
    PrintFunctionTo(program, FunctionId(i), options, text);
  }
  return text;
}

std::string PrintFunction(const Program& program, FunctionId id, const PrintOptions& options) {
  std::string text;
  PrintFunctionTo(program, id, options, text);
  return text;
}

std::string PrintOperation(const Program& program, const Graph& graph, const Operation& op) {
  std::string text;
  PrintOptions options;
  GraphPrinter(program, graph, options, false).PrintOp(text, op);
  return text;
}

std::string PrintValue(const Program& program, const Graph& graph, ValueId id) {
  PrintOptions options;
  return GraphPrinter(program, graph, options, false).Value(id);
}

void Dump(const Program& program, FunctionId id) {
  fmt::print(stderr, "{}", PrintFunction(program, id));
}

}  // namespace weft::flowgraph
