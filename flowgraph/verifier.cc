#include "flowgraph/verifier.h"

#include <fmt/format.h>

#include <algorithm>

#include "flowgraph/analysis.h"
#include "flowgraph/text.h"
#include "flowgraph/verify_operation.h"

namespace weft::flowgraph {
namespace {

class GraphVerifier {
 public:
  GraphVerifier(const Program& program, const FunctionInfo& function,
                std::vector<std::string>& faults, size_t limit)
      : program_(program),
        function_(function),
        graph_(function.graph),
        faults_(faults),
        limit_(limit) {}

  void Run() {
    if (graph_.empty()) return;
    size_t before = faults_.size();
    VerifyParameters();
    for (size_t b = 0; b < graph_.blocks().size(); ++b) VerifyExit(BlockId(b));
    // The rest follows links, which have to be sound for that.
    if (faults_.size() != before) return;
    DefineValues();
    if (faults_.size() != before) return;
    VerifyUses();
  }

 private:
  // Where a value is defined: position 0 is before the first operation.
  struct Definition {
    BlockId block;
    uint32_t position = 0;
  };

  void Fault(BlockId block, const Operation* op, std::string_view what) {
    if (faults_.size() >= limit_) return;
    std::string text = fmt::format("@{}", function_.name);
    if (block.is_valid()) fmt::format_to(std::back_inserter(text), ", b{}", block.index);
    if (op != nullptr && OperandsExist(*op) && IsAllowedAt(op->opcode, program_.stage)) {
      fmt::format_to(std::back_inserter(text), ", `{}`", op->info().name);
      if (op->result.is_valid()) {
        fmt::format_to(std::back_inserter(text), " giving %{}", op->result.index);
      }
      for (ValueId arg : op->args) {
        fmt::format_to(std::back_inserter(text), " {}", PrintValue(program_, graph_, arg));
      }
      if (op->loc.is_valid()) {
        fmt::format_to(std::back_inserter(text), " at {}", program_.files.Format(op->loc));
      }
    } else if (op != nullptr) {
      fmt::format_to(std::back_inserter(text), ", `{}`", op->info().name);
    }
    faults_.push_back(fmt::format("{}: {}", text, what));
  }

  bool OperandsExist(const Operation& op) const {
    return std::all_of(op.args.begin(), op.args.end(), [&](ValueId v) { return Exists(v); });
  }

  bool Exists(ValueId id) const { return id.index < graph_.value_count(); }

  void VerifyParameters() {
    std::span<const TypeId> parameters = program_.types.List(function_.type);
    const Block& entry = graph_.block(Graph::Entry());
    bool is_equal = parameters.size() == entry.args.size();
    for (size_t i = 0; is_equal && i < parameters.size(); ++i) {
      is_equal = graph_.type(entry.args[i]) == parameters[i];
    }
    if (!is_equal) Fault(Graph::Entry(), nullptr, "its arguments are not the parameters");
  }

  void VerifyExit(BlockId id) {
    const Block& block = graph_.block(id);
    const Exit& exit = block.exit;
    auto require = [&](bool condition, std::string_view what) {
      if (!condition) Fault(id, nullptr, what);
    };
    auto value_is = [&](TypeId type, std::string_view what) {
      if (!exit.value.is_valid() || !Exists(exit.value)) return Fault(id, nullptr, what);
      if (graph_.type(exit.value) != type) Fault(id, nullptr, what);
    };
    size_t links = exit.links.size();
    switch (exit.kind) {
      case ExitKind::kNone:
        return Fault(id, nullptr, "has no exit");
      case ExitKind::kJump:
        require(links == 1, "a jump has one link");
        break;
      case ExitKind::kBranch:
        require(links == 2, "a branch has two links");
        value_is(TypeTable::Bool(), "a branch needs a bool");
        break;
      case ExitKind::kSwitch: {
        require(links == exit.cases.size() + 1, "a switch has a link for each case and a default");
        require(exit.value.is_valid() && Exists(exit.value) &&
                    IsInt(program_.types.Kind(graph_.type(exit.value))),
                "a switch needs an integer");
        std::vector<int64_t> cases = exit.cases;
        std::sort(cases.begin(), cases.end());
        require(std::adjacent_find(cases.begin(), cases.end()) == cases.end(),
                "a switch has a case twice");
        break;
      }
      case ExitKind::kReturn: {
        require(links == 0, "a return has no links");
        TypeId result = program_.types.Element(function_.type);
        if (result == TypeTable::Void()) {
          require(!exit.value.is_valid(), "returns a value from a void function");
        } else {
          value_is(result, "returns a value of another type than the function's result");
        }
        break;
      }
      case ExitKind::kRaise:
        require(links == 0, "a raise has no links");
        require(exit.value.is_valid() && Exists(exit.value) &&
                    IsReference(program_.types.Kind(graph_.type(exit.value))),
                "a raise needs an exception object");
        break;
      case ExitKind::kUnreachable:
        require(links == 0, "unreachable has no links");
        break;
    }
    for (const Link& link : exit.links) VerifyLink(id, link, 0);
    if (!block.catches()) return;
    bool may_raise = exit.kind == ExitKind::kRaise ||
                     (!block.ops.empty() && block.ops.back().info().Has(kRaise)) ||
                     (!block.ops.empty() && block.ops.back().opcode == Opcode::kCallExternal);
    require(may_raise, "has an exception exit but nothing that raises at its end");
    VerifyLink(id, block.on_exception, 1);
  }

