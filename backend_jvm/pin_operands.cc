// Keeps the instructions of an interpreter loop apart.
//
// HotSpot's optimising compiler gives equal expressions one node, and puts a node where the ways to
// all of its uses part. In an interpreter loop most instructions compute something of the
// instruction word, of the height of the stack or of the frame (`top - 1`, the third byte), so all
// of that, for every kind of instruction, is computed in front of the switch and kept in memory for
// the one instruction that runs. For Lox that was 20 to 60 machine instructions, and between a
// third and two thirds of what running an instruction of it took.
//
// So where an instruction begins, the values that it computes with are *pinned*: they become values
// of its own, about which the compiler cannot know that they are the same (MethodWriter says how).
//
// References are kept in 32 bits in objects ("compressed"). Of a variable of the loop that some
// instruction loads from an object, such as the code of the function that is called, the compiler
// keeps the compressed form from one round to the next, and also the whole one; each round then
// changes one into the other and back, for every such variable, some fifteen machine instructions.
// That it does only where all that comes to the head of the loop is as it was loaded. So what
// instructions give such a variable is pinned, too.
#include <algorithm>

#include "absl/container/flat_hash_map.h"
#include "backend_jvm/backend_jvm.h"
#include "flowgraph/analysis.h"

namespace weft::backend_jvm {

using flowgraph::Block;
using flowgraph::Graph;
using flowgraph::Opcode;
using flowgraph::Operation;
using flowgraph::Program;

namespace {

class Pinner {
 public:
  Pinner(const Program& program, Graph& graph, BlockId dispatch)
      : program_(program), graph_(graph), dispatch_(dispatch), dominators_(graph) {
    header_ = flowgraph::Loops(graph, dominators_).Header(dispatch);
  }

  // Says whether it pinned anything: not where there is no loop around the switch.
  bool Run() {
    if (!header_.is_valid()) return false;
    FindDefinitions();
    bool changed = false;
    for (BlockId child : dominators_.Children(dispatch_)) {
      if (IsInstruction(child)) changed |= Pin(child);
    }
    return PinReferences() || changed;
  }

 private:
  void FindDefinitions() {
    definitions_.resize(graph_.value_count());
    for (BlockId id : dominators_.reverse_postorder()) {
      for (ValueId arg : graph_.block(id).args) definitions_[arg.index] = id;
      for (const Operation& op : graph_.block(id).ops) {
        if (op.result.is_valid()) definitions_[op.result.index] = id;
      }
    }
  }

  // Whether the switch leads there.
  bool IsInstruction(BlockId block) const {
    const auto& links = graph_.block(dispatch_).exit.links;
    return std::any_of(links.begin(), links.end(),
                       [&](const flowgraph::Link& link) { return link.target == block; });
  }

  // Whether the value is there when the switch is reached.
  bool IsReady(ValueId value) const {
    return graph_.IsConstant(value) || dominators_.Dominates(definitions_[value.index], dispatch_);
  }

  // Whether it is another one in each round, and a number.
  bool IsPinnable(ValueId value) const {
    if (graph_.IsConstant(value) || !IsReady(value)) return false;
    if (!dominators_.Dominates(header_, definitions_[value.index])) return false;
    TypeKind kind = program_.types.Kind(graph_.type(value));
    return IsInt(kind) && BitWidth(kind) >= 32;
  }

  // The operand by which an array is indexed, if there is one.
  static size_t IndexOperand(Opcode opcode) {
    return opcode == Opcode::kGetItem || opcode == Opcode::kSetItem ? 1 : kNoOperand;
  }

