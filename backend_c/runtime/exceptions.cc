// Tracebacks.
//
// The notes of one exception are a group: entries from the place that raised it outwards. Groups
// stand one behind another, because while an exception is held by a scope guard, code in the guard
// may raise and catch others. A group ends when another exception is noted after its own was
// caught, which is when nothing can continue it any more: so `throw;` finds its group as long as
// the handler raised nothing else that is still on its way.
//
// A function that calls itself takes one entry with a count. A group of more than kMost entries
// keeps its first ones, which is where things went wrong, and its last ones.

#include "backend_c/runtime/exceptions.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "backend_c/runtime/os.h"
#include "backend_c/runtime/runtime.h"

weft_object* weft_exception = nullptr;

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

struct Group {
  const weft_object* exception;
  uint32_t start;
  bool caught;
};

// Deeper nesting of exceptions in scope guards of exceptions loses the outer tracebacks.
constexpr uint32_t kGroups = 16;

Entry entries[kMost];
Group groups[kGroups];
uint32_t entry_count = 0;
uint32_t group_count = 0;

void DropGroup() { entry_count = groups[--group_count].start; }

void BeginGroup(const weft_object* exception) {
  while (group_count > 0 && groups[group_count - 1].caught) DropGroup();
  if (group_count == kGroups) {
    group_count = 0;
    entry_count = 0;
  }
  groups[group_count++] = {exception, entry_count, false};
}

// The group that notes of this exception go to: its own, if it is the last that is not over.
void FindGroup(const weft_object* exception) {
  while (group_count > 0) {
    Group& last = groups[group_count - 1];
    if (last.exception == exception) {
      last.caught = false;
      return;
    }
    if (!last.caught) break;
    DropGroup();
  }
  BeginGroup(exception);
}

void Append(const weft_place* place) {
  if (entry_count > groups[group_count - 1].start) {
    Entry& last = entries[entry_count - 1];
    if (last.place == place) {
      ++last.repeated;
      return;
    }
  }
  if (entry_count == kMost) {
    uint32_t start = groups[group_count - 1].start;
    if (start > kMost / 2) {
      // Outer groups take the room: they go.
      std::memmove(entries, entries + start, (kMost - start) * sizeof(Entry));
      entry_count -= start;
      groups[0] = {groups[group_count - 1].exception, 0, false};
      group_count = 1;
    } else {
      uint32_t first = start + kKept;
      uint32_t last = kMost - kKept;
      uint32_t dropped = 0;
      for (uint32_t i = first; i < last; ++i)
        dropped += 1 + entries[i].repeated + entries[i].omitted;
      entries[first - 1].omitted += dropped;
      std::memmove(entries + first, entries + last, kKept * sizeof(Entry));
      entry_count = first + kKept;
    }
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
  BeginGroup(weft_exception);
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
  FindGroup(exception);
  Append(place);
}

void weft_raise_memory_error(void) { RaisePrebuilt(weft_memory_error_slot, "out of memory"); }

void weft_stack_overflowed(const weft_place* place) {
  RaisePrebuilt(weft_stack_overflow_slot, "stack overflow");
  Append(place);
}

void weft_traceback_add(const weft_place* place) {
  FindGroup(weft_exception);
  Append(place);
}

void weft_traceback_caught(void) {
  if (group_count > 0) groups[group_count - 1].caught = true;
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
  if (group_count > 0 && groups[group_count - 1].exception == exception) {
    std::fprintf(stderr, "Traceback (most recent call last):\n");
    for (uint32_t i = entry_count; i > groups[group_count - 1].start; --i) {
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

void weft_check_cast_failed(weft_object* object, uint32_t expected, const weft_place* place) {
  PrintPlace(place);
  std::fprintf(stderr, "bad cast\n  the object is a %s, not a %s\n",
               weft_types[object->type_id].name, weft_types[expected].name);
  Die(place);
}

void weft_unreachable(const weft_place* place) {
  PrintPlace(place);
  std::fprintf(stderr, "unreachable code was reached\n");
  Die(place);
}
