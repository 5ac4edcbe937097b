#ifndef WEFT_GC_BLOCK_HEAP_H_
#define WEFT_GC_BLOCK_HEAP_H_

// The heap of objects that do not move: blocks, size classes, mark bits, free stretches.
//
// One range of address space is cut into blocks of 32 KB. A block is free, holds slots of one size
// class, or belongs to a large object, which takes a run of blocks of its own. Everything known
// about blocks stands outside them: a table with a row for each block, and one mark bit for each 8
// bytes of heap. The address of the mark bit follows from the address of the object by a
// subtraction and a shift, and a word of mark bits is all that sweeping reads, never the objects.
//
// A slot is free when its mark bit was clear after the last collection and allocation has not come
// past it since. Allocation walks the partly free blocks of its class in order of address; between
// two marked objects lies a hole, and the hole, up to 8 KB of it at a time, is zeroed and becomes
// the stretch that the inline path cuts objects from. So dead objects are never touched one by one:
// there are no free lists, and the zeroing brings the memory into the cache just before its use.

#include "gc/size_classes.h"
#include "gc/support.h"

namespace weft::gc {

constexpr int kBlockShift = 15;
constexpr size_t kBlockBytes = size_t{1} << kBlockShift;
constexpr size_t kBlockWords = kBlockBytes / 8;
constexpr size_t kMarkWordsPerBlock = kBlockWords / 64;
constexpr uint32_t kNoBlock = UINT32_MAX;

enum class BlockKind : uint8_t { kFree, kSmall, kLarge, kLargeTail };

struct Block {
  // The next block of a list: partly free blocks of one class, or free runs of similar length.
  uint32_t next;
  // For the first block of a free run or of a large object: the number of blocks. For the others of
  // a large object: how many blocks before this one it begins.
  uint32_t run;
  BlockKind kind;
  uint8_t size_class;
  // The memory was used before, so it is not zero.
  bool dirty;
  // The memory holds the poison pattern all over (checked builds only).
  bool poisoned;
  // Allocation has come past all holes since the last collection: every slot is an object.
  bool is_passed;
};

// Whether and how a word is a reference into the heap; see BlockHeap::Classify.
enum class ReferenceKind { kNull, kOutside, kObject, kInvalid };

class BlockHeap {
 public:
  // Takes the address space. False when the system grants not even a small range.
  bool Start();

  // An object's memory, zeroed; NULL when the class has no stretch left and no block can be had
  // within the limit, or, for TryLarge, no run of blocks.
  char* TrySmall(uint32_t size_class) {
    if (!NextStretch(size_class)) [[unlikely]]
      return nullptr;
    return TakeFromStretch(size_class);
  }
  bool AddBlock(uint32_t size_class);
  char* TryLarge(size_t bytes);

  // The object that a word names, when it is the address of one or of a place in it; otherwise
  // NULL. In front of BeginMarking only: that a slot holds an object follows from the marks of the
  // last collection and from how far allocation has come since.
  weft_object* FindObject(uintptr_t word) const;

  // Where an object of the heap is, in bytes from the start.
  size_t OffsetOf(const void* object) const {
    return static_cast<size_t>(static_cast<const char*>(object) - base_);
  }
  // Whether an object of the heap has blocks of its own.
  bool IsLarge(const void* object) const {
    return blocks_[OffsetOf(object) >> kBlockShift].kind == BlockKind::kLarge;
  }
  char* base() const { return base_; }
  size_t reserved_bytes() const { return memory_.reserved(); }

  // ---- Marking ----

  // Drops the stretches and clears all mark bits.
  void BeginMarking();
  // The same for one who keeps the marks and knows what has died since they were set.
  void BeginCounting();
  void Unmark(const void* object) {
    size_t word = OffsetOf(object) >> 3;
    marks_[word >> 6] &= ~(uint64_t{1} << (word & 63));
  }
  bool Contains(const void* pointer) const {
    return static_cast<size_t>(static_cast<const char*>(pointer) - base_) < used_bytes_;
  }
  // Marks an object of the heap; false when it was marked already.
  bool Mark(const void* object) {
    size_t word = static_cast<size_t>(static_cast<const char*>(object) - base_) >> 3;
    uint64_t bit = uint64_t{1} << (word & 63);
    uint64_t& bits = marks_[word >> 6];
    if (bits & bit) return false;
    bits |= bit;
    return true;
  }
  bool IsMarked(const void* object) const {
    size_t word = static_cast<size_t>(static_cast<const char*>(object) - base_) >> 3;
    return (marks_[word >> 6] >> (word & 63)) & 1;
  }
  void PrefetchMark(const void* object) const {
    size_t word = static_cast<size_t>(static_cast<const char*>(object) - base_) >> 3;
    __builtin_prefetch(&marks_[word >> 6], 1);
  }

