#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "common/check.h"
#include "llinterp/code.h"

namespace weft::llinterp {

using flowgraph::Block;
using flowgraph::Constant;
using flowgraph::Exit;
using flowgraph::ExitKind;
using flowgraph::Graph;
using flowgraph::Link;
using flowgraph::Opcode;
using flowgraph::Operation;

uint64_t Compiler::Bits(const Constant& constant) const {
  switch (constant.kind) {
    case Constant::Kind::kScalar:
    case Constant::Kind::kImmediate:
      return constant.bits;
    case Constant::Kind::kZero:
      return 0;
    case Constant::Kind::kFunction:
      return constant.bits + 1;
    case Constant::Kind::kFrozen:
      return memory_.frozen(FrozenId(constant.bits));
    case Constant::Kind::kLiteral:
      WEFT_FATAL("a string literal after the rtyper");
  }
  return 0;
}

class FunctionCompiler {
 public:
  FunctionCompiler(const Compiler& compiler, FunctionId id)
      : compiler_(compiler),
        program_(compiler.program_),
        types_(program_.types),
        graph_(program_.function(id).graph) {
    out_.id = id;
    out_.is_part = program_.function(id).part_of.is_valid();
  }

  CompiledFunction Run() {
    CountUses();
    AssignSlots();
    FindOrder();
    starts_.assign(graph_.blocks().size(), kNotYet);
    for (size_t i = 0; i < order_.size(); ++i) {
      next_ = i + 1 < order_.size() ? order_[i + 1] : BlockId();
      CompileBlock(order_[i]);
    }
    for (const auto& [insn, is_y, block] : fixups_) {
      (is_y ? out_.insns[insn].y : out_.insns[insn].x) = starts_[block.index];
    }
    for (const auto& [pool, block] : pool_fixups_) {
      out_.pool[pool] = static_cast<int32_t>(starts_[block.index]);
    }
    return std::move(out_);
  }

 private:
  static constexpr uint32_t kNotYet = 0xffffffffu;

  struct Fixup {
    size_t insn;
    bool is_y;
    BlockId block;
  };

  void CountUses() {
    uses_.resize(graph_.value_count());
    for (const Block& block : graph_.blocks()) {
      ForEachUse(block, [&](ValueId value) { ++uses_[value.index]; });
    }
  }

  // Operations that only give an operand another type share its slot: they have the same bits, and
  // the operand cannot get a new value while the result is alive, since that takes another turn
  // through the operation itself.
  static bool IsAlias(Opcode opcode) {
    return opcode == Opcode::kCastPtr || opcode == Opcode::kExpect || opcode == Opcode::kPromote ||
           opcode == Opcode::kPin;
  }

  void AssignSlots() {
    out_.slots.assign(graph_.value_count(), -1);
    auto assign = [&](ValueId value) {
      out_.slots[value.index] = static_cast<int32_t>(out_.slot_count);
      TypeId type = graph_.type(value);
      out_.slot_count += types_.Kind(type) == TypeKind::kTuple
                             ? static_cast<uint32_t>(types_.List(type).size())
                             : 1;
    };
    // Parameters come first, in order: a call writes them there.
    for (const Block& block : graph_.blocks()) {
      for (ValueId arg : block.args) assign(arg);
    }
    for (const Block& block : graph_.blocks()) {
      for (const Operation& op : block.ops) {
        if (op.result.is_valid() && !IsAlias(op.opcode) && op.opcode != Opcode::kTupleGet) {
          assign(op.result);
        }
      }
    }
    out_.exception_slot = static_cast<int32_t>(out_.slot_count++);
    scratch_ = static_cast<int32_t>(out_.slot_count++);
    for (const Block& block : graph_.blocks()) {
      for (const Operation& op : block.ops) {
        if (op.result.is_valid() && (IsAlias(op.opcode) || op.opcode == Opcode::kTupleGet)) {
          aliases_.emplace(op.result, &op);
        }
      }
    }
  }

