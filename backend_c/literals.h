#ifndef WEFT_BACKEND_C_LITERALS_H_
#define WEFT_BACKEND_C_LITERALS_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "typesystem/type.h"

// Constants as C writes them, good as operands and as static initialisers, in C11 and C++20.
namespace weft::backend_c {

// An integer or bool; `bits` as in flowgraph::Constant.
std::string IntLiteral(TypeKind kind, int64_t value);
// An f32 or f64, exact: in hexadecimal unless it is a small whole number.
std::string FloatLiteral(TypeKind kind, double value);
// A string literal with its quotes; a long one on several lines if it may.
std::string StringLiteral(std::string_view bytes, bool may_wrap = true);
// Text that may stand in a // comment.
std::string CommentText(std::string_view text);

}  // namespace weft::backend_c

#endif  // WEFT_BACKEND_C_LITERALS_H_
