#ifndef WEFT_FLOWGRAPH_GRAPH_H_
#define WEFT_FLOWGRAPH_GRAPH_H_

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "common/source_location.h"
#include "flowgraph/ids.h"
#include "flowgraph/opcode.h"
#include "typesystem/type.h"

// The flow graph of one function: SSA with block arguments, as in Cranelift and MLIR.
//
// A block has typed arguments, operations, and an exit. Links to other blocks carry one value for
// each argument of their target. A value may be used wherever its definition dominates the use.
// Constants are values without a place in any block.
//
// An operation that may raise and stands last in its block may have an exception exit: a link that
// is taken with the exception when it raises. Without one, the exception leaves the function.
namespace weft::flowgraph {

struct Constant {
  enum class Kind : uint8_t {
    // Bool, integers (sign- or zero-extended by the type to 64 bits) and floats (the bits of an
    // f64; an f32 is held widened).
    kScalar,
    // The null of a reference or function type, the zero of a value class.
    kZero,
    // A string literal (source stage).
    kLiteral,
    // A function.
    kFunction,
    // An object of the frozen heap (low level).
    kFrozen,
    // A reference that holds the value of an Unboxed object itself (low level): see
    // typesystem/boxing.h.
    kImmediate,
  };
  Kind kind = Kind::kScalar;
  // Scalar, Immediate: the bits. Literal, Function, Frozen: the index of the entity.
  uint64_t bits = 0;

  friend bool operator==(const Constant&, const Constant&) = default;
  template <typename H>
  friend H AbslHashValue(H state, const Constant& c) {
    return H::combine(std::move(state), c.kind, c.bits);
  }
};

enum class ValueKind : uint8_t { kBlockArgument, kResult, kConstant };

struct ValueInfo {
  TypeId type;
  ValueKind kind = ValueKind::kConstant;
  // BlockArgument: which block and position. They are kept up to date by Graph's functions that
  // add arguments; a pass that removes arguments calls Graph::RenumberArguments.
  BlockId block;
  uint32_t position = 0;
  Constant constant;
};

using ValueList = absl::InlinedVector<ValueId, 3>;

struct Operation {
  Opcode opcode;
  uint32_t imm = TypedId<void>::kNone;
  uint32_t imm2 = TypedId<void>::kNone;
  SourceLoc loc;
  ValueId result;
  ValueList args;

  const OpcodeInfo& info() const { return Info(opcode); }
};

struct Link {
  BlockId target;
  ValueList args;
};

enum class ExitKind : uint8_t {
  // Not yet set; the verifier refuses it.
  kNone,
  // links[0].
  kJump,
  // value is a bool: links[0] when it holds, else links[1].
  kBranch,
  // value is an integer: links[i] when it equals cases[i]; the last link, which has no case, else.
  kSwitch,
  // value, or none in a void function.
  kReturn,
  // Raises value, an exception object.
  kRaise,
  // Never reached: behind an operation that does not return.
  kUnreachable,
};

struct Exit {
  ExitKind kind = ExitKind::kNone;
  ValueId value;
  std::vector<Link> links;
  std::vector<int64_t> cases;
  SourceLoc loc;
};

struct Block {
  std::vector<ValueId> args;
  std::vector<Operation> ops;
  Exit exit;
  // Where to go when the last operation raises (or the exit is kRaise): the first argument of the
  // target is the exception, which the link does not list; its own arguments follow. The result of
  // the last operation is not available there. Invalid target: the exception leaves the function.
  Link on_exception;
  // Hint: seldom run (a failing check, an exception handler).
  bool is_cold = false;

  bool catches() const { return on_exception.target.is_valid(); }
};

class Graph {
 public:
  std::vector<Block>& blocks() { return blocks_; }
  const std::vector<Block>& blocks() const { return blocks_; }
  Block& block(BlockId id) { return blocks_[id.index]; }
  const Block& block(BlockId id) const { return blocks_[id.index]; }
  // The entry is block 0; its arguments are the function's parameters. No link targets it.
  static constexpr BlockId Entry() { return BlockId(0); }
  bool empty() const { return blocks_.empty(); }

  BlockId AddBlock();
  ValueId AddArgument(BlockId block, TypeId type);
  // A new value for the result of an operation that the caller builds.
  ValueId AddResult(TypeId type);

  // Constants, interned: equal constants of one type are one value.
  ValueId AddConstant(TypeId type, Constant constant);
  ValueId Int(TypeId type, int64_t value);
  ValueId Bool(bool value) { return Int(TypeTable::Bool(), value); }
  ValueId I64(int64_t value) { return Int(TypeTable::I64(), value); }
  ValueId Float(TypeId type, double value);
  ValueId Zero(TypeId type) { return AddConstant(type, {Constant::Kind::kZero, 0}); }
  ValueId Literal(LiteralId literal) {
    return AddConstant(TypeTable::Str(), {Constant::Kind::kLiteral, literal.index});
  }
  ValueId Function(TypeId type, FunctionId function) {
    return AddConstant(type, {Constant::Kind::kFunction, function.index});
  }
  ValueId Frozen(TypeId type, FrozenId object) {
    return AddConstant(type, {Constant::Kind::kFrozen, object.index});
  }

  const ValueInfo& value(ValueId id) const { return values_[id.index]; }
  ValueInfo& value(ValueId id) { return values_[id.index]; }
  TypeId type(ValueId id) const { return values_[id.index].type; }
  bool IsConstant(ValueId id) const { return values_[id.index].kind == ValueKind::kConstant; }
  // The number of values ever made: side tables are indexed by ValueId up to this.
  size_t value_count() const { return values_.size(); }

  // Appends an operation to a block. A void result type gives no result.
  ValueId Append(BlockId block, Opcode opcode, TypeId result_type, ValueList args,
                 uint32_t imm = TypedId<void>::kNone, uint32_t imm2 = TypedId<void>::kNone,
                 SourceLoc loc = {});

  // Gives the frozen objects that constants name their new numbers. Constants that name an object
  // without a number must be unused.
  void RenumberFrozen(std::span<const FrozenId> numbers);

  // Makes block and position of every block argument agree with the blocks.
  void RenumberArguments();

 private:
  std::vector<Block> blocks_;
  std::vector<ValueInfo> values_;
  absl::flat_hash_map<std::pair<TypeId, Constant>, ValueId> constants_;
};

// The value of an integer or bool constant; CHECKs that it is one.
int64_t ConstantInt(const Graph& graph, ValueId id);
// The value of a float constant.
double ConstantFloat(const Graph& graph, ValueId id);
// Brings bits to the canonical form of an integer type: sign- or zero-extended to 64 bits.
int64_t CanonicalInt(TypeKind kind, int64_t bits);

// Calls f(Link&) for every link of a block, the exception link last.
template <typename B, typename F>
void ForEachLink(B& block, F f) {
  for (auto& link : block.exit.links) f(link);
  if (block.catches()) f(block.on_exception);
}

// Calls f(ValueId&) for every use in a block: operands, exit value, link arguments.
template <typename B, typename F>
void ForEachUse(B& block, F f) {
  for (auto& op : block.ops) {
    for (auto& arg : op.args) f(arg);
  }
  if (block.exit.value.is_valid()) f(block.exit.value);
  ForEachLink(block, [&](auto& link) {
    for (auto& arg : link.args) f(arg);
  });
}

}  // namespace weft::flowgraph

#endif  // WEFT_FLOWGRAPH_GRAPH_H_
