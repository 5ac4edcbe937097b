#include "gc/support.h"

#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <ctime>

void** weft_shadow_top = nullptr;
void** weft_shadow_base = nullptr;
char* weft_gc_stack_base = nullptr;

namespace weft::gc {

Options options;
Pauses pauses;

namespace {

constexpr size_t kPage = 4096;

size_t RoundUp(size_t value, size_t step) { return (value + step - 1) / step * step; }

// One write, so that lines of several processes do not mix. stdio may be in any state here.
void WriteLine(const char* format, va_list arguments) {
  char line[512];
  int length = std::snprintf(line, sizeof line, "weft gc: ");
  int more = std::vsnprintf(line + length, sizeof line - length - 1, format, arguments);
  if (more > 0) length += more;
  if (length > static_cast<int>(sizeof line) - 2) length = static_cast<int>(sizeof line) - 2;
  line[length++] = '\n';
  // Nothing can be done about a stderr that takes nothing.
  [[maybe_unused]] ssize_t written = write(2, line, length);
}

[[noreturn]] void BadVariable(const char* name, const char* value, const char* expected) {
  std::fprintf(stderr, "weft: %s=%s: expected %s\n", name, value, expected);
  std::exit(2);
}

// A variable that is unset or empty counts as absent.
const char* Variable(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0' ? value : nullptr;
}

double Milliseconds(int32_t stat) { return static_cast<double>(weft_gc_stat(stat)) / 1e6; }

void PrintSummary() {
  Log("summary: %lld collections, allocated %lld KB, heap %lld KB, pauses %lld, total %.3f ms, "
      "median %.3f ms, 99.9 %% %.3f ms, worst %.3f ms",
      static_cast<long long>(weft_gc_stat(WEFT_GC_STAT_COLLECTIONS)),
      static_cast<long long>(weft_gc_stat(WEFT_GC_STAT_ALLOCATED_BYTES) >> 10),
      static_cast<long long>(weft_gc_stat(WEFT_GC_STAT_HEAP_BYTES) >> 10),
      static_cast<long long>(weft_gc_stat(WEFT_GC_STAT_PAUSES)),
      Milliseconds(WEFT_GC_STAT_PAUSE_NANOSECONDS),
      Milliseconds(WEFT_GC_STAT_MEDIAN_PAUSE_NANOSECONDS),
      Milliseconds(WEFT_GC_STAT_LONG_PAUSE_NANOSECONDS),
      Milliseconds(WEFT_GC_STAT_LONGEST_PAUSE_NANOSECONDS));
}

void ReadSwitch(const char* name, bool* result) {
  const char* value = Variable(name);
  if (value == nullptr) return;
  if (std::strcmp(value, "0") == 0) {
    *result = false;
  } else if (std::strcmp(value, "1") == 0) {
    *result = true;
  } else {
    BadVariable(name, value, "0 or 1");
  }
}

}  // namespace

bool ParseSize(const char* text, size_t* bytes) {
  size_t value = 0;
  const char* at = text;
  if (*at < '0' || *at > '9') return false;
  for (; *at >= '0' && *at <= '9'; ++at) {
    if (__builtin_mul_overflow(value, size_t{10}, &value)) return false;
    if (__builtin_add_overflow(value, static_cast<size_t>(*at - '0'), &value)) return false;
  }
  int shift = 0;
  if (*at == 'k' || *at == 'K') shift = 10;
  if (*at == 'm' || *at == 'M') shift = 20;
  if (*at == 'g' || *at == 'G') shift = 30;
  if (shift != 0) ++at;
  if (*at != '\0' || value > (SIZE_MAX >> shift)) return false;
  *bytes = value << shift;
  return true;
}

void ReadEnvironment() {
  if (const char* value = Variable("WEFT_GC_STRESS")) {
    size_t every = 0;
    if (!ParseSize(value, &every) || every > 1000000000) {
      BadVariable("WEFT_GC_STRESS", value, "a number of allocations, 1 to collect at each");
    }
    options.stress = static_cast<uint32_t>(every);
  }
  ReadSwitch("WEFT_GC_VERIFY", &options.verify);
  if (const char* value = Variable("WEFT_GC_LOG")) {
    options.log = std::strcmp(value, "1") == 0;
    options.summary = std::strcmp(value, "summary") == 0;
    if (!options.log && !options.summary && std::strcmp(value, "0") != 0) {
      BadVariable("WEFT_GC_LOG", value, "0, 1 or summary");
    }
    if (options.summary) std::atexit(PrintSummary);
  }
  if (const char* value = Variable("WEFT_GC_MAX")) {
    if (!ParseSize(value, &options.limit) || options.limit == 0) {
      BadVariable("WEFT_GC_MAX", value, "a size such as 500K, 64M or 2G");
    }
    constexpr size_t kLeast = size_t{256} << 10;
    if (options.limit < kLeast) {
      BadVariable("WEFT_GC_MAX", value, "at least 256K, a program does not start with less");
    }
  }
}

void Fatal(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  WriteLine(format, arguments);
  va_end(arguments);
  std::abort();
}

void Log(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  WriteLine(format, arguments);
  va_end(arguments);
}

uint64_t NowNanoseconds() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1000000000u + static_cast<uint64_t>(now.tv_nsec);
}

uint32_t Pauses::ClassOf(uint64_t nanoseconds) {
  if (nanoseconds < 16) return static_cast<uint32_t>(nanoseconds);
  int exponent = 63 - __builtin_clzll(nanoseconds);
  return static_cast<uint32_t>(exponent - 3) * 16 +
         static_cast<uint32_t>((nanoseconds >> (exponent - 4)) & 15);
}

