#include "optimize/local_cse.h"

#include <optional>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"

namespace weft::optimize {
namespace {

// More reads than this are not remembered along a chain of blocks, so that handing the memory on
// costs no more than a constant for each block.
constexpr size_t kMaxMemory = 64;

struct Key {
  Opcode opcode;
  uint32_t imm;
  uint32_t imm2;
  TypeId type;
  ValueList args;

  friend bool operator==(const Key&, const Key&) = default;
  template <typename H>
  friend H AbslHashValue(H state, const Key& k) {
    return H::combine(std::move(state), k.opcode, k.imm, k.imm2, k.type, k.args);
  }
};

bool IsCommutative(Opcode opcode) {
  switch (opcode) {
    case Opcode::kAdd:
    case Opcode::kMul:
    case Opcode::kAnd:
    case Opcode::kOr:
    case Opcode::kXor:
    case Opcode::kEq:
    case Opcode::kNe:
      return true;
    default:
      return false;
  }
}

// The read whose result a write determines, if there is one.
std::optional<Opcode> ReadOf(Opcode write) {
  switch (write) {
    case Opcode::kFieldSet:
      return Opcode::kFieldGet;
    case Opcode::kArraySet:
      return Opcode::kArrayGet;
    case Opcode::kGlobalSet:
      return Opcode::kGlobalGet;
    case Opcode::kRefSet:
      return Opcode::kRefGet;
    case Opcode::kSetField:
      return Opcode::kGetField;
    case Opcode::kSetItem:
      return Opcode::kGetItem;
    default:
      return std::nullopt;
  }
}

class Cse {
 public:
  Cse(Program& program, FunctionInfo& function)
      : program_(program),
        graph_(function.graph),
        dominators_(graph_),
        predecessors_(graph_),
        replacements_(graph_),
        known_(graph_.value_count()),
        memory_at_end_(graph_.blocks().size()) {
    for (const ClassInfo& cls : program.classes) has_finalizers_ |= cls.finalizer.is_valid();
    for (const Block& block : graph_.blocks()) {
      for (const Operation& op : block.ops) {
        if (op.opcode == Opcode::kFieldSet || op.opcode == Opcode::kFieldRef) {
          written_fields_.insert({op.imm, program.path(PathId(op.imm2))[0]});
        } else if (op.opcode == Opcode::kSetField) {
          written_fields_.insert({0, op.imm2});
        }
      }
    }
  }

  bool Run() {
    struct Step {
      BlockId block;
      size_t next_child;
      size_t expressions;
      size_t known;
    };
    std::vector<Step> stack;
    auto enter = [&](BlockId id) {
      stack.push_back({id, 0, expression_undo_.size(), known_undo_.size()});
      Enter(id);
      VisitBlock(id);
    };
    enter(Graph::Entry());
    while (!stack.empty()) {
      Step& top = stack.back();
      std::span<const BlockId> children = dominators_.Children(top.block);
      if (top.next_child < children.size()) {
        enter(children[top.next_child++]);
        continue;
      }
      while (expression_undo_.size() > top.expressions) {
        expressions_.erase(expression_undo_.back());
        expression_undo_.pop_back();
      }
      while (known_undo_.size() > top.known) {
        known_[known_undo_.back().first.index] = known_undo_.back().second;
        known_undo_.pop_back();
      }
      memory_at_end_[top.block.index] = {};
      stack.pop_back();
    }
    replacements_.Rewrite(graph_);
    return changed_;
  }

 private:
  using Memory = absl::flat_hash_map<Key, ValueId>;

  // What stands for the value here.
  ValueId Resolve(ValueId value) {
    value = replacements_.Resolve(value);
    if (value.index < known_.size() && known_[value.index].is_valid()) {
      changed_ = true;
      return known_[value.index];
    }
    return value;
  }

  void Know(ValueId value, ValueId constant) {
    value = replacements_.Resolve(value);
    if (graph_.IsConstant(value) || value.index >= known_.size()) return;
    known_undo_.emplace_back(value, known_[value.index]);
    known_[value.index] = constant;
  }

