#ifndef WEFT_GC_GENERATIONAL_HEAP_H_
#define WEFT_GC_GENERATIONAL_HEAP_H_

// The heap of the generational and of the incremental collector: precise; young objects move, once.
//
// New objects are cut from the nursery, a range that fits the processor's cache. When it is full a
// minor collection copies what is reachable of it to the old space, a heap of blocks in which
// objects stay where they are (gc/block_heap.h), and the nursery is empty again. Most objects are
// dead by then, and cost nothing. How large it is depends on how much of it survives. Objects of
// more than 16 KB, and those with a finalizer, are made in the old space and are looked at in the
// next minor collection as if they had been written to.
//
// Remembering. A minor collection must not look at the old objects, so it has to know which of them
// may refer to young ones: those that young ones were stored into. An old object is *watched*, by a
// bit in its header. The barrier in front of the first such store into it clears the bit and puts
// the object on a list; a minor collection visits it and sets the bit again. A large array is
// watched from the beginning and stays so, and each such store marks a card, a byte for each 128
// bytes of it, so that only the parts that were written to are visited. Frozen objects start
// watched; those that were ever written to are roots of the old space, the others are never looked
// at.
//
// Arrays of which the translator knows that they are large (an interpreter's stack; see
// weave/large_arrays.h) are never watched: they are visited whole in each minor collection, which
// is quick where they hold null. So that this stays a small part of what it costs to fill the
// nursery, the nursery grows with them.
//
// Old objects that nobody needs are found by marking and sweeping: what decides when, and in how
// many steps, is the part of the class that gc/generational.cc and gc/incremental.cc each define.
//
// An object's identity hash is a number that it gets when it is first asked for, and carries in its
// header.

#include "gc/block_heap.h"
#include "gc/finalizers.h"
#include "gc/marker.h"
#include "gc/support.h"

namespace weft::gc {

class GenerationalHeap {
 public:
  GenerationalHeap() : marker_(old_) {}

  void Start(size_t shadow_bytes);
  weft_object* Allocate(uint32_t type_id, size_t size);
  weft_object* AllocateFinalizable(uint32_t type_id);
  // A minor collection, and what is due of a collection of the old space.
  void CollectYoung();
  void CollectAll();
  int64_t Stat(int32_t which) const;
  void SetLimit(size_t bytes);
  int64_t IdentityHash(weft_object* object);
  void RunFinalizers() { finalizers_.Run(); }

  // The array was just allocated, and is large. It is remembered for as long as it lives.
  void RememberAlways(weft_object* array);
  // The barriers' slow paths: a value that is told about is stored into a watched object, as a
  // field or as an item; or any values, into its fixed part; or some bytes of items into its own.
  void RememberField(weft_object* object, weft_object* value);
  void RememberItem(weft_object* object, char* slot, weft_object* value);
  void Remember(weft_object* object);
  void RememberItems(weft_object* object, char* to, const char* from, size_t bytes);

 private:
  static const char* const kName;
  // The size of the nursery, to begin with.
  static const size_t kNurseryBytes;
  // How much of the nursery is zeroed ahead of allocation, and handed out at once.
  static constexpr size_t kZeroAtATime = size_t{16} << 10;

  // ---- Defined by each of the two collectors.

  // After a minor collection: collects the old space, or does a step of that, if it is time.
  void AfterMinor();
  // Collects the old space from start to end.
  void CollectOld();
  // How large the nursery shall be, of which promoted_bytes_ have become old just now.
  size_t WantedNursery();
  // A marking is under way, and the program is about to get so many bytes.
  void MarkMeanwhile(size_t bytes);

  // ---- Allocation.

  char* TryCut(size_t size);
  char* AllocateSmall(size_t size);
  char* AllocateLarge(size_t size);
  void AddLarge(weft_object* object, size_t size);
  bool IsStressed();
  size_t NurseryUsed() const { return static_cast<size_t>(weft_gc_next - young_start_); }
  bool IsYoung(const void* pointer) const {
    return static_cast<size_t>(static_cast<const char*>(pointer) - nursery_.base()) <
           nursery_bytes_;
  }
  // The bytes that the old space may take, 0 for as many as there are; and whether it has them.
  size_t OldLimit() const;
  bool IsOverLimit(size_t more) const {
    return options.limit != 0 && old_.heap_bytes() + more > OldLimit();
  }
  // What is in the old space, dead or alive: what was live, and what has come since.
  size_t OldBytes() const {
    return (marking_ ? unswept_bytes_ : old_.live_bytes()) + old_.allocated_bytes();
  }

