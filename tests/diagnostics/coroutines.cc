// Coroutines are woven in, not written.
#include <coroutine>

#include "dsl/weft.h"

struct Task {
  struct promise_type {
    Task get_return_object() { return {}; }
    std::suspend_never initial_suspend() { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() {}
  };
};

Task work() {  //! W0130: coroutines
  co_return;
}

int run(weft::Array<weft::Str> args) { return 0; }
WEFT_MAIN(run)