  // `skipped` arguments of the target are not the link's: the exception.
  void VerifyLink(BlockId id, const Link& link, size_t skipped) {
    if (link.target.index >= graph_.blocks().size()) {
      return Fault(id, nullptr, "links to a block that does not exist");
    }
    if (link.target == Graph::Entry()) return Fault(id, nullptr, "links to the entry");
    const Block& target = graph_.block(link.target);
    if (target.args.size() != link.args.size() + skipped) {
      return Fault(id, nullptr,
                   fmt::format("its link to b{} carries {} values instead of {}", link.target.index,
                               link.args.size(),
                               target.args.size() < skipped ? 0 : target.args.size() - skipped));
    }
    if (skipped == 1 && !IsReference(program_.types.Kind(graph_.type(target.args[0])))) {
      Fault(id, nullptr, "the exception handler's first argument is not an exception");
    }
    for (size_t i = 0; i < link.args.size(); ++i) {
      if (!Exists(link.args[i])) {
        return Fault(id, nullptr, "its link carries a value that does not exist");
      }
      TypeId wanted = graph_.type(target.args[i + skipped]);
      if (graph_.type(link.args[i]) != wanted) {
        Fault(id, nullptr,
              fmt::format("its link to b{} carries {} of type {} where {} is wanted",
                          link.target.index, PrintValue(program_, graph_, link.args[i]),
                          PrintType(program_, graph_.type(link.args[i])),
                          PrintType(program_, wanted)));
      }
    }
  }

  void DefineValues() {
    definitions_.resize(graph_.value_count());
    auto define = [&](ValueId value, BlockId block, uint32_t position, const Operation* op) {
      if (!Exists(value)) return Fault(block, op, "defines a value that does not exist");
      if (graph_.IsConstant(value)) return Fault(block, op, "defines a constant");
      Definition& definition = definitions_[value.index];
      if (definition.block.is_valid()) return Fault(block, op, "defines a value a second time");
      definition = {block, position};
    };
    for (size_t b = 0; b < graph_.blocks().size(); ++b) {
      const Block& block = graph_.blocks()[b];
      for (ValueId arg : block.args) define(arg, BlockId(b), 0, nullptr);
      uint32_t position = 0;
      for (const Operation& op : block.ops) {
        ++position;
        if (op.result.is_valid()) define(op.result, BlockId(b), position, &op);
      }
    }
  }

  void VerifyUses() {
    Dominators dominators(graph_);
    for (size_t b = 0; b < graph_.blocks().size(); ++b) {
      BlockId id(b);
      // What cannot be reached has no dominators to be checked against.
      if (!dominators.IsReachable(id)) continue;
      const Block& block = graph_.blocks()[b];
      uint32_t position = 0;
      for (const Operation& op : block.ops) {
        for (ValueId arg : op.args) VerifyUse(dominators, arg, id, position, &op);
        ++position;
        if (!OperandsExist(op)) continue;
        std::string fault = CheckOperation(program_, graph_, op);
        if (!fault.empty()) Fault(id, &op, fault);
        VerifyStage(id, op);
      }
      if (block.exit.value.is_valid()) {
        VerifyUse(dominators, block.exit.value, id, position, nullptr);
      }
      for (const Link& link : block.exit.links) {
        for (ValueId arg : link.args) VerifyUse(dominators, arg, id, position, nullptr);
      }
      // The last operation has no result when it raises.
      bool is_raise = block.exit.kind == ExitKind::kRaise;
      uint32_t before_last = is_raise || position == 0 ? position : position - 1;
      for (ValueId arg : block.on_exception.args) {
        VerifyUse(dominators, arg, id, before_last, nullptr);
      }
    }
  }

  void VerifyUse(const Dominators& dominators, ValueId value, BlockId block, uint32_t position,
                 const Operation* op) {
    if (!Exists(value)) return Fault(block, op, "uses a value that does not exist");
    if (graph_.IsConstant(value)) return;
    const Definition& definition = definitions_[value.index];
    if (!definition.block.is_valid()) {
      return Fault(block, op, fmt::format("uses %{}, which nothing defines", value.index));
    }
    bool is_defined = definition.block == block ? definition.position <= position
                                                : dominators.Dominates(definition.block, block);
    if (!is_defined) {
      Fault(block, op,
            fmt::format("uses %{}, whose definition in b{} does not dominate the use", value.index,
                        definition.block.index));
    }
  }