  // One operand of each operation that could be done in front of the switch.
  bool Pin(BlockId instruction) {
    std::vector<ValueId> pinned;
    std::vector<bool> is_early(graph_.value_count(), false);
    auto is_pinned = [&](ValueId value) {
      return std::find(pinned.begin(), pinned.end(), value) != pinned.end();
    };
    auto is_early_operand = [&](ValueId value) {
      return !is_pinned(value) && (is_early[value.index] || IsReady(value));
    };
    ForEachBlockOf(instruction, [&](Block& block) {
      for (const Operation& op : block.ops) {
        size_t index = IndexOperand(op.opcode);
        if (index != kNoOperand && IsPinnable(op.args[index]) && !is_pinned(op.args[index])) {
          pinned.push_back(op.args[index]);
        }
        if (!op.result.is_valid() || (op.info().effects & flowgraph::kFold) == 0) continue;
        if (!std::all_of(op.args.begin(), op.args.end(), is_early_operand)) continue;
        auto first = std::find_if(op.args.begin(), op.args.end(),
                                  [&](ValueId arg) { return IsPinnable(arg); });
        if (first != op.args.end()) {
          pinned.push_back(*first);
        } else {
          is_early[op.result.index] = true;
        }
      }
    });
    if (pinned.empty()) return false;

    absl::flat_hash_map<ValueId, ValueId> pins;
    std::vector<Operation> ops;
    for (ValueId value : pinned) {
      ValueId pin = graph_.AddResult(graph_.type(value));
      ops.push_back({.opcode = Opcode::kPin, .result = pin, .args = {value}});
      pins[value] = pin;
    }
    auto replace = [&](ValueId& use) {
      if (auto at = pins.find(use); at != pins.end()) use = at->second;
    };
    // What links carry to the next round is the value itself, which stands where it has to be.
    ForEachBlockOf(instruction, [&](Block& block) {
      for (Operation& op : block.ops) std::for_each(op.args.begin(), op.args.end(), replace);
      if (block.exit.value.is_valid()) replace(block.exit.value);
    });
    auto& first_ops = graph_.block(instruction).ops;
    first_ops.insert(first_ops.begin(), ops.begin(), ops.end());
    definitions_.resize(graph_.value_count(), instruction);
    return true;
  }

  // The references that come to the head of the loop from within, but for those that stay what they
  // were.
  bool PinReferences() {
    const auto& variables = graph_.block(header_).args;
    bool changed = false;
    for (BlockId id : dominators_.reverse_postorder()) {
      if (!dominators_.Dominates(header_, id)) continue;
      Block& block = graph_.block(id);
      // The last operation has to stay the last, if it may raise.
      if (block.catches()) continue;
      for (flowgraph::Link& link : block.exit.links) {
        if (link.target != header_) continue;
        for (size_t i = 0; i < link.args.size(); ++i) {
          ValueId value = link.args[i];
          if (graph_.IsConstant(value) || value == variables[i]) continue;
          if (!IsReference(program_.types.Kind(graph_.type(value)))) continue;
          ValueId pin = graph_.AddResult(graph_.type(value));
          block.ops.push_back({.opcode = Opcode::kPin, .result = pin, .args = {value}});
          link.args[i] = pin;
          changed = true;
        }
      }
    }
    return changed;
  }

  // Calls f(Block&) for the blocks that only this instruction reaches, each after its dominators.
  template <typename F>
  void ForEachBlockOf(BlockId instruction, F f) {
    for (BlockId id : dominators_.reverse_postorder()) {
      if (dominators_.Dominates(instruction, id)) f(graph_.block(id));
    }
  }

  static constexpr size_t kNoOperand = 0xff;

  const Program& program_;
  Graph& graph_;
  BlockId dispatch_;
  flowgraph::Dominators dominators_;
  // Where the loop around the switch begins.
  BlockId header_;
  // By value: the block where it is defined; invalid for constants.
  std::vector<BlockId> definitions_;
};

}  // namespace

bool PinOperands(Program& program) {
  bool changed = false;
  for (auto& function : program.functions) {
    if (!function->hints.interpreter_loop || function->graph.empty()) continue;
    BlockId dispatch = flowgraph::LargestSwitch(function->graph);
    if (!dispatch.is_valid()) continue;
    changed |= Pinner(program, function->graph, dispatch).Run();
  }
  return changed;
}

}  // namespace weft::backend_jvm