  void FindOrder() {
    std::vector<bool> seen(graph_.blocks().size());
    std::vector<std::pair<BlockId, size_t>> stack = {{Graph::Entry(), 0}};
    seen[0] = true;
    while (!stack.empty()) {
      auto& [id, next] = stack.back();
      const Block& block = graph_.block(id);
      size_t count = block.exit.links.size();
      if (next < count + (block.catches() ? 1 : 0)) {
        const Link& link = next < count ? block.exit.links[next] : block.on_exception;
        ++next;
        if (!seen[link.target.index]) {
          seen[link.target.index] = true;
          stack.emplace_back(link.target, 0);
        }
      } else {
        order_.push_back(id);
        stack.pop_back();
      }
    }
    std::reverse(order_.begin(), order_.end());
  }

  // The slot of a value, or the negative number of a constant.
  int32_t Operand(ValueId value) {
    if (graph_.IsConstant(value)) {
      return Constant64(compiler_.Bits(graph_.value(value).constant));
    }
    // Follow aliases to what they stand for, and remember where that led.
    ValueId root = value;
    int32_t offset = 0;
    while (out_.slots[root.index] < 0) {
      auto it = aliases_.find(root);
      WEFT_CHECK(it != aliases_.end(), "{}: %{} has no definition", program_.function(out_.id).name,
                 value.index);
      if (it->second->opcode == Opcode::kTupleGet) offset += static_cast<int32_t>(it->second->imm);
      root = it->second->args[0];
      if (graph_.IsConstant(root)) {
        return Constant64(compiler_.Bits(graph_.value(root).constant));
      }
    }
    out_.slots[value.index] = out_.slots[root.index] + offset;
    return out_.slots[value.index];
  }

  int32_t Constant64(uint64_t bits) {
    auto [it, inserted] =
        constants_.try_emplace(bits, -1 - static_cast<int32_t>(out_.constants.size()));
    if (inserted) out_.constants.push_back(bits);
    return it->second;
  }

  size_t Emit(Insn insn) {
    out_.insns.push_back(insn);
    out_.origins.push_back(origin_);
    return out_.insns.size() - 1;
  }

  uint32_t PoolOf(std::span<const ValueId> values) {
    auto at = static_cast<uint32_t>(out_.pool.size());
    for (ValueId value : values) {
      int32_t operand = Operand(value);
      out_.pool.push_back(operand);
    }
    return at;
  }

  // --- Links.

  // The moves that a link makes all at once, in an order that loses nothing. A link may pass the
  // exception, which stands in its own slot.
  void EmitMoves(const Link& link, bool passes_exception) {
    std::vector<std::pair<int32_t, int32_t>> moves;
    const std::vector<ValueId>& targets = graph_.block(link.target).args;
    auto add = [&](ValueId target, int32_t source) {
      int32_t slot = out_.slots[target.index];
      if (uses_[target.index] != 0 && slot != source) moves.emplace_back(slot, source);
    };
    if (passes_exception) add(targets[0], out_.exception_slot);
    for (size_t i = 0; i < link.args.size(); ++i) {
      add(targets[i + (passes_exception ? 1 : 0)], Operand(link.args[i]));
    }
    auto emit = [&](int32_t dst, int32_t a) { Emit({.code = Code::kMove, .dst = dst, .a = a}); };
    if (moves.size() == 1) return emit(moves[0].first, moves[0].second);
    if (moves.empty()) return;
    // How many moves still wait to read each slot that is also written.
    absl::flat_hash_map<int32_t, int> readers;
    absl::flat_hash_map<int32_t, size_t> writer;
    for (size_t i = 0; i < moves.size(); ++i) writer.emplace(moves[i].first, i);
    for (const auto& move : moves) {
      if (writer.contains(move.second)) ++readers[move.second];
    }
    std::vector<size_t> ready;
    std::vector<bool> done(moves.size());
    for (size_t i = 0; i < moves.size(); ++i) {
      if (!readers.contains(moves[i].first)) ready.push_back(i);
    }
    size_t left = moves.size();
    size_t scan = 0;
    while (left > 0) {
      if (ready.empty()) {
        // Only cycles are left: free the slot that one of them wants to write. Its one reader
        // reads the scratch slot instead, and is done before another cycle needs that.
        while (done[scan]) ++scan;
        emit(scratch_, moves[scan].first);
        for (size_t i = writer.at(moves[scan].second);; i = writer.at(moves[i].second)) {
          if (moves[i].second == moves[scan].first) {
            moves[i].second = scratch_;
            break;
          }
        }
        ready.push_back(scan);
      }
      size_t i = ready.back();
      ready.pop_back();
      done[i] = true;
      --left;
      emit(moves[i].first, moves[i].second);
      auto it = readers.find(moves[i].second);
      if (it != readers.end() && --it->second == 0) {
        size_t next = writer.at(moves[i].second);
        if (!done[next]) ready.push_back(next);
      }
    }
  }

