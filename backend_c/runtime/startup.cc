// From the process's start to the program's entry, and back.

#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "backend_c/runtime/os.h"
#include "backend_c/runtime/runtime.h"

char* weft_stack_limit = nullptr;

namespace weft::runtime {

namespace {

// As much stack as a program gets, whatever the shell's limit; only touched pages take memory.
constexpr size_t kStackBytes = size_t{64} << 20;
// Left for the functions that have no check: leaves, the collector, the C library.
constexpr size_t kReserve = size_t{1} << 20;
// A frame never needs more room in the shadow stack than twice what it takes of the stack.
constexpr size_t kShadowFactor = 2;

// Returns the bytes of stack from `top` down that functions with a check may use.
size_t SetStackLimit(char* top) {
  size_t bytes = size_t{8} << 20;
  rlimit limit;
  if (getrlimit(RLIMIT_STACK, &limit) == 0) {
    if (limit.rlim_cur < kStackBytes) {
      // Linux asks for the limit whenever the main stack grows, and leaves more than 64 MB of
      // address space below it, so that raising the limit takes effect at once.
      rlimit raised = limit;
      raised.rlim_cur = limit.rlim_max < kStackBytes ? limit.rlim_max : kStackBytes;
      if (setrlimit(RLIMIT_STACK, &raised) == 0) limit = raised;
    }
    bytes = limit.rlim_cur < kStackBytes ? static_cast<size_t>(limit.rlim_cur) : kStackBytes;
  }
  size_t usable = bytes > 2 * kReserve ? bytes - kReserve : bytes / 2;
  weft_stack_limit = top - usable;
  return bytes;
}

// The program's arguments as an array of strings; NULL, with an exception, without memory.
weft_object* MakeArguments(int count, char** values) {
  weft_object* array = weft_gc_alloc_items(weft_args_type_id, sizeof(weft_array), sizeof(void*),
                                           offsetof(weft_array, length), count);
  if (array == nullptr) return nullptr;
  WEFT_ROOT_SET(0, array);
  WEFT_ROOTS_ENTER(1);
  for (int i = 0; i < count; ++i) {
    size_t length = std::strlen(values[i]);
    weft_object* string =
        weft_gc_alloc_items(weft_str_type_id, sizeof(weft_str), 1, offsetof(weft_str, length),
                            static_cast<int64_t>(length));
    if (string == nullptr) {
      array = nullptr;
      break;
    }
    std::memcpy(reinterpret_cast<weft_str*>(string)->bytes, values[i], length);
    array = static_cast<weft_object*>(WEFT_ROOT_GET(-1));
    weft_object** slot =
        reinterpret_cast<weft_object**>(reinterpret_cast<char*>(array) + sizeof(weft_array)) + i;
    weft_gc_write_barrier_item(array, slot, string);
    *slot = string;
  }
  WEFT_ROOTS_LEAVE(1);
  return array;
}

}  // namespace
}  // namespace weft::runtime

int64_t weft_str_hash_slow(weft_str* string) {
  // FNV-1a, then a multiplication that spreads it over all bits: the same function in every
  // executor, because hashes are stored in frozen tables. Never 0, which stands for "not computed".
  uint64_t hash = UINT64_C(14695981039346656037);
  for (int64_t i = 0; i < string->length; ++i) {
    hash = (hash ^ string->bytes[i]) * UINT64_C(1099511628211);
  }
  hash ^= hash >> 32;
  hash *= UINT64_C(0xd6e8feb86659fd93);
  hash ^= hash >> 32;
  if (hash == 0) hash = 1;
  string->hash = static_cast<int64_t>(hash);
  return string->hash;
}

int main(int argc, char** argv) {
  weft_gc_stack_base = static_cast<char*>(__builtin_frame_address(0));
  size_t stack = weft::runtime::SetStackLimit(weft_gc_stack_base);
  weft_gc_start(stack * weft::runtime::kShadowFactor);
  weft_object* arguments = weft::runtime::MakeArguments(argc, argv);
  int code = arguments != nullptr ? weft_entry(arguments) : 1;
  if (weft_exception != nullptr) {
    weft_report_uncaught();
    code = 1;
  }
  weft_os_flush();
  return code;
}
