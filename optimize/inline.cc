#include "optimize/inline.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "common/check.h"
#include "optimize/promote_locals.h"
#include "optimize/simplify.h"

namespace weft::optimize {
namespace {

// A function's value is looked for in its constants, of which some may be left over from what was
// simplified away; that only errs to the safe side.
template <typename F>
void ForEachFunctionConstant(const Graph& graph, F f) {
  for (size_t v = 0; v < graph.value_count(); ++v) {
    const ValueInfo& info = graph.value(ValueId(v));
    if (info.kind == ValueKind::kConstant && info.constant.kind == Constant::Kind::kFunction) {
      f(FunctionId(info.constant.bits));
    }
  }
}

// Calls f(FunctionId) for everything outside of graphs that refers to a function; under ootype,
// implementations of methods are left out, which are referred to where the method is called.
template <typename F>
void ForEachOutsideReference(const Program& program, F f) {
  program.ForEachRoot(f);
  bool is_source = program.stage < Stage::kRtyped;
  for (const ClassInfo& cls : program.classes) {
    // After the rtyper, dispatch tables say who is called, for lltype.
    if (is_source) {
      for (const auto& [method, function] : cls.implementations) f(function);
    }
    if (cls.finalizer.is_valid()) f(cls.finalizer);
  }
  auto constant = [&](const Constant& c) {
    if (c.kind == Constant::Kind::kFunction) f(FunctionId(c.bits));
  };
  for (const flowgraph::GlobalInfo& global : program.globals) {
    constant(global.initial);
    for (const Constant& item : global.items) constant(item);
  }
  for (const flowgraph::FrozenObject& object : program.frozen) {
    for (const auto& link : object.functions) f(link.function);
  }
  for (const flowgraph::DispatchTable& table : program.dispatch_tables) {
    for (FunctionId function : table.functions) {
      if (function.is_valid()) f(function);
    }
  }
}

// Puts a callee's body in place of one call.
class BodyCopier {
 public:
  BodyCopier(const Program& program, Graph& caller, const Graph& callee)
      : program_(program), to_(caller), from_(callee), values_(callee.value_count()) {}

  // The call is operation `index` of the block. Afterwards the block ends before it.
  void Run(BlockId block_id, size_t index) {
    Operation call = to_.block(block_id).ops[index];
    is_cold_ = to_.block(block_id).is_cold;
    BlockId rest = SplitAfter(block_id, index, call);
    for (size_t i = 0; i < call.args.size(); ++i) {
      values_[from_.block(Graph::Entry()).args[i].index] = call.args[i];
    }
    for (size_t b = 0; b < from_.blocks().size(); ++b) {
      blocks_.push_back(to_.AddBlock());
      if (b == 0) continue;
      for (ValueId arg : from_.blocks()[b].args) {
        values_[arg.index] = to_.AddArgument(blocks_.back(), from_.type(arg));
      }
    }
    // Results first, because a block may come before one that dominates it.
    for (const Block& block : from_.blocks()) {
      for (const Operation& op : block.ops) {
        if (op.result.is_valid()) values_[op.result.index] = to_.AddResult(from_.type(op.result));
      }
    }
    for (size_t b = 0; b < from_.blocks().size(); ++b) CopyBlock(BlockId(b), rest);
    Exit& exit = to_.block(block_id).exit;
    exit = {.kind = ExitKind::kJump, .value = {}, .links = {}, .cases = {}, .loc = call.loc};
    exit.links.push_back({.target = blocks_[0], .args = {}});
  }

