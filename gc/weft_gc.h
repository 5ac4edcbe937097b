#ifndef WEFT_GC_WEFT_GC_H_
#define WEFT_GC_WEFT_GC_H_

// The object model and the interface that every collector offers to generated code.
//
// This header compiles as C11 and as C++20, because generated code includes it and is either. It
// ends by including the inline fast paths of one collector, which the build chooses by defining
// WEFT_GC_ and its name in capitals; `marksweep` when nothing is defined. The slow paths are C++20
// in gc/*.cc.
//
// Rules that generated code keeps:
//  - Every object starts with a weft_object. Type id 0 is no type: the first row of weft_types is
//    all zero, so a word of zeroed memory is never mistaken for an object.
//  - Memory is handed out zeroed, with the header (and the length of an array) already filled in.
//  - An allocation that fails gives NULL and has called weft_raise_memory_error.
//  - An allocation may collect, and may run finalizers (which are ordinary generated functions).
//    Whatever object reference is needed afterwards is in the shadow stack before the call, and is
//    read back from there when WEFT_GC_MOVES is 1.
//  - A reference may be an immediate (gc/boxing.h) wherever it may be null, in an artefact that has
//    them: in slots of the shadow stack, globals, fields, items and weak references.
//  - A store of a reference is announced before it happens (see "Barriers" below), unless the
//    collector has no use for it.
//  - Frozen objects are static data whose header is WEFT_FROZEN_HEADER(...). They are never freed.
//    Those with pointers that the program may overwrite are listed in weft_frozen_roots.

#include <stddef.h>
#include <stdint.h>

#include "gc/boxing.h"

#if defined(__GNUC__)
#define WEFT_LIKELY(condition) __builtin_expect(!!(condition), 1)
#define WEFT_UNLIKELY(condition) __builtin_expect(!!(condition), 0)
#define WEFT_COLD_FUNCTION __attribute__((cold, noinline))
#define WEFT_SLOW_FUNCTION __attribute__((noinline))
#define WEFT_NORETURN __attribute__((noreturn))
#else
#define WEFT_LIKELY(condition) (condition)
#define WEFT_UNLIKELY(condition) (condition)
#define WEFT_COLD_FUNCTION
#define WEFT_SLOW_FUNCTION
#define WEFT_NORETURN
#endif

