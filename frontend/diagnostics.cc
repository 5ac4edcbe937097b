// Places in the source and annotations: what the rest of the frontend asks Clang about a
// declaration that is not its meaning.
#include <filesystem>

#include "clang/Lex/Lexer.h"
#include "clang/Sema/Sema.h"
#include "frontend/translator.h"

namespace weft::frontend {

const Unit* Translator::UnitOf(const clang::Decl* decl) {
  return unit_of_context_.at(&decl->getASTContext());
}

SourceLoc Translator::Loc(Site site) {
  if (site.unit == nullptr || site.loc.isInvalid()) return {};
  const clang::SourceManager& sm = site.unit->ast->getSourceManager();
  auto [file, offset] = sm.getDecomposedLoc(sm.getFileLoc(site.loc));
  auto [it, inserted] = file_ids_.try_emplace({site.unit, file.getHashValue()}, FileId());
  if (inserted) {
    clang::OptionalFileEntryRef entry = sm.getFileEntryRefForID(file);
    if (entry) {
      std::filesystem::path path(entry->getName().str());
      it->second = program_.files.Add(path.lexically_normal().string());
    }
  }
  if (!it->second.is_valid()) return {};
  return SourceLoc(it->second, sm.getLineNumber(file, offset), sm.getColumnNumber(file, offset));
}

bool Translator::IsInSystemHeader(Site site) {
  if (site.unit == nullptr || site.loc.isInvalid()) return false;
  return site.unit->ast->getSourceManager().isInSystemHeader(site.loc);
}

Diagnostic& Translator::Finish(Site site, Diagnostic& diagnostic) {
  if (site.unit != nullptr && site.loc.isValid()) {
    const clang::ASTContext& context = site.unit->ast->getASTContext();
    const clang::SourceManager& sm = context.getSourceManager();
    diagnostic.Length(
        clang::Lexer::MeasureTokenLength(sm.getFileLoc(site.loc), sm, context.getLangOpts()));
  }
  return diagnostic;
}

void Translator::CompleteTemplate(const clang::CXXRecordDecl* decl) {
  const Unit* unit = UnitOf(decl);
  if (!unit->ast->hasSema()) return;
  unit->ast->getSema().isCompleteType(decl->getLocation(),
                                      unit->ast->getASTContext().getTypeDeclType(decl));
}

bool Translator::HasAnnotation(const clang::Decl* decl, std::string_view name) {
  for (const clang::AnnotateAttr* attribute : decl->specific_attrs<clang::AnnotateAttr>()) {
    if (attribute->getAnnotation() == llvm::StringRef(name.data(), name.size())) return true;
  }
  return false;
}

std::vector<std::string> Translator::AnnotationArguments(const clang::Decl* decl,
                                                         std::string_view name) {
  std::vector<std::string> texts;
  for (const clang::AnnotateAttr* attribute : decl->specific_attrs<clang::AnnotateAttr>()) {
    if (attribute->getAnnotation() != llvm::StringRef(name.data(), name.size())) continue;
    for (const clang::Expr* argument : attribute->args()) {
      argument = argument->IgnoreParenImpCasts();
      if (const auto* constant = llvm::dyn_cast<clang::ConstantExpr>(argument)) {
        argument = constant->getSubExpr()->IgnoreParenImpCasts();
      }
      if (const auto* text = llvm::dyn_cast<clang::StringLiteral>(argument)) {
        texts.push_back(text->getString().str());
      }
    }
  }
  return texts;
}

std::optional<std::string> Translator::AnnotationArgument(const clang::Decl* decl,
                                                          std::string_view name) {
  std::vector<std::string> texts = AnnotationArguments(decl, name);
  if (texts.empty()) return std::nullopt;
  return std::move(texts[0]);
}

}  // namespace weft::frontend