// The longest duration of the class.
uint64_t Pauses::EndOf(uint32_t index) {
  if (index < 16) return index;
  uint32_t exponent = index / 16 + 3;
  uint64_t first = (uint64_t{16} + index % 16) << (exponent - 4);
  return first + (uint64_t{1} << (exponent - 4)) - 1;
}

void Pauses::Record(uint64_t nanoseconds) {
  ++count_;
  total_ += nanoseconds;
  if (nanoseconds > longest_) longest_ = nanoseconds;
  ++counts_[ClassOf(nanoseconds)];
}

uint64_t Pauses::Exceeded(uint64_t part, uint64_t whole) const {
  uint64_t may_exceed = count_ * part / whole;
  uint64_t longer = 0;
  for (uint32_t i = kClasses; i-- > 0;) {
    longer += counts_[i];
    if (longer > may_exceed) return EndOf(i) < longest_ ? EndOf(i) : longest_;
  }
  return 0;
}

int64_t Pauses::Stat(int32_t which) const {
  switch (which) {
    case WEFT_GC_STAT_PAUSES:
      return static_cast<int64_t>(count_);
    case WEFT_GC_STAT_PAUSE_NANOSECONDS:
      return static_cast<int64_t>(total_);
    case WEFT_GC_STAT_LONGEST_PAUSE_NANOSECONDS:
      return static_cast<int64_t>(longest_);
    case WEFT_GC_STAT_MEDIAN_PAUSE_NANOSECONDS:
      return static_cast<int64_t>(Exceeded(1, 2));
    case WEFT_GC_STAT_LONG_PAUSE_NANOSECONDS:
      return static_cast<int64_t>(Exceeded(1, 1000));
  }
  return -1;
}

int64_t HashOfAddress(const weft_object* object) {
  // The low bits of addresses are equal and the high ones nearly so; the product spreads the rest.
  uint64_t bits = (reinterpret_cast<uintptr_t>(object) >> 3) * UINT64_C(0x9e3779b97f4a7c15);
  return static_cast<int64_t>((bits ^ (bits >> 32)) & INT64_MAX);
}

uint32_t NextIdentityHash(uint32_t* counter) {
  constexpr uint32_t kMost = (UINT32_C(1) << (32 - WEFT_GC_OWN_SHIFT)) - 1;
  // An odd step comes by every number before one comes again, and spreads neighbours.
  *counter += UINT32_C(0x9e3779b1);
  uint32_t hash = *counter >> WEFT_GC_OWN_SHIFT;
  return hash == 0 ? kMost : hash;
}

bool Reservation::Reserve(size_t bytes, size_t alignment) {
  bytes = RoundUp(bytes, kPage);
  void* start = mmap(nullptr, bytes + alignment, PROT_NONE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (start == MAP_FAILED) return false;
  base_ = reinterpret_cast<char*>(RoundUp(reinterpret_cast<uintptr_t>(start), alignment));
  reserved_ = bytes;
  committed_ = 0;
  return true;
}

bool Reservation::Commit(size_t bytes) {
  if (bytes <= committed_) return true;
  if (bytes > reserved_) return false;
  size_t step = committed_ / 4;
  constexpr size_t kLeastStep = size_t{256} << 10;
  if (step < kLeastStep) step = kLeastStep;
  size_t target = RoundUp(bytes + step, kPage);
  if (target > reserved_) target = reserved_;
  if (mprotect(base_ + committed_, target - committed_, PROT_READ | PROT_WRITE) != 0) {
    target = RoundUp(bytes, kPage);
    if (mprotect(base_ + committed_, target - committed_, PROT_READ | PROT_WRITE) != 0) {
      return false;
    }
  }
  committed_ = target;
  return true;
}

void Discard(void* start, size_t bytes) { madvise(start, bytes, MADV_DONTNEED); }

void FindStackBase() {
  if (weft_gc_stack_base != nullptr) return;
  pthread_attr_t attributes;
  void* start = nullptr;
  size_t bytes = 0;
  if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
    pthread_attr_getstack(&attributes, &start, &bytes);
    pthread_attr_destroy(&attributes);
  }
  if (start == nullptr) Fatal("cannot find out where the stack begins");
  weft_gc_stack_base = static_cast<char*>(start) + bytes;
}

namespace {

// Its own frame is the deepest, so everything that its callers saved lies above it.
#if defined(__clang__) || defined(__GNUC__)
__attribute__((noinline, no_sanitize("address")))
#endif
void ScanFromHere(void (*visit)(void*, uintptr_t), void* context) {
  uintptr_t here = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
  uintptr_t end = reinterpret_cast<uintptr_t>(weft_gc_stack_base);
  for (uintptr_t at = here & ~(sizeof(void*) - 1); at < end; at += sizeof(void*)) {
    visit(context, *reinterpret_cast<const uintptr_t*>(at));
  }
}

}  // namespace

void ForEachStackWord(void (*visit)(void*, uintptr_t), void* context) {
  // Puts the registers that a function must save for its caller into this frame. setjmp would do,
  // but the C library scrambles some of what it stores.
  __builtin_unwind_init();
  ScanFromHere(visit, context);
  // Not a tail call: this frame has to outlive the scan.
  __asm__ volatile("" ::: "memory");
}

void MakeShadowStack(size_t bytes) {
  bytes = RoundUp(bytes, kPage);
  Reservation stack;
  if (!stack.Reserve(bytes + kPage, kPage) || !stack.Commit(bytes)) {
    std::fprintf(stderr, "weft: no memory for the shadow stack\n");
    std::exit(2);
  }
  // Commit takes more than it is asked for; the page behind the end stays unreadable all the same.
  mprotect(stack.base() + bytes, kPage, PROT_NONE);
  weft_shadow_base = reinterpret_cast<void**>(stack.base());
  weft_shadow_top = weft_shadow_base;
}

}  // namespace weft::gc
