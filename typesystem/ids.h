#ifndef WEFT_TYPESYSTEM_IDS_H_
#define WEFT_TYPESYSTEM_IDS_H_

#include "common/typed_id.h"

namespace weft {

// A type in the TypeTable. Equal types have equal ids.
using TypeId = TypedId<struct TypeTag>;
// A garbage-collected class of the source program.
using ClassId = TypedId<struct ClassTag>;
// A value class (struct) of the source program.
using ValueClassId = TypedId<struct ValueClassTag>;
// A low-level container: a struct or array in memory.
using ContainerId = TypedId<struct ContainerTag>;
// A list of types in the TypeTable: parameters of a function, elements of a tuple.
using TypeListId = TypedId<struct TypeListTag>;

}  // namespace weft

#endif  // WEFT_TYPESYSTEM_IDS_H_
