#include "backend_c/shard_uses.h"

#include <fmt/format.h>

#include <bit>
#include <cstring>
#include <string_view>

#include "absl/container/flat_hash_set.h"
#include "backend_c/literals.h"
#include "common/check.h"

namespace weft::backend_c {

using flowgraph::ExternalInfo;
using flowgraph::FrozenObject;
using flowgraph::FunctionInfo;
using flowgraph::Program;

namespace {

// Whether <math.h>, which the run time's header includes, declares it already.
bool IsDeclared(std::string_view symbol) {
  static const auto* names = new absl::flat_hash_set<std::string_view>{
      "acos",     "asin",      "atan",  "atan2", "cbrt",  "ceil", "cos",   "cosh",
      "exp",      "exp2",      "expm1", "fabs",  "floor", "fma",  "fmod",  "hypot",
      "ldexp",    "log",       "log10", "log1p", "log2",  "modf", "pow",   "rint",
      "round",    "sin",       "sinh",  "sqrt",  "tan",   "tanh", "trunc", "nearbyint",
      "copysign", "remainder", "fmax",  "fmin",  "frexp", "abs"};
  return names->contains(symbol);
}

// Not even with an exception pending.
bool NeverReturns(const FunctionInfo& function) {
  if (!function.is_noreturn) return false;
  for (const flowgraph::Block& block : function.graph.blocks()) {
    if (block.exit.kind == flowgraph::ExitKind::kReturn) return false;
  }
  return true;
}

std::string ExternalPrototype(const CTypes& types, const ExternalInfo& external) {
  const TypeTable& table = types.program().types;
  auto spell = [&](TypeId type) {
    return table.Kind(type) == TypeKind::kPtr ? "void*" : types.Spell(type);
  };
  std::string parameters;
  for (TypeId parameter : table.List(external.type)) {
    if (!parameters.empty()) parameters += ", ";
    parameters += spell(parameter);
  }
  if (parameters.empty()) parameters = "void";
  return fmt::format("{}{} {}({});", external.is_noreturn ? "WEFT_NORETURN " : "",
                     spell(table.Element(external.type)), external.symbol, parameters);
}

}  // namespace

std::string ShardUses::Spell(TypeId type) {
  const TypeTable& table = types_.program().types;
  if (table.Kind(type) == TypeKind::kPtr) {
    forwards_.insert(types_.names().Container(table.Container(type)));
  } else if (table.Kind(type) == TypeKind::kTuple) {
    structs_.insert(types_.TupleTag(type));
  }
  return types_.Spell(type);
}

std::string ShardUses::FunctionPointer(TypeId function_type) {
  const TypeTable& table = types_.program().types;
  Spell(table.Element(function_type));
  for (TypeId parameter : table.List(function_type)) Spell(parameter);
  return types_.FunctionPointer(function_type);
}

const std::string& ShardUses::Struct(ContainerId id) {
  const std::string& tag = types_.names().Container(id);
  structs_.insert(tag);
  return tag;
}

const std::string& ShardUses::TypeIdOf(ContainerId id) {
  type_ids_ = true;
  return types_.names().TypeId(id);
}

const std::string& ShardUses::Function(FunctionId id) {
  const std::string& name = types_.names().Function(id);
  if (functions_.emplace(name, id).second) {
    const FunctionInfo& function = types_.program().function(id);
    declarations_["3 " + name] = Prototype(types_, function, name, nullptr, this) + ";";
  }
  return name;
}

const std::string& ShardUses::Global(GlobalId id) {
  const std::string& name = types_.names().Global(id);
  declarations_["1 " + name] =
      fmt::format("extern {} {};", Spell(types_.program().global(id).type), name);
  return name;
}

std::string ShardUses::Table(GlobalId id, uint32_t field) {
  std::string name = TableArray(types_, id, field);
  const auto& global = types_.program().global(id);
  declarations_["1 " + name] =
      fmt::format("extern {} const {}[{}];", Spell(global.item_types[field]), name,
                  global.items.size() / global.item_types.size());
  return name;
}

const std::string& ShardUses::Dispatch(DispatchTableId id) {
  const std::string& name = types_.names().Dispatch(id);
  type_ids_ = true;
  declarations_["1 " + name] = fmt::format("extern weft_code const {}[];", name);
  return name;
}

std::string ShardUses::FrozenAddress(FrozenId id) {
  const std::string& name = types_.names().Frozen(id);
  const FrozenObject& object = types_.program().frozen[id.index];
  const std::string& tag = types_.names().Container(object.container);
  const char* qualifier = IsReadOnly(types_.program(), object) ? "const " : "";
  // An object with items has a struct of its own, which only data shards define.
  bool has_items = types_.program().containers.Get(object.container).has_items();
  forwards_.insert(tag);
  if (has_items) forwards_.insert(name);
  declarations_["2 " + name] =
      fmt::format("extern {}struct {} {};", qualifier, has_items ? name : tag, name);
  return fmt::format("(struct {}*)&{}", tag, name);
}

const std::string& ShardUses::External(ExternalId id) {
  const ExternalInfo& external = types_.program().external(id);
  if (!IsDeclared(external.symbol)) {
    declarations_["4 " + external.symbol] = ExternalPrototype(types_, external);
  }
  return external.symbol;
}

std::string ShardUses::Place(const FunctionInfo& function, SourceLoc loc) {
  if (!loc.is_valid()) loc = function.loc;
  std::string file = types_.SourcePath(loc.file);
  std::string place =
      fmt::format("{{{}, {}, {}}}", StringLiteral(types_.place_names().FunctionAt(function, loc)),
                  StringLiteral(file), loc.line);
  auto [at, inserted] = places_.emplace(place, place_list_.size());
  if (inserted) place_list_.push_back(place);
  return fmt::format("&places_{}[{}]", shard_, at->second);
}

std::string ShardUses::Constant(TypeId type, const flowgraph::Constant& constant) {
  const TypeTable& table = types_.program().types;
  TypeKind kind = table.Kind(type);
  switch (constant.kind) {
    case flowgraph::Constant::Kind::kScalar:
      if (IsFloat(kind)) return FloatLiteral(kind, std::bit_cast<double>(constant.bits));
      return IntLiteral(kind, static_cast<int64_t>(constant.bits));
    case flowgraph::Constant::Kind::kZero:
      if (IsFloat(kind)) return FloatLiteral(kind, 0.0);
      if (IsInt(kind)) return IntLiteral(kind, 0);
      return "NULL";
    case flowgraph::Constant::Kind::kFunction:
      return fmt::format("(weft_code){}", Function(FunctionId(constant.bits)));
    case flowgraph::Constant::Kind::kImmediate:
      return fmt::format("({})UINT64_C({:#x})", Spell(type), constant.bits);
    case flowgraph::Constant::Kind::kFrozen: {
      FrozenId id(constant.bits);
      std::string address = FrozenAddress(id);
      ContainerId container = table.Container(type);
      if (container == types_.program().frozen[id.index].container) return address;
      return fmt::format("({})&{}", Spell(type), types_.names().Frozen(id));
    }
    case flowgraph::Constant::Kind::kLiteral:
      break;
  }
  WEFT_FATAL("a source-stage literal reached the C backend");
}

std::string ShardUses::Declarations() const {
  std::string text = "#include \"settings.h\"\n\n#include \"backend_c/runtime/ops.h\"\n";
  if (type_ids_) text += "#include \"type_ids.h\"\n";
  for (const std::string& tag : structs_) text += fmt::format("#include \"types/{}.h\"\n", tag);
  text += "\nWEFT_BEGIN_C\n";
  bool any = false;
  for (const std::string& tag : forwards_) {
    if (structs_.contains(tag)) continue;
    text += fmt::format("{}struct {};\n", any ? "" : "\n", tag);
    any = true;
  }
  char group = 0;
  for (const auto& [key, declaration] : declarations_) {
    if (key[0] != group) text += "\n";
    group = key[0];
    text += declaration + "\n";
  }
  if (!place_list_.empty()) {
    text += fmt::format("\nstatic const weft_place places_{}[] = {{\n", shard_);
    for (const std::string& place : place_list_) text += fmt::format("    {},\n", place);
    text += "};\n";
  }
  return text;
}

std::string Prototype(const CTypes& types, const FunctionInfo& function, const std::string& name,
                      const std::vector<std::string>* names, ShardUses* uses) {
  const TypeTable& table = types.program().types;
  std::string parameters;
  size_t number = 0;
  for (TypeId parameter : table.List(function.type)) {
    if (!parameters.empty()) parameters += ", ";
    parameters += uses->Spell(parameter);
    if (names != nullptr) parameters += " " + (*names)[number++];
  }
  if (parameters.empty()) parameters = "void";
  std::string attributes;
  if (names == nullptr) {
    if (function.hints.cold) attributes += "WEFT_COLD ";
    if (function.hints.never_inline || function.hints.cold) attributes += "WEFT_NOINLINE ";
    if (NeverReturns(function)) attributes += "WEFT_NORETURN ";
  }
  return fmt::format("WEFT_FUNCTION {}{} {}({})", attributes,
                     uses->Spell(table.Element(function.type)), name, parameters);
}

bool IsReadOnly(const Program& program, const FrozenObject& object) {
  const lltype::Container& container = program.containers.Get(object.container);
  if (IsByteString(container)) {
    // The hash is written when it is first asked for, unless translation did so already.
    uint64_t hash = 0;
    std::memcpy(&hash, object.bytes.data() + container.fields[0].offset, sizeof hash);
    return hash != 0;
  }
  for (const lltype::Field& field : container.fields) {
    if (!field.immutable) return false;
  }
  if (object.length == 0) return true;
  for (const lltype::Field& field : container.item_fields) {
    if (!field.immutable) return false;
  }
  return true;
}

std::string TableArray(const CTypes& types, GlobalId id, uint32_t field) {
  const std::string& name = types.names().Global(id);
  if (types.program().global(id).item_types.size() == 1) return name;
  return fmt::format("{}_{}", name, field);
}

}  // namespace weft::backend_c