  bool IsBackward(BlockId target) const { return starts_[target.index] != kNotYet; }

  void EmitJump(BlockId target) {
    size_t insn = Emit({.code = IsBackward(target) ? Code::kJumpBack : Code::kJump});
    fixups_.push_back({insn, false, target});
  }

  // Whether a link needs code of its own, between the exit and its target.
  bool NeedsStub(const Link& link) const {
    if (IsBackward(link.target)) return true;
    const std::vector<ValueId>& targets = graph_.block(link.target).args;
    for (size_t i = 0; i < targets.size(); ++i) {
      if (uses_[targets[i].index] != 0) return true;
    }
    return false;
  }

  void EmitStub(const Link& link) {
    EmitMoves(link, false);
    EmitJump(link.target);
  }

  // --- Blocks and exits.

  void CompileBlock(BlockId id) {
    const Block& block = graph_.block(id);
    starts_[id.index] = static_cast<uint32_t>(out_.insns.size());
    bool raises = block.exit.kind == ExitKind::kRaise;
    std::vector<size_t> caught;
    for (size_t i = 0; i < block.ops.size(); ++i) {
      const Operation& op = block.ops[i];
      origin_ = {.loc = op.loc, .block = id, .op = static_cast<uint32_t>(i)};
      // A comparison right before its branch is done there.
      if (i + 1 == block.ops.size() && IsFused(block)) break;
      size_t first = out_.insns.size();
      CompileOperation(op);
      if (block.catches() && !raises && i + 1 == block.ops.size()) {
        for (size_t n = first; n < out_.insns.size(); ++n) caught.push_back(n);
      }
    }
    origin_ = {.loc = block.exit.loc, .block = id, .op = static_cast<uint32_t>(block.ops.size())};
    if (raises) caught.push_back(out_.insns.size());
    CompileExit(block);
    if (!block.catches()) return;
    auto handler = static_cast<int32_t>(out_.insns.size());
    EmitMoves(block.on_exception, true);
    EmitJump(block.on_exception.target);
    for (size_t n : caught) out_.origins[n].handler = handler;
  }

  static Code FusedCode(Opcode opcode) {
    switch (opcode) {
      case Opcode::kEq:
        return Code::kBranchEq;
      case Opcode::kNe:
        return Code::kBranchNe;
      case Opcode::kLt:
        return Code::kBranchLtS;
      case Opcode::kLe:
        return Code::kBranchLeS;
      case Opcode::kGt:
        return Code::kBranchGtS;
      case Opcode::kGe:
        return Code::kBranchGeS;
      default:
        return Code::kBranch;
    }
  }

  // Integers of at most 63 bits, and all signed ones, compare as signed in canonical form.
  bool ComparesSigned(TypeId type) const {
    TypeKind kind = types_.Kind(type);
    return IsInt(kind) && kind != TypeKind::kU64;
  }

  bool IsFused(const Block& block) const {
    if (block.exit.kind != ExitKind::kBranch || block.ops.empty()) return false;
    const Operation& op = block.ops.back();
    if (op.result != block.exit.value || uses_[op.result.index] != 1) return false;
    if (FusedCode(op.opcode) == Code::kBranch) return false;
    TypeId type = graph_.type(op.args[0]);
    if (op.opcode == Opcode::kEq || op.opcode == Opcode::kNe) return !IsFloat(types_.Kind(type));
    return ComparesSigned(type);
  }

