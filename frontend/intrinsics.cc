// Functions that the toolchain implements itself: each call becomes an operation, with the checks
// that it needs in front.
#include <optional>
#include <utility>

#include "common/check.h"
#include "frontend/function_builder.h"

namespace weft::frontend {

using flowgraph::Opcode;
using flowgraph::ValueList;

void FunctionBuilder::CheckIndex(ValueId index, ValueId length) {
  if (graph_.IsConstant(index) && graph_.IsConstant(length)) {
    int64_t i = flowgraph::ConstantInt(graph_, index);
    if (i >= 0 && i < flowgraph::ConstantInt(graph_, length)) return;
  }
  Emit(Opcode::kCheckIndex, TypeTable::Void(), {index, length});
}

// 0 <= count <= length and 0 <= offset <= length - count.
void FunctionBuilder::CheckRegion(ValueId offset, ValueId count, ValueId length) {
  ValueId one = graph_.I64(1);
  ValueId end = Emit(Opcode::kAdd, TypeTable::I64(), {length, one});
  CheckIndex(count, end);
  CheckIndex(offset, Emit(Opcode::kSub, TypeTable::I64(), {end, count}));
}

ClassId FunctionBuilder::TemplateClass(const clang::FunctionDecl* callee,
                                       clang::SourceLocation loc) {
  const clang::TemplateArgumentList* arguments = callee->getTemplateSpecializationArgs();
  if (arguments != nullptr && arguments->size() > 0 &&
      arguments->get(0).getKind() == clang::TemplateArgument::Type) {
    clang::QualType type = arguments->get(0).getAsType();
    if (const clang::CXXRecordDecl* record = type->getAsCXXRecordDecl();
        record != nullptr && translator_.IsObjectClass(record)) {
      return translator_.Record(record, At(loc)).cls;
    }
    Report(loc, diag::kUnsupportedType, translator_.Print(type));
  }
  return program_.known.object;
}

FunctionBuilder::CallResult FunctionBuilder::EmitIntrinsic(
    const std::string& name, const clang::FunctionDecl* callee, std::vector<ValueId> arguments,
    const clang::Expr* call, llvm::ArrayRef<const clang::Expr*> expressions) {
  clang::SourceLocation loc = call->getExprLoc();
  clang::QualType result_type = call->getType();
  auto value = [](ValueId v) { return CallResult{.value = v, .place = {}}; };
  TypeId i64 = TypeTable::I64();

  if (name == "str_literal") {
    const clang::Expr* argument = expressions.empty() ? nullptr : expressions[0]->IgnoreParens();
    while (argument != nullptr) {
      if (const auto* cast = llvm::dyn_cast<clang::CastExpr>(argument)) {
        argument = cast->getSubExpr()->IgnoreParens();
      } else {
        break;
      }
    }
    const auto* text = llvm::dyn_cast_or_null<clang::StringLiteral>(argument);
    if (text == nullptr || text->getCharByteWidth() != 1) {
      Report(loc, diag::kStringLiteral);
      return value(Zero(TypeTable::Str()));
    }
    return value(graph_.Literal(program_.Literal(text->getBytes().str())));
  }
  if (name == "str_empty") return value(graph_.Literal(program_.Literal("")));
  if (name == "str_null" || name == "array_null" || name == "zero_value") {
    return value(Zero(Type(result_type.getUnqualifiedType(), loc)));
  }
  if (name == "is_null") {
    return value(Emit(Opcode::kEq, TypeTable::Bool(), {arguments[0], Zero(TypeOf(arguments[0]))}));
  }
  if (name == "same_ref" || name == "same_object") {
    return value(Emit(Opcode::kEq, TypeTable::Bool(), {arguments[0], arguments[1]}));
  }
  if (name == "array_new") {
    TypeId type = Type(result_type.getUnqualifiedType(), loc);
    ValueId array = Emit(Opcode::kArrayNew, type, {ToI64(arguments[0])});
    nonnull_.insert(array);
    return value(array);
  }
  if (name == "array_length" || name == "str_length" || name == "str_hash") {
    CheckNonNull(arguments[0]);
    Opcode opcode = name == "array_length" ? Opcode::kArrayLength
                    : name == "str_length" ? Opcode::kStrLength
                                           : Opcode::kStrHash;
    return value(Emit(opcode, i64, {arguments[0]}));
  }
  if (name == "array_item" || name == "str_item" || name == "str_set_item") {
    bool is_array = name == "array_item";
    ValueId index = ToI64(arguments[1]);
    CheckNonNull(arguments[0]);
    Opcode length_opcode = is_array ? Opcode::kArrayLength : Opcode::kStrLength;
    CheckIndex(index, Emit(length_opcode, i64, {arguments[0]}));
    if (is_array) {
      Place place{.kind = Place::Kind::kItem,
                  .base = arguments[0],
                  .index = index,
                  .type = program_.types.Element(TypeOf(arguments[0]))};
      // An item that is reached through a reference to an object.
      return {.value = {}, .place = std::move(place)};
    }
    if (name == "str_item") {
      return value(Emit(Opcode::kStrItem, TypeTable::U8(), {arguments[0], index}));
    }
    Emit(Opcode::kStrSetItem, TypeTable::Void(), {arguments[0], index, arguments[2]});
    return {};
  }
  if (name == "check_index") {
    CheckIndex(ToI64(arguments[0]), ToI64(arguments[1]));
    return {};
  }
  if (name == "isa") {
    ClassId cls = TemplateClass(callee, loc);
    return value(Emit(Opcode::kIsa, TypeTable::Bool(), {arguments[0]}, cls.index));
  }
  if (name == "cast") {
    ClassId cls = TemplateClass(callee, loc);
    Emit(Opcode::kCheckCast, TypeTable::Void(), {arguments[0]}, cls.index);
    return value(UpcastTo(arguments[0], program_.types.Object(cls)));
  }
  if (name == "dyn_cast") {
    ClassId cls = TemplateClass(callee, loc);
    TypeId type = program_.types.Object(cls);
    BlockId fits = NewBlock();
    BlockId after = NewBlock();
    ValueId result = graph_.AddArgument(after, type);
    ValueId is = Emit(Opcode::kIsa, TypeTable::Bool(), {arguments[0]}, cls.index);
    Branch(is, fits, after);
    graph_.block(block_).exit.links[1].args.push_back(Zero(type));
    Enter(fits);
    Jump(after, {UpcastTo(arguments[0], type)});
    Enter(after);
    return value(result);
  }
  if (name == "fatal") {
    Emit(Opcode::kFatal, TypeTable::Void(), {arguments[0]});
    Unreachable();
    return {};
  }
  if (name == "unreachable") {
    ValueId text = graph_.Literal(program_.Literal("unreachable code was reached"));
    Emit(Opcode::kFatal, TypeTable::Void(), {text});
    Unreachable();
    return {};
  }

  std::optional<Opcode> opcode = flowgraph::OpcodeByName(name);
  if (!opcode.has_value() || flowgraph::Info(*opcode).arity != static_cast<int>(arguments.size())) {
    Report(loc, diag::kUnknownIntrinsic, name);
    return value(result_type->isVoidType() ? ValueId() : Poison(result_type));
  }
  // The operations that copy or compare a region of each of two strings or arrays.
  if (arguments.size() == 5) {
    for (size_t side : {size_t{0}, size_t{2}}) {
      CheckNonNull(arguments[side]);
      bool is_array = program_.types.Kind(TypeOf(arguments[side])) == TypeKind::kArray;
      ValueId length =
          Emit(is_array ? Opcode::kArrayLength : Opcode::kStrLength, i64, {arguments[side]});
      CheckRegion(arguments[side + 1], arguments[4], length);
    }
  }
  TypeId type = TypeTable::Void();
  if (!result_type->isVoidType()) type = Type(result_type.getUnqualifiedType(), loc);
  ValueList list(arguments.begin(), arguments.end());
  // Operands are objects at large, whatever class the caller knows them to be.
  return value(Emit(*opcode, type, std::move(list)));
}

}  // namespace weft::frontend