  // What the only way into a block tells.
  void Enter(BlockId id) {
    memory_.clear();
    std::span<const BlockId> from = predecessors_.Of(id);
    if (from.size() != 1) return;
    const Block& source = graph_.block(from[0]);
    // On an exception the operation may have written before it raised.
    bool is_handler = source.catches() && source.on_exception.target == id;
    if (!is_handler) memory_ = memory_at_end_[from[0].index];
    const Exit& exit = source.exit;
    if (exit.kind == ExitKind::kBranch) {
      bool holds = exit.links[0].target == id;
      if (!holds && exit.links[1].target != id) return;
      ValueId condition = replacements_.Resolve(exit.value);
      if (graph_.IsConstant(condition)) return;
      Know(condition, graph_.Bool(holds));
      auto it = definitions_.find(condition);
      if (it == definitions_.end()) return;
      const auto& [opcode, left, right] = it->second;
      if (opcode == (holds ? Opcode::kEq : Opcode::kNe) && graph_.IsConstant(right) &&
          !IsFloat(program_.types.Kind(graph_.type(right)))) {
        Know(left, right);
      }
    } else if (exit.kind == ExitKind::kSwitch) {
      TypeId type = graph_.type(exit.value);
      for (size_t i = 0; i < exit.cases.size(); ++i) {
        if (exit.links[i].target == id) Know(exit.value, graph_.Int(type, exit.cases[i]));
      }
    }
  }

  void VisitBlock(BlockId id) {
    Block& block = graph_.block(id);
    size_t kept = 0;
    for (size_t i = 0; i < block.ops.size(); ++i) {
      Operation& op = block.ops[i];
      for (ValueId& arg : op.args) arg = Resolve(arg);
      if (Visit(op)) {
        changed_ = true;
        continue;
      }
      if (kept != i) block.ops[kept] = std::move(op);
      ++kept;
    }
    if (kept != block.ops.size()) {
      block.ops.resize(kept);
      DropIdleExceptionExit(program_, block);
    }
    if (block.exit.value.is_valid()) block.exit.value = Resolve(block.exit.value);
    flowgraph::ForEachLink(block, [&](Link& link) {
      for (ValueId& arg : link.args) arg = Resolve(arg);
    });
    // Only blocks entered from here alone will ask for it.
    memory_at_end_[id.index] = std::move(memory_);
    memory_.clear();
  }

  Key KeyOf(const Operation& op) const {
    Key key{.opcode = op.opcode,
            .imm = op.imm,
            .imm2 = op.imm2,
            .type = op.result.is_valid() ? graph_.type(op.result) : TypeTable::Void(),
            .args = op.args};
    if (IsCommutative(op.opcode) && key.args[1] < key.args[0]) std::swap(key.args[0], key.args[1]);
    return key;
  }

  bool IsImmutableRead(const Operation& op) const {
    if (op.opcode == Opcode::kFieldGet) {
      uint32_t field = program_.path(PathId(op.imm2))[0];
      return program_.cls(ClassId(op.imm)).fields[field].immutable &&
             !written_fields_.contains({op.imm, field});
    }
    if (op.opcode == Opcode::kGetField) {
      return program_.containers.Get(ContainerId(op.imm)).fields[op.imm2].immutable &&
             !written_fields_.contains({0, op.imm2});
    }
    return false;
  }

