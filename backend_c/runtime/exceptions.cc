// Tracebacks.
//
// There is one traceback at a time: the notes on the exception that was raised last, from the place
// that raised it outwards. Raising another one begins anew; raising the same one again (`throw;`,
// or the end of a scope guard) continues, unless the handler or the guard raised and caught
// something else meanwhile. That costs the inner part of a traceback, and nothing needs to be kept
// about exceptions that were caught long ago.
//
// A function that calls itself takes one entry with a count. A traceback of more than kMost entries
// keeps its first ones, which is where things went wrong, and its last ones.

#include "backend_c/runtime/exceptions.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "backend_c/runtime/os.h"
#include "backend_c/runtime/runtime.h"

weft_object* weft_exception = nullptr;
// Whose traceback it is. Only compared: the object may be gone.
weft_object* weft_noted_exception = nullptr;

namespace weft::runtime {

namespace {

constexpr uint32_t kMost = 128;
constexpr uint32_t kKept = 32;

struct Entry {
  const weft_place* place;
  // How often the same place was noted again right after, as recursion does.
  uint32_t repeated;
  // Calls left out between this one and the next.
  uint32_t omitted;
};

Entry entries[kMost];
uint32_t entry_count = 0;

void Begin(weft_object* exception) {
  weft_noted_exception = exception;
  entry_count = 0;
}

void Append(const weft_place* place) {
  if (entry_count > 0) {
    Entry& last = entries[entry_count - 1];
    if (last.place == place) {
      ++last.repeated;
      return;
    }
  }
  if (entry_count == kMost) {
    // The middle is left out; it makes room for as many entries at once as there are kept.
    uint32_t dropped = 0;
    for (uint32_t i = kKept; i < kMost - kKept; ++i) {
      dropped += 1 + entries[i].repeated + entries[i].omitted;
    }
    entries[kKept - 1].omitted += dropped;
    std::memmove(entries + kKept, entries + kMost - kKept, kKept * sizeof(Entry));
    entry_count = 2 * kKept;
  }
  entries[entry_count++] = {place, 0, 0};
}

// What the program printed comes before what the run time has to say.
void FlushOutput() {
  weft_os_flush();
  std::fflush(stdout);
}

[[noreturn]] void Die(const weft_place* place) {
  std::fprintf(stderr, "  in %s\n", place->function);
  std::fflush(stderr);
  std::abort();
}

// Raises what a global holds; without it (the program never mentions exceptions) it is the end.
void RaisePrebuilt(weft_object** slot, const char* text) {
  if (slot == nullptr || *slot == nullptr) {
    FlushOutput();
    std::fprintf(stderr, "fatal error: %s\n", text);
    std::exit(1);
  }
  weft_exception = *slot;
  Begin(weft_exception);
}

void PrintPlace(const weft_place* place) {
  FlushOutput();
  std::fprintf(stderr, "%s:%u: fatal error: ", place->file, static_cast<unsigned>(place->line));
}

}  // namespace
}  // namespace weft::runtime

using namespace weft::runtime;

void weft_exception_set(weft_object* exception, const weft_place* place) {
  weft_exception = exception;
  if (weft_noted_exception != exception) Begin(exception);
  Append(place);
}

void weft_raise_memory_error(void) { RaisePrebuilt(weft_memory_error_slot, "out of memory"); }

void weft_stack_overflowed(const weft_place* place) {
  RaisePrebuilt(weft_stack_overflow_slot, "stack overflow");
  Append(place);
}

void weft_traceback_add(const weft_place* place) {
  if (weft_noted_exception != weft_exception) Begin(weft_exception);
  Append(place);
}

void weft_report_uncaught(void) {
  FlushOutput();
  weft_object* exception = weft_exception;
  std::fprintf(stderr, "uncaught exception: %s", weft_types[exception->type_id].name);
  if (weft_exception_message_offset != 0) {
    const weft_str* message = *reinterpret_cast<weft_str**>(reinterpret_cast<char*>(exception) +
                                                            weft_exception_message_offset);
    if (message != nullptr && message->length > 0) {
      std::fprintf(stderr, ": ");
      std::fwrite(message->bytes, 1, static_cast<size_t>(message->length), stderr);
    }
  }
  std::fprintf(stderr, "\n");
  if (weft_noted_exception == exception) {
    std::fprintf(stderr, "Traceback (most recent call last):\n");
    for (uint32_t i = entry_count; i > 0; --i) {
      const Entry& entry = entries[i - 1];
      if (entry.omitted != 0) {
        std::fprintf(stderr, "  ... %u other calls\n", static_cast<unsigned>(entry.omitted));
      }
      std::fprintf(stderr, "  %s:%u in %s\n", entry.place->file,
                   static_cast<unsigned>(entry.place->line), entry.place->function);
      if (entry.repeated != 0) {
        std::fprintf(stderr, "  ... %u more of the same\n", static_cast<unsigned>(entry.repeated));
      }
    }
  }
  std::fflush(stderr);
}

void weft_fatal(const weft_str* text, const weft_place* place) {
  PrintPlace(place);
  if (text != nullptr) {
    std::fwrite(text->bytes, 1, static_cast<size_t>(text->length), stderr);
  }
  std::fprintf(stderr, "\n");
  Die(place);
}

void weft_check_nonnull_failed(const weft_place* place) {
  PrintPlace(place);
  std::fprintf(stderr, "null dereference\n");
  Die(place);
}

void weft_check_index_failed(int64_t index, int64_t length, const weft_place* place) {
  PrintPlace(place);
  std::fprintf(stderr, "index %lld is out of range for length %lld\n",
               static_cast<long long>(index), static_cast<long long>(length));
  Die(place);
}

void weft_check_nonzero_failed(const weft_place* place) {
  PrintPlace(place);
  std::fprintf(stderr, "division by zero\n");
  Die(place);
}

void weft_check_cast_failed(uint32_t actual, uint32_t expected, const weft_place* place) {
  PrintPlace(place);
  // A class without objects of its own has no row.
  const char* wanted = weft_types[expected].name;
  std::fprintf(stderr, "bad cast\n  the object is a %s", weft_types[actual].name);
  if (wanted != nullptr) std::fprintf(stderr, ", not a %s", wanted);
  std::fprintf(stderr, "\n");
  Die(place);
}

void weft_unreachable(const weft_place* place) {
  PrintPlace(place);
  std::fprintf(stderr, "unreachable code was reached\n");
  Die(place);
}