 private:
  // Moves what comes behind the call into a block of its own, whose argument is the result.
  BlockId SplitAfter(BlockId id, size_t index, const Operation& call) {
    BlockId rest_id = to_.AddBlock();
    Block& block = to_.block(id);
    Block& rest = to_.block(rest_id);
    bool is_last = index + 1 == block.ops.size();
    rest.ops.assign(std::make_move_iterator(block.ops.begin() + static_cast<ptrdiff_t>(index) + 1),
                    std::make_move_iterator(block.ops.end()));
    rest.exit = std::move(block.exit);
    rest.is_cold = is_cold_;
    if (is_last) {
      handler_ = block.on_exception;
      if (rest.exit.kind == ExitKind::kRaise) rest.on_exception = block.on_exception;
    } else {
      rest.on_exception = std::move(block.on_exception);
    }
    block.on_exception = {};
    block.ops.resize(index);
    if (call.result.is_valid()) {
      // The result of the call itself becomes the argument, so no use of it changes.
      ValueInfo& info = to_.value(call.result);
      info.kind = ValueKind::kBlockArgument;
      info.block = rest_id;
      info.position = 0;
      rest.args.push_back(call.result);
    }
    return rest_id;
  }

  ValueId Map(ValueId value) {
    ValueId& mapped = values_[value.index];
    if (!mapped.is_valid()) {
      WEFT_CHECK(from_.IsConstant(value));
      mapped = to_.AddConstant(from_.type(value), from_.value(value).constant);
    }
    return mapped;
  }

  Link Map(const Link& link) {
    Link mapped{.target = blocks_[link.target.index], .args = {}};
    for (ValueId arg : link.args) mapped.args.push_back(Map(arg));
    return mapped;
  }

  void CopyBlock(BlockId id, BlockId rest) {
    const Block& source = from_.block(id);
    BlockId at = blocks_[id.index];
    to_.block(at).is_cold = is_cold_ || source.is_cold;
    for (size_t i = 0; i < source.ops.size(); ++i) {
      Operation op = source.ops[i];
      for (ValueId& arg : op.args) arg = Map(arg);
      if (op.result.is_valid()) op.result = values_[op.result.index];
      bool is_last = i + 1 == source.ops.size();
      bool leaves = !(is_last && source.catches()) && MayRaise(program_, op);
      SourceLoc loc = op.loc;
      to_.block(at).ops.push_back(std::move(op));
      if (!leaves || !handler_.target.is_valid()) continue;
      // What left the callee with an exception now goes to the call's handler.
      to_.block(at).on_exception = handler_;
      if (is_last) continue;
      BlockId next = to_.AddBlock();
      to_.block(next).is_cold = to_.block(at).is_cold;
      Exit& exit = to_.block(at).exit;
      exit = {.kind = ExitKind::kJump, .value = {}, .links = {}, .cases = {}, .loc = loc};
      exit.links.push_back({.target = next, .args = {}});
      at = next;
    }
    Block& block = to_.block(at);
    if (source.catches()) block.on_exception = Map(source.on_exception);
    block.exit.kind = source.exit.kind;
    block.exit.loc = source.exit.loc;
    switch (source.exit.kind) {
      case ExitKind::kReturn: {
        block.exit.kind = ExitKind::kJump;
        Link link{.target = rest, .args = {}};
        if (source.exit.value.is_valid()) link.args.push_back(Map(source.exit.value));
        block.exit.links.push_back(std::move(link));
        break;
      }
      case ExitKind::kRaise:
        block.exit.value = Map(source.exit.value);
        if (!source.catches() && handler_.target.is_valid()) block.on_exception = handler_;
        break;
      default:
        if (source.exit.value.is_valid()) block.exit.value = Map(source.exit.value);
        block.exit.cases = source.exit.cases;
        for (const Link& link : source.exit.links) block.exit.links.push_back(Map(link));
        break;
    }
  }

  const Program& program_;
  Graph& to_;
  const Graph& from_;
  std::vector<ValueId> values_;
  std::vector<BlockId> blocks_;
  Link handler_;
  bool is_cold_ = false;
};

class Inliner {
 public:
  Inliner(Program& program, const InlineOptions& options)
      : program_(program), options_(options), facts_(program.functions.size()) {}