  // ---- Stores.

  // A store between old objects, of which only the marking has to know: it has visited the one, and
  // may not have come to the other.
  bool IsOldStore(const weft_object* object, const weft_object* value) const {
    return marking_ && (object->gc_bits & WEFT_GC_FROZEN) == 0 && !IsYoung(value);
  }
  // A young object is stored into an item of one that has cards.
  void MarkCard(weft_object* object, char* slot);
  // Says to the barriers which values count.
  void TellStores();

  // ---- Minor collections.

  void Minor();
  weft_object* Copy(weft_object* object);
  // Copies the young object of a slot, if it is one, with all the young ones that it reaches, in
  // the order of a walk: programs make and use them in such an order, and old objects that are used
  // together shall be neighbours. (A tree of 50 MB is walked in less than half of the time that it
  // takes when the children of each object are copied together.)
  void Promote(weft_object** slot);
  // The same for a slot of an object that marking may have visited already.
  void PromoteAndMark(weft_object** slot) {
    Promote(slot);
    if (marking_) marker_.Mark(slot);
  }
  bool HasCards(const weft_object* object) const;
  void VisitRemembered();
  void VisitDirtyCards(weft_object* object);
  void VisitCard(weft_object* object, size_t card);
  void VisitWhole(weft_object* array);
  void EmptyNursery();
  void FitNursery();

  // ---- Marking and sweeping the old space. The nursery is empty.

  void BeginMarking();
  void MarkRoots();
  // When all is marked: weak references, finalizers, sweeping.
  void FinishMarking();

  // ---- Checks.

  void CheckBefore();
  void CheckAfter(const char* when);
  void CheckSlot(weft_object** slot, const char* what, const weft_object* holder);
  void CheckRemembered(weft_object* object);
  void CheckMarks();
  void FindYoungStarts();
  void Log(const char* kind, size_t bytes);

  Reservation nursery_;
  size_t nursery_bytes_ = 0;
  // How often it was doubled.
  uint32_t nursery_steps_ = 0;
  // Young objects begin here; at the start of the nursery unless there is stress.
  char* young_start_ = nullptr;
  // From here on the nursery was never written to.
  char* clean_ = nullptr;
  BlockHeap old_;
  Reservation cards_;
  Marker marker_;
  Finalizers finalizers_;

  // Objects that were written to, and those made in the old space, since the last minor collection.
  Vector<weft_object*> remembered_;
  Vector<weft_object*> fresh_;
  // Large ones with dirty cards.
  Vector<weft_object*> dirty_large_;
  // Frozen ones that were ever written to.
  Vector<weft_object*> written_frozen_;
  // Those that are always remembered.
  Vector<weft_object*> always_;
  size_t always_bytes_ = 0;
  // Slots of objects that were copied, which refer to young objects still.
  Vector<weft_object**> promoted_;
  Vector<weft_object*> young_weak_;

  // A marking is under way: what becomes old or was written to is marked, too.
  bool marking_ = false;
  bool collecting_ = false;
  size_t promoted_bytes_ = 0;
  // Objects and cards that were visited because they were written to.
  size_t visited_ = 0;
  // What the old space had taken before this minor collection.
  size_t used_before_minor_ = 0;
  size_t budget_ = 0;
  uint32_t until_stress_ = 0;
  uint32_t stress_count_ = 0;
  uint32_t next_hash_ = 0;
  // What the old space held when the marking began.
  size_t unswept_bytes_ = 0;

  // For checks: all old objects, and where young ones start.
  Vector<weft_object*> all_old_;
  Vector<uint8_t> young_starts_;

  uint64_t minors_ = 0;
  uint64_t majors_ = 0;
  // Bytes of the nursery that were used up, and of objects made in the old space.
  uint64_t allocated_ = 0;
  uint64_t weak_cleared_ = 0;
};

}  // namespace weft::gc

#endif  // WEFT_GC_GENERATIONAL_HEAP_H_