  // Gives whether the operation is to go.
  bool Visit(Operation& op) {
    bool is_pure = op.info().Has(flowgraph::kFold) || IsCheck(op.opcode) || IsImmutableRead(op);
    if (op.opcode == Opcode::kCallExternal) {
      const flowgraph::ExternalInfo& external = program_.external(ExternalId(op.imm));
      is_pure = external.is_pure && !external.may_raise && !external.is_noreturn;
    }
    if (is_pure) {
      if (op.result.is_valid() && op.args.size() == 2) {
        definitions_[op.result] = {op.opcode, op.args[0], op.args[1]};
      }
      Key key = KeyOf(op);
      auto [it, inserted] = expressions_.try_emplace(key, op.result);
      if (inserted) {
        expression_undo_.push_back(std::move(key));
        return false;
      }
      if (op.result.is_valid()) replacements_.Set(op.result, it->second);
      return true;
    }
    if (std::optional<Opcode> read = ReadOf(op.opcode)) {
      Forget(op);
      Key key = KeyOf(op);
      ValueId value = key.args.back();
      key.opcode = *read;
      key.args.pop_back();
      key.type = graph_.type(value);
      Remember(std::move(key), value);
      return false;
    }
    switch (op.opcode) {
      case Opcode::kFieldGet:
      case Opcode::kArrayGet:
      case Opcode::kGlobalGet:
      case Opcode::kRefGet:
      case Opcode::kStrItem:
      case Opcode::kStrHash:
      case Opcode::kGetField:
      case Opcode::kGetItem:
      case Opcode::kLoadAt:
      case Opcode::kBytesHash: {
        Key key = KeyOf(op);
        auto it = memory_.find(key);
        if (it != memory_.end()) {
          replacements_.Set(op.result, it->second);
          return true;
        }
        Remember(std::move(key), op.result);
        return false;
      }
      case Opcode::kExpect:
      case Opcode::kIdentityHash:
        return false;
      default:
        break;
    }
    bool writes = MayWrite(program_, op) || (MayCollect(program_, op) && has_finalizers_);
    if (writes) memory_.clear();
    return false;
  }

  void Remember(Key key, ValueId value) {
    if (memory_.size() < kMaxMemory) memory_.insert_or_assign(std::move(key), value);
  }

  // Forgets what a write may change.
  void Forget(const Operation& op) {
    // A place may be anywhere.
    if (op.opcode == Opcode::kRefSet) {
      memory_.clear();
      return;
    }
    uint32_t field = op.opcode == Opcode::kFieldSet ? program_.path(PathId(op.imm2))[0] : 0;
    absl::erase_if(memory_, [&](const auto& entry) {
      const Key& key = entry.first;
      if (key.opcode == Opcode::kRefGet || key.opcode == Opcode::kLoadAt) return true;
      switch (op.opcode) {
        case Opcode::kFieldSet:
          return key.opcode == Opcode::kFieldGet && key.imm == op.imm &&
                 program_.path(PathId(key.imm2))[0] == field;
        case Opcode::kArraySet:
          return key.opcode == Opcode::kArrayGet &&
                 graph_.type(key.args[0]) == graph_.type(op.args[0]);
        case Opcode::kGlobalSet:
          return key.opcode == Opcode::kGlobalGet && key.imm == op.imm;
        case Opcode::kSetField:
          // A container and the one whose prefix it is number their common fields alike.
          return key.opcode == Opcode::kGetField && key.imm2 == op.imm2;
        default:
          return key.opcode == Opcode::kGetItem || key.opcode == Opcode::kBytesHash;
      }
    });
  }

  Program& program_;
  Graph& graph_;
  flowgraph::Dominators dominators_;
  flowgraph::Predecessors predecessors_;
  Replacements replacements_;
  bool has_finalizers_ = false;
  bool changed_ = false;
  // Fields that this very function writes, which may be on behalf of a constructor.
  absl::flat_hash_set<std::pair<uint32_t, uint32_t>> written_fields_;

  // What dominates: expressions, constants that values are known to be, operands of tests.
  absl::flat_hash_map<Key, ValueId> expressions_;
  std::vector<Key> expression_undo_;
  std::vector<ValueId> known_;
  std::vector<std::pair<ValueId, ValueId>> known_undo_;
  absl::flat_hash_map<ValueId, std::tuple<Opcode, ValueId, ValueId>> definitions_;
  // What the last operations read and wrote.
  Memory memory_;
  std::vector<Memory> memory_at_end_;
};

}  // namespace

bool LocalCse(Program& program, FunctionInfo& function) {
  if (function.graph.empty()) return false;
  return Cse(program, function).Run();
}

}  // namespace weft::optimize