  bool Run() {
    size_t total = 0;
    for (size_t f = 0; f < facts_.size(); ++f) {
      const Graph& graph = program_.functions[f]->graph;
      ForEachFunctionConstant(graph, [&](FunctionId id) { facts_[id.index].is_referred = true; });
      for (const Block& block : graph.blocks()) {
        for (const Operation& op : block.ops) {
          if (op.opcode == Opcode::kCall) ++facts_[op.imm].calls;
        }
      }
      Measure(FunctionId(f));
      total += facts_[f].size;
    }
    ForEachOutsideReference(program_, [&](FunctionId id) { facts_[id.index].is_referred = true; });
    if (program_.type_system == flowgraph::TypeSystem::kOotype) {
      for (const ClassInfo& cls : program_.classes) {
        for (const auto& [method, function] : cls.implementations) {
          facts_[function.index].is_referred = true;
        }
      }
    }
    budget_ = static_cast<size_t>(static_cast<double>(total) * (options_.growth - 1)) + 2000;
    VisitCalleesFirst();
    return changed_;
  }

 private:
  enum class Progress : uint8_t { kNew, kOpen, kDone };
  struct Facts {
    size_t size = 0;
    size_t calls = 0;
    bool is_referred = false;
    bool returns = false;
    bool calls_itself = false;
    bool wants_places = false;
    Progress progress = Progress::kNew;
  };

  void Measure(FunctionId id) {
    const FunctionInfo& function = program_.function(id);
    Facts& facts = facts_[id.index];
    facts.size = SizeOf(function.graph);
    facts.returns = facts.calls_itself = facts.wants_places = false;
    for (const Block& block : function.graph.blocks()) {
      if (block.exit.kind == ExitKind::kReturn) facts.returns = true;
      for (const Operation& op : block.ops) {
        if (op.opcode == Opcode::kCall && FunctionId(op.imm) == id) facts.calls_itself = true;
      }
    }
    for (TypeId parameter : program_.types.List(function.type)) {
      TypeKind kind = program_.types.Kind(parameter);
      if (kind == TypeKind::kRef || kind == TypeKind::kFunction) facts.wants_places = true;
    }
  }

  std::vector<FunctionId> DirectCallees(FunctionId id) const {
    std::vector<FunctionId> callees;
    for (const Block& block : program_.function(id).graph.blocks()) {
      for (const Operation& op : block.ops) {
        if (op.opcode == Opcode::kCall) callees.push_back(FunctionId(op.imm));
      }
    }
    return callees;
  }

  // A walk along direct calls that handles a function when all of its callees are done, but for
  // those of a cycle.
  void VisitCalleesFirst() {
    struct Visit {
      FunctionId function;
      std::vector<FunctionId> callees;
      size_t next;
    };
    std::vector<Visit> stack;
    auto enter = [&](FunctionId id) {
      facts_[id.index].progress = Progress::kOpen;
      stack.push_back({id, DirectCallees(id), 0});
    };
    for (size_t f = 0; f < facts_.size(); ++f) {
      if (facts_[f].progress != Progress::kNew) continue;
      enter(FunctionId(f));
      while (!stack.empty()) {
        Visit& top = stack.back();
        if (top.next < top.callees.size()) {
          FunctionId callee = top.callees[top.next++];
          if (facts_[callee.index].progress == Progress::kNew) enter(callee);
          continue;
        }
        FunctionId done = top.function;
        stack.pop_back();
        InlineInto(done);
        facts_[done.index].progress = Progress::kDone;
      }
    }
  }

  void InlineInto(FunctionId id) {
    FunctionInfo& function = program_.function(id);
    if (function.graph.empty()) return;
    // New direct calls come up when what was inlined turns out to call what it was handed.
    for (int round = 0; round < 3; ++round) {
      if (!InlineCalls(id)) break;
      changed_ = true;
      bool is_source = program_.stage < Stage::kRtyped;
      if (is_source) PromoteLocals(program_, function);
      Simplify(program_, function);
      // Slots whose places went through what is simplified now.
      if (is_source && PromoteLocals(program_, function)) Simplify(program_, function);
      Measure(id);
    }
  }