#ifdef __cplusplus
extern "C" {
#endif

// ---- Objects ------------------------------------------------------------------------------------

// The header of every object. What gc_bits holds is said below; generated code writes it only in
// the initialisers of frozen objects.
typedef struct weft_object {
  uint32_t type_id;
  uint32_t gc_bits;
} weft_object;

// The parts of gc_bits that all collectors share. The upper 28 bits of a frozen object are its
// identity hash where one was taken during translation, otherwise zero; collectors own those bits
// in objects of the heap.
enum {
  WEFT_GC_FROZEN = 1,
  // A store into this object is something to tell the collector: the test of the barrier of those
  // collectors that want to know which objects were written to. Frozen objects start with it, so
  // that the first store into one puts it on a list; a new object of the heap has all bits clear.
  WEFT_GC_WATCHED = 2,
  // For the collector's own use.
  WEFT_GC_REMEMBERED = 4,
  WEFT_GC_MARK = 8,
  WEFT_GC_OWN_SHIFT = 4
};

// The initialiser of a frozen object's header; `hash28` is its identity hash or 0.
#define WEFT_FROZEN_HEADER(id, hash28) \
  {(id), (uint32_t)(WEFT_GC_FROZEN | WEFT_GC_WATCHED) | ((uint32_t)(hash28) << WEFT_GC_OWN_SHIFT)}

// An immutable byte string. The hash is 0 until it is computed (it is never 0 then). Frozen strings
// may stand in read-only memory, so theirs is computed during translation.
typedef struct weft_str {
  weft_object header;
  int64_t length;
  int64_t hash;
  uint8_t bytes[];
} weft_str;

// The fixed part of an array; its items follow.
typedef struct weft_array {
  weft_object header;
  int64_t length;
} weft_array;

// ---- Types --------------------------------------------------------------------------------------

enum {
  // The word at weak_offset holds a weak reference, and is not in `pointers`.
  WEFT_TYPE_WEAK = 1
};

// What a collector knows about the objects with one type id. Offsets are in bytes, from the start
// of the object (`pointers`) or of the item (`item_pointers`).
typedef struct weft_type {
  // For messages only.
  const char* name;
  // Size of the fixed part, header included.
  uint32_t size;
  // Size of one item, 0 when objects of this type have no items.
  uint32_t item_size;
  uint32_t items_offset;
  // Where the int64_t number of items stands.
  uint32_t length_offset;
  const uint32_t* pointers;
  const uint32_t* item_pointers;
  uint32_t pointer_count;
  uint32_t item_pointer_count;
  uint32_t flags;
  uint32_t weak_offset;
  // Runs once after the object became unreachable, at some later allocation; NULL for none.
  void (*finalizer)(weft_object*);
} weft_type;

// ---- What the program around a collector defines ------------------------------------------------

extern const weft_type weft_types[];
// The number of rows, row 0 included.
extern const uint32_t weft_type_count;

// Addresses of the global variables that hold object references.
extern weft_object** const weft_static_roots[];
extern const size_t weft_static_root_count;

// Frozen objects with references that the program may overwrite. They are all roots for a collector
// without a barrier; one with a barrier need look only at those that were written to.
extern weft_object* const weft_frozen_roots[];
extern const size_t weft_frozen_root_count;

// The exception on its way up, NULL when there is none; a root.
extern weft_object* weft_exception;
// The exception that was raised last, only to be compared. Not a root: a collector that moves
// objects follows it to where it went, and clears it when it is gone.
extern weft_object* weft_noted_exception;
// Makes the prebuilt MemoryError the pending exception. It cannot be allocated then, so it is
// frozen.
void weft_raise_memory_error(void);

// ---- The shadow stack ---------------------------------------------------------------------------

// The first free slot. A frame stores the references it needs across a call at [0], [1], ...,
// raises the top by their number, and puts it back after the call. A slot may hold NULL.
extern void** weft_shadow_top;
extern void** weft_shadow_base;

// ---- The machine's stack ------------------------------------------------------------------------

// Programs without roots woven in are built with WEFT_GC_CONSERVATIVE, and so is their collector:
// it scans the machine's stack, from here down, and the registers. Set by the program's entry
// before weft_gc_start, which asks the system otherwise.
extern char* weft_gc_stack_base;

// ---- Starting, collecting, asking ---------------------------------------------------------------

// Reads WEFT_GC_STRESS, WEFT_GC_VERIFY, WEFT_GC_LOG and WEFT_GC_MAX and makes the heap, with a
// shadow stack of `shadow_bytes` bytes of address space. A value that makes no sense, or a limit
// too small to start with, prints one line and exits with status 2.
void weft_gc_start(size_t shadow_bytes);

// Collects now, and runs the finalizers that became due.
void weft_gc_collect(void);

// The numbers that programs use (dsl/gc.h): more may be added, none may change.
enum {
  WEFT_GC_STAT_COLLECTIONS = 0,
  WEFT_GC_STAT_USED_BYTES = 1,
  WEFT_GC_STAT_ALLOCATED_BYTES = 2,
  WEFT_GC_STAT_HEAP_BYTES = 3,
  WEFT_GC_STAT_PAUSE_NANOSECONDS = 4,
  WEFT_GC_STAT_LONGEST_PAUSE_NANOSECONDS = 5,
  // The duration that half of the pauses, and one in a thousand of them, exceed.
  WEFT_GC_STAT_MEDIAN_PAUSE_NANOSECONDS = 6,
  WEFT_GC_STAT_LONG_PAUSE_NANOSECONDS = 7,
  WEFT_GC_STAT_PAUSES = 8
};

// One of the figures above; -1 for a number that names none. "Used" is what was live after the last
// collection and what was allocated since; both it and "allocated" may be ahead by what was handed
// to the inline allocation paths and is not an object yet.
int64_t weft_gc_stat(int32_t which);

// The same number for one object for as long as it lives; never negative. Not for immediates, see
// weft_hash_immediate.
int64_t weft_gc_identity_hash(weft_object* object);

// Allocates an object of a type that has a finalizer.
weft_object* weft_gc_alloc_finalizable(uint32_t type_id);

// Changes the limit that WEFT_GC_MAX set; 0 for none.
void weft_gc_set_limit(size_t bytes);

// The inline paths below fall back on these; `size` counts header and items.
WEFT_SLOW_FUNCTION weft_object* weft_gc_alloc_slow(uint32_t type_id, size_t size);
WEFT_SLOW_FUNCTION weft_object* weft_gc_alloc_items_slow(uint32_t type_id, size_t fixed_size,
                                                         size_t item_size, size_t length_offset,
                                                         int64_t length);

#ifdef __cplusplus
}
#endif

