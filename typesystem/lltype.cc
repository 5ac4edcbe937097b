#include "typesystem/lltype.h"

#include <utility>

namespace weft::lltype {

ContainerId ContainerTable::Add(Container container) {
  containers_.push_back(std::move(container));
  return ContainerId(containers_.size() - 1);
}

bool ContainerTable::IsPrefixOf(ContainerId ancestor, ContainerId id) const {
  for (; id.is_valid(); id = Get(id).parent) {
    if (id == ancestor) return true;
  }
  return false;
}

uint32_t SizeOf(const TypeTable& types, TypeId type) {
  TypeKind kind = types.Kind(type);
  if (kind == TypeKind::kBool) return 1;
  if (IsInt(kind) || IsFloat(kind)) return static_cast<uint32_t>(BitWidth(kind) / 8);
  return 8;
}

}  // namespace weft::lltype
