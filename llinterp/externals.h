#ifndef WEFT_LLINTERP_EXTERNALS_H_
#define WEFT_LLINTERP_EXTERNALS_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "llinterp/memory.h"

// The functions of the run-time library, as the interpreter performs them.
namespace weft::llinterp {

// What externals work on besides their arguments.
class OutsideWorld {
 public:
  OutsideWorld(const Memory& memory, std::function<void(int, std::string_view)> write)
      : memory(memory), write_(std::move(write)) {}

  const Memory& memory;
  bool has_exited = false;
  int32_t exit_code = 0;

  // Standard output is buffered, as the run time of artefacts does it.
  void Print(std::string_view bytes);
  void Flush();
  // Gives the bytes written or a negative errno.
  int64_t Write(int64_t fd, std::string_view bytes);

 private:
  std::string buffer_;
  std::function<void(int, std::string_view)> write_;
};

struct External {
  uint64_t (*run)(OutsideWorld& world, const uint64_t* args) = nullptr;
  // The result depends on more than the arguments, or others see the effect.
  bool is_outside = false;
};

// The external with this symbol; `run` is null when there is none.
External FindExternal(std::string_view symbol);

}  // namespace weft::llinterp

#endif  // WEFT_LLINTERP_EXTERNALS_H_
