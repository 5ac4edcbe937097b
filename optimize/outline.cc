#include "optimize/outline.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "common/check.h"

namespace weft::optimize {

using flowgraph::Dominators;

// Everything about a region that is decided before it is cut.
struct Outliner::Plan {
  // A way out of the region, of which several links may make use.
  struct Exit {
    // Where it leads; invalid when it returns.
    BlockId target;
    // For each argument of the target (or scalar that is returned): the value when it is one of
    // the outside, the same on all links, so that it need not come back.
    std::vector<ValueId> direct;
    std::vector<TypeId> types;
    // The argument's place among the results; kNone when it is direct.
    std::vector<uint32_t> results;
    bool is_seen = false;
  };
  static constexpr uint32_t kNone = 0xffffffffu;

  std::span<const BlockId> region;
  // Whether links in the region lead back to its first block.
  bool is_loop = false;
  std::vector<ValueId> parameters;
  std::vector<Exit> exits;
  absl::flat_hash_map<BlockId, uint32_t> exit_numbers;
  uint32_t return_number = kNone;
  // Values defined in the region and used behind it, and their places among the results.
  std::vector<ValueId> live_outs;
  std::vector<TypeId> results;
  // The place of the first live-out among the results.
  uint32_t first_live_out = 0;

  bool has_selector() const { return exits.size() > 1; }
  bool only_returns() const { return exits.size() == 1 && return_number == 0; }
};

Outliner::Outliner(Program& program) : program_(program) {
  for (const auto& function : program.functions) {
    if (function->part_of.is_valid()) ++part_counts_[program.WholeOf(function->part_of)];
  }
}

void Outliner::Open(FunctionId function) {
  id_ = function;
  graph_ = &program_.function(function).graph;
  is_changed_ = false;
  dominators_ = std::make_unique<Dominators>(*graph_);
  stands_for_.clear();
  uses_ = flowgraph::UseCounts(*graph_);
  definition_.assign(graph_->value_count(), BlockId());
  stamp_.assign(graph_->blocks().size(), 0);
  stamp_now_ = 0;
  for (size_t b = 0; b < graph_->blocks().size(); ++b) {
    const Block& block = graph_->block(BlockId(b));
    for (ValueId arg : block.args) definition_[arg.index] = BlockId(b);
    for (const Operation& op : block.ops) {
      if (op.result.is_valid()) definition_[op.result.index] = BlockId(b);
    }
  }
}

bool Outliner::Close() {
  if (is_changed_) {
    RemoveUnreachableBlocks(*graph_);
    graph_->RenumberArguments();
  }
  graph_ = nullptr;
  dominators_.reset();
  return is_changed_;
}

BlockId Outliner::AddBlock(BlockId dominator) {
  BlockId id = graph_->AddBlock();
  stamp_.push_back(0);
  size_t known = stamp_.size() - stands_for_.size() - 1;
  stands_for_.push_back(dominator.index < known ? dominator : stands_for_[dominator.index - known]);
  return id;
}

bool Outliner::Dominates(BlockId a, BlockId b) const {
  if (a == b) return true;
  size_t known = stamp_.size() - stands_for_.size();
  // Nothing that an added block defines is used behind a region that it is part of.
  if (a.index >= known) return false;
  if (b.index >= known) b = stands_for_[b.index - known];
  return dominators_->Dominates(a, b);
}

// The arguments of the first block stay where they are, unless a loop in the region changes them.
bool Outliner::IsOutside(const Plan& plan, ValueId value) const {
  BlockId block = definition_[value.index];
  if (!IsInside(block)) return true;
  return block == plan.region[0] && !plan.is_loop &&
         graph_->value(value).kind == ValueKind::kBlockArgument;
}

bool Outliner::IsTuple(ValueId value) const {
  return program_.types.Kind(graph_->type(value)) == TypeKind::kTuple;
}

void Outliner::AddExit(Plan* plan, BlockId target, const Link* link, bool is_exception) {
  auto [it, is_new] =
      plan->exit_numbers.try_emplace(target, static_cast<uint32_t>(plan->exits.size()));
  if (is_new) {
    Plan::Exit& exit = plan->exits.emplace_back();
    exit.target = target;
    for (ValueId arg : graph_->block(target).args) exit.types.push_back(graph_->type(arg));
    exit.direct.resize(exit.types.size());
  }
  Plan::Exit& exit = plan->exits[it->second];
  for (size_t i = 0; i < exit.types.size(); ++i) {
    size_t first = is_exception ? 1 : 0;
    ValueId value = i < first ? ValueId() : link->args[i - first];
    bool is_outside = value.is_valid() && (graph_->IsConstant(value) || IsOutside(*plan, value));
    if (!is_outside || (exit.is_seen && exit.direct[i] != value)) value = ValueId();
    exit.direct[i] = value;
  }
  exit.is_seen = true;
}

// Gives each exit its places among the results: those of one type are shared between exits.
bool Outliner::PlanResults(Plan* plan) {
  if (plan->has_selector()) {
    plan->results.push_back(plan->exits.size() == 2 ? TypeTable::Bool() : TypeTable::I32());
  }
  absl::flat_hash_map<TypeId, std::vector<uint32_t>> by_type;
  for (Plan::Exit& exit : plan->exits) {
    absl::flat_hash_map<TypeId, size_t> taken;
    for (size_t i = 0; i < exit.types.size(); ++i) {
      if (program_.types.Kind(exit.types[i]) == TypeKind::kTuple) return false;
      if (exit.direct[i].is_valid()) {
        exit.results.push_back(Plan::kNone);
        continue;
      }
      std::vector<uint32_t>& places = by_type[exit.types[i]];
      size_t& next = taken[exit.types[i]];
      if (next == places.size()) {
        places.push_back(static_cast<uint32_t>(plan->results.size()));
        plan->results.push_back(exit.types[i]);
      }
      exit.results.push_back(places[next++]);
    }
  }
  plan->first_live_out = static_cast<uint32_t>(plan->results.size());
  for (ValueId value : plan->live_outs) {
    if (IsTuple(value)) return false;
    plan->results.push_back(graph_->type(value));
  }
  return true;
}

bool Outliner::MakePlan(std::span<const BlockId> region, Plan* plan) {
  plan->region = region;
  ++stamp_now_;
  for (BlockId id : region) stamp_[id.index] = stamp_now_;
  const BlockId header = region[0];
  WEFT_CHECK(header != Graph::Entry(), "the entry cannot be cut out");

  absl::flat_hash_map<ValueId, uint32_t> uses;
  absl::flat_hash_set<ValueId> parameters;
  std::vector<ValueId> defined;
  for (BlockId id : region) {
    const Block& block = graph_->block(id);
    flowgraph::ForEachUse(block, [&](ValueId value) {
      if (graph_->IsConstant(value)) return;
      ++uses[value];
    });
    flowgraph::ForEachLink(block,
                           [&](const Link& link) { plan->is_loop |= link.target == header; });
    for (ValueId arg : block.args) defined.push_back(arg);
    for (const Operation& op : block.ops) {
      if (op.result.is_valid()) defined.push_back(op.result);
    }
  }
  for (BlockId id : region) {
    const Block& block = graph_->block(id);
    if (block.exit.kind == ExitKind::kReturn && plan->return_number == Plan::kNone) {
      plan->return_number = static_cast<uint32_t>(plan->exits.size());
      Plan::Exit& exit = plan->exits.emplace_back();
      TypeId result = program_.types.Element(program_.function(id_).type);
      TypeKind kind = program_.types.Kind(result);
      if (kind == TypeKind::kTuple) {
        std::span<const TypeId> elements = program_.types.List(result);
        exit.types.assign(elements.begin(), elements.end());
      } else if (kind != TypeKind::kVoid) {
        exit.types.push_back(result);
      }
      exit.direct.resize(exit.types.size());
    }
    for (const Link& link : block.exit.links) {
      if (!IsInside(link.target)) AddExit(plan, link.target, &link, false);
    }
    if (block.catches() && !IsInside(block.on_exception.target)) {
      AddExit(plan, block.on_exception.target, &block.on_exception, true);
    }
  }
  // Values in the order of their first uses; what an exit passes on directly is no use. The
  // arguments of a loop come first, all of them.
  auto add_parameter = [&](ValueId value) {
    if (graph_->IsConstant(value) || !IsOutside(*plan, value)) return true;
    if (!parameters.insert(value).second) return true;
    plan->parameters.push_back(value);
    return !IsTuple(value);
  };
  bool is_possible = true;
  if (plan->is_loop) {
    for (ValueId arg : graph_->block(header).args) {
      plan->parameters.push_back(arg);
      is_possible &= !IsTuple(arg);
    }
  }
  for (BlockId id : region) {
    const Block& block = graph_->block(id);
    for (const Operation& op : block.ops) {
      for (ValueId arg : op.args) is_possible &= add_parameter(arg);
    }
    if (block.exit.value.is_valid()) is_possible &= add_parameter(block.exit.value);
    auto add_link = [&](const Link& link, size_t first) {
      bool leaves = !IsInside(link.target);
      const Plan::Exit* exit = leaves ? &plan->exits[plan->exit_numbers.at(link.target)] : nullptr;
      for (size_t i = 0; i < link.args.size(); ++i) {
        if (leaves && exit->direct[i + first].is_valid()) continue;
        is_possible &= add_parameter(link.args[i]);
      }
    };
    for (const Link& link : block.exit.links) add_link(link, 0);
    if (block.catches()) add_link(block.on_exception, 1);
  }
  for (ValueId value : defined) {
    if (IsOutside(*plan, value)) continue;
    auto inside = uses.find(value);
    uint32_t inside_count = inside == uses.end() ? 0 : inside->second;
    if (uses_[value.index] > inside_count) plan->live_outs.push_back(value);
  }
  return PlanResults(plan) && is_possible;
}

std::optional<RegionShape> Outliner::Measure(std::span<const BlockId> region) {
  Plan plan;
  if (!MakePlan(region, &plan)) return std::nullopt;
  return RegionShape{.parameters = plan.parameters.size(),
                     .results = plan.results.size(),
                     .exits = plan.exits.size()};
}

namespace {

// Copies a region's blocks into the graph of its new function.
class RegionMover {
 public:
  RegionMover(Graph& from, Graph& to) : from_(from), to_(to) {}