  void CompileExit(const Block& block) {
    const Exit& exit = block.exit;
    switch (exit.kind) {
      case ExitKind::kJump:
        EmitMoves(exit.links[0], false);
        if (exit.links[0].target != next_ || block.catches()) EmitJump(exit.links[0].target);
        break;
      case ExitKind::kBranch: {
        Insn insn{.code = Code::kBranch};
        if (IsFused(block)) {
          const Operation& op = block.ops.back();
          insn.code = FusedCode(op.opcode);
          insn.a = Operand(op.args[0]);
          insn.b = Operand(op.args[1]);
        } else {
          insn.a = Operand(exit.value);
        }
        size_t at = Emit(insn);
        for (int i = 0; i < 2; ++i) {
          const Link& link = exit.links[i];
          if (NeedsStub(link)) {
            auto stub = static_cast<uint32_t>(out_.insns.size());
            (i == 0 ? out_.insns[at].x : out_.insns[at].y) = stub;
            EmitStub(link);
          } else {
            fixups_.push_back({at, i == 1, link.target});
          }
        }
        break;
      }
      case ExitKind::kSwitch: {
        // pool: the targets, the default's last. Sorted by case, for a binary search.
        std::vector<size_t> order(exit.cases.size());
        for (size_t i = 0; i < order.size(); ++i) order[i] = i;
        std::sort(order.begin(), order.end(),
                  [&](size_t a, size_t b) { return exit.cases[a] < exit.cases[b]; });
        Insn insn{.code = Code::kSwitch,
                  .dst = static_cast<int32_t>(order.size()),
                  .a = Operand(exit.value),
                  .x = static_cast<uint32_t>(out_.pool.size()),
                  .y = static_cast<uint32_t>(out_.cases.size())};
        for (size_t i : order) out_.cases.push_back(exit.cases[i]);
        order.push_back(exit.links.size() - 1);
        out_.pool.resize(out_.pool.size() + order.size());
        Emit(insn);
        for (size_t i = 0; i < order.size(); ++i) {
          const Link& link = exit.links[order[i]];
          if (NeedsStub(link)) {
            out_.pool[insn.x + i] = static_cast<int32_t>(out_.insns.size());
            EmitStub(link);
          } else {
            pool_fixups_.emplace_back(insn.x + i, link.target);
          }
        }
        break;
      }
      case ExitKind::kReturn:
        if (!exit.value.is_valid()) {
          Emit({.code = Code::kReturn});
        } else if (types_.Kind(graph_.type(exit.value)) == TypeKind::kTuple) {
          Emit({.code = Code::kReturnMany,
                .a = Operand(exit.value),
                .x = static_cast<uint32_t>(types_.List(graph_.type(exit.value)).size())});
        } else {
          Emit({.code = Code::kReturnOne, .a = Operand(exit.value)});
        }
        break;
      case ExitKind::kRaise:
        Emit({.code = Code::kRaise, .a = Operand(exit.value)});
        break;
      case ExitKind::kUnreachable:
        Emit({.code = Code::kUnreachable});
        break;
      case ExitKind::kNone:
        WEFT_FATAL("a block without an exit");
    }
  }

  // --- Operations.

  void CompileOperation(const Operation& op);
  void CompileScalar(const Operation& op);
  void CompileMemory(const Operation& op);
  Code ScalarCode(const Operation& op) const;

  int32_t Result(const Operation& op) const {
    return op.result.is_valid() ? out_.slots[op.result.index] : scratch_;
  }
  const lltype::Container& Container(const Operation& op) const {
    return program_.containers.Get(ContainerId(op.imm));
  }
  uint16_t AccessFor(TypeId type) const { return static_cast<uint16_t>(AccessOf(types_, type)); }

