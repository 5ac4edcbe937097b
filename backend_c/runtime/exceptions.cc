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
#include "backend_c/runtime/weft_runtime.h"

weft_object* weft_exception = nullptr;

namespace weft::runtime {

namespace {

constexpr uint32_t kMost = 128;
constexpr uint32_t kKept = 32;

struct Entry {
  const weft_function* function;
  int32_t line;
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

void Append(const weft_function* function, int32_t line) {
  if (entry_count > groups[group_count - 1].start) {
    Entry& last = entries[entry_count - 1];
    if (last.function == function && last.line == line) {
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
  entries[entry_count++] = {function, line, 0, 0};
}

// What the program printed comes before what the run time has to say.
void FlushOutput() {
  weft_os_flush();
  std::fflush(stdout);
}

[[noreturn]] void Die(const weft_function* function) {
  std::fprintf(stderr, "  in %s\n", function->name);
  std::fflush(stderr);
  std::abort();
}

void PrintPlace(const weft_function* function, int32_t line) {
  FlushOutput();
  std::fprintf(stderr, "%s:%d: fatal error: ", function->file, static_cast<int>(line));
}

}  // namespace
}  // namespace weft::runtime

using namespace weft::runtime;

void weft_raise(void* exception, const weft_function* function, int32_t line) {
  weft_object* object = static_cast<weft_object*>(exception);
  weft_exception = object;
  FindGroup(object);
  Append(function, line);
}

void weft_raise_memory_error(void) {
  weft_exception = weft_memory_error;
  BeginGroup(weft_exception);
}

void weft_raise_stack_overflow(void) {
  weft_exception = weft_stack_overflow_error;
  BeginGroup(weft_exception);
}

void weft_traceback_add(const weft_function* function, int32_t line) {
  FindGroup(weft_exception);
  Append(function, line);
}

void weft_traceback_caught(void) {
  if (group_count > 0) groups[group_count - 1].caught = true;
}

void weft_report_uncaught(void) {
  FlushOutput();
  weft_object* exception = weft_exception;
  if (group_count > 0 && groups[group_count - 1].exception == exception) {
    std::fprintf(stderr, "Traceback (most recent call last):\n");
    for (uint32_t i = entry_count; i > groups[group_count - 1].start; --i) {
      const Entry& entry = entries[i - 1];
      if (entry.omitted != 0) {
        std::fprintf(stderr, "  ... %u other calls\n", static_cast<unsigned>(entry.omitted));
      }
      std::fprintf(stderr, "  %s:%d in %s\n", entry.function->file, static_cast<int>(entry.line),
                   entry.function->name);
      if (entry.repeated != 0) {
        std::fprintf(stderr, "  ... %u more of the same\n", static_cast<unsigned>(entry.repeated));
      }
    }
  }
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
  std::fflush(stderr);
}

void weft_fatal(void* message, const weft_function* function, int32_t line) {
  PrintPlace(function, line);
  const weft_str* text = static_cast<const weft_str*>(message);
  if (text != nullptr) {
    std::fwrite(text->bytes, 1, static_cast<size_t>(text->length), stderr);
  }
  std::fprintf(stderr, "\n");
  Die(function);
}

void weft_check_failed_null(const weft_function* function, int32_t line) {
  PrintPlace(function, line);
  std::fprintf(stderr, "null dereference\n");
  Die(function);
}

void weft_check_failed_index(int64_t index, int64_t length, const weft_function* function,
                             int32_t line) {
  PrintPlace(function, line);
  std::fprintf(stderr, "index %lld is out of range for length %lld\n",
               static_cast<long long>(index), static_cast<long long>(length));
  Die(function);
}

void weft_check_failed_zero(const weft_function* function, int32_t line) {
  PrintPlace(function, line);
  std::fprintf(stderr, "division by zero\n");
  Die(function);
}

void weft_check_failed_cast(void* object, const char* expected, const weft_function* function,
                            int32_t line) {
  PrintPlace(function, line);
  std::fprintf(stderr, "bad cast: a %s is no %s\n",
               weft_types[static_cast<weft_object*>(object)->type_id].name, expected);
  Die(function);
}

void weft_unreachable(const weft_function* function, int32_t line) {
  PrintPlace(function, line);
  std::fprintf(stderr, "unreachable code was reached\n");
  Die(function);
}
