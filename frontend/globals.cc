// Globals: constants, tables, and the functions that initialise what is neither.
#include <algorithm>

#include "common/check.h"
#include "frontend/translator.h"

namespace weft::frontend {

const clang::VarDecl* Translator::DefinitionOf(const clang::VarDecl* variable, Site use) {
  if (const clang::VarDecl* definition = variable->getDefinition()) return definition;
  auto it = variable_definitions_.find(Mangle(variable));
  if (it != variable_definitions_.end()) return it->second;
  // A static constexpr member of a template is its own definition.
  if (variable->isStaticDataMember() && variable->getAnyInitializer() != nullptr) return variable;
  if (IsInSystemHeader(SiteOf(variable))) {
    Report(use, diag::kStandardLibrary, NameOf(variable));
  } else {
    Report(use, diag::kUndefinedFunction, NameOf(variable))
        .Note(Loc(SiteOf(variable)), "declared here");
  }
  return nullptr;
}

GlobalId Translator::Global(const clang::VarDecl* variable, Site use) {
  const clang::VarDecl* canonical = variable->getCanonicalDecl();
  if (auto it = global_cache_.find(canonical); it != global_cache_.end()) return it->second;
  std::string key = Mangle(variable);
  if (auto it = global_by_key_.find(key); it != global_by_key_.end()) {
    global_cache_[canonical] = it->second;
    return it->second;
  }
  const clang::VarDecl* definition = DefinitionOf(variable, use);
  if (definition == nullptr) definition = canonical;
  GlobalId id(program_.globals.size());
  global_cache_[canonical] = id;
  global_by_key_[key] = id;
  Site site = SiteOf(definition);
  program_.globals.emplace_back();
  program_.global(id).name = NameOf(definition);
  program_.global(id).loc = Loc(site);
  if (definition->getTLSKind() != clang::VarDecl::TLS_None) Report(site, diag::kThreadLocal);
  if (definition->getType()->isArrayType()) {
    MakeTable(definition, id);
    return id;
  }
  TypeId type = Type(definition->getType(), site);
  program_.global(id).type = type;
  if (HoldsPlaces(type)) Report(site, diag::kPlaceKept, NameOf(definition));
  RecordInfo* record = RecordOf(definition->getType(), site);
  if (record != nullptr && record->is_value() && record->has_destructor) {
    Report(site, diag::kScopeGuardKept, NameOf(record->decl), "a global");
  }
  if (definition->getAnyInitializer() == nullptr || InitializeConstant(definition, id)) return id;
  if (definition->isStaticLocal() && !definition->isConstexpr() &&
      definition->evaluateValue() == nullptr) {
    const auto* construct = llvm::dyn_cast<clang::CXXConstructExpr>(
        definition->getInit()->IgnoreImplicit()->IgnoreParenImpCasts());
    bool is_literal = construct != nullptr &&
                      HasAnnotation(construct->getConstructor(), "weft.intrinsic") &&
                      definition->getType().isConstQualified();
    if (!is_literal) Report(site, diag::kLocalStatic, NameOf(definition));
  }
  TypeId function_type = types().Function(TypeTable::Void(), {});
  FunctionId function =
      AddFunction({.kind = JobKind::kInitializer, .decl = definition, .global = id}, function_type,
                  "initialize " + program_.global(id).name);
  program_.function(function).loc = Loc(site);
  global_jobs_.push_back({.variable = definition, .global = id, .initializer = function});
  return id;
}

// A scalar whose value Clang knows needs no function.
bool Translator::InitializeConstant(const clang::VarDecl* variable, GlobalId id) {
  TypeKind kind = types().Kind(program_.global(id).type);
  bool is_scalar =
      IsInt(kind) || IsFloat(kind) || kind == TypeKind::kObject || kind == TypeKind::kFunction;
  if (!is_scalar) return false;
  const clang::APValue* value = variable->evaluateValue();
  if (value == nullptr) return false;
  std::vector<flowgraph::Constant> items;
  if (!FlattenConstant(*value, variable->getType(), SiteOf(variable), items, nullptr) ||
      items.size() != 1) {
    return false;
  }
  program_.global(id).initial = items[0];
  program_.global(id).is_constant = variable->getType().isConstQualified();
  return true;
}

void Translator::MakeTable(const clang::VarDecl* variable, GlobalId id) {
  Site site = SiteOf(variable);
  clang::ASTContext& context = variable->getASTContext();
  clang::QualType type = variable->getType();
  clang::QualType element = context.getBaseElementType(type);
  program_.global(id).type = types().Table(TypeTable::I32(), 0);
  const auto* array = context.getAsConstantArrayType(type);
  if (array == nullptr || !element.isConstQualified() || variable->getAnyInitializer() == nullptr) {
    Report(site, diag::kArrayType, Print(type));
    return;
  }
  uint64_t length = context.getConstantArrayElementCount(array);
  TypeId element_type = Type(element, site);
  std::vector<flowgraph::Constant> items;
  std::vector<TypeId> item_types;
  if (!FlattenInitializer(variable->getAnyInitializer(), type, site, items, nullptr)) {
    items.clear();
    const clang::APValue* value = variable->evaluateValue();
    if (value == nullptr || !FlattenConstant(*value, type, site, items, nullptr)) {
      Report(site, diag::kTableNotConstant, NameOf(variable));
      return;
    }
  }
  auto scalars = [&](auto& self, TypeId scalar) -> void {
    if (types().Kind(scalar) != TypeKind::kValue) {
      item_types.push_back(scalar);
      return;
    }
    for (const flowgraph::FieldInfo& field :
         program_.value_class(types().ValueClass(scalar)).fields) {
      self(self, field.type);
    }
  };
  scalars(scalars, element_type);
  if (items.size() != length * item_types.size()) {
    Report(site, diag::kTableNotConstant, NameOf(variable));
    return;
  }
  flowgraph::GlobalInfo& global = program_.global(id);
  global.type = types().Table(element_type, static_cast<uint32_t>(length));
  global.items = std::move(items);
  global.item_types = std::move(item_types);
  global.is_constant = true;
}

// Appends the scalars of a constant; false if it holds something that is none.
bool Translator::FlattenConstant(const clang::APValue& value, clang::QualType type, Site site,
                                 std::vector<flowgraph::Constant>& items,
                                 std::vector<TypeId>* item_types) {
  using flowgraph::Constant;
  switch (value.getKind()) {
    case clang::APValue::Int: {
      TypeKind kind = types().Kind(Type(type, site));
      if (!IsInt(kind)) return false;
      int64_t bits = flowgraph::CanonicalInt(
          kind, static_cast<int64_t>(value.getInt().extOrTrunc(64).getZExtValue()));
      items.push_back({Constant::Kind::kScalar, static_cast<uint64_t>(bits)});
      return true;
    }
    case clang::APValue::Float: {
      llvm::APFloat number = value.getFloat();
      bool loses = false;
      number.convert(llvm::APFloat::IEEEdouble(), llvm::APFloat::rmNearestTiesToEven, &loses);
      items.push_back({Constant::Kind::kScalar, number.bitcastToAPInt().getZExtValue()});
      return true;
    }
    case clang::APValue::LValue: {
      if (value.isNullPointer()) {
        items.push_back({Constant::Kind::kZero, 0});
        return true;
      }
      const auto* decl = value.getLValueBase().dyn_cast<const clang::ValueDecl*>();
      const auto* function = llvm::dyn_cast_or_null<clang::FunctionDecl>(decl);
      if (function == nullptr || !type->isPointerType()) return false;
      FunctionId id = Function(function, site);
      if (!id.is_valid()) return false;
      items.push_back({Constant::Kind::kFunction, id.index});
      return true;
    }
    case clang::APValue::Struct: {
      const clang::CXXRecordDecl* record = type->getAsCXXRecordDecl();
      if (record == nullptr || !Record(record, site).is_value()) return false;
      if (value.getStructNumBases() > 0) {
        clang::QualType base = record->bases_begin()->getType();
        if (!FlattenConstant(value.getStructBase(0), base, site, items, item_types)) return false;
      }
      for (const clang::FieldDecl* field : record->getDefinition()->fields()) {
        if (!FlattenConstant(value.getStructField(field->getFieldIndex()), field->getType(), site,
                             items, item_types)) {
          return false;
        }
      }
      return true;
    }
    case clang::APValue::Array: {
      clang::QualType element = type->castAsArrayTypeUnsafe()->getElementType();
      for (unsigned i = 0; i < value.getArraySize(); ++i) {
        const clang::APValue& item = i < value.getArrayInitializedElts()
                                         ? value.getArrayInitializedElt(i)
                                         : value.getArrayFiller();
        if (!FlattenConstant(item, element, site, items, item_types)) return false;
      }
      return true;
    }
    default:
      return false;
  }
}

// The same from the initialiser as it is written, which may also hold strings.
bool Translator::FlattenInitializer(const clang::Expr* init, clang::QualType type, Site site,
                                    std::vector<flowgraph::Constant>& items,
                                    std::vector<TypeId>* item_types) {
  using flowgraph::Constant;
  if (init == nullptr || init->isValueDependent()) return false;
  clang::ASTContext& context = site.unit->ast->getASTContext();
  init = init->IgnoreParens();
  while (true) {
    if (const auto* cleanups = llvm::dyn_cast<clang::ExprWithCleanups>(init)) {
      init = cleanups->getSubExpr();
    } else if (const auto* constant = llvm::dyn_cast<clang::ConstantExpr>(init)) {
      init = constant->getSubExpr();
    } else if (const auto* expansion = llvm::dyn_cast<clang::CXXDefaultInitExpr>(init)) {
      init = expansion->getExpr();
    } else {
      break;
    }
  }
  if (const auto* list = llvm::dyn_cast<clang::InitListExpr>(init)) {
    if (list->isSemanticForm() == false && list->getSemanticForm() != nullptr) {
      list = list->getSemanticForm();
    }
    if (const clang::ConstantArrayType* array = context.getAsConstantArrayType(type)) {
      uint64_t size = array->getSize().getZExtValue();
      if (list->isStringLiteralInit()) {
        return FlattenInitializer(list->getInit(0), type, site, items, item_types);
      }
      for (uint64_t i = 0; i < size; ++i) {
        const clang::Expr* item =
            i < list->getNumInits() ? list->getInit(i) : list->getArrayFiller();
        if (!FlattenInitializer(item, array->getElementType(), site, items, item_types)) {
          return false;
        }
      }
      return true;
    }
    const clang::CXXRecordDecl* record = type->getAsCXXRecordDecl();
    if (record != nullptr && Record(record, site).is_value()) {
      unsigned next = 0;
      for (const clang::CXXBaseSpecifier& base : record->getDefinition()->bases()) {
        if (next >= list->getNumInits()) return false;
        if (!FlattenInitializer(list->getInit(next++), base.getType(), site, items, item_types)) {
          return false;
        }
      }
      for (const clang::FieldDecl* field : record->getDefinition()->fields()) {
        if (next >= list->getNumInits()) return false;
        if (!FlattenInitializer(list->getInit(next++), field->getType(), site, items, item_types)) {
          return false;
        }
      }
      return true;
    }
    if (record == nullptr && list->getNumInits() == 1) {
      return FlattenInitializer(list->getInit(0), type, site, items, item_types);
    }
    return false;
  }
  if (const auto* text = llvm::dyn_cast<clang::StringLiteral>(init);
      text != nullptr && type->isArrayType()) {
    const clang::ConstantArrayType* array = context.getAsConstantArrayType(type);
    if (array == nullptr) return false;
    TypeKind kind = types().Kind(Type(array->getElementType(), site));
    for (uint64_t i = 0; i < array->getSize().getZExtValue(); ++i) {
      int64_t unit = i < text->getLength() ? text->getCodeUnit(i) : 0;
      items.push_back(
          {Constant::Kind::kScalar, static_cast<uint64_t>(flowgraph::CanonicalInt(kind, unit))});
    }
    return true;
  }
  const clang::CXXRecordDecl* record = type->getAsCXXRecordDecl();
  if (record != nullptr && Record(record, site).kind == RecordInfo::Kind::kStr) {
    const auto* construct = llvm::dyn_cast<clang::CXXConstructExpr>(init->IgnoreImplicit());
    if (construct == nullptr) return false;
    std::optional<std::string> name =
        AnnotationArgument(construct->getConstructor(), "weft.intrinsic");
    if (!name.has_value()) {
      // A copy of the temporary that the literal became.
      if (!construct->getConstructor()->isCopyOrMoveConstructor()) return false;
      return FlattenInitializer(construct->getArg(0)->IgnoreImplicit(), type, site, items,
                                item_types);
    }
    if (*name == "str_literal") {
      const auto* text =
          llvm::dyn_cast<clang::StringLiteral>(construct->getArg(0)->IgnoreParenImpCasts());
      if (text == nullptr) return false;
      items.push_back({Constant::Kind::kLiteral, program_.Literal(text->getBytes().str()).index});
      return true;
    }
    if (*name == "str_empty") {
      items.push_back({Constant::Kind::kLiteral, program_.Literal("").index});
      return true;
    }
    items.push_back({Constant::Kind::kZero, 0});
    return true;
  }
  clang::Expr::EvalResult result;
  if (!init->EvaluateAsRValue(result, context) || result.HasSideEffects) return false;
  return FlattenConstant(result.Val, type, site, items, item_types);
}

// What must exist although no function may name it.
void Translator::AddEagerGlobals() {
  if (memory_error_ != nullptr) {
    program_.memory_error = Global(memory_error_, SiteOf(memory_error_));
  }
  if (stack_overflow_ != nullptr) {
    program_.stack_overflow_error = Global(stack_overflow_, SiteOf(stack_overflow_));
  }
  for (const clang::VarDecl* variable : eager_variables_) Global(variable, SiteOf(variable));
}

}  // namespace weft::frontend
