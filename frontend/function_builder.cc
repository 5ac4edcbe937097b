// The frame of a function: blocks, operations, parameters.
#include "frontend/function_builder.h"

#include <utility>

#include "common/check.h"

namespace weft::frontend {

using flowgraph::Constant;
using flowgraph::ExitKind;
using flowgraph::Opcode;
using flowgraph::ValueList;

FunctionBuilder::FunctionBuilder(Translator& translator, const Unit& unit,
                                 flowgraph::FunctionInfo& function)
    : translator_(translator),
      unit_(unit),
      program_(translator.program()),
      function_(function),
      graph_(function.graph) {}

SourceLoc FunctionBuilder::Loc(clang::SourceLocation loc) { return translator_.Loc(At(loc)); }

TypeId FunctionBuilder::Type(clang::QualType type, clang::SourceLocation loc) {
  return translator_.Type(type, At(loc));
}

void FunctionBuilder::Enter(BlockId block) {
  block_ = block;
  nonnull_.clear();
}

void FunctionBuilder::Jump(BlockId target, ValueList args) {
  flowgraph::Exit& exit = graph_.block(block_).exit;
  exit.kind = ExitKind::kJump;
  exit.loc = loc_;
  exit.links.push_back({target, std::move(args)});
}

void FunctionBuilder::Branch(ValueId condition, BlockId when_true, BlockId when_false) {
  flowgraph::Exit& exit = graph_.block(block_).exit;
  exit.kind = ExitKind::kBranch;
  exit.loc = loc_;
  exit.value = condition;
  exit.links.push_back({when_true, {}});
  exit.links.push_back({when_false, {}});
}

// What follows goes to a block that nothing reaches; FinishGraph removes those.
void FunctionBuilder::Unreachable() {
  flowgraph::Exit& exit = graph_.block(block_).exit;
  exit.kind = ExitKind::kUnreachable;
  exit.loc = loc_;
  Enter(NewBlock());
}

void FunctionBuilder::Return(ValueId value) {
  flowgraph::Exit& exit = graph_.block(block_).exit;
  exit.kind = ExitKind::kReturn;
  exit.loc = loc_;
  exit.value = value;
  Enter(NewBlock());
}

void FunctionBuilder::Raise(ValueId exception) {
  BlockId block = block_;
  flowgraph::Exit& exit = graph_.block(block).exit;
  exit.kind = ExitKind::kRaise;
  exit.loc = loc_;
  exit.value = exception;
  if (BlockId landing = Landing(); landing.is_valid()) {
    graph_.block(block).on_exception.target = landing;
  }
  Enter(NewBlock());
}

ValueId FunctionBuilder::Emit(Opcode opcode, TypeId type, ValueList args, uint32_t imm,
                              uint32_t imm2) {
  ValueId result = graph_.Append(block_, opcode, type, std::move(args), imm, imm2, loc_);
  bool raises = opcode == Opcode::kCallExternal ? program_.external(ExternalId(imm)).may_raise
                                                : flowgraph::Info(opcode).Has(flowgraph::kRaise);
  if (raises) {
    BlockId block = block_;
    if (BlockId landing = Landing(); landing.is_valid()) {
      BlockId next = NewBlock();
      graph_.block(block).on_exception.target = landing;
      Jump(next);
      Enter(next);
    }
  }
  return result;
}

ValueId FunctionBuilder::NewLocal(TypeId type) {
  ValueId slot = graph_.AddResult(program_.types.Ref(type));
  locals_.push_back({.opcode = Opcode::kLocal, .imm = type.index, .loc = loc_, .result = slot});
  return slot;
}

ValueId FunctionBuilder::Int(TypeId type, int64_t value) {
  return IsInt(program_.types.Kind(type)) ? graph_.Int(type, value) : Zero(type);
}

ValueId FunctionBuilder::Zero(TypeId type) {
  TypeKind kind = program_.types.Kind(type);
  if (kind == TypeKind::kVoid) return ValueId();
  if (IsInt(kind)) return graph_.Int(type, 0);
  if (IsFloat(kind)) return graph_.Float(type, 0.0);
  return graph_.Zero(type);
}

ValueId FunctionBuilder::ToI64(ValueId value) { return Convert(value, TypeTable::I64()); }

ValueId FunctionBuilder::Poison(clang::QualType type) {
  if (type.isNull() || type->isDependentType()) return Zero(TypeTable::I32());
  // Of a type that cannot be had either there is nothing new to tell.
  if (type->isArithmeticType() || type->isEnumeralType() || type->isVoidType()) {
    return Zero(Type(type.getUnqualifiedType(), {}));
  }
  if (const clang::CXXRecordDecl* record = type->getAsCXXRecordDecl()) {
    return Zero(translator_.Record(record, At({})).type);
  }
  if (const clang::CXXRecordDecl* record = type->getPointeeCXXRecordDecl();
      record != nullptr && translator_.IsObjectClass(record)) {
    return Zero(translator_.Record(record, At({})).type);
  }
  return Zero(TypeTable::I32());
}

Place FunctionBuilder::PoisonPlace(clang::QualType type) {
  ValueId value = Poison(type);
  if (!value.is_valid()) value = Zero(TypeTable::I32());
  Place place = LocalPlace(TypeOf(value));
  if (program_.types.Kind(TypeOf(value)) == TypeKind::kObject && type->isRecordType()) {
    place = {.kind = Place::Kind::kObject, .base = value, .type = TypeOf(value)};
  }
  return place;
}

void FunctionBuilder::StartFunction(const clang::FunctionDecl* decl,
                                    const clang::CXXRecordDecl* this_record) {
  decl_ = decl;
  this_record_ = this_record;
  loc_ = function_.loc;
  Enter(NewBlock());
  std::span<const TypeId> parameters = program_.types.List(function_.type);
  std::vector<TypeId> types(parameters.begin(), parameters.end());
  std::vector<ValueId> arguments;
  for (TypeId type : types) arguments.push_back(graph_.AddArgument(block_, type));
  size_t next = 0;
  if (this_record != nullptr) {
    has_this_ = true;
    ValueId value = arguments[next++];
    switch (program_.types.Kind(TypeOf(value))) {
      case TypeKind::kObject:
        this_ = {.kind = Place::Kind::kObject, .base = value, .type = TypeOf(value)};
        nonnull_.insert(value);
        break;
      case TypeKind::kRef:
        this_ = RefPlace(value);
        break;
      default:
        this_ = ValuePlace(value);
        break;
    }
    if (this_record->isLambda()) {
      llvm::DenseMap<const clang::ValueDecl*, clang::FieldDecl*> captures;
      this_record->getCaptureFields(captures, captured_this_);
      for (const auto& [variable, field] : captures) captures_[variable] = field;
    }
  }
  if (decl == nullptr) return;
  for (const clang::ParmVarDecl* parameter : decl->parameters()) {
    ValueId value = arguments[next++];
    TypeId type = TypeOf(value);
    if (parameter->getType()->isReferenceType()) {
      variables_[parameter] =
          program_.types.Kind(type) == TypeKind::kRef
              ? RefPlace(value)
              : Place{.kind = program_.types.Kind(type) == TypeKind::kObject ? Place::Kind::kObject
                                                                             : Place::Kind::kValue,
                      .base = value,
                      .type = type};
      if (program_.types.Kind(type) == TypeKind::kObject) nonnull_.insert(value);
      continue;
    }
    if (RecordInfo* record =
            translator_.RecordOf(parameter->getType(), At(parameter->getLocation()));
        record != nullptr && record->has_destructor) {
      Report(parameter->getLocation(), diag::kScopeGuardKept, translator_.NameOf(record->decl),
             "a parameter");
    }
    SetLoc(parameter->getLocation());
    Place place = LocalPlace(type);
    Store(place, value, parameter->getLocation());
    variables_[parameter] = place;
  }
}

void FunctionBuilder::BuildFunction(const clang::FunctionDecl* decl) {
  const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(decl);
  const auto* constructor = llvm::dyn_cast<clang::CXXConstructorDecl>(decl);
  bool is_instance = method != nullptr && method->isInstance();
  is_constructor_ = constructor != nullptr;
  StartFunction(decl, is_instance ? method->getParent() : nullptr);
  return_type_ = program_.types.Element(function_.type);
  if (constructor != nullptr) EmitConstructorInits(constructor);
  const clang::Stmt* body = decl->getBody();
  if (const auto* block = llvm::dyn_cast_or_null<clang::CXXTryStmt>(body)) {
    Report(block->getBeginLoc(), diag::kFunctionTryBlock);
  } else if (llvm::isa_and_nonnull<clang::CoroutineBodyStmt>(body)) {
    Report(body->getBeginLoc(), diag::kCoroutine);
  } else if (body != nullptr) {
    EmitStatement(body);
    SetLoc(body->getEndLoc());
  }
  // Control that runs off the end of a function with a result is a mistake that Clang refuses
  // wherever it can happen.
  if (return_type_ == TypeTable::Void()) {
    Return(ValueId());
  } else {
    Unreachable();
  }
  FinishGraph();
}

void FunctionBuilder::BuildDestructor(const clang::CXXRecordDecl* record) {
  StartFunction(nullptr, record);
  const clang::CXXDestructorDecl* destructor = record->getDestructor();
  // The fields' and the base's destructors run also when the body throws.
  if (record->getNumBases() > 0) {
    const clang::CXXRecordDecl* base = record->bases_begin()->getType()->getAsCXXRecordDecl();
    RecordInfo& info = translator_.Record(base, translator_.SiteOf(record));
    if (info.has_destructor) {
      Place place = this_;
      place.path.push_back(0);
      place.type = info.type;
      PushCleanup(place, base, record->getLocation());
    }
  }
  for (const clang::FieldDecl* field : record->fields()) {
    const clang::CXXRecordDecl* type = field->getType()->getAsCXXRecordDecl();
    if (type == nullptr) continue;
    RecordInfo& info = translator_.Record(type, translator_.SiteOf(field));
    if (!info.is_value() || !info.has_destructor) continue;
    PushCleanup(FieldOf(this_, field, field->getLocation()), type, field->getLocation());
  }
  const clang::FunctionDecl* definition = nullptr;
  if (destructor != nullptr && destructor->isUserProvided()) {
    FunctionId body = translator_.Function(destructor, translator_.SiteOf(destructor));
    if (body.is_valid()) {
      Emit(Opcode::kCall, TypeTable::Void(), {Materialize(this_)}, body.index);
    }
  }
  (void)definition;
  PopScopes(0);
  Return(ValueId());
  FinishGraph();
}

void FunctionBuilder::BuildInvoker(const clang::CXXMethodDecl* call_operator) {
  StartFunction(nullptr, nullptr);
  FunctionId target = translator_.Function(call_operator, translator_.SiteOf(call_operator));
  TypeId result = program_.types.Element(function_.type);
  ValueId value;
  if (target.is_valid()) {
    ValueList arguments;
    TypeId self = program_.types.List(program_.function(target).type)[0];
    arguments.push_back(program_.types.Kind(self) == TypeKind::kRef
                            ? NewLocal(program_.types.Element(self))
                            : Zero(self));
    for (ValueId argument : graph_.block(graph_.Entry()).args) arguments.push_back(argument);
    value = Emit(Opcode::kCall, result, std::move(arguments), target.index);
  } else {
    value = Zero(result);
  }
  Return(value);
  FinishGraph();
}

void FunctionBuilder::BuildGlobalInitializer(const clang::VarDecl* variable, GlobalId global) {
  StartFunction(nullptr, nullptr);
  SetLoc(variable->getLocation());
  Place place{
      .kind = Place::Kind::kGlobal, .entity = global.index, .type = program_.global(global).type};
  const clang::Expr* init = variable->getAnyInitializer();
  if (variable->getType()->isReferenceType()) {
    ValueId value = EmitReference(init);
    if (TypeOf(value) == place.type) Store(place, value, variable->getLocation());
  } else {
    EmitInit(place, init);
  }
  Return(ValueId());
  FinishGraph();
}

// Puts the slots in front and drops the blocks that nothing reaches.
void FunctionBuilder::FinishGraph() {
  std::vector<flowgraph::Operation>& entry = graph_.block(graph_.Entry()).ops;
  entry.insert(entry.begin(), std::make_move_iterator(locals_.begin()),
               std::make_move_iterator(locals_.end()));
  locals_.clear();

  size_t count = graph_.blocks().size();
  std::vector<bool> reached(count);
  std::vector<BlockId> work = {graph_.Entry()};
  reached[0] = true;
  while (!work.empty()) {
    flowgraph::Block& block = graph_.block(work.back());
    work.pop_back();
    flowgraph::ForEachLink(block, [&](flowgraph::Link& link) {
      if (reached[link.target.index]) return;
      reached[link.target.index] = true;
      work.push_back(link.target);
    });
  }
  std::vector<BlockId> renumbered(count);
  std::vector<flowgraph::Block> blocks;
  for (size_t i = 0; i < count; ++i) {
    if (!reached[i]) continue;
    renumbered[i] = BlockId(blocks.size());
    blocks.push_back(std::move(graph_.blocks()[i]));
  }
  for (flowgraph::Block& block : blocks) {
    flowgraph::ForEachLink(
        block, [&](flowgraph::Link& link) { link.target = renumbered[link.target.index]; });
  }
  graph_.blocks() = std::move(blocks);
  graph_.RenumberArguments();
}

}  // namespace weft::frontend
