#ifndef WEFT_BACKEND_COMMON_MANGLE_H_
#define WEFT_BACKEND_COMMON_MANGLE_H_

#include <cstdint>
#include <string>
#include <string_view>

// Names of the source as identifiers.
namespace weft::backend_common {

// An identifier part for a source name: "lox::VM::run" becomes "lox__VM__run". A name that does
// not survive this as it was (template arguments, underscores in a row, great length) gets a hash
// of itself at the end, so that different names stay different.
std::string Mangle(std::string_view name);

// The hash behind every name that needs one: 64-bit FNV-1a.
uint64_t HashBytes(std::string_view bytes);
// Ten hexadecimal digits of it.
std::string ShortHash(std::string_view bytes);

}  // namespace weft::backend_common

#endif  // WEFT_BACKEND_COMMON_MANGLE_H_
