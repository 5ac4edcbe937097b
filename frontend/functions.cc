// Functions: their identity across units, their types and names.
#include "clang/AST/DeclTemplate.h"
#include "common/check.h"
#include "frontend/translator.h"

namespace weft::frontend {

namespace {

// Names that hold a place in the source, as those of lambdas do, do not depend on where the program
// stands.
class BaseNames : public clang::PrintingCallbacks {
 public:
  std::string remapPath(llvm::StringRef path) const override {
    return path.substr(path.rfind('/') + 1).str();
  }
};

}  // namespace

std::string Translator::Mangle(clang::GlobalDecl decl) {
  const auto* named = llvm::cast<clang::NamedDecl>(decl.getDecl());
  // What no other unit can see is known by its declaration.
  if (!named->isExternallyVisible()) {
    return fmt::format("{}", static_cast<const void*>(named->getCanonicalDecl()));
  }
  const Unit* unit = UnitOf(named);
  if (!unit->mangler->shouldMangleDeclName(named)) return named->getNameAsString();
  std::string name;
  llvm::raw_string_ostream stream(name);
  unit->mangler->mangleName(decl, stream);
  return name;
}

std::string Translator::FunctionKey(const clang::FunctionDecl* function) {
  if (const auto* constructor = llvm::dyn_cast<clang::CXXConstructorDecl>(function)) {
    return Mangle(clang::GlobalDecl(constructor, clang::Ctor_Complete));
  }
  if (const auto* destructor = llvm::dyn_cast<clang::CXXDestructorDecl>(function)) {
    return Mangle(clang::GlobalDecl(destructor, clang::Dtor_Complete));
  }
  return Mangle(clang::GlobalDecl(function));
}

std::string Translator::NameOf(const clang::NamedDecl* decl) {
  clang::PrintingPolicy policy(decl->getASTContext().getLangOpts());
  policy.SuppressTagKeyword = true;
  policy.SuppressUnwrittenScope = true;
  static const BaseNames kBaseNames;
  policy.Callbacks = &kBaseNames;
  policy.TerseOutput = true;
  auto line = [&](const clang::Decl* place) {
    const clang::SourceManager& sm = place->getASTContext().getSourceManager();
    return sm.getExpansionLineNumber(place->getLocation());
  };
  // A lambda is named by the function and the line that it stands in.
  const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(decl);
  const auto* record = llvm::dyn_cast<clang::CXXRecordDecl>(decl);
  const clang::CXXRecordDecl* lambda = nullptr;
  if (record != nullptr && record->isLambda()) lambda = record;
  if (method != nullptr && method->getParent()->isLambda()) lambda = method->getParent();
  if (lambda != nullptr) {
    std::string outer;
    if (const auto* parent = llvm::dyn_cast<clang::NamedDecl>(lambda->getDeclContext())) {
      outer = NameOf(parent) + "::";
    }
    return fmt::format("{}lambda:{}", outer, line(lambda));
  }
  std::string name;
  llvm::raw_string_ostream stream(name);
  decl->getNameForDiagnostic(stream, policy, /*Qualified=*/true);
  if (name.empty()) name = fmt::format("(unnamed:{})", line(decl));
  return name;
}

// Implementations have the result type of the method that they implement: a covariant result is
// used at its own class again by the callers that know.
TypeId Translator::ResultType(const clang::FunctionDecl* function, Site site) {
  const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(function);
  if (method != nullptr && method->isVirtual()) function = RootMethod(method);
  return Type(function->getReturnType(), site);
}

TypeId Translator::FunctionType(const clang::FunctionDecl* function, Site site) {
  std::vector<TypeId> parameters;
  TypeId result = TypeTable::Void();
  const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(function);
  bool is_constructor = llvm::isa<clang::CXXConstructorDecl>(function);
  if (method != nullptr && method->isInstance()) {
    RecordInfo& info = Record(method->getParent(), site);
    bool by_place = info.is_value() && (!info.this_by_value || is_constructor);
    parameters.push_back(by_place ? types().Ref(info.type) : info.type);
  }
  if (!is_constructor) result = ResultType(function, site);
  for (const clang::ParmVarDecl* parameter : function->parameters()) {
    parameters.push_back(Type(parameter->getType(), SiteOf(parameter)));
  }
  return types().Function(result, parameters);
}

FunctionId Translator::AddFunction(Job job, TypeId type, std::string name) {
  auto function = std::make_unique<flowgraph::FunctionInfo>();
  function->name = std::move(name);
  function->type = type;
  FunctionId id = program_.AddFunction(std::move(function));
  job.function = id;
  jobs_.push_back(job);
  WEFT_CHECK(jobs_.size() == program_.functions.size());
  return id;
}

FunctionId Translator::Function(const clang::FunctionDecl* function, Site use) {
  const clang::FunctionDecl* canonical = function->getCanonicalDecl();
  if (auto it = function_cache_.find(canonical); it != function_cache_.end()) return it->second;
  if (const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(function);
      method != nullptr && method->isLambdaStaticInvoker()) {
    // What a lambda converts to: Clang leaves its body to the code generator.
    const clang::CXXMethodDecl* target = method->getParent()->getLambdaCallOperator();
    if (const clang::TemplateArgumentList* arguments = method->getTemplateSpecializationArgs()) {
      void* position = nullptr;
      target = llvm::cast<clang::CXXMethodDecl>(
          target->getDescribedFunctionTemplate()->findSpecialization(arguments->asArray(),
                                                                     position));
    }
    FunctionId id = Invoker(target, use);
    function_cache_[canonical] = id;
    return id;
  }
  if (std::optional<std::string> text = HostText(function)) {
    // Calls of it are externals.
    Report(use, diag::kHostDeclaration, *text, "no pointer to a function of the host can be taken");
    function_cache_[canonical] = FunctionId();
    return FunctionId();
  }
  std::string key = FunctionKey(function);
  if (auto it = function_by_key_.find(key); it != function_by_key_.end()) {
    function_cache_[canonical] = it->second;
    return it->second;
  }
  // The failures are kept too, so that each is told once.
  auto fail = [&] {
    function_cache_[canonical] = FunctionId();
    return FunctionId();
  };
  const clang::FunctionDecl* definition = nullptr;
  if (!function->isDefined(definition)) {
    auto it = function_definitions_.find(key);
    definition = it == function_definitions_.end() ? nullptr : it->second;
  }
  if (definition == nullptr || (!definition->hasBody() && !definition->isDefaulted())) {
    if (IsInSystemHeader(SiteOf(function))) {
      Report(use, diag::kStandardLibrary, NameOf(function));
    } else if (HasAnnotation(function, "weft.host_method")) {
      Report(use, diag::kHostMissing, NameOf(function), options_.backend)
          .Note(Loc(SiteOf(function)), "declared here");
    } else {
      Report(use, diag::kUndefinedFunction, NameOf(function))
          .Note(Loc(SiteOf(function)), "declared here");
    }
    return fail();
  }
  Site site = SiteOf(definition);
  if (IsInSystemHeader(site)) {
    Report(use, diag::kStandardLibrary, NameOf(function));
    return fail();
  }
  if (definition->isVariadic()) {
    Report(site, diag::kVariadicFunction);
    return fail();
  }
  FunctionId id = AddFunction({.kind = JobKind::kFunction, .decl = definition}, TypeTable::Void(),
                              NameOf(definition));
  function_cache_[canonical] = id;
  function_by_key_[key] = id;
  FillFunction(definition, id);
  return id;
}

// Whether an Unboxed object may be made by this constructor, or its base part by one that does
// nothing. The rtyper makes one operation of what is left of `new` when they are inlined.
bool Translator::MakesUnboxed(const clang::CXXConstructorDecl* constructor) {
  const clang::CXXRecordDecl* record = constructor->getParent();
  RecordInfo& info = Record(record, SiteOf(constructor));
  if (!info.is_object()) return false;
  if (program_.cls(info.cls).unboxed != flowgraph::UnboxedKind::kNone) return true;
  const auto* body = llvm::dyn_cast_or_null<clang::CompoundStmt>(constructor->getBody());
  bool is_empty = constructor->isDefaulted() || (body != nullptr && body->body_empty());
  return is_empty && record->field_empty() && constructor->getNumParams() == 0;
}

void Translator::FillFunction(const clang::FunctionDecl* decl, FunctionId id) {
  Site site = SiteOf(decl);
  TypeId type = FunctionType(decl, site);
  flowgraph::FunctionInfo& info = program_.function(id);
  info.type = type;
  info.loc = Loc(site);
  info.is_noreturn = decl->isNoReturn();
  if (const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(decl);
      method != nullptr && method->isInstance()) {
    info.has_this = true;
    if (const auto* constructor = llvm::dyn_cast<clang::CXXConstructorDecl>(decl)) {
      info.is_constructor = true;
      info.hints.always_inline = MakesUnboxed(constructor);
    }
    info.parameter_names.push_back("this");
  }
  for (const clang::ParmVarDecl* parameter : decl->parameters()) {
    info.parameter_names.push_back(parameter->getNameAsString());
  }
  // An annotation may stand at any declaration of the function.
  for (const clang::FunctionDecl* other : decl->redecls()) {
    flowgraph::FunctionHints& hints = info.hints;
    hints.always_inline |= HasAnnotation(other, "weft.inline");
    hints.never_inline |= HasAnnotation(other, "weft.noinline");
    hints.elidable |= HasAnnotation(other, "weft.elidable");
    hints.interpreter_loop |= HasAnnotation(other, "weft.interpreter_loop");
    hints.cold |= HasAnnotation(other, "weft.cold");
    hints.unroll |= HasAnnotation(other, "weft.unroll");
  }
}

FunctionId Translator::Destructor(const clang::CXXRecordDecl* record, Site use) {
  RecordInfo& info = Record(record, use);
  auto [it, inserted] = destructors_.try_emplace(info.decl->getCanonicalDecl(), FunctionId());
  if (!inserted) return it->second;
  TypeId type = types().Function(TypeTable::Void(), std::vector<TypeId>{types().Ref(info.type)});
  std::string name = NameOf(info.decl);
  FunctionId id = AddFunction({.kind = JobKind::kDestructor, .decl = info.decl}, type,
                              fmt::format("{}::~{}", name, info.decl->getNameAsString()));
  destructors_[info.decl->getCanonicalDecl()] = id;
  flowgraph::FunctionInfo& function = program_.function(id);
  const clang::CXXDestructorDecl* destructor = info.decl->getDestructor();
  function.loc = Loc(destructor != nullptr ? SiteOf(destructor) : SiteOf(info.decl));
  function.has_this = true;
  function.parameter_names.push_back("this");
  return id;
}

FunctionId Translator::Invoker(const clang::CXXMethodDecl* call_operator, Site use) {
  const clang::Decl* canonical = call_operator->getCanonicalDecl();
  auto [it, inserted] = invokers_.try_emplace(canonical, FunctionId());
  if (!inserted) return it->second;
  std::vector<TypeId> parameters;
  std::vector<std::string> names;
  for (const clang::ParmVarDecl* parameter : call_operator->parameters()) {
    parameters.push_back(Type(parameter->getType(), SiteOf(parameter)));
    names.push_back(parameter->getNameAsString());
  }
  TypeId type = types().Function(Type(call_operator->getReturnType(), use), parameters);
  FunctionId id = AddFunction({.kind = JobKind::kInvoker, .decl = call_operator}, type,
                              NameOf(call_operator) + "::pointer");
  invokers_[canonical] = id;
  program_.function(id).loc = Loc(SiteOf(call_operator));
  program_.function(id).parameter_names = std::move(names);
  return id;
}

ExternalId Translator::External(const clang::FunctionDecl* function, std::string_view symbol,
                                Site use) {
  std::string name(symbol);
  auto [it, inserted] = externals_.try_emplace(name, ExternalId(program_.externals.size()));
  if (!inserted) return it->second;
  // The mathematical functions of C: everything else belongs to the run time and has effects.
  static const absl::flat_hash_set<std::string_view> kPure = {
      "sqrt",  "cbrt", "floor", "ceil",  "trunc",     "round",    "fabs",      "exp",   "exp2",
      "expm1", "log",  "log2",  "log10", "log1p",     "sin",      "cos",       "tan",   "asin",
      "acos",  "atan", "atan2", "sinh",  "cosh",      "tanh",     "asinh",     "acosh", "atanh",
      "pow",   "fmod", "hypot", "rint",  "nearbyint", "copysign", "remainder", "ldexp",
  };
  ExternalId id = it->second;
  program_.externals.emplace_back();
  TypeId type = FunctionType(function, use);
  flowgraph::ExternalInfo& info = program_.external(id);
  info.symbol = name;
  info.type = type;
  info.is_pure = kPure.contains(name);
  info.is_noreturn = function->isNoReturn();
  info.loc = Loc(SiteOf(function));
  return id;
}

}  // namespace weft::frontend
