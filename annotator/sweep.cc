// Visits of one function.
//
// A sweep walks the dominator tree and gives every operation that is reached its fact. Facts of
// block arguments are the join over the links that are reached. What a branch, a switch or a check
// tells of its operands holds in the blocks that it dominates, that is until the walk leaves the
// subtree: `refinements_` is the stack of what holds at the moment. Sweeps go on until nothing
// changes, which without loops takes one and one to see it.

#include <algorithm>

#include "annotator/fresh_objects.h"
#include "annotator/solver.h"

namespace weft::annotator {
namespace {

// A block argument that has grown this often is widened from then on.
constexpr uint32_t kWidenAfter = 3;

}  // namespace

void Solver::Prepare(FunctionId id) {
  const Graph& graph = program_.function(id).graph;
  states_[id.index] = std::make_unique<State>(graph);
  State& state = *states_[id.index];
  FunctionAnnotations& facts = out_.functions[id.index];
  facts.values.resize(graph.value_count());
  facts.is_block_reached.resize(graph.blocks().size());
  state.definitions.resize(graph.value_count(), nullptr);
  for (size_t v = 0; v < graph.value_count(); ++v) {
    const flowgraph::ValueInfo& info = graph.value(ValueId(v));
    if (info.kind != ValueKind::kConstant) continue;
    facts.values[v] = ConstantFact(program_.types, sets_, info.type, info.constant);
    if (info.constant.kind == Constant::Kind::kFunction) {
      TakeFunction(FunctionId(info.constant.bits));
    }
  }
  for (const Block& block : graph.blocks()) {
    for (const Operation& op : block.ops) {
      if (op.result.is_valid()) state.definitions[op.result.index] = &op;
    }
  }
  FindZeroFields(graph, state);
  std::vector<uint32_t> number(graph.blocks().size());
  const std::vector<BlockId>& order = state.dominators.reverse_postorder();
  for (size_t i = 0; i < order.size(); ++i) number[order[i].index] = static_cast<uint32_t>(i);
  for (BlockId block : order) {
    flowgraph::ForEachLink(graph.block(block), [&](const Link& link) {
      if (number[link.target.index] <= number[block.index]) state.has_loop = true;
    });
  }
}

// A new object has zeros in all fields. Those that are written before anybody else can see the
// object are never read as zeros.
void Solver::FindZeroFields(const Graph& graph, State& state) {
  FreshObjects fresh(program_);
  std::vector<const Operation*> made;
  fresh.Walk(graph, state.predecessors, [&](const Operation& op) {
    if (op.opcode == Opcode::kNew) made.push_back(&op);
  });
  for (const Operation* op : made) {
    std::vector<CellId>& zeros = state.zero_fields[op->result];
    for (ClassId cls(op->imm); cls.is_valid(); cls = program_.cls(cls).parent) {
      for (uint32_t i = 0; i < class_field_cells_[cls.index].size(); ++i) {
        if (!fresh.IsWritten(op->result, cls, i)) {
          zeros.push_back(class_field_cells_[cls.index][i]);
        }
      }
    }
  }
}

void Solver::VisitWithin(FunctionId id) {
  FunctionId at = at_;
  const Graph* graph = graph_;
  State* state = state_;
  FunctionAnnotations* facts = facts_;
  bool changed = changed_;
  bool is_caught = is_caught_;
  std::vector<Refinement> refinements = std::move(refinements_);
  std::vector<int32_t> refined = std::move(refined_);
  ++depth_;
  is_queued_[id.index] = false;
  Visit(id);
  --depth_;
  at_ = at;
  graph_ = graph;
  state_ = state;
  facts_ = facts;
  changed_ = changed;
  is_caught_ = is_caught;
  writes_ = true;
  refinements_ = std::move(refinements);
  refined_ = std::move(refined);
}

void Solver::Visit(FunctionId id) {
  const FunctionInfo& function = program_.function(id);
  at_ = id;
  writes_ = true;
  if (function.graph.empty()) return;
  if (states_[id.index] == nullptr) Prepare(id);
  ++out_.counts.visits;
  graph_ = &function.graph;
  state_ = states_[id.index].get();
  facts_ = &out_.functions[id.index];
  refined_.assign(graph_->value_count(), -1);
  refinements_.clear();
  const Block& entry = graph_->block(Graph::Entry());
  facts_->is_block_reached[0] = true;
  for (size_t i = 0; i < entry.args.size(); ++i) {
    Fact fact = Read(parameter_cells_[id.index][i]);
    if (i == 0 && function.has_this && fact.kind == FactKind::kReference) fact.may_be_null = false;
    facts_->values[entry.args[i].index] = fact;
  }
  // A loop is brought to its own fixpoint first, so that nobody else sees how its variables grow.
  // When what it makes known gives it new facts, from what it called, so again.
  do {
    while (state_->has_loop && !is_recording_) {
      writes_ = false;
      changed_ = false;
      Sweep();
      if (!changed_) break;
    }
    writes_ = true;
    changed_ = false;
    state_->callees.clear();
    Sweep();
  } while (changed_ && !is_recording_);
  std::vector<Callee>& callees = state_->callees;
  std::sort(callees.begin(), callees.end());
  callees.erase(std::unique(callees.begin(), callees.end()), callees.end());
}

void Solver::Sweep() {
  struct Step {
    BlockId block;
    size_t next_child;
    size_t refinements;
  };
  std::vector<Step> stack;
  auto enter = [&](BlockId id) {
    // What is not reached dominates nothing that is.
    if (!facts_->is_block_reached[id.index]) return;
    stack.push_back({id, 0, refinements_.size()});
    RefineAtEntry(id);
    bool is_end_reached = VisitOperations(id);
    if (is_end_reached) VisitExit(id);
    const Block& block = graph_->block(id);
    if (!block.catches()) return;
    const Link& link = block.on_exception;
    Fact exception = Read(raised_);
    for (GlobalId global : {program_.memory_error, program_.stack_overflow_error}) {
      if (global.is_valid()) exception = Join(sets_, exception, Read(global_cells_[global.index]));
    }
    // Without any known, there is still the exception that the run time may have.
    if (exception.kind == FactKind::kReference) exception.may_be_null = false;
    TypeId type = graph_->type(graph_->block(link.target).args[0]);
    if (exception.is_nothing() || exception.set == FactSets::kEmpty) {
      exception = TopFact(program_.types, type);
      exception.may_be_null = false;
    }
    SetFact(graph_->block(link.target).args[0], exception, /*widens=*/false);
    VisitLink(link, 1);
  };
  enter(Graph::Entry());
  while (!stack.empty()) {
    Step& top = stack.back();
    std::span<const BlockId> children = state_->dominators.Children(top.block);
    if (top.next_child < children.size()) {
      enter(children[top.next_child++]);
      continue;
    }
    UndoRefinements(top.refinements);
    stack.pop_back();
  }
}

Fact Solver::FactOf(ValueId value) const {
  int32_t refined = refined_[value.index];
  return refined >= 0 ? refinements_[static_cast<size_t>(refined)].fact
                      : facts_->values[value.index];
}

void Solver::SetFact(ValueId value, const Fact& fact, bool widens) {
  Fact& known = facts_->values[value.index];
  Fact joined = Join(sets_, known, fact);
  if (joined == known) return;
  if (widens && joined.kind == FactKind::kInt && ++state_->changes[value] > kWidenAfter) {
    joined = Widen(sets_, program_.types.Kind(graph_->type(value)), known, joined);
  }
  known = joined;
  changed_ = true;
}

bool Solver::VisitOperations(BlockId id) {
  const Block& block = graph_->block(id);
  for (uint32_t i = 0; i < block.ops.size(); ++i) {
    const Operation& op = block.ops[i];
    is_caught_ = block.catches() && i + 1 == block.ops.size();
    bool returns = true;
    Fact fact;
    switch (op.opcode) {
      case Opcode::kCall:
      case Opcode::kCallVirtual:
      case Opcode::kCallPointer:
      case Opcode::kCallExternal:
        fact = EvaluateCall(op, returns);
        break;
      case Opcode::kFatal:
        returns = false;
        break;
      default:
        fact = Evaluate(op);
        break;
    }
    if (is_recording_) Record(id, i, op);
    if (!returns) return false;
    if (fact.is_nothing()) return false;
    if (op.result.is_valid()) SetFact(op.result, fact, /*widens=*/false);
    // Behind a check its condition holds; when it cannot, nothing is behind it.
    if (op.info().Has(flowgraph::kAbort) && !RefineByCheck(op)) return false;
  }
  return true;
}

void Solver::RefineAtEntry(BlockId id) {
  std::span<const BlockId> predecessors = state_->predecessors.Of(id);
  if (predecessors.size() != 1) return;
  const Block& from = graph_->block(predecessors[0]);
  if (from.exit.kind == ExitKind::kBranch) {
    if (from.exit.links[0].target == id) Refine(from.exit.value, true);
    if (from.exit.links[1].target == id) Refine(from.exit.value, false);
  } else if (from.exit.kind == ExitKind::kSwitch) {
    for (size_t i = 0; i < from.exit.cases.size(); ++i) {
      if (from.exit.links[i].target == id) {
        RefineRange(from.exit.value, from.exit.cases[i], from.exit.cases[i]);
      }
    }
  }
}

void Solver::VisitLink(const Link& link, size_t first) {
  const Block& target = graph_->block(link.target);
  for (size_t i = 0; i < link.args.size(); ++i) {
    Fact fact = FactOf(link.args[i]);
    if (!fact.is_nothing()) SetFact(target.args[i + first], fact, /*widens=*/true);
  }
  if (!facts_->is_block_reached[link.target.index]) {
    facts_->is_block_reached[link.target.index] = true;
    changed_ = true;
  }
}

void Solver::VisitExit(BlockId id) {
  const Block& block = graph_->block(id);
  const flowgraph::Exit& exit = block.exit;
  switch (exit.kind) {
    case ExitKind::kJump:
      VisitLink(exit.links[0], 0);
      break;
    case ExitKind::kBranch: {
      Fact condition = FactOf(exit.value);
      if (condition.is_nothing()) return;
      for (size_t i = 0; i < 2; ++i) {
        bool holds = i == 0;
        if (holds ? condition.hi == 0 : condition.lo == 1) continue;
        size_t size = refinements_.size();
        if (Refine(exit.value, holds)) VisitLink(exit.links[i], 0);
        UndoRefinements(size);
      }
      break;
    }
    case ExitKind::kSwitch: {
      Fact value = FactOf(exit.value);
      if (value.is_nothing()) return;
      uint64_t reached = 0;
      for (size_t i = 0; i < exit.cases.size(); ++i) {
        if (exit.cases[i] < value.lo || exit.cases[i] > value.hi) continue;
        ++reached;
        size_t size = refinements_.size();
        RefineRange(exit.value, exit.cases[i], exit.cases[i]);
        VisitLink(exit.links[i], 0);
        UndoRefinements(size);
      }
      // The default is left out when the cases are all there is.
      uint64_t span = static_cast<uint64_t>(value.hi) - static_cast<uint64_t>(value.lo);
      if (span >= reached) VisitLink(exit.links.back(), 0);
      break;
    }
    case ExitKind::kReturn: {
      Fact fact = exit.value.is_valid() ? FactOf(exit.value) : Fact{.kind = FactKind::kOther};
      Write(result_cells_[at_.index], fact, exit.value, exit.loc);
      break;
    }
    case ExitKind::kRaise: {
      Fact fact = FactOf(exit.value);
      fact.may_be_null = false;
      Write(raised_, fact, exit.value, exit.loc);
      break;
    }
    case ExitKind::kNone:
    case ExitKind::kUnreachable:
      break;
  }
}

}  // namespace weft::annotator
