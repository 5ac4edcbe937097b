#ifndef WEFT_FLOWGRAPH_TEXT_NAMES_H_
#define WEFT_FLOWGRAPH_TEXT_NAMES_H_

#include <string>
#include <string_view>
#include <utility>

#include "flowgraph/program.h"

// How the printer and the parser of the text form spell names, strings and constants.
namespace weft::flowgraph {

// The words for kinds of containers, of which a class has none, and of members of the host.
inline constexpr std::pair<lltype::ContainerKind, const char*> kContainerKinds[] = {
    {lltype::ContainerKind::kString, "string"}, {lltype::ContainerKind::kArray, "array"},
    {lltype::ContainerKind::kBox, "box"},       {lltype::ContainerKind::kWeakReference, "weakref"},
    {lltype::ContainerKind::kHost, "host"},
};
inline constexpr std::pair<HostMemberKind, const char*> kHostMemberKinds[] = {
    {HostMemberKind::kStatic, "static"},
    {HostMemberKind::kVirtual, "virtual"},
    {HostMemberKind::kInterface, "interface"},
    {HostMemberKind::kConstructor, "new"},
};

// The length of the longest prefix of `text` that can stand for a name without quotes: letters,
// digits, '_', '~' and "::".
size_t PlainNameLength(std::string_view text);

std::string NameText(std::string_view name);
// In quotes; bytes outside printable ASCII, quotes and backslashes are escaped.
std::string QuotedText(std::string_view bytes);
std::string ConstantText(const Program& program, TypeId type, const Constant& constant);

}  // namespace weft::flowgraph

#endif  // WEFT_FLOWGRAPH_TEXT_NAMES_H_
