#include "gc/finalizers.h"

namespace weft::gc {

void Finalizers::Run() {
  if (running_) return;
  running_ = true;
  // An allocation happens with no exception on its way, but a caller may hold one in a local
  // variable of its own, and a finalizer that raises must not hide it.
  *weft_shadow_top++ = weft_exception;
  weft_exception = nullptr;
  while (next_due_ != due_.size()) {
    weft_object* object = due_[next_due_++];
    *weft_shadow_top++ = object;
    weft_types[object->type_id].finalizer(object);
    --weft_shadow_top;
    // There is nobody to whom a finalizer could raise.
    weft_exception = nullptr;
  }
  due_.Resize(0);
  next_due_ = 0;
  --weft_shadow_top;
  weft_exception = static_cast<weft_object*>(*weft_shadow_top);
  running_ = false;
}

}  // namespace weft::gc
