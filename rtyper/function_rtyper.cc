#include "rtyper/function_rtyper.h"

#include <utility>

#include "common/check.h"

namespace weft::rtyper {

using flowgraph::ExitKind;
using flowgraph::ValueKind;

void FunctionRtyper::Run() {
  flowgraph::FunctionInfo& info = program_.function(id_);
  old_ = std::move(info.graph);
  mapping_.resize(old_.value_count());
  if (context_.unboxed.wants_creations()) creations_.emplace(program_, old_);
  MakeBlocks();

  // Reverse postorder visits definitions before uses. Blocks that are never reached are dropped
  // down to an empty shell.
  std::vector<BlockId> postorder;
  std::vector<bool> seen(old_.blocks().size());
  std::vector<std::pair<BlockId, size_t>> stack = {{Graph::Entry(), 0}};
  seen[0] = true;
  while (!stack.empty()) {
    auto& [id, next] = stack.back();
    const Block& block = old_.block(id);
    size_t count = block.exit.links.size();
    if (next < count + (block.catches() ? 1 : 0)) {
      const Link& link = next < count ? block.exit.links[next] : block.on_exception;
      ++next;
      if (!seen[link.target.index]) {
        seen[link.target.index] = true;
        stack.emplace_back(link.target, 0);
      }
    } else {
      postorder.push_back(id);
      stack.pop_back();
    }
  }
  for (size_t b = 0; b < seen.size(); ++b) {
    if (!seen[b]) new_.block(BlockId(b)).exit.kind = ExitKind::kUnreachable;
  }
  for (size_t i = postorder.size(); i-- > 0;) LowerBlock(postorder[i]);

  std::vector<std::string> names;
  std::span<const TypeId> parameters = types_.List(context_.source_type(id_));
  for (size_t i = 0; i < parameters.size() && i < info.parameter_names.size(); ++i) {
    representations_.AppendScalarNames(info.parameter_names[i], parameters[i], &names);
  }
  info.parameter_names = std::move(names);
  // The object of a handle's method is the handle's first scalar, and may be null.
  bool takes_object = !parameters.empty() && types_.Kind(parameters[0]) == TypeKind::kObject;
  info.has_this = info.has_this && takes_object;
  info.is_constructor = info.is_constructor && takes_object;
  info.graph = std::move(new_);
}

void FunctionRtyper::MakeBlocks() {
  for (size_t b = 0; b < old_.blocks().size(); ++b) {
    BlockId id = new_.AddBlock();
    // The parameters may have other types than the function's own.
    if (b == 0) continue;
    for (ValueId arg : old_.block(id).args) {
      ValueList scalars;
      for (TypeId type : representations_.Scalars(OldType(arg))) {
        scalars.push_back(new_.AddArgument(id, type));
      }
      Define(arg, scalars);
    }
  }
}

void FunctionRtyper::LowerParameters() {
  std::span<const TypeId> parameters = types_.List(context_.signature(id_));
  ValueList arguments;
  for (TypeId type : parameters) arguments.push_back(new_.AddArgument(Graph::Entry(), type));
  size_t next = 0;
  for (ValueId arg : old_.block(Graph::Entry()).args) {
    ValueList scalars;
    for (TypeId type : representations_.Scalars(OldType(arg))) {
      WEFT_CHECK(next < arguments.size(), "{}: too many parameters", program_.function(id_).name);
      scalars.push_back(Cast(arguments[next++], type));
    }
    Define(arg, scalars);
  }
}

void FunctionRtyper::LowerBlock(BlockId id) {
  const Block& block = old_.block(id);
  block_ = id;
  new_.block(block_).is_cold = block.is_cold;
  may_catch_ = false;
  has_caught_ = false;
  is_dead_ = false;
  if (id == Graph::Entry()) {
    loc_ = program_.function(id_).loc;
    LowerParameters();
  }
  for (size_t i = 0; i < block.ops.size(); ++i) {
    const Operation& op = block.ops[i];
    loc_ = op.loc;
    if (block.catches() && i + 1 == block.ops.size() && block.exit.kind != ExitKind::kRaise) {
      on_exception_ = LowerLink(block.on_exception, 1);
      may_catch_ = true;
    }
    LowerOperation(op);
  }
  loc_ = block.exit.loc;
  if (is_dead_) {
    new_.block(block_).exit.kind = ExitKind::kUnreachable;
    new_.block(block_).exit.loc = loc_;
    return;
  }
  LowerExit(block);
}

Link FunctionRtyper::LowerLink(const Link& link, size_t implicit) {
  Link result{.target = link.target, .args = Flatten(link.args)};
  // The source may hand on an object at a derived class.
  const std::vector<ValueId>& parameters = new_.block(link.target).args;
  for (size_t i = 0; i < result.args.size(); ++i) {
    result.args[i] = Cast(result.args[i], new_.type(parameters[i + implicit]));
  }
  return result;
}

void FunctionRtyper::LowerExit(const Block& block) {
  flowgraph::Exit exit;
  exit.kind = block.exit.kind;
  exit.loc = block.exit.loc;
  exit.cases = block.exit.cases;
  switch (exit.kind) {
    case ExitKind::kReturn: {
      if (!block.exit.value.is_valid()) break;
      TypeId result = types_.Element(context_.signature(id_));
      ValueList scalars = Flatten({block.exit.value});
      if (scalars.empty()) break;
      if (scalars.size() == 1) {
        exit.value = Cast(scalars[0], result);
        break;
      }
      std::span<const TypeId> elements = types_.List(result);
      for (size_t i = 0; i < scalars.size(); ++i) scalars[i] = Cast(scalars[i], elements[i]);
      exit.value = Emit(Opcode::kTupleMake, result, std::move(scalars));
      break;
    }
    case ExitKind::kRaise: {
      ValueId value = One(block.exit.value);
      if (program_.known.exception.is_valid()) {
        value = Cast(value, types_.Ptr(representations_.class_container(program_.known.exception)));
      }
      exit.value = value;
      if (block.catches()) {
        new_.block(block_).on_exception = LowerLink(block.on_exception, 1);
      }
      break;
    }
    case ExitKind::kBranch:
    case ExitKind::kSwitch:
      exit.value = One(block.exit.value);
      break;
    default:
      break;
  }
  for (const Link& link : block.exit.links) {
    Link lowered = LowerLink(link, 0);
    exit.links.push_back(std::move(lowered));
  }
  // Casts may have been added behind the raising operation, in a block of their own.
  if (has_caught_ && may_catch_) new_.block(block_).on_exception = std::move(on_exception_);
  new_.block(block_).exit = std::move(exit);
}

ValueId FunctionRtyper::Emit(Opcode opcode, TypeId result, ValueList args, uint32_t imm,
                             uint32_t imm2) {
  if (has_caught_) SplitBlock();
  ValueId value = new_.Append(block_, opcode, result, std::move(args), imm, imm2, loc_);
  bool raises = opcode == Opcode::kCallExternal ? program_.external(ExternalId(imm)).may_raise
                                                : flowgraph::Info(opcode).Has(flowgraph::kRaise);
  if (may_catch_ && raises) has_caught_ = true;
  return value;
}

void FunctionRtyper::SplitBlock() {
  BlockId rest = new_.AddBlock();
  Block& block = new_.block(block_);
  block.exit.kind = ExitKind::kJump;
  block.exit.loc = loc_;
  block.exit.links.push_back({.target = rest, .args = {}});
  block.on_exception = std::move(on_exception_);
  new_.block(rest).is_cold = block.is_cold;
  block_ = rest;
  has_caught_ = false;
  may_catch_ = false;
}

std::span<const ValueId> FunctionRtyper::Values(ValueId old) {
  Mapping& mapping = mapping_[old.index];
  if (mapping.first == kUnmapped) {
    const flowgraph::ValueInfo info = old_.value(old);
    WEFT_CHECK(info.kind == ValueKind::kConstant, "{}: value {} is used before its definition",
               program_.function(id_).name, old.index);
    const std::vector<TypeId>& scalars = representations_.Scalars(info.type);
    ValueList values;
    if (scalars.size() == 1) {
      values.push_back(LowerConstant(scalars[0], info.constant));
    } else {
      for (TypeId type : scalars) values.push_back(ZeroOf(type));
    }
    Define(old, values);
  }
  return {pool_.data() + mapping.first, mapping.count};
}

ValueId FunctionRtyper::One(ValueId old) {
  std::span<const ValueId> values = Values(old);
  WEFT_CHECK(values.size() == 1, "{}: value {} has {} scalars", program_.function(id_).name,
             old.index, values.size());
  return values[0];
}

void FunctionRtyper::Define(ValueId old, std::span<const ValueId> values) {
  mapping_[old.index] = {.first = static_cast<uint32_t>(pool_.size()),
                         .count = static_cast<uint32_t>(values.size())};
  pool_.insert(pool_.end(), values.begin(), values.end());
}

ValueList FunctionRtyper::Flatten(const ValueList& args, size_t from) {
  ValueList result;
  for (size_t i = from; i < args.size(); ++i) {
    for (ValueId value : Values(args[i])) result.push_back(value);
  }
  return result;
}

ValueId FunctionRtyper::ZeroOf(TypeId type) {
  TypeKind kind = types_.Kind(type);
  if (IsInt(kind)) return new_.Int(type, 0);
  if (IsFloat(kind)) return new_.Float(type, 0);
  return new_.Zero(type);
}

ValueId FunctionRtyper::LowerConstant(TypeId type, const Constant& constant) {
  if (constant.kind == Constant::Kind::kZero) return ZeroOf(type);
  if (constant.kind == Constant::Kind::kFunction) {
    type = context_.signature(FunctionId(constant.bits));
  }
  return new_.AddConstant(type, context_.LowerConstant(constant));
}

ValueId FunctionRtyper::Cast(ValueId value, TypeId type) {
  TypeId from = new_.type(value);
  if (from == type || types_.Kind(from) != TypeKind::kPtr) return value;
  if (new_.IsConstant(value)) return new_.AddConstant(type, new_.value(value).constant);
  return Emit(Opcode::kCastPtr, type, {value});
}

void FunctionRtyper::CastArguments(TypeId signature, ValueList* args, size_t first_arg) {
  // A cast makes no type, so the span stays valid.
  std::span<const TypeId> parameters = types_.List(signature);
  WEFT_CHECK(parameters.size() == args->size() - first_arg, "{}: {} arguments for {} parameters",
             program_.function(id_).name, args->size() - first_arg, parameters.size());
  for (size_t i = 0; i < parameters.size(); ++i) {
    (*args)[first_arg + i] = Cast((*args)[first_arg + i], parameters[i]);
  }
}

void FunctionRtyper::LowerScalarOperation(const Operation& op) {
  ValueList args = Flatten(op.args);
  TypeId type =
      op.result.is_valid() ? representations_.Scalar(OldType(op.result)) : TypeTable::Void();
  ValueId result = Emit(op.opcode, type, std::move(args), op.imm, op.imm2);
  if (op.result.is_valid()) Define(op.result, result);
}

void FunctionRtyper::LowerSelect(const Operation& op) {
  // Hints and selections work on each scalar by itself.
  ValueList results;
  const std::vector<TypeId>& scalars = representations_.Scalars(OldType(op.result));
  for (size_t i = 0; i < scalars.size(); ++i) {
    ValueList args;
    if (op.opcode == Opcode::kSelect) {
      args = {One(op.args[0]), Cast(Values(op.args[1])[i], scalars[i]),
              Cast(Values(op.args[2])[i], scalars[i])};
    } else {
      for (ValueId arg : op.args) args.push_back(Values(arg)[i]);
    }
    results.push_back(Emit(op.opcode, scalars[i], std::move(args)));
  }
  Define(op.result, results);
}

void FunctionRtyper::LowerComparison(const Operation& op) {
  ValueList a = Flatten({op.args[0]});
  ValueList b = Flatten({op.args[1]});
  WEFT_CHECK(!a.empty() && a.size() == b.size());
  // Two places are equal when base and offset are.
  ValueId result;
  for (size_t i = 0; i < a.size(); ++i) {
    TypeId type = new_.type(a[i]);
    if (type != new_.type(b[i]) && types_.Kind(type) == TypeKind::kPtr) {
      type = representations_.root_pointer();
    }
    ValueId left = Cast(a[i], type);
    ValueId right = Cast(b[i], type);
    ValueId equal = Emit(op.opcode, TypeTable::Bool(), {left, right});
    result = i == 0 ? equal
                    : Emit(op.opcode == Opcode::kEq ? Opcode::kAnd : Opcode::kOr, TypeTable::Bool(),
                           {result, equal});
  }
  Define(op.result, result);
}

void FunctionRtyper::LowerOperation(const Operation& op) {
  switch (op.opcode) {
    case Opcode::kSelect:
    case Opcode::kExpect:
    case Opcode::kPromote:
      return LowerSelect(op);
    case Opcode::kEq:
    case Opcode::kNe:
      return LowerComparison(op);
    case Opcode::kCall:
      return LowerCall(op);
    case Opcode::kCallVirtual:
      return LowerCallVirtual(op);
    case Opcode::kCallPointer:
      return LowerCallPointer(op);
    case Opcode::kCallExternal:
      return LowerCallExternal(op);
    case Opcode::kNew:
      return LowerNew(op);
    case Opcode::kFieldGet:
      return LowerFieldGet(op);
    case Opcode::kFieldSet:
      return LowerFieldSet(op);
    case Opcode::kUpcast:
      return LowerUpcast(op);
    case Opcode::kCheckNonNull:
      if (IsPending(op.args[0])) return;
      return LowerScalarOperation(op);
    case Opcode::kIsa:
      return LowerIsa(op);
    case Opcode::kCheckCast:
      return LowerCheckCast(op);
    case Opcode::kWeakRefNew:
    case Opcode::kWeakRefGet:
      return LowerWeakRef(op);
    case Opcode::kArrayNew:
    case Opcode::kArrayLength:
    case Opcode::kArrayGet:
    case Opcode::kArraySet:
    case Opcode::kArrayCopy:
      return LowerArrayOperation(op);
    case Opcode::kStrLength:
    case Opcode::kStrItem:
    case Opcode::kStrNew:
    case Opcode::kStrSetItem:
    case Opcode::kStrCopy:
    case Opcode::kStrFromBytesCopy:
    case Opcode::kStrToBytesCopy:
    case Opcode::kStrRegionEqual:
    case Opcode::kStrRegionCompare:
    case Opcode::kStrHash:
      return LowerStringOperation(op);
    case Opcode::kValueMake:
      return LowerValueMake(op);
    case Opcode::kValueGet:
      return LowerValueGet(op);
    case Opcode::kValueWith:
      return LowerValueWith(op);
    case Opcode::kLocal:
    case Opcode::kFieldRef:
    case Opcode::kArrayRef:
    case Opcode::kGlobalRef:
      return LowerPlaceMaker(op);
    case Opcode::kRefField:
      return LowerRefField(op);
    case Opcode::kRefGet:
      return LowerRefGet(op);
    case Opcode::kRefSet:
      return LowerRefSet(op);
    case Opcode::kGlobalGet:
      return LowerGlobalGet(op);
    case Opcode::kGlobalSet:
      return LowerGlobalSet(op);
    case Opcode::kTableGet:
      return LowerTableGet(op);
    default:
      WEFT_CHECK(op.info().stages == flowgraph::OpStages::Both, "{}: {} cannot be rtyped",
                 program_.function(id_).name, op.info().name);
      return LowerScalarOperation(op);
  }
}

}  // namespace weft::rtyper