// Each collector's header defines:
//   WEFT_GC_MOVES                    1 when a collection may move objects
//   WEFT_GC_HAS_WRITE_BARRIER        1 when it wants to be told of stores; then also the barriers
//   weft_gc_try_alloc(type_id, size)
//   weft_gc_try_alloc_items(type_id, fixed_size, item_size, length_offset, length)
//       an object without and with items; all but `length` are constants. NULL, and nothing else
//       has happened, when the inline path has no memory at hand: the caller then saves its roots
//       and calls the slow function.
//
// Barriers come directly before the store, when the slot still holds its old word. They collect
// nothing and move nothing. Which stores have one is decided by weave/gc_transform.h: a collector
// that asks for written objects (Barriers::kObjects) is not told of stores into objects that are
// new since the last point where a collection may have happened (but of those into the items of an
// array whose length is not known, or is more than 16 KB), of stores of null and of frozen
// objects, of a second store into the fixed part of an object, and of globals, which are roots;
// one that asks for overwrites (Barriers::kOverwrites) is told of null and frozen objects, too;
// one that asks for every store (Barriers::kStores) is told of all of them, null and globals
// included. Weak references are never announced.
//   weft_gc_write_barrier(object, slot, value)       a field of `object`, at `slot`, gets `value`
//   weft_gc_write_barrier_object(object)             several fields of `object` get values, one
//       after the other and before the next collection
//   weft_gc_write_barrier_item(object, slot, value)  the same for a field of an item
//   weft_gc_write_barrier_copy(object, to, from, bytes)
//       items with references, from another object or the same one, are copied into `object`;
//       weft_types says where in the items they are. The ranges may overlap, and may be empty, of
//       no object at all: `bytes` is then 0 or negative.
//   weft_gc_write_barrier_global(slot, value)        a global variable gets `value`
//
// A collector may offer to look at an array for as long as it lives; it then defines
// WEFT_GC_HAS_REMEMBER_ALWAYS as 1, and
//   weft_gc_remember_always(array)                   a large array was just allocated, or could not
//       be (NULL): stores into it are not announced, and it is not read back
#if defined(WEFT_GC_NONE)
#include "gc/none.h"
#elif defined(WEFT_GC_IMMIX)
#include "gc/immix.h"
#elif defined(WEFT_GC_REFCOUNT)
#include "gc/refcount.h"
#elif defined(WEFT_GC_BOEHM)
#include "gc/boehm.h"
#elif defined(WEFT_GC_SEMISPACE)
#include "gc/semispace.h"
#elif defined(WEFT_GC_GENERATIONAL)
#include "gc/generational.h"
#elif defined(WEFT_GC_INCREMENTAL)
#include "gc/incremental.h"
#else
#include "gc/marksweep.h"
#endif

#if !WEFT_GC_HAS_WRITE_BARRIER
#define weft_gc_write_barrier(object, slot, value) ((void)0)
#define weft_gc_write_barrier_object(object) ((void)0)
#define weft_gc_write_barrier_item(object, slot, value) ((void)0)
#define weft_gc_write_barrier_copy(object, to, from, bytes) ((void)0)
#define weft_gc_write_barrier_global(slot, value) ((void)0)
#endif

static inline weft_object* weft_gc_alloc(uint32_t type_id, size_t size) {
  weft_object* object = weft_gc_try_alloc(type_id, size);
  return WEFT_LIKELY(object != NULL) ? object : weft_gc_alloc_slow(type_id, size);
}

static inline weft_object* weft_gc_alloc_items(uint32_t type_id, size_t fixed_size,
                                               size_t item_size, size_t length_offset,
                                               int64_t length) {
  weft_object* object =
      weft_gc_try_alloc_items(type_id, fixed_size, item_size, length_offset, length);
  if (WEFT_LIKELY(object != NULL)) return object;
  return weft_gc_alloc_items_slow(type_id, fixed_size, item_size, length_offset, length);
}

#endif  // WEFT_GC_WEFT_GC_H_