  void VerifyStage(BlockId block, const Operation& op) {
    if (!op.result.is_valid()) return;
    TypeKind kind = program_.types.Kind(graph_.type(op.result));
    bool is_low = program_.stage == Stage::kRtyped || program_.stage == Stage::kWoven;
    bool is_source_kind = kind == TypeKind::kObject || kind == TypeKind::kStr ||
                          kind == TypeKind::kArray || kind == TypeKind::kValue ||
                          kind == TypeKind::kRef;
    bool is_low_kind = kind == TypeKind::kPtr || kind == TypeKind::kTuple;
    if (is_low ? is_source_kind : is_low_kind) {
      Fault(
          block, &op,
          fmt::format("gives a type that does not belong to stage {}", StageName(program_.stage)));
    }
  }

  const Program& program_;
  const FunctionInfo& function_;
  const Graph& graph_;
  std::vector<std::string>& faults_;
  size_t limit_;
  std::vector<Definition> definitions_;
};

void VerifyImplementations(const Program& program, std::vector<std::string>& faults) {
  // At the low level the object is a pointer to the class's container.
  bool is_low = program.stage >= Stage::kRtyped;
  for (const ClassInfo& cls : program.classes) {
    for (const auto& [method_id, function_id] : cls.implementations) {
      const MethodInfo& method = program.method(method_id);
      const FunctionInfo& function = program.function(function_id);
      std::span<const TypeId> wanted = program.types.List(method.type);
      std::span<const TypeId> given = program.types.List(function.type);
      bool is_equal = wanted.size() == given.size() &&
                      program.types.Element(method.type) == program.types.Element(function.type);
      for (size_t i = 1; is_equal && i < wanted.size(); ++i) is_equal = wanted[i] == given[i];
      if (is_low && is_equal) {
        is_equal = program.types.Kind(given[0]) == TypeKind::kPtr &&
                   program.types.Container(given[0]) == cls.container;
      }
      if (!is_equal) {
        faults.push_back(fmt::format(
            "@{} does not fit the method {} that it implements: {} is not {}", function.name,
            method.name, PrintType(program, function.type), PrintType(program, method.type)));
      }
    }
  }
}

void VerifyTypeSystem(const Program& program, std::vector<std::string>& faults) {
  bool is_ootype = program.type_system == TypeSystem::kOotype;
  if (is_ootype && program.stage == Stage::kWoven) faults.push_back("ootype is never woven");
  if (is_ootype && !program.dispatch_tables.empty()) faults.push_back("ootype has dispatch tables");
  for (size_t c = 0; c < program.containers.size(); ++c) {
    const lltype::Container& container = program.containers.Get(ContainerId(c));
    bool is_host = container.kind == lltype::ContainerKind::kHost;
    if (is_host && !is_ootype) {
      faults.push_back(fmt::format("lltype has the host's class {}", container.name));
    }
    if (is_host && !container.fields.empty()) {
      faults.push_back(
          fmt::format("the host's class {} has fields of the program", container.name));
    }
  }
}

}  // namespace

std::vector<std::string> VerifyFunction(const Program& program, FunctionId id, size_t limit) {
  std::vector<std::string> faults;
  GraphVerifier(program, program.function(id), faults, limit).Run();
  return faults;
}

std::vector<std::string> Verify(const Program& program, size_t limit) {
  std::vector<std::string> faults;
  absl::flat_hash_map<std::string_view, size_t> names;
  for (size_t f = 0; f < program.functions.size(); ++f) {
    const FunctionInfo& function = program.function(FunctionId(f));
    if (!names.try_emplace(function.name, f).second) {
      faults.push_back(fmt::format("two functions are called {}", function.name));
    }
  }
  bool is_source = program.stage == Stage::kSource || program.stage == Stage::kAnnotated;
  // Under lltype dispatch tables have taken the place of implementations.
  if (is_source || program.type_system == TypeSystem::kOotype) {
    VerifyImplementations(program, faults);
  }
  if (!is_source) VerifyTypeSystem(program, faults);
  for (FunctionId root : {program.entry, program.initializer, program.host_error}) {
    if (root.is_valid() && root.index >= program.functions.size()) {
      faults.push_back("the entry or initializer is a function that does not exist");
    }
  }
  for (size_t f = 0; f < program.functions.size() && faults.size() < limit; ++f) {
    GraphVerifier(program, program.function(FunctionId(f)), faults, limit).Run();
  }
  return faults;
}

}  // namespace weft::flowgraph
