#ifndef WEFT_RTYPER_FUNCTION_RTYPER_H_
#define WEFT_RTYPER_FUNCTION_RTYPER_H_

#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "flowgraph/graph.h"
#include "rtyper/context.h"

namespace weft::rtyper {

using flowgraph::Block;
using flowgraph::Constant;
using flowgraph::Graph;
using flowgraph::Link;
using flowgraph::Opcode;
using flowgraph::Operation;
using flowgraph::ValueList;

// Rewrites the graph of one function. Every block of the source graph becomes a block with the same
// number; a block is cut in two where what follows a call with an exception exit, such as taking
// its result apart, must not stand behind it. Each source value becomes the list of its scalars.
//
// The operations are lowered in one file for each kind of value.
class FunctionRtyper {
 public:
  FunctionRtyper(Context& context, FunctionId id)
      : context_(context),
        program_(context.program),
        types_(context.program.types),
        representations_(context.representations),
        id_(id) {}

  void Run();

 private:
  // Places whose container is known, by old value: a field, an item or a box. They are read and
  // written directly; nothing but a place that is passed on needs base and offset.
  struct KnownPlace {
    ValueId pointer;
    ContainerId container;
    // Of an item; invalid for a field.
    ValueId index;
    // The field or item field where the place's first scalar stands.
    uint32_t first_field = 0;
  };

  // --- The walk (function_rtyper.cc).
  void MakeBlocks();
  void LowerParameters();
  void LowerBlock(BlockId id);
  void LowerOperation(const Operation& op);
  void LowerExit(const Block& block);
  Link LowerLink(const Link& link, size_t implicit);
  void LowerScalarOperation(const Operation& op);
  void LowerSelect(const Operation& op);
  void LowerComparison(const Operation& op);
  ValueId LowerConstant(TypeId type, const Constant& constant);

  // --- Values. The scalars of a source value; they are valid until the next Define.
  std::span<const ValueId> Values(ValueId old);
  ValueId One(ValueId old);
  TypeId OldType(ValueId old) const { return old_.type(old); }
  void Define(ValueId old, std::span<const ValueId> values);
  void Define(ValueId old, ValueId value) { Define(old, std::span<const ValueId>(&value, 1)); }
  // The scalars of all operands from the given one on.
  ValueList Flatten(const ValueList& args, size_t from = 0);

  // --- Building.
  ValueId Emit(Opcode opcode, TypeId result, ValueList args, uint32_t imm = TypedId<void>::kNone,
               uint32_t imm2 = TypedId<void>::kNone);
  // The same pointer at another container type; what is not a pointer stays.
  ValueId Cast(ValueId value, TypeId type);
  // Brings values to the parameter types of a function type.
  void CastArguments(TypeId signature, ValueList* args, size_t first_arg);
  ValueId ZeroOf(TypeId type);
  // A raising operation that is the last of a block with an exception exit is followed by more.
  void SplitBlock();

  // --- Kinds of values, each in its file.
  void LowerNew(const Operation& op);
  void LowerFieldGet(const Operation& op);
  void LowerFieldSet(const Operation& op);
  void LowerUpcast(const Operation& op);
  void LowerIsa(const Operation& op);
  void LowerCheckCast(const Operation& op);
  void LowerWeakRef(const Operation& op);

  // unboxed.cc: everything that depends on how Unboxed classes are represented.
  bool IsUnboxed(ClassId cls) const;
  void LowerUnboxedNew(const Operation& op);
  void LowerUnboxedGet(const Operation& op);
  void LowerUnboxedSet(const Operation& op);
  // Whether the object is an immediate that has no value yet.
  bool IsPending(ValueId object);
  // An upcast of such an object; false for others.
  bool LowerPendingUpcast(const Operation& op);
  // The class that the types of an Unboxed object and of what it was cast from promise.
  ClassId DeepestClass(ValueId object) const;

  void LowerArrayOperation(const Operation& op);
  void LowerStringOperation(const Operation& op);

  void LowerValueMake(const Operation& op);
  void LowerValueGet(const Operation& op);
  void LowerValueWith(const Operation& op);

  void LowerPlaceMaker(const Operation& op);
  void LowerRefField(const Operation& op);
  void LowerRefGet(const Operation& op);
  void LowerRefSet(const Operation& op);

  void LowerGlobalGet(const Operation& op);
  void LowerGlobalSet(const Operation& op);
  void LowerTableGet(const Operation& op);

  void LowerCall(const Operation& op);
  void LowerCallVirtual(const Operation& op);
  void LowerCallPointer(const Operation& op);
  void LowerCallExternal(const Operation& op);
  // A call that is never reached, since there is nothing that it could call.
  void LowerDeadCall(const Operation& op);
  // Calls and takes the result apart. `result` is the source type of the result.
  void FinishCall(const Operation& op, Opcode opcode, TypeId signature, ValueList args,
                  uint32_t imm);

  // Reads or writes a value of the source type `type` (of the result) at a known place, one field
  // for each scalar.
  void GetFields(ValueId result, const KnownPlace& place);
  void SetFields(const KnownPlace& place, TypeId type, ValueId value);
  // The place that the path of an operation on objects or arrays names.
  KnownPlace FieldPlace(const Operation& op);
  KnownPlace ItemPlace(const Operation& op);

  Context& context_;
  flowgraph::Program& program_;
  TypeTable& types_;
  Representations& representations_;
  FunctionId id_;

  Graph old_;
  Graph new_;
  // By old value: where its scalars stand in pool_, and how many; no mapping yet: kUnmapped.
  struct Mapping {
    uint32_t first = kUnmapped;
    uint32_t count = 0;
  };
  static constexpr uint32_t kUnmapped = 0xffffffffu;
  std::vector<Mapping> mapping_;
  std::vector<ValueId> pool_;
  absl::flat_hash_map<ValueId, KnownPlace> known_places_;

  // Of Unboxed objects: where they are made, what they are called before that, the handler around
  // `new`, and what is known of their classes.
  std::optional<UnboxedCreations> creations_;
  absl::flat_hash_map<ValueId, std::vector<std::pair<ValueId, TypeId>>> pending_names_;
  absl::flat_hash_map<ValueId, Link> pending_handlers_;
  absl::flat_hash_map<ValueId, ClassId> deepest_classes_;

  BlockId block_;
  SourceLoc loc_;
  // The source operation being lowered is the last of a block with an exception exit.
  bool may_catch_ = false;
  // It has raised: `block_` ends with the raising operation.
  bool has_caught_ = false;
  // The rest of the block is never reached.
  bool is_dead_ = false;
  Link on_exception_;
};

}  // namespace weft::rtyper

#endif  // WEFT_RTYPER_FUNCTION_RTYPER_H_
