// From Clang's types to the program's.
#include "common/check.h"
#include "frontend/translator.h"

namespace weft::frontend {
namespace {

clang::PrintingPolicy Policy(const clang::ASTContext& context) {
  clang::PrintingPolicy policy(context.getLangOpts());
  policy.SuppressTagKeyword = true;
  policy.SuppressUnwrittenScope = true;
  policy.FullyQualifiedName = true;
  policy.PrintCanonicalTypes = true;
  policy.AnonymousTagLocations = false;
  return policy;
}

}  // namespace

std::string Translator::Print(clang::QualType type) {
  return type.getAsString(Policy(units_[0]->ast->getASTContext()));
}

TypeId Translator::Type(clang::QualType type, Site site) {
  if (type.isVolatileQualified()) Report(site, diag::kVolatileType);
  const clang::Type* key = type.getCanonicalType().getTypePtr();
  if (auto it = type_cache_.find(key); it != type_cache_.end()) return it->second;
  size_t errors = diagnostics_.error_count();
  TypeId id = ConvertType(clang::QualType(key, 0), site);
  // What was reported is reported at every place that uses it.
  if (diagnostics_.error_count() == errors) type_cache_[key] = id;
  return id;
}

TypeId Translator::ConvertType(clang::QualType type, Site site) {
  auto unsupported = [&] {
    Report(site, diag::kUnsupportedType, Print(type));
    return TypeTable::I32();
  };
  if (const auto* builtin = llvm::dyn_cast<clang::BuiltinType>(type)) {
    switch (builtin->getKind()) {
      case clang::BuiltinType::Void:
        return TypeTable::Void();
      case clang::BuiltinType::Bool:
        return TypeTable::Bool();
      case clang::BuiltinType::NullPtr:
        return NullptrType();
      case clang::BuiltinType::Float:
        return TypeTable::F32();
      case clang::BuiltinType::Double:
        return TypeTable::F64();
      default:
        break;
    }
    if (!builtin->isInteger()) return unsupported();
    uint64_t width = site.unit->ast->getASTContext().getTypeSize(builtin);
    bool is_signed = builtin->isSignedInteger();
    switch (width) {
      case 8:
        return is_signed ? TypeTable::I8() : TypeTable::U8();
      case 16:
        return TypeTable::Primitive(is_signed ? TypeKind::kI16 : TypeKind::kU16);
      case 32:
        return is_signed ? TypeTable::I32() : TypeTable::U32();
      case 64:
        return is_signed ? TypeTable::I64() : TypeTable::U64();
      default:
        return unsupported();
    }
  }
  if (const auto* enumeration = llvm::dyn_cast<clang::EnumType>(type)) {
    return Type(enumeration->getDecl()->getIntegerType(), site);
  }
  if (const auto* record = type->getAsCXXRecordDecl()) {
    RecordInfo& info = Record(record, site);
    if (info.is_object()) {
      Report(site, diag::kObjectByValue, Print(type));
      return info.type;
    }
    return info.type;
  }
  if (const auto* pointer = llvm::dyn_cast<clang::PointerType>(type)) {
    return ConvertPointer(pointer->getPointeeType(), site);
  }
  if (const auto* reference = llvm::dyn_cast<clang::ReferenceType>(type)) {
    clang::QualType pointee = reference->getPointeeType();
    if (pointee->isFunctionType()) return ConvertPointer(pointee, site);
    if (const clang::CXXRecordDecl* record = pointee->getAsCXXRecordDecl();
        record != nullptr && IsObjectClass(record)) {
      return Record(record, site).type;
    }
    if (pointee->isArrayType()) {
      Report(site, diag::kArrayType, Print(pointee));
      return TypeTable::I32();
    }
    return types().Ref(Type(pointee, site));
  }
  if (type->isMemberPointerType()) {
    Report(site, diag::kMemberPointer);
    return TypeTable::I32();
  }
  if (type->isArrayType()) {
    Report(site, diag::kArrayType, Print(type));
    return TypeTable::I32();
  }
  return unsupported();
}

TypeId Translator::ConvertPointer(clang::QualType pointee, Site site) {
  if (const auto* function = pointee->getAs<clang::FunctionProtoType>()) {
    if (function->isVariadic()) Report(site, diag::kVariadicFunction);
    std::vector<TypeId> parameters;
    for (clang::QualType parameter : function->param_types()) {
      parameters.push_back(Type(parameter, site));
    }
    return types().Function(Type(function->getReturnType(), site), parameters);
  }
  if (const clang::CXXRecordDecl* record = pointee->getAsCXXRecordDecl();
      record != nullptr && IsObjectClass(record)) {
    return Record(record, site).type;
  }
  Report(site, diag::kPointerToValue, Print(pointee));
  return TypeTable::I32();
}

TypeId Translator::ThisType(const clang::CXXRecordDecl* record, Site site) {
  RecordInfo& info = Record(record, site);
  if (info.is_value() && !info.this_by_value) return types().Ref(info.type);
  return info.type;
}

RecordInfo* Translator::RecordOf(clang::QualType type, Site site) {
  const clang::CXXRecordDecl* record = type.getNonReferenceType()->getAsCXXRecordDecl();
  return record == nullptr ? nullptr : &Record(record, site);
}

// std::nullptr_t is a type with one value.
TypeId Translator::NullptrType() {
  if (!nullptr_type_.is_valid()) {
    program_.value_classes.push_back({.name = "std::nullptr_t", .fields = {}, .loc = {}});
    value_holds_places_.push_back(false);
    nullptr_type_ = types().Value(ValueClassId(program_.value_classes.size() - 1));
  }
  return nullptr_type_;
}

bool Translator::HoldsPlaces(TypeId type) {
  if (types().Kind(type) == TypeKind::kRef) return true;
  if (types().Kind(type) != TypeKind::kValue) return false;
  return value_holds_places_[types().ValueClass(type).index];
}

bool Translator::IsObjectClass(const clang::CXXRecordDecl* decl) {
  decl = decl->getCanonicalDecl();
  if (auto it = object_class_cache_.find(decl); it != object_class_cache_.end()) return it->second;
  bool result = false;
  if (decl->getName() == "Object") {
    const auto* space = llvm::dyn_cast<clang::NamespaceDecl>(decl->getDeclContext());
    result = space != nullptr && space->getName() == "weft" &&
             space->getParent()->getRedeclContext()->isTranslationUnit();
  }
  if (const clang::CXXRecordDecl* definition = DefinitionOf(decl); !result) {
    // A class that no source defines: nothing but a pointer to it can be used.
    if (definition == nullptr) return true;
    for (const clang::CXXBaseSpecifier& base : definition->bases()) {
      const clang::CXXRecordDecl* record = base.getType()->getAsCXXRecordDecl();
      if (record != nullptr && IsObjectClass(record)) result = true;
    }
  }
  object_class_cache_[decl] = result;
  return result;
}

}  // namespace weft::frontend
