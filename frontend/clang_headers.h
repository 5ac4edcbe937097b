#ifndef WEFT_FRONTEND_CLANG_HEADERS_H_
#define WEFT_FRONTEND_CLANG_HEADERS_H_

// Everything that the frontend takes from Clang, in one place: it is most of what compiling a file
// of this folder costs, and it can be precompiled as one header.
#include "clang/AST/ASTContext.h"
#include "clang/AST/Attr.h"
#include "clang/AST/CXXInheritance.h"
#include "clang/AST/Decl.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/AST/Expr.h"
#include "clang/AST/ExprCXX.h"
#include "clang/AST/ExprConcepts.h"
#include "clang/AST/Mangle.h"
#include "clang/AST/Stmt.h"
#include "clang/AST/StmtCXX.h"
#include "clang/AST/Type.h"
#include "clang/Basic/Builtins.h"
#include "clang/Basic/SourceManager.h"
#include "clang/Frontend/ASTUnit.h"

#endif  // WEFT_FRONTEND_CLANG_HEADERS_H_