  const Compiler& compiler_;
  const flowgraph::Program& program_;
  const TypeTable& types_;
  const Graph& graph_;
  CompiledFunction out_;
  std::vector<uint32_t> uses_;
  std::vector<BlockId> order_;
  std::vector<uint32_t> starts_;
  std::vector<Fixup> fixups_;
  std::vector<std::pair<size_t, BlockId>> pool_fixups_;
  absl::flat_hash_map<uint64_t, int32_t> constants_;
  absl::flat_hash_map<ValueId, const Operation*> aliases_;
  Origin origin_;
  BlockId next_;
  int32_t scratch_ = 0;
};

Code FunctionCompiler::ScalarCode(const Operation& op) const {
  TypeKind kind = types_.Kind(graph_.type(op.args[0]));
  bool is_64 = kind == TypeKind::kI64 || kind == TypeKind::kU64;
  bool is_i32 = kind == TypeKind::kI32;
  bool is_f64 = kind == TypeKind::kF64;
  bool is_signed = ComparesSigned(graph_.type(op.args[0]));
  switch (op.opcode) {
    case Opcode::kAdd:
      return is_64 ? Code::kAdd64 : is_i32 ? Code::kAdd32 : is_f64 ? Code::kAddF : Code::kScalar;
    case Opcode::kSub:
      return is_64 ? Code::kSub64 : is_i32 ? Code::kSub32 : is_f64 ? Code::kSubF : Code::kScalar;
    case Opcode::kMul:
      return is_64 ? Code::kMul64 : is_f64 ? Code::kMulF : Code::kScalar;
    case Opcode::kDiv:
      return is_f64 ? Code::kDivF : Code::kScalar;
    case Opcode::kAnd:
      return Code::kAnd;
    case Opcode::kOr:
      return Code::kOr;
    case Opcode::kXor:
      return Code::kXor;
    case Opcode::kEq:
      return IsFloat(kind) ? Code::kEqF : Code::kEq;
    case Opcode::kNe:
      return IsFloat(kind) ? Code::kScalar : Code::kNe;
    case Opcode::kLt:
      return IsFloat(kind) ? Code::kLtF : is_signed ? Code::kLtS : Code::kLtU;
    case Opcode::kLe:
      return IsFloat(kind) ? Code::kLeF : is_signed ? Code::kLeS : Code::kScalar;
    case Opcode::kGt:
      return IsFloat(kind) ? Code::kGtF : is_signed ? Code::kGtS : Code::kScalar;
    case Opcode::kGe:
      return IsFloat(kind) ? Code::kGeF : is_signed ? Code::kGeS : Code::kScalar;
    case Opcode::kConvert: {
      TypeKind to = types_.Kind(graph_.type(op.result));
      if (!IsInt(kind)) return Code::kScalar;
      if (to == TypeKind::kI32) return Code::kToI32;
      if (to == TypeKind::kU32) return Code::kToU32;
      if (to == TypeKind::kU8) return Code::kToU8;
      // A canonical integer of another kind is already its own 64 bits.
      if (to == TypeKind::kI64 || to == TypeKind::kU64) return Code::kMove;
      if (to == TypeKind::kF64 && is_signed) return Code::kI64ToF;
      return Code::kScalar;
    }
    default:
      return Code::kScalar;
  }
}

void FunctionCompiler::CompileScalar(const Operation& op) {
  Insn insn{.code = ScalarCode(op), .dst = Result(op), .a = Operand(op.args[0])};
  if (op.args.size() > 1) insn.b = Operand(op.args[1]);
  if (insn.code == Code::kScalar) {
    insn.small = static_cast<uint16_t>(op.opcode);
    insn.x = static_cast<uint32_t>(types_.Kind(graph_.type(op.args[0]))) |
             static_cast<uint32_t>(types_.Kind(graph_.type(op.result))) << 8;
  }
  Emit(insn);
}

void FunctionCompiler::CompileMemory(const Operation& op) {
  const lltype::Container& container = Container(op);
  auto item_access = [&](uint32_t offset) {
    auto at = static_cast<uint32_t>(out_.pool.size());
    out_.pool.insert(out_.pool.end(), {static_cast<int32_t>(container.fixed_size + offset),
                                       static_cast<int32_t>(container.item_size),
                                       static_cast<int32_t>(container.length_offset)});
    return at;
  };
  switch (op.opcode) {
    case Opcode::kGetField: {
      const lltype::Field& field = container.fields[op.imm2];
      uint16_t access = AccessFor(field.type);
      Emit({.code = access == static_cast<uint16_t>(Access::k64) ? Code::kGet64 : Code::kGet,
            .small = access,
            .dst = Result(op),
            .a = Operand(op.args[0]),
            .x = field.offset});
      break;
    }
    case Opcode::kSetField: {
      const lltype::Field& field = container.fields[op.imm2];
      uint16_t access = AccessFor(field.type);
      Emit({.code = access == static_cast<uint16_t>(Access::k64) ? Code::kSet64 : Code::kSet,
            .small = access,
            .a = Operand(op.args[0]),
            .b = Operand(op.args[1]),
            .x = field.offset});
      break;
    }
    case Opcode::kGetItem: {
      const lltype::Field& field = container.item_fields[op.imm2];
      Emit({.code = Code::kGetItem,
            .small = AccessFor(field.type),
            .dst = Result(op),
            .a = Operand(op.args[0]),
            .b = Operand(op.args[1]),
            .x = item_access(field.offset)});
      break;
    }
    case Opcode::kSetItem: {
      const lltype::Field& field = container.item_fields[op.imm2];
      Emit({.code = Code::kSetItem,
            .small = AccessFor(field.type),
            .dst = Operand(op.args[2]),
            .a = Operand(op.args[0]),
            .b = Operand(op.args[1]),
            .x = item_access(field.offset)});
      break;
    }
    case Opcode::kGetLength:
      Emit({.code = Code::kGetLength,
            .dst = Result(op),
            .a = Operand(op.args[0]),
            .x = container.length_offset});
      break;
    case Opcode::kFieldOffset:
      Emit({.code = Code::kMove,
            .dst = Result(op),
            .a = Constant64(container.fields[op.imm2].offset)});
      break;
    case Opcode::kItemOffset:
      Emit({.code = Code::kItemOffset,
            .dst = Result(op),
            .a = Operand(op.args[0]),
            .x = container.fixed_size + container.item_fields[op.imm2].offset,
            .y = container.item_size});
      break;
    case Opcode::kBytesHash:
      Emit({.code = Code::kBytesHash,
            .dst = Result(op),
            .a = Operand(op.args[0]),
            .x = container.fields[0].offset});
      break;
    default:
      WEFT_FATAL("{} is no access", op.info().name);
  }
}

void FunctionCompiler::CompileOperation(const Operation& op) {
  auto simple = [&](Code code, uint32_t x = 0, uint32_t y = 0) {
    Insn insn{.code = code, .dst = Result(op), .x = x, .y = y};
    if (!op.args.empty()) insn.a = Operand(op.args[0]);
    if (op.args.size() > 1) insn.b = Operand(op.args[1]);
    return Emit(insn);
  };
  auto call = [&](Code code, size_t first, int32_t a) {
    Emit({.code = code,
          .dst = Result(op),
          .a = a,
          .x = PoolOf({op.args.data() + first, op.args.size() - first}),
          .y = static_cast<uint32_t>(op.args.size() - first)});
  };
  switch (op.opcode) {
    case Opcode::kCastPtr:
    case Opcode::kExpect:
    case Opcode::kPromote:
    case Opcode::kPin:
    case Opcode::kTupleGet:
    case Opcode::kStackCheck:
    case Opcode::kTracebackAdd:
    case Opcode::kWriteBarrier:
    case Opcode::kWriteBarrierObject:
    case Opcode::kWriteBarrierItem:
    case Opcode::kWriteBarrierAt:
    case Opcode::kWriteBarrierCopy:
    case Opcode::kWriteBarrierGlobal:
    case Opcode::kRememberAlways:
      // Aliases, and what the interpreter does anyway: every call checks the stack.
      return;
    case Opcode::kSelect: {
      Emit({.code = Code::kSelect,
            .dst = Result(op),
            .a = Operand(op.args[0]),
            .b = Operand(op.args[1]),
            .x = static_cast<uint32_t>(Operand(op.args[2]))});
      return;
    }
    case Opcode::kTupleMake:
      for (size_t i = 0; i < op.args.size(); ++i) {
        Emit({.code = Code::kMove,
              .dst = Result(op) + static_cast<int32_t>(i),
              .a = Operand(op.args[i])});
      }
      return;
    case Opcode::kCall:
      return call(Code::kCall, 0, static_cast<int32_t>(op.imm));
    case Opcode::kCallPointer:
      return call(Code::kCallPointer, 1, Operand(op.args[0]));
    case Opcode::kCallMethod:
      return call(Code::kCallMethod, 0, static_cast<int32_t>(op.imm));
    case Opcode::kCallExternal:
      return call(Code::kCallExternal, 0, static_cast<int32_t>(op.imm));
    case Opcode::kCheckNonNull:
      simple(Code::kCheckNonNull);
      return;
    case Opcode::kCheckIndex:
      simple(Code::kCheckIndex);
      return;
    case Opcode::kCheckNonZero:
      simple(Code::kCheckNonZero);
      return;
    case Opcode::kCheckInstance:
      simple(Code::kCheckInstance, op.imm);
      return;
    case Opcode::kFatal:
      simple(Code::kFatal);
      return;
    case Opcode::kMalloc:
    case Opcode::kMallocSlow:
      simple(Code::kMalloc, op.imm);
      return;
    case Opcode::kMallocItems:
    case Opcode::kMallocItemsSlow:
      simple(Code::kMallocItems, op.imm);
      return;
    case Opcode::kMallocTry:
      simple(Code::kMallocTry, op.imm);
      return;
    case Opcode::kMallocItemsTry:
      simple(Code::kMallocItemsTry, op.imm);
      return;
    case Opcode::kStackUsedUp:
      simple(Code::kStackUsedUp);
      return;
    case Opcode::kGetField:
    case Opcode::kSetField:
    case Opcode::kGetItem:
    case Opcode::kSetItem:
    case Opcode::kGetLength:
    case Opcode::kFieldOffset:
    case Opcode::kItemOffset:
    case Opcode::kBytesHash:
      return CompileMemory(op);
    case Opcode::kCopyItems:
      return call(Code::kCopyItems, 0, 0);
    case Opcode::kItemsEqual:
      return call(Code::kItemsEqual, 0, 0);
    case Opcode::kItemsCompare:
      return call(Code::kItemsCompare, 0, 0);
    case Opcode::kLoadAt:
      out_.insns[simple(Code::kLoadAt)].small = AccessFor(graph_.type(op.result));
      return;
    case Opcode::kStoreAt: {
      size_t at = simple(Code::kStoreAt);
      int32_t value = Operand(op.args[2]);
      out_.insns[at].dst = value;
      out_.insns[at].small = AccessFor(graph_.type(op.args[2]));
      return;
    }
    case Opcode::kGlobalGet:
      simple(Code::kGlobalGet, op.imm);
      return;
    case Opcode::kGlobalSet:
      simple(Code::kGlobalSet, op.imm);
      return;
    case Opcode::kTableItem:
      simple(Code::kTableItem, op.imm, op.imm2);
      return;
    case Opcode::kTypeId:
      simple(Code::kTypeId);
      return;
    case Opcode::kIsInstance:
    case Opcode::kIsInstanceNonNull:
      simple(Code::kIsInstance, Container(op).first_type_id, Container(op).last_type_id);
      return;
    case Opcode::kBox:
      simple(Code::kBox, op.imm);
      return;
    case Opcode::kUnbox:
      simple(Code::kUnbox, Container(op).fields[0].offset);
      return;
    case Opcode::kIsImmediate:
      simple(Code::kIsImmediate, ContainerId(op.imm) == program_.boxing.float_container);
      return;
    case Opcode::kFitsImmediate:
      simple(Code::kFitsImmediate, op.imm);
      return;
    case Opcode::kDispatch:
      simple(Code::kDispatch, op.imm);
      return;
    case Opcode::kWeakRefMake:
      simple(Code::kWeakRefMake, op.imm);
      return;
    case Opcode::kWeakRefRead:
      simple(Code::kWeakRefRead);
      return;
    case Opcode::kIdentityHash:
      simple(Code::kIdentityHash);
      return;
    case Opcode::kGcCollect:
      simple(Code::kGcCollect);
      return;
    case Opcode::kGcStat:
      simple(Code::kGcStat);
      return;
    case Opcode::kExceptionOccurred:
      simple(Code::kExceptionOccurred);
      return;
    case Opcode::kExceptionTake:
      simple(Code::kExceptionTake);
      return;
    case Opcode::kExceptionSet:
      simple(Code::kExceptionSet);
      return;
    case Opcode::kRootsEnter:
      simple(Code::kRootsEnter, op.imm);
      return;
    case Opcode::kRootsLeave:
      simple(Code::kRootsLeave, op.imm);
      return;
    case Opcode::kRootSet:
      simple(Code::kRootSet, op.imm);
      return;
    case Opcode::kRootGet:
      simple(Code::kRootGet, op.imm);
      return;
    default:
      WEFT_CHECK(op.info().Has(flowgraph::kFold), "llinterp has no {}", op.info().name);
      return CompileScalar(op);
  }
}

CompiledFunction Compiler::Compile(FunctionId id) { return FunctionCompiler(*this, id).Run(); }

}  // namespace weft::llinterp