  bool InlineCalls(FunctionId id) {
    Graph& graph = program_.function(id).graph;
    bool changed = false;
    size_t block_count = graph.blocks().size();
    for (size_t b = 0; b < block_count; ++b) {
      // From the last call to the first, so that what comes behind a call moves only once.
      for (size_t i = graph.block(BlockId(b)).ops.size(); i-- > 0;) {
        const Operation& op = graph.block(BlockId(b)).ops[i];
        if (op.opcode != Opcode::kCall) continue;
        FunctionId callee(op.imm);
        if (!Wants(id, callee, graph, op, graph.block(BlockId(b)).is_cold)) continue;
        const Graph& body = program_.function(callee).graph;
        BodyCopier(program_, graph, body).Run(BlockId(b), i);
        size_t size = facts_[callee.index].size;
        facts_[id.index].size += size;
        budget_ -= std::min(budget_, size);
        --facts_[callee.index].calls;
        for (FunctionId inner : DirectCallees(callee)) ++facts_[inner.index].calls;
        changed = true;
      }
    }
    return changed;
  }

  bool Wants(FunctionId caller_id, FunctionId callee_id, const Graph& graph, const Operation& call,
             bool is_cold) const {
    const FunctionInfo& caller = program_.function(caller_id);
    const FunctionInfo& callee = program_.function(callee_id);
    const Facts& facts = facts_[callee_id.index];
    if (callee.graph.empty() || callee.hints.never_inline || caller_id == callee_id) return false;
    if (facts.progress != Progress::kDone || facts.calls_itself) return false;
    if (callee.hints.interpreter_loop) return false;
    // The initializer runs once and is thrown away.
    if (caller_id == program_.initializer && !facts.wants_places) return false;
    if (callee.hints.always_inline) return true;
    if (!facts.returns || callee.is_noreturn || callee.hints.cold) return false;
    if (facts.size <= options_.tiny) return true;
    if (facts_[caller_id.index].size > options_.caller_limit || budget_ < facts.size) return false;
    if (facts.wants_places) {
      // A local whose place goes to a call that stays is slow wherever it is used, so this counts
      // in seldom run blocks, too.
      return facts.size <= (is_cold ? options_.favoured / 4 : options_.favoured);
    }
    if (is_cold) return false;
    if (facts.size <= options_.small) return true;
    // Constant operands decide branches.
    size_t constants = 0;
    for (ValueId arg : call.args) constants += IsScalarConstant(graph, arg) ? 1 : 0;
    if (constants > 0 && facts.size <= options_.small + options_.small / 2) return true;
    return facts.calls == 1 && !facts.is_referred && facts.size <= options_.once &&
           !caller.hints.interpreter_loop;
  }

  Program& program_;
  const InlineOptions& options_;
  std::vector<Facts> facts_;
  size_t budget_ = 0;
  bool changed_ = false;
};

}  // namespace

bool Inline(Program& program, const InlineOptions& options) {
  return Inliner(program, options).Run();
}

bool RemoveUnusedFunctions(Program& program) {
  std::vector<bool> is_used(program.functions.size());
  std::vector<FunctionId> work;
  auto use = [&](FunctionId id) {
    if (is_used[id.index]) return;
    is_used[id.index] = true;
    work.push_back(id);
  };
  ForEachOutsideReference(program, use);
  std::vector<std::vector<FunctionId>> implementations(program.methods.size());
  for (const ClassInfo& cls : program.classes) {
    for (const auto& [method, function] : cls.implementations) {
      implementations[method.index].push_back(function);
    }
  }
  while (!work.empty()) {
    const Graph& graph = program.function(work.back()).graph;
    work.pop_back();
    for (const Block& block : graph.blocks()) {
      for (const Operation& op : block.ops) {
        if (op.opcode == Opcode::kCall) use(FunctionId(op.imm));
        if (op.opcode == Opcode::kCallMethod) {
          for (FunctionId function : std::exchange(implementations[op.imm], {})) use(function);
        }
      }
      flowgraph::ForEachUse(block, [&](ValueId value) {
        if (!graph.IsConstant(value)) return;
        const Constant& constant = graph.value(value).constant;
        if (constant.kind == Constant::Kind::kFunction) use(FunctionId(constant.bits));
      });
    }
  }
  bool changed = false;
  for (size_t f = 0; f < is_used.size(); ++f) {
    Graph& graph = program.functions[f]->graph;
    if (is_used[f] || graph.empty()) continue;
    graph = Graph();
    changed = true;
  }
  return changed;
}

}  // namespace weft::optimize
