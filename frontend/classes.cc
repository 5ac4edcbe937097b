// Classes: objects and values, their fields and virtual methods.
#include "clang/AST/DeclTemplate.h"
#include "common/check.h"
#include "frontend/translator.h"

namespace weft::frontend {

std::string Translator::RecordKey(const clang::CXXRecordDecl* decl) {
  std::string key;
  llvm::raw_string_ostream stream(key);
  const Unit* unit = UnitOf(decl);
  if (!decl->isExternallyVisible()) {
    // Its own in each unit.
    return fmt::format("{}", static_cast<const void*>(decl->getCanonicalDecl()));
  }
  unit->mangler->mangleCanonicalTypeName(
      unit->ast->getASTContext().getTypeDeclType(decl).getCanonicalType(), stream);
  return key;
}

const clang::CXXRecordDecl* Translator::DefinitionOf(const clang::CXXRecordDecl* decl) {
  if (const clang::CXXRecordDecl* definition = decl->getDefinition()) return definition;
  if (llvm::isa<clang::ClassTemplateSpecializationDecl>(decl) && !decl->isDependentContext()) {
    // The unit may only have named it.
    CompleteTemplate(decl);
    if (const clang::CXXRecordDecl* definition = decl->getDefinition()) return definition;
  }
  if (!decl->isExternallyVisible()) return nullptr;
  auto it = record_definitions_.find(RecordKey(decl));
  return it == record_definitions_.end() ? nullptr : it->second;
}

// Whether a class of the standard library is more than a type of compile time. The orderings of
// <compare> are what comparisons give.
bool Translator::IsStandardContainer(const clang::CXXRecordDecl* decl) {
  if (!IsInSystemHeader(SiteOf(decl)) || decl->isEmpty()) return false;
  if (!decl->getDeclName().isIdentifier()) return true;
  // An initializer_list may be named; what makes one is refused (W0138).
  return !decl->getName().ends_with("_ordering") && decl->getName() != "initializer_list";
}

// The class that the elements of an array are values of, or refer to objects of; null when `decl`
// is no array, or one of something else.
const clang::CXXRecordDecl* Translator::ElementOfArray(const clang::CXXRecordDecl* decl) {
  const auto* instance = llvm::dyn_cast_or_null<clang::ClassTemplateSpecializationDecl>(decl);
  if (instance == nullptr || instance->getTemplateArgs().size() == 0 ||
      instance->getTemplateArgs()[0].getKind() != clang::TemplateArgument::Type ||
      AnnotationArgument(decl, "weft.core") != "array") {
    return nullptr;
  }
  clang::QualType item = instance->getTemplateArgs()[0].getAsType();
  if (!item->isPointerType()) return item->getAsCXXRecordDecl();
  const clang::CXXRecordDecl* pointee = item->getPointeeCXXRecordDecl();
  return pointee != nullptr && IsObjectClass(pointee) ? pointee : nullptr;
}

RecordInfo& Translator::Record(const clang::CXXRecordDecl* decl, Site site) {
  const clang::CXXRecordDecl* canonical = decl->getCanonicalDecl();
  if (auto it = record_cache_.find(canonical); it != record_cache_.end()) return *it->second;
  std::string key = RecordKey(decl);
  if (auto it = record_by_key_.find(key); it != record_by_key_.end()) {
    record_cache_[canonical] = it->second;
    if (const clang::CXXRecordDecl* definition = decl->getDefinition()) {
      CheckSameRecord(*it->second, definition);
    }
    return *it->second;
  }
  const clang::CXXRecordDecl* definition = DefinitionOf(decl);
  // The class of an array's elements may have such an array as a field, which must not find the
  // array half made: it comes first, and may make the array.
  if (const clang::CXXRecordDecl* element = ElementOfArray(definition)) {
    Record(element, site);
    if (auto it = record_by_key_.find(key); it != record_by_key_.end()) {
      record_cache_[canonical] = it->second;
      return *it->second;
    }
  }
  RecordInfo& info = records_.emplace_back();
  record_cache_[canonical] = &info;
  record_by_key_[key] = &info;
  info.decl = definition != nullptr ? definition : decl;
  if (std::optional<std::string> core = AnnotationArgument(info.decl, "weft.core")) {
    info.is_complete = true;
    info.this_by_value = true;
    if (*core == "str") {
      info.kind = RecordInfo::Kind::kStr;
      info.type = TypeTable::Str();
      return info;
    }
    info.kind = RecordInfo::Kind::kArray;
    info.type = TypeTable::I32();
    const auto* instance = llvm::dyn_cast<clang::ClassTemplateSpecializationDecl>(info.decl);
    if (instance != nullptr && instance->getTemplateArgs().size() > 0 &&
        instance->getTemplateArgs()[0].getKind() == clang::TemplateArgument::Type) {
      clang::QualType item = instance->getTemplateArgs()[0].getAsType();
      TypeId element = Type(item, site);
      if (HoldsPlaces(element)) Report(site, diag::kPlaceKept, Print(item));
      if (const clang::CXXRecordDecl* record = item->getAsCXXRecordDecl();
          record != nullptr && record->hasDefinition() && record->hasNonTrivialDestructor() &&
          !IsObjectClass(record)) {
        Report(site, diag::kScopeGuardKept, Print(item), "an element of an array");
      }
      info.type = types().Array(element);
    }
    return info;
  }
  if (IsObjectClass(decl)) {
    info.kind = RecordInfo::Kind::kObject;
    info.cls = ClassId(program_.classes.size());
    info.type = types().Object(info.cls);
    program_.classes.emplace_back();
    program_.classes.back().name = NameOf(info.decl);
    program_.classes.back().loc = Loc(SiteOf(info.decl));
    object_records_.push_back(&info);
    instantiated_.push_back(false);
    if (definition != nullptr) CompleteObject(info);
  } else {
    info.kind = RecordInfo::Kind::kValue;
    info.value_class = ValueClassId(program_.value_classes.size());
    info.type = types().Value(info.value_class);
    program_.value_classes.emplace_back();
    program_.value_classes.back().name = NameOf(info.decl);
    program_.value_classes.back().loc = Loc(SiteOf(info.decl));
    value_holds_places_.push_back(false);
    if (definition != nullptr && IsStandardContainer(definition)) {
      Report(site, diag::kStandardLibrary, NameOf(definition));
      info.is_complete = true;
      return info;
    }
    if (definition != nullptr) CompleteValue(info);
  }
  if (definition != nullptr) CheckRecord(info);
  info.is_complete = true;
  return info;
}

void Translator::CompleteObject(RecordInfo& info) {
  const clang::CXXRecordDecl* decl = info.decl;
  Site site = SiteOf(decl);
  if (decl->getNumBases() > 0) {
    const clang::CXXRecordDecl* base = decl->bases_begin()->getType()->getAsCXXRecordDecl();
    RecordInfo& base_info = Record(base, site);
    if (base_info.is_object()) {
      program_.cls(info.cls).parent = base_info.cls;
      program_.cls(info.cls).is_exception = program_.cls(base_info.cls).is_exception;
      program_.cls(info.cls).unboxed = program_.cls(base_info.cls).unboxed;
      if (program_.cls(info.cls).unboxed != flowgraph::UnboxedKind::kNone && !decl->field_empty()) {
        Report(site, diag::kUnboxedClass, NameOf(decl));
      }
    }
  }
  if (exception_record_ != nullptr &&
      decl->getCanonicalDecl() == exception_record_->getCanonicalDecl()) {
    program_.cls(info.cls).is_exception = true;
  }
  if (std::optional<std::string> text = HostText(decl, "weft.host_class")) {
    CompleteHostClass(info, *text);
    return;
  }
  if (ClassId parent = program_.cls(info.cls).parent;
      parent.is_valid() && !program_.cls(parent).host.name.empty() &&
      program_.cls(parent).name != "weft::HostObject") {
    // One that this host does not have may be derived from the root of the others.
    Report(site, diag::kHostClass, program_.cls(parent).name,
           fmt::format("'{}' cannot be derived from it", NameOf(decl)));
  }
  program_.cls(info.cls).is_abstract = decl->isAbstract();
  for (const clang::FieldDecl* field : decl->fields()) {
    Site field_site = SiteOf(field);
    TypeId type = Type(field->getType(), field_site);
    if (HoldsPlaces(type)) Report(field_site, diag::kPlaceKept, field->getNameAsString());
    if (RecordInfo* record = RecordOf(field->getType(), field_site);
        record != nullptr && record->has_destructor && record->is_value()) {
      Report(field_site, diag::kScopeGuardKept, NameOf(record->decl), "a field of an object");
    }
    program_.cls(info.cls).fields.push_back({.name = field->getNameAsString(),
                                             .type = type,
                                             .loc = Loc(field_site),
                                             .immutable = field->getType().isConstQualified()});
  }
  if (HasAnnotation(decl, "weft.unboxed")) {
    const std::vector<flowgraph::FieldInfo>& fields = program_.cls(info.cls).fields;
    bool is_float = fields.size() == 1 && fields[0].type == TypeTable::F64();
    program_.cls(info.cls).unboxed =
        is_float ? flowgraph::UnboxedKind::kFloat : flowgraph::UnboxedKind::kInt;
  }
  // The methods that a class introduces are known from the start, so that ids don't depend on
  // which of them is called first.
  for (const clang::CXXMethodDecl* method : decl->methods()) {
    if (method->isVirtual() && !llvm::isa<clang::CXXDestructorDecl>(method) &&
        RootMethod(method) == method->getCanonicalDecl()) {
      Method(method, SiteOf(method));
    }
  }
}

void Translator::CompleteValue(RecordInfo& info) {
  const clang::CXXRecordDecl* decl = info.decl;
  bool is_handle = HasAnnotation(decl, "weft.handle");
  std::vector<flowgraph::FieldInfo> fields;
  auto add = [&](std::string name, TypeId type, Site site, bool immutable) {
    if (HoldsPlaces(type)) info.holds_places = true;
    fields.push_back(
        {.name = std::move(name), .type = type, .loc = Loc(site), .immutable = immutable});
  };
  for (const clang::CXXBaseSpecifier& base : decl->bases()) {
    Site site{UnitOf(decl), base.getBeginLoc()};
    RecordInfo* record = RecordOf(base.getType(), site);
    if (record == nullptr || !record->is_value()) {
      Report(site, diag::kUnsupportedType, Print(base.getType()));
      continue;
    }
    info.has_destructor |= record->has_destructor;
    add(NameOf(record->decl), record->type, site, false);
    break;
  }
  llvm::DenseMap<const clang::ValueDecl*, clang::FieldDecl*> captures;
  clang::FieldDecl* captured_this = nullptr;
  if (decl->isLambda()) decl->getCaptureFields(captures, captured_this);
  absl::flat_hash_map<const clang::FieldDecl*, std::string> capture_names;
  for (const auto& [variable, field] : captures) capture_names[field] = variable->getNameAsString();
  for (const clang::FieldDecl* field : decl->fields()) {
    Site site = SiteOf(field);
    TypeId type;
    std::string name = field->getNameAsString();
    if (auto it = capture_names.find(field); it != capture_names.end()) name = it->second;
    if (field == captured_this && field->getType()->isPointerType()) {
      type = ThisType(field->getType()->getPointeeCXXRecordDecl(), site);
      name = "this";
    } else {
      type = Type(field->getType(), site);
    }
    if (field->isBitField()) Report(site, diag::kBitField, name);
    RecordInfo* record = RecordOf(field->getType(), site);
    if (record != nullptr && record->is_value()) info.has_destructor |= record->has_destructor;
    if (is_handle) {
      TypeKind kind = types().Kind(type);
      bool is_reference = IsReference(kind) || kind == TypeKind::kFunction ||
                          (kind == TypeKind::kValue && record != nullptr && record->this_by_value);
      if (!is_reference) Report(site, diag::kHandleField, name);
    }
    add(name, type, site, field->getType().isConstQualified());
  }
  bool is_empty = fields.empty();
  if (const clang::CXXDestructorDecl* destructor = decl->getDestructor();
      destructor != nullptr && destructor->isUserProvided()) {
    info.has_destructor = true;
  }
  bool immutable_lambda = decl->isLambda() && decl->getLambdaCallOperator() != nullptr &&
                          decl->getLambdaCallOperator()->isConst();
  info.this_by_value = !info.has_destructor && (is_handle || is_empty || immutable_lambda);
  value_holds_places_[info.value_class.index] = info.holds_places;
  program_.value_class(info.value_class).fields = std::move(fields);
}

// The rules for classes that do not depend on how they are used.
void Translator::CheckRecord(const RecordInfo& info) {
  const clang::CXXRecordDecl* decl = info.decl;
  Site site = SiteOf(decl);
  std::string name = NameOf(decl);
  if (decl->isUnion()) Report(site, diag::kUnion, name);
  if (decl->getNumBases() > 1 || decl->getNumVBases() > 0) {
    Report(site, diag::kMultipleInheritance, name);
  }
  if (info.is_value() && decl->isPolymorphic()) Report(site, diag::kVirtualInValue, name);
  for (const clang::CXXMethodDecl* method : decl->methods()) {
    Site method_site = SiteOf(method);
    const auto* constructor = llvm::dyn_cast<clang::CXXConstructorDecl>(method);
    bool copies = (constructor != nullptr && constructor->isCopyOrMoveConstructor()) ||
                  method->isCopyAssignmentOperator() || method->isMoveAssignmentOperator();
    if (copies && method->isUserProvided()) Report(method_site, diag::kUserCopy, name);
    if (llvm::isa<clang::CXXDestructorDecl>(method) && info.is_object() &&
        method->isUserProvided()) {
      Report(method_site, diag::kVirtualDestructorCall, name);
    }
    if (method->getOverloadedOperator() == clang::OO_New ||
        method->getOverloadedOperator() == clang::OO_Delete ||
        method->getOverloadedOperator() == clang::OO_Array_New ||
        method->getOverloadedOperator() == clang::OO_Array_Delete) {
      Report(method_site, diag::kOperatorNew, name);
    }
  }
}

// The same class seen in another unit. Comparing the fields finds two different classes of one
// name, and every edit of a header that one unit saw and the other did not.
void Translator::CheckSameRecord(const RecordInfo& info, const clang::CXXRecordDecl* other) {
  if (UnitOf(info.decl) == UnitOf(other) || !info.decl->isCompleteDefinition()) return;
  auto a = info.decl->field_begin();
  auto b = other->field_begin();
  bool same = info.decl->getNumBases() == other->getNumBases();
  for (; a != info.decl->field_end() && b != other->field_end(); ++a, ++b) {
    if (a->getName() != b->getName()) same = false;
  }
  if (a != info.decl->field_end() || b != other->field_end()) same = false;
  if (!same) {
    Report(SiteOf(other), diag::kClassMismatch, NameOf(other))
        .Note(Loc(SiteOf(info.decl)), "the other definition");
  }
}

uint32_t Translator::FieldStep(const clang::FieldDecl* field) {
  const auto* record = llvm::cast<clang::CXXRecordDecl>(field->getParent());
  uint32_t step = field->getFieldIndex();
  if (!IsObjectClass(record) && record->getNumBases() > 0) ++step;
  return step;
}

const clang::CXXMethodDecl* Translator::RootMethod(const clang::CXXMethodDecl* method) {
  while (method->size_overridden_methods() > 0) method = *method->begin_overridden_methods();
  return method->getCanonicalDecl();
}

MethodId Translator::Method(const clang::CXXMethodDecl* method, Site site) {
  const clang::CXXMethodDecl* root = RootMethod(method);
  if (auto it = method_cache_.find(root); it != method_cache_.end()) return it->second;
  std::string key = FunctionKey(root);
  if (auto it = method_by_key_.find(key); it != method_by_key_.end()) {
    method_cache_[root] = it->second;
    return it->second;
  }
  MethodId id(program_.methods.size());
  method_cache_[root] = id;
  method_by_key_[key] = id;
  program_.methods.emplace_back();
  ClassId introduced_by = Record(root->getParent(), site).cls;
  TypeId type = FunctionType(root, SiteOf(root));
  flowgraph::MethodInfo& info = program_.method(id);
  info.name = NameOf(root);
  info.introduced_by = introduced_by;
  info.type = type;
  info.loc = Loc(SiteOf(root));
  return id;
}

void Translator::Instantiate(const clang::CXXRecordDecl* decl) {
  // The declaration is that of the unit where the object is made: there Clang has instantiated the
  // virtual methods of a template, and those of its base classes.
  while (decl != nullptr && (decl = decl->getDefinition()) != nullptr) {
    ClassId cls = Record(decl, SiteOf(decl)).cls;
    if (!cls.is_valid() || instantiated_[cls.index]) return;
    instantiated_[cls.index] = true;
    for (const clang::CXXMethodDecl* method : decl->methods()) {
      if (!method->isVirtual() || method->isPureVirtual() ||
          llvm::isa<clang::CXXDestructorDecl>(method)) {
        continue;
      }
      Site site = SiteOf(method);
      MethodId id = Method(method, site);
      FunctionId function = Function(method, site);
      if (!function.is_valid()) continue;
      program_.cls(cls).implementations.emplace_back(id, function);
      if (id == finalize_ && cls != program_.known.object) {
        program_.cls(cls).finalizer = function;
      }
    }
    if (decl->getNumBases() == 0) return;
    decl = decl->bases_begin()->getType()->getAsCXXRecordDecl();
  }
}

}  // namespace weft::frontend