  void Set(ValueId value, ValueId with) { values_[value] = with; }
  void Set(BlockId block, BlockId with) { blocks_[block] = with; }
  BlockId Map(BlockId block) const { return blocks_.at(block); }
  ValueId Map(ValueId value) {
    auto it = values_.find(value);
    if (it != values_.end()) return it->second;
    WEFT_CHECK(from_.IsConstant(value), "a value of a region comes from nowhere");
    ValueId mapped = to_.AddConstant(from_.type(value), from_.value(value).constant);
    values_[value] = mapped;
    return mapped;
  }

 private:
  const Graph& from_;
  Graph& to_;
  absl::flat_hash_map<ValueId, ValueId> values_;
  absl::flat_hash_map<BlockId, BlockId> blocks_;
};

}  // namespace

FunctionId Outliner::MakeFunction(const Plan& plan) {
  const FunctionId whole = program_.WholeOf(id_);
  auto owned = std::make_unique<FunctionInfo>();
  FunctionInfo& part = *owned;
  {
    const FunctionInfo& origin = program_.function(whole);
    part.name = fmt::format("{}::part:{}", origin.name, ++part_counts_[whole]);
    part.loc = origin.loc;
  }
  part.part_of = id_;
  part.hints.never_inline = true;
  part.hints.cold = graph_->block(plan.region[0]).is_cold;
  part.may_raise = part.may_collect = false;
  part.is_noreturn = plan.exits.empty();
  std::vector<TypeId> parameters;
  for (ValueId value : plan.parameters) parameters.push_back(graph_->type(value));
  const TypeId own_result = program_.types.Element(program_.function(id_).type);
  TypeId result = plan.results.empty()       ? TypeTable::Void()
                  : plan.results.size() == 1 ? plan.results[0]
                                             : program_.types.Tuple(plan.results);
  if (plan.only_returns()) result = own_result;
  part.type = program_.types.Function(result, parameters);

  Graph& to = part.graph;
  RegionMover mover(*graph_, to);
  const BlockId header = plan.region[0];
  BlockId entry = to.AddBlock();
  if (plan.is_loop) {
    mover.Set(header, to.AddBlock());
  } else {
    mover.Set(header, entry);
  }
  size_t own_arguments = 0;
  Link into_loop{.target = mover.Map(header), .args = {}};
  for (ValueId value : plan.parameters) {
    ValueId parameter = to.AddArgument(entry, graph_->type(value));
    if (plan.is_loop && own_arguments < graph_->block(header).args.size()) {
      // MakePlan puts all arguments of a loop's first block before the other parameters.
      WEFT_CHECK(value == graph_->block(header).args[own_arguments]);
      mover.Set(value, to.AddArgument(mover.Map(header), graph_->type(value)));
      into_loop.args.push_back(parameter);
      ++own_arguments;
    } else {
      mover.Set(value, parameter);
    }
  }
  if (plan.is_loop) {
    Exit& exit = to.block(entry).exit;
    exit.kind = ExitKind::kJump;
    exit.loc = graph_->block(header).exit.loc;
    exit.links.push_back(std::move(into_loop));
  }
  for (BlockId id : plan.region) {
    const Block& block = graph_->block(id);
    if (id != header) {
      mover.Set(id, to.AddBlock());
      for (ValueId arg : block.args) {
        mover.Set(arg, to.AddArgument(mover.Map(id), graph_->type(arg)));
      }
    }
    // Results first, because a block may come before one that dominates it.
    for (const Operation& op : block.ops) {
      if (op.result.is_valid()) mover.Set(op.result, to.AddResult(graph_->type(op.result)));
    }
  }

  // One block for each way out puts its results together.
  std::vector<BlockId> ways_out(plan.exits.size());
  if (!plan.only_returns()) {
    for (size_t e = 0; e < plan.exits.size(); ++e) {
      const Plan::Exit& exit = plan.exits[e];
      BlockId out = ways_out[e] = to.AddBlock();
      if (exit.target.is_valid()) to.block(out).is_cold = graph_->block(exit.target).is_cold;
      std::vector<ValueId> results(plan.results.size());
      if (plan.has_selector()) {
        results[0] = plan.exits.size() == 2 ? to.Bool(e == 0)
                                            : to.Int(TypeTable::I32(), static_cast<int64_t>(e));
      }
      for (size_t i = 0; i < exit.types.size(); ++i) {
        if (exit.results[i] == Plan::kNone) continue;
        results[exit.results[i]] = to.AddArgument(out, exit.types[i]);
      }
      for (size_t i = 0; i < plan.live_outs.size(); ++i) {
        TypeId type = plan.results[plan.first_live_out + i];
        results[plan.first_live_out + i] = to.AddArgument(out, type);
      }
      for (size_t i = 0; i < results.size(); ++i) {
        if (!results[i].is_valid()) results[i] = ZeroOf(program_, to, plan.results[i]);
      }
      ValueId value;
      if (results.size() == 1) value = results[0];
      if (results.size() > 1) {
        value =
            to.Append(out, Opcode::kTupleMake, result, ValueList(results.begin(), results.end()));
      }
      Exit& made = to.block(out).exit;
      made.kind = ExitKind::kReturn;
      made.value = value;
    }
  }

  auto pass_live_outs = [&](BlockId from, bool is_exception, Link* link) {
    const Block& block = graph_->block(from);
    ValueId missing = is_exception && !block.ops.empty() ? block.ops.back().result : ValueId();
    for (ValueId value : plan.live_outs) {
      bool is_there = value != missing && Dominates(definition_[value.index], from);
      link->args.push_back(is_there ? mover.Map(value) : ZeroOf(program_, to, graph_->type(value)));
    }
  };
  for (BlockId id : plan.region) {
    Block& source = graph_->block(id);
    const BlockId at = mover.Map(id);
    Block moved;
    moved.args = std::move(to.block(at).args);
    moved.is_cold = source.is_cold;
    for (size_t i = 0; i < source.ops.size(); ++i) {
      Operation op = source.ops[i];
      for (ValueId& arg : op.args) arg = mover.Map(arg);
      if (op.result.is_valid()) op.result = mover.Map(op.result);
      bool is_caught = source.catches() && i + 1 == source.ops.size();
      part.may_raise |= !is_caught && MayRaise(program_, op);
      part.may_collect |= MayCollect(program_, op);
      moved.ops.push_back(std::move(op));
    }
    auto map_link = [&](const Link& link, bool is_exception) {
      Link mapped;
      if (IsInside(link.target)) {
        mapped.target = mover.Map(link.target);
        for (ValueId arg : link.args) mapped.args.push_back(mover.Map(arg));
        return mapped;
      }
      uint32_t number = plan.exit_numbers.at(link.target);
      size_t first = is_exception ? 1 : 0;
      mapped.target = ways_out[number];
      for (size_t i = 0; i < link.args.size(); ++i) {
        if (plan.exits[number].results[i + first] != Plan::kNone) {
          mapped.args.push_back(mover.Map(link.args[i]));
        }
      }
      pass_live_outs(id, is_exception, &mapped);
      return mapped;
    };
    moved.exit.kind = source.exit.kind;
    moved.exit.loc = source.exit.loc;
    moved.exit.cases = source.exit.cases;
    if (source.exit.value.is_valid()) moved.exit.value = mover.Map(source.exit.value);
    for (const Link& link : source.exit.links) moved.exit.links.push_back(map_link(link, false));
    if (source.catches()) moved.on_exception = map_link(source.on_exception, true);
    if (source.exit.kind == ExitKind::kRaise && !source.catches()) part.may_raise = true;
    if (source.exit.kind == ExitKind::kReturn && !plan.only_returns()) {
      Link link{.target = ways_out[plan.return_number], .args = {}};
      const Plan::Exit& exit = plan.exits[plan.return_number];
      if (exit.types.size() == 1) link.args.push_back(moved.exit.value);
      to.block(at) = std::move(moved);
      if (exit.types.size() > 1) {
        for (size_t i = 0; i < exit.types.size(); ++i) {
          link.args.push_back(to.Append(at, Opcode::kTupleGet, exit.types[i],
                                        {to.block(at).exit.value}, static_cast<uint32_t>(i),
                                        TypedId<void>::kNone, source.exit.loc));
        }
      }
      pass_live_outs(id, false, &link);
      SourceLoc loc = source.exit.loc;
      to.block(at).exit = {
          .kind = ExitKind::kJump, .value = {}, .links = {}, .cases = {}, .loc = loc};
      to.block(at).exit.links.push_back(std::move(link));
      continue;
    }
    to.block(at) = std::move(moved);
  }
  to.RenumberArguments();
  return program_.AddFunction(std::move(owned));
}

// Brings the tables up to the values that were added.
void Outliner::Grow() {
  uses_.resize(graph_->value_count());
  definition_.resize(graph_->value_count());
}

std::vector<BlockId> Outliner::Replace(const Plan& plan, FunctionId part) {
  const BlockId header = plan.region[0];
  SourceLoc loc = graph_->block(header).ops.empty() ? graph_->block(header).exit.loc
                                                    : graph_->block(header).ops[0].loc;
  std::vector<BlockId> landings;
  for (BlockId id : plan.region) {
    Block& block = graph_->block(id);
    flowgraph::ForEachUse(block, [&](ValueId value) { --uses_[value.index]; });
    Block empty;
    empty.exit.kind = ExitKind::kUnreachable;
    if (id == header) {
      empty.args = std::move(block.args);
      empty.is_cold = block.is_cold;
    }
    block = std::move(empty);
  }
  ValueList arguments(plan.parameters.begin(), plan.parameters.end());
  if (plan.is_loop) {
    // The values of the last turn are results now, so what the block takes needs new names.
    std::vector<ValueId>& args = graph_->block(header).args;
    for (size_t i = 0; i < args.size(); ++i) {
      TypeId type = graph_->type(args[i]);
      ValueId fresh = graph_->AddResult(type);
      graph_->value(fresh) = {.type = type,
                              .kind = ValueKind::kBlockArgument,
                              .block = header,
                              .position = static_cast<uint32_t>(i),
                              .constant = {}};
      graph_->block(header).args[i] = fresh;
      arguments[i] = fresh;
    }
    Grow();
    for (ValueId arg : graph_->block(header).args) definition_[arg.index] = header;
  }
  auto append = [&](BlockId block, Opcode opcode, TypeId type, ValueList args, uint32_t imm) {
    ValueId result = graph_->Append(block, opcode, type, args, imm, TypedId<void>::kNone, loc);
    Grow();
    for (ValueId arg : args) ++uses_[arg.index];
    if (result.is_valid()) definition_[result.index] = block;
    return result;
  };
  const FunctionInfo& made = program_.function(part);
  ValueId call =
      append(header, Opcode::kCall, program_.types.Element(made.type), arguments, part.index);
  auto set_exit = [&](BlockId block, Exit exit) {
    exit.loc = loc;
    graph_->block(block).exit = std::move(exit);
    flowgraph::ForEachLink(graph_->block(block), [&](const Link& link) {
      for (ValueId arg : link.args) ++uses_[arg.index];
    });
    if (graph_->block(block).exit.value.is_valid()) {
      ++uses_[graph_->block(block).exit.value.index];
    }
  };
  auto simple = [](ExitKind kind, ValueId value) {
    return Exit{.kind = kind, .value = value, .links = {}, .cases = {}, .loc = {}};
  };
  if (plan.exits.empty()) {
    set_exit(header, simple(ExitKind::kUnreachable, {}));
    return landings;
  }
  if (plan.only_returns()) {
    set_exit(header, simple(ExitKind::kReturn, call));
    return landings;
  }
  // One of the results, taken out of the tuple in the given block.
  auto get = [&](BlockId block, uint32_t place) {
    if (plan.results.size() == 1) return call;
    return append(block, Opcode::kTupleGet, plan.results[place], {call}, place);
  };
  ValueId selector;
  if (plan.has_selector()) selector = get(header, 0);
  for (size_t i = 0; i < plan.live_outs.size(); ++i) {
    ValueId value = plan.live_outs[i];
    uint32_t place = plan.first_live_out + static_cast<uint32_t>(i);
    // The uses behind the region keep the name of the value.
    Operation op;
    op.opcode = plan.results.size() == 1 ? Opcode::kCall : Opcode::kTupleGet;
    op.loc = loc;
    if (plan.results.size() == 1) {
      op = graph_->block(header).ops.back();
      graph_->block(header).ops.pop_back();
    } else {
      op.imm = place;
      op.args.push_back(call);
      ++uses_[call.index];
    }
    op.result = value;
    graph_->value(value).kind = ValueKind::kResult;
    definition_[value.index] = header;
    graph_->block(header).ops.push_back(std::move(op));
  }
  // Goes on from a block as one of the exits does.
  auto leave = [&](BlockId block, const Plan::Exit& exit) {
    ValueList values;
    for (size_t i = 0; i < exit.types.size(); ++i) {
      values.push_back(exit.results[i] == Plan::kNone ? exit.direct[i]
                                                      : get(block, exit.results[i]));
    }
    if (exit.target.is_valid()) {
      Exit jump = simple(ExitKind::kJump, {});
      jump.links.push_back({.target = exit.target, .args = std::move(values)});
      set_exit(block, std::move(jump));
      return;
    }
    ValueId value;
    if (values.size() == 1) value = values[0];
    if (values.size() > 1) {
      TypeId type = program_.types.Element(program_.function(id_).type);
      value = append(block, Opcode::kTupleMake, type, values, TypedId<void>::kNone);
    }
    set_exit(block, simple(ExitKind::kReturn, value));
  };
  if (plan.exits.size() == 1) {
    leave(header, plan.exits[0]);
    return landings;
  }
  Exit choice = simple(plan.exits.size() == 2 ? ExitKind::kBranch : ExitKind::kSwitch, selector);
  for (size_t e = 0; e < plan.exits.size(); ++e) {
    const Plan::Exit& exit = plan.exits[e];
    BlockId landing = AddBlock(header);
    landings.push_back(landing);
    graph_->block(landing).is_cold = graph_->block(header).is_cold ||
                                     (exit.target.is_valid() && graph_->block(exit.target).is_cold);
    leave(landing, exit);
    choice.links.push_back({.target = landing, .args = {}});
    if (choice.kind == ExitKind::kSwitch && e + 1 < plan.exits.size()) {
      choice.cases.push_back(static_cast<int64_t>(e));
    }
  }
  set_exit(header, std::move(choice));
  return landings;
}

Outliner::Part Outliner::Cut(std::span<const BlockId> region) {
  Plan plan;
  bool is_possible = MakePlan(region, &plan);
  WEFT_CHECK(is_possible, "this region cannot be cut");
  Part part;
  part.function = MakeFunction(plan);
  part.landings = Replace(plan, part.function);
  is_changed_ = true;
  return part;
}

}  // namespace weft::optimize
