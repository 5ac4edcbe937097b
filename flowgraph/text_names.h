#ifndef WEFT_FLOWGRAPH_TEXT_NAMES_H_
#define WEFT_FLOWGRAPH_TEXT_NAMES_H_

#include <string>
#include <string_view>

#include "flowgraph/program.h"

// How the printer and the parser of the text form spell names, strings and constants.
namespace weft::flowgraph {

// The length of the longest prefix of `text` that can stand for a name without quotes: letters,
// digits, '_', '~' and "::".
size_t PlainNameLength(std::string_view text);

std::string NameText(std::string_view name);
// In quotes; bytes outside printable ASCII, quotes and backslashes are escaped.
std::string QuotedText(std::string_view bytes);
std::string ConstantText(const Program& program, TypeId type, const Constant& constant);

}  // namespace weft::flowgraph

#endif  // WEFT_FLOWGRAPH_TEXT_NAMES_H_
