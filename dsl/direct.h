#ifndef WEFT_DSL_DIRECT_H_
#define WEFT_DSL_DIRECT_H_

// What the direct build stands on: memory, fatal errors and the stack limit. Weft never reads this
// file; it is the one place under dsl/ where raw memory is used. docs/direct_build.md says why it
// is as it is.

#ifdef __WEFT__
#error "dsl/direct.h belongs to the direct build"
#endif

#include <sys/resource.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <type_traits>

#if defined(__SANITIZE_ADDRESS__)
#define WEFT_DIRECT_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WEFT_DIRECT_ASAN 1
#endif
#endif

// Trailing parameters that hold the place of the call, for the messages of failing checks.
#define WEFT_DIRECT_HERE const char *file = __builtin_FILE(), int line = __builtin_LINE()

namespace weft::direct {

// Prints `FILE:LINE: fatal error: TEXT` after what the program printed, and aborts (exit code 134
// in a shell). A null file stands for an unknown place.
[[noreturn]] inline void fatal(const char* file, int line, const char* text) {
  std::fflush(stdout);
  if (file != nullptr) std::fprintf(stderr, "%s:%d: ", file, line);
  std::fprintf(stderr, "fatal error: %s\n", text);
  std::fflush(stderr);
  std::abort();
}

[[noreturn, gnu::cold]] inline void fatal_index(int64_t index, int64_t length, const char* file,
                                                int line) {
  char text[96];
  std::snprintf(text, sizeof text, "index %lld is out of range for length %lld",
                static_cast<long long>(index), static_cast<long long>(length));
  fatal(file, line, text);
}

inline void check_index(int64_t index, int64_t length, const char* file, int line) {
  if (static_cast<uint64_t>(index) >= static_cast<uint64_t>(length)) [[unlikely]] {
    fatal_index(index, length, file, line);
  }
}

inline void check_nonnull(const void* pointer, const char* file, int line) {
  if (pointer == nullptr) [[unlikely]]
    fatal(file, line, "null dereference");
}

// Memory is kept until the process ends. It comes zeroed and aligned to 16
// bytes.
struct Heap {
  char* next = nullptr;
  char* end = nullptr;
  uint64_t allocated = 0;
  uint64_t allocations = 0;
  uint64_t limit = initial_limit();

  // WEFT_GC_MAX is a number of bytes, or of KiB, MiB or GiB with the suffix k, m or g.
  static uint64_t initial_limit() {
    const char* text = std::getenv("WEFT_GC_MAX");
    if (text == nullptr || *text == '\0') return uint64_t{4} << 30;
    char* suffix = nullptr;
    uint64_t limit = std::strtoull(text, &suffix, 10);
    if (*suffix == 'k' || *suffix == 'K') limit <<= 10;
    if (*suffix == 'm' || *suffix == 'M') limit <<= 20;
    if (*suffix == 'g' || *suffix == 'G') limit <<= 30;
    return limit;
  }
};

inline Heap& heap() {
  static Heap heap;
  return heap;
}

// A null result means that the heap's limit is reached.
inline void* allocate(uint64_t size) {
  Heap& h = heap();
  size = (size + 15) & ~uint64_t{15};
  if (size > h.limit || h.allocated + size > h.limit) return nullptr;
  h.allocations++;
  h.allocated += size;
#ifdef WEFT_DIRECT_ASAN
  return std::calloc(1, size);
#else
  constexpr uint64_t kChunk = uint64_t{1} << 20;
  if (size > kChunk / 4) return std::calloc(1, size);
  if (static_cast<uint64_t>(h.end - h.next) < size) {
    h.next = static_cast<char*>(std::calloc(1, kChunk));
    if (h.next == nullptr) return nullptr;
    h.end = h.next + kChunk;
  }
  void* result = h.next;
  h.next += size;
  return result;
#endif
}

// Defined in dsl/exception.h, where the exceptions are known.
[[noreturn]] inline void throw_memory_error();
[[noreturn]] inline void throw_stack_overflow();

inline void* allocate_or_throw(uint64_t size) {
  void* result = allocate(size);
  if (result == nullptr) [[unlikely]]
    throw_memory_error();
  return result;
}

// The lowest address that a frame may reach. main() sets it; below it every function that was
// compiled with -finstrument-functions throws StackOverflowError when it is entered.
inline uintptr_t stack_limit = 0;

constexpr uint64_t kStackSize = uint64_t{4} << 20;
constexpr uint64_t kStackReserve = uint64_t{512} << 10;

[[gnu::no_instrument_function]] inline void set_stack_limit(uintptr_t top) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_STACK, &limit) != 0) return;
  // Raising the soft limit takes effect at once: the kernel asks it whenever the main stack grows.
  if (limit.rlim_cur < kStackSize) {
    limit.rlim_cur = limit.rlim_max < kStackSize ? limit.rlim_max : kStackSize;
    setrlimit(RLIMIT_STACK, &limit);
    getrlimit(RLIMIT_STACK, &limit);
  }
  uint64_t size = limit.rlim_cur < kStackSize ? limit.rlim_cur : kStackSize;
  stack_limit = top - (size - kStackReserve);
}

// Scope guards run while an exception is on its way, at the depth where it was thrown: they get
// part of the reserve.
[[gnu::no_instrument_function]] inline void check_stack(uintptr_t frame) {
  if (frame < stack_limit) [[unlikely]] {
    if (std::uncaught_exceptions() > 0 && frame > stack_limit - kStackReserve / 2) return;
    throw_stack_overflow();
  }
}

}  // namespace weft::direct

#endif  // WEFT_DSL_DIRECT_H_
