#include "frontend/translator.h"

#include <algorithm>
#include <utility>

#include "common/check.h"
#include "frontend/function_builder.h"

namespace weft::frontend {

Translator::Translator(const FrontendOptions& options, DiagnosticEngine& diagnostics,
                       flowgraph::Program& program, std::vector<std::unique_ptr<Unit>>& units)
    : options_(options), diagnostics_(diagnostics), program_(program), units_(units) {
  for (const std::unique_ptr<Unit>& unit : units_) {
    unit_of_context_[&unit->ast->getASTContext()] = unit.get();
  }
}

void Translator::Run() {
  for (const std::unique_ptr<Unit>& unit : units_) {
    IndexUnit(*unit, unit->ast->getASTContext().getTranslationUnitDecl());
  }
  FindKnownClasses();
  if (entry_ != nullptr) {
    program_.entry = Function(entry_, SiteOf(entry_));
  } else if (!options_.check_everything) {
    // At the first source, as a whole.
    const clang::SourceManager& sm = units_[0]->ast->getSourceManager();
    Report({units_[0].get(), sm.getLocForStartOfFile(sm.getMainFileID())}, diag::kEntryMissing);
  }
  AddExports();
  AddEagerGlobals();
  if (options_.check_everything) {
    for (const auto& [unit, record] : user_records_) Record(record, {unit, record->getLocation()});
    for (const auto& [unit, function] : user_functions_) {
      Function(function, {unit, function->getLocation()});
    }
  }
  RunJobs();
  // A finalizer is inherited.
  for (flowgraph::ClassInfo& cls : program_.classes) {
    ClassId base = cls.parent;
    while (!cls.finalizer.is_valid() && base.is_valid()) {
      cls.finalizer = program_.cls(base).finalizer;
      base = program_.cls(base).parent;
    }
  }
  MakeInitializer();
  NameFunctions();
}

// Walks the declarations of a unit once: definitions that other units may want, by mangled name,
// and the handful of declarations that are known by name or annotation.
void Translator::IndexUnit(const Unit& unit, const clang::DeclContext* context) {
  for (const clang::Decl* decl : context->decls()) {
    if (decl->isImplicit() || decl->isInvalidDecl()) continue;
    if (const auto* space = llvm::dyn_cast<clang::NamespaceDecl>(decl)) {
      if (space->isStdNamespace()) continue;
      IndexUnit(unit, space);
    } else if (const auto* linkage = llvm::dyn_cast<clang::LinkageSpecDecl>(decl)) {
      if (IsInSystemHeader({&unit, decl->getLocation()})) continue;
      IndexUnit(unit, linkage);
    } else if (const auto* record = llvm::dyn_cast<clang::CXXRecordDecl>(decl)) {
      if (!record->isThisDeclarationADefinition() || record->isDependentContext()) continue;
      if (record->getDeclContext()->getRedeclContext()->isNamespace()) {
        const auto* parent = llvm::dyn_cast<clang::NamespaceDecl>(record->getDeclContext());
        if (parent != nullptr && parent->getName() == "weft" &&
            parent->getParent()->isTranslationUnit()) {
          if (record->getName() == "Object" && object_record_ == nullptr) object_record_ = record;
          if (record->getName() == "Exception" && exception_record_ == nullptr) {
            exception_record_ = record;
          }
          if (record->getName() == "WeakTarget" && weak_record_ == nullptr) weak_record_ = record;
        }
      }
      if (IsInSystemHeader({&unit, decl->getLocation()})) continue;
      if (record->isExternallyVisible()) record_definitions_.try_emplace(RecordKey(record), record);
      if (options_.check_everything) user_records_.emplace_back(&unit, record);
      IndexUnit(unit, record);
    } else if (const auto* function = llvm::dyn_cast<clang::FunctionDecl>(decl)) {
      if (!IsInSystemHeader({&unit, decl->getLocation()})) IndexFunction(unit, function);
    } else if (const auto* variable = llvm::dyn_cast<clang::VarDecl>(decl)) {
      if (!IsInSystemHeader({&unit, decl->getLocation()})) IndexVariable(unit, variable);
    }
  }
}

void Translator::IndexFunction(const Unit& unit, const clang::FunctionDecl* function) {
  if (HasAnnotation(function, "weft.entry") && function->isThisDeclarationADefinition()) {
    if (entry_ == nullptr) {
      entry_ = function;
    } else {
      Report({&unit, function->getLocation()}, diag::kEntryDuplicate)
          .Note(Loc(SiteOf(entry_)), "the first entry point");
    }
    return;
  }
  if (!function->isThisDeclarationADefinition() || function->isDeleted() ||
      function->isDependentContext()) {
    return;
  }
  // May be seen once for each unit that includes its header.
  if (HasAnnotation(function, "weft.export")) exported_.push_back(function);
  if (HasAnnotation(function, "weft.host_error") && host_error_ == nullptr) host_error_ = function;
  if (options_.check_everything && !function->isDefaulted() && !IsForOtherBackends(function)) {
    user_functions_.emplace_back(&unit, function);
  }
  if (function->isInlined() || !function->isExternallyVisible()) return;
  std::string key = FunctionKey(function);
  auto [it, inserted] = function_definitions_.try_emplace(key, function);
  if (!inserted) {
    Report({&unit, function->getLocation()}, diag::kDuplicateDefinition, NameOf(function))
        .Note(Loc(SiteOf(it->second)), "the other definition");
  }
}

void Translator::IndexVariable(const Unit& unit, const clang::VarDecl* variable) {
  if (!variable->isThisDeclarationADefinition() || variable->isTemplated()) return;
  variable_order_[variable] = static_cast<uint32_t>(variable_order_.size());
  const auto* space = llvm::dyn_cast<clang::NamespaceDecl>(variable->getDeclContext());
  bool in_weft = space != nullptr && space->getName() == "weft";
  if (in_weft && variable->getName() == "memory_error_instance" && memory_error_ == nullptr) {
    memory_error_ = variable;
  }
  if (in_weft && variable->getName() == "stack_overflow_instance" && stack_overflow_ == nullptr) {
    stack_overflow_ = variable;
  }
  // An initialiser that does something is run, whether or not anybody reads the variable.
  if (!in_weft && variable->hasInit() &&
      variable->getInit()->HasSideEffects(unit.ast->getASTContext()) && !variable->isConstexpr()) {
    eager_variables_.push_back(variable);
  }
  if (variable->isInline() || !variable->isExternallyVisible()) return;
  auto [it, inserted] = variable_definitions_.try_emplace(Mangle(variable), variable);
  if (!inserted) {
    Report({&unit, variable->getLocation()}, diag::kDuplicateDefinition, NameOf(variable))
        .Note(Loc(SiteOf(it->second)), "the other definition");
  }
}

void Translator::FindKnownClasses() {
  if (object_record_ == nullptr) return;
  program_.known.object = Record(object_record_, SiteOf(object_record_)).cls;
  for (const clang::CXXMethodDecl* method : object_record_->methods()) {
    if (method->getDeclName().isIdentifier() && method->getName() == "finalize") {
      finalize_ = Method(method, SiteOf(method));
    }
  }
  if (exception_record_ != nullptr) {
    program_.known.exception = Record(exception_record_, SiteOf(exception_record_)).cls;
  }
  if (weak_record_ != nullptr) {
    program_.known.weak_ref = Record(weak_record_, SiteOf(weak_record_)).cls;
  }
}

void Translator::RunJobs() {
  while (next_job_ < jobs_.size()) {
    Job job = jobs_[next_job_++];
    RunJob(job);
  }
}

void Translator::RunJob(const Job& job) {
  FunctionBuilder builder(*this, *UnitOf(job.decl), program_.function(job.function));
  switch (job.kind) {
    case JobKind::kFunction:
      builder.BuildFunction(llvm::cast<clang::FunctionDecl>(job.decl));
      return;
    case JobKind::kDestructor:
      builder.BuildDestructor(llvm::cast<clang::CXXRecordDecl>(job.decl));
      return;
    case JobKind::kInvoker:
      builder.BuildInvoker(llvm::cast<clang::CXXMethodDecl>(job.decl));
      return;
    case JobKind::kInitializer:
      builder.BuildGlobalInitializer(llvm::cast<clang::VarDecl>(job.decl), job.global);
      return;
  }
}

// Functions that share a name get their parameter types, and if that is not enough the source
// file, appended, so that every name is unique and none depends on the order of translation.
void Translator::NameFunctions() {
  auto group = [&](auto rename) {
    absl::flat_hash_map<std::string, std::vector<uint32_t>> names;
    std::vector<std::string> order;
    for (uint32_t i = 0; i < program_.functions.size(); ++i) {
      auto& list = names[program_.functions[i]->name];
      if (list.empty()) order.push_back(program_.functions[i]->name);
      list.push_back(i);
    }
    for (const std::string& name : order) {
      const std::vector<uint32_t>& list = names[name];
      if (list.size() < 2) continue;
      for (size_t i = 0; i < list.size(); ++i) rename(*program_.functions[list[i]], list[i], i);
    }
  };
  group([&](flowgraph::FunctionInfo& function, uint32_t index, size_t) {
    if (index >= jobs_.size()) return;
    const auto* decl = llvm::dyn_cast_or_null<clang::FunctionDecl>(jobs_[index].decl);
    if (decl == nullptr) return;
    std::string list;
    for (const clang::ParmVarDecl* parameter : decl->parameters()) {
      if (!list.empty()) list += ", ";
      list += Print(parameter->getType());
    }
    function.name += "(" + list + ")";
    if (const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(decl)) {
      if (method->isConst() && !method->getParent()->isLambda()) function.name += " const";
    }
  });
  group([&](flowgraph::FunctionInfo& function, uint32_t, size_t) {
    if (!function.loc.file.is_valid()) return;
    const std::string& path = program_.files.Path(function.loc.file);
    function.name += fmt::format(" [{}:{}]", path.substr(path.rfind('/') + 1), function.loc.line);
  });
  group([&](flowgraph::FunctionInfo& function, uint32_t, size_t i) {
    if (i > 0) function.name += fmt::format(" #{}", i + 1);
  });
  // Classes and globals of one name stand in unnamed namespaces or functions of several sources.
  auto distinguish = [&](auto& entities) {
    absl::flat_hash_map<std::string, uint32_t> seen;
    for (const auto& entity : entities) ++seen[entity.name];
    absl::flat_hash_map<std::string, uint32_t> used;
    for (auto& entity : entities) {
      if (seen[entity.name] < 2) continue;
      if (entity.loc.file.is_valid()) {
        const std::string& path = program_.files.Path(entity.loc.file);
        entity.name += fmt::format(" [{}:{}]", path.substr(path.rfind('/') + 1), entity.loc.line);
      }
      if (uint32_t count = ++used[entity.name]; count > 1) {
        entity.name += fmt::format(" #{}", count);
      }
    }
  };
  distinguish(program_.classes);
  distinguish(program_.value_classes);
  distinguish(program_.globals);
}

}  // namespace weft::frontend