  // Objects may be made between BeginMarking and Sweep; they survive if they are marked, too. Frees
  // what is not marked: empty blocks at once, holes when allocation gets there. Counts the
  // live bytes by the mark bits.
  void Sweep();

  // Gives memory of free blocks beyond `keep` bytes back to the system.
  void ReleaseBeyond(size_t keep);

  // ---- Checking ----

  ReferenceKind Classify(const void* pointer) const;
  // Overwrites everything that is free, so that a stale reference cannot look alive.
  void Poison();
  // Calls visit(weft_object*) for every marked object.
  template <typename Visit>
  void ForEachMarked(Visit visit) const;

  // The part of the address space that blocks were ever taken from.
  size_t used_bytes() const { return used_bytes_; }
  size_t live_bytes() const { return live_bytes_; }
  size_t heap_bytes() const { return static_cast<size_t>(blocks_in_use_) * kBlockBytes; }
  // Bytes handed to allocation since BeginMarking was last called.
  size_t allocated_bytes() const { return allocated_bytes_; }
  void set_limit(size_t bytes) { limit_ = bytes; }
  // Hand out one slot at a time, so that every allocation comes to the slow path.
  void set_single_slots(bool on) { single_slots_ = on; }
  // Whether the memory of small objects is zeroed: not needed by one who overwrites all of it.
  void set_zeroes(bool on) { zeroes_ = on; }

 private:
  // Where allocation stands in the block that it fills.
  struct Cursor {
    uint32_t block;
    // Offset of the first slot behind the current hole.
    uint32_t position;
    // End of the current hole, of which the stretch may be a part.
    char* hole_end;
  };
  // Free runs of 2^i .. 2^(i+1)-1 blocks.
  static constexpr int kBins = 32;

  void DropStretches();
  bool NextStretch(uint32_t size_class);
  char* TakeFromStretch(uint32_t size_class);
  bool FindHole(uint32_t size_class);
  void HandOut(uint32_t size_class, char* from);
  char* BlockStart(uint32_t block) const { return base_ + (size_t{block} << kBlockShift); }
  uint64_t* MarksOf(uint32_t block) const { return marks_ + block * kMarkWordsPerBlock; }
  void AddFreeRun(uint32_t first, uint32_t count);
  // A run of `count` free blocks, from the free runs or from behind the last used block.
  uint32_t TakeRun(uint32_t count);
  uint32_t TakeFreeRun(uint32_t count);

  char* base_ = nullptr;
  size_t used_bytes_ = 0;
  uint64_t* marks_ = nullptr;
  Block* blocks_ = nullptr;
  // Blocks below this one have been used at some time.
  uint32_t frontier_ = 0;
  // The blocks from this one on have no mark. Their mark bits need no clearing, which would be the
  // first to touch that memory.
  uint32_t unmarked_from_ = 0;
  // Objects of new blocks may be marked: from BeginMarking to Sweep, and always by one who counts.
  bool may_mark_ = false;
  bool keeps_marks_ = false;
  uint32_t blocks_in_use_ = 0;
  size_t allocated_bytes_ = 0;
  size_t live_bytes_ = 0;
  size_t limit_ = 0;
  bool single_slots_ = false;
  bool zeroes_ = true;
  Cursor cursors_[WEFT_GC_CLASS_COUNT] = {};
  uint32_t partly_free_[WEFT_GC_CLASS_COUNT] = {};
  uint32_t free_runs_[kBins] = {};
  Reservation memory_;
  Reservation mark_memory_;
  Reservation block_memory_;
};

constexpr uint16_t kClassSize[WEFT_GC_CLASS_COUNT] = {
    16,   24,   32,   40,   48,   56,   64,   72,   80,   88,   96,   104,   112,  120,
    128,  160,  192,  224,  256,  320,  384,  448,  512,  640,  768,  896,   1024, 1280,
    1536, 1792, 2048, 2336, 2728, 3272, 4096, 4680, 5456, 6552, 8192, 10920, 16384};

// Slots of a class that fit a block.
constexpr uint32_t SlotsOf(uint32_t size_class) { return kBlockBytes / kClassSize[size_class]; }

template <typename Visit>
void BlockHeap::ForEachMarked(Visit visit) const {
  for (uint32_t block = 0; block < frontier_; ++block) {
    const Block& row = blocks_[block];
    if (row.kind == BlockKind::kFree) continue;
    const uint64_t* marks = MarksOf(block);
    for (size_t i = 0; i < kMarkWordsPerBlock; ++i) {
      for (uint64_t bits = marks[i]; bits != 0; bits &= bits - 1) {
        size_t word = i * 64 + static_cast<size_t>(__builtin_ctzll(bits));
        visit(reinterpret_cast<weft_object*>(BlockStart(block) + word * 8));
      }
    }
  }
}

}  // namespace weft::gc

#endif  // WEFT_GC_BLOCK_HEAP_H_
