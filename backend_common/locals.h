#ifndef WEFT_BACKEND_COMMON_LOCALS_H_
#define WEFT_BACKEND_COMMON_LOCALS_H_

#include <cstdint>
#include <functional>

#include "backend_common/stack_plan.h"

// Gives every value of form kLocal a local variable, and finds which values live where blocks
// start. Linear in the size of the function times the number of values that live at once.
namespace weft::backend_common {

void AssignLocals(const std::function<uint32_t(TypeId)>& kind_of, StackPlan* plan);

}  // namespace weft::backend_common

#endif  // WEFT_BACKEND_COMMON_LOCALS_H_
