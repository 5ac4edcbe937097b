#ifndef WEFT_GC_LINE_HEAP_H_
#define WEFT_GC_LINE_HEAP_H_

// The heap of the mark-region collector: blocks of 32 KB, each of 256 lines of 128 bytes.
//
// Objects of up to half a block are cut one after the other from holes, which are runs of lines
// without a mark. A line has a mark when a marked object covers a part of it, so a hole is free to
// its last byte, and what sweeping reads is a byte for each line. An object that is longer than a
// line and does not fit the rest of the hole goes to a free block, so that small holes are not
// passed over for its sake.
//
// Mark bits, one for each 8 bytes, and line marks stand in ranges of their own.

#include "gc/support.h"

namespace weft::gc {

class LineHeap {
 public:
  static constexpr int kBlockShift = 15;
  static constexpr int kLineShift = 7;
  static constexpr size_t kBlockBytes = size_t{1} << kBlockShift;
  static constexpr size_t kLineBytes = size_t{1} << kLineShift;
  static constexpr uint32_t kLines = kBlockBytes / kLineBytes;

  // Takes the address space. False when the system grants not even a small range.
  bool Start();

  // Memory for an object, zeroed; NULL when no hole is left and `may_take_blocks` is false or no
  // block can be had within the limit. Leaves the rest of the hole to the inline path.
  char* TryAllocate(size_t size, bool may_take_blocks);
  // Memory for the copy of an object, not zeroed, from free blocks only.
  char* TryEvacuate(size_t size);

  bool Contains(const void* pointer) const {
    return static_cast<size_t>(static_cast<const char*>(pointer) - base_) < used_bytes_;
  }
  size_t OffsetOf(const void* pointer) const {
    return static_cast<size_t>(static_cast<const char*>(pointer) - base_);
  }

  // Drops the hole that is being filled, clears all marks, and chooses the blocks to evacuate:
  // those that had at least so many holes after the last collection.
  void BeginMarking(uint32_t least_holes);
  bool IsMarked(const void* object) const {
    size_t word = OffsetOf(object) >> 3;
    return (marks_[word >> 6] >> (word & 63)) & 1;
  }
  // Marks an object; false when it was marked already.
  bool Mark(const void* object) {
    size_t word = OffsetOf(object) >> 3;
    uint64_t bit = uint64_t{1} << (word & 63);
    uint64_t& bits = marks_[word >> 6];
    if (bits & bit) return false;
    bits |= bit;
    return true;
  }
  // Marks the lines that an object covers.
  void MarkLines(const void* object, size_t size) {
    size_t offset = OffsetOf(object);
    size_t last = (offset + size - 1) >> kLineShift;
    for (size_t line = offset >> kLineShift; line <= last; ++line) lines_[line] = 1;
  }
  bool IsToBeEvacuated(const void* object) const {
    return blocks_[OffsetOf(object) >> kBlockShift].is_evacuated;
  }
  // In front of BeginMarking only: makes the mark bits those of all objects there are, and finds
  // the one that a word names, when it is the address of one or of a place in it.
  void MarkAllObjects();
  weft_object* FindObject(uintptr_t word) const;
  // Counts what is marked, and finds out which blocks are free and which have holes.
  void Sweep();
  // Gives memory of free blocks beyond `keep` bytes back to the system.
  void ReleaseBeyond(size_t keep);
  // Overwrites all free lines, so that a stale reference cannot look alive.
  void Poison();

  size_t live_bytes() const { return live_bytes_; }
  size_t heap_bytes() const { return size_t{blocks_in_use_} << kBlockShift; }
  size_t allocated_bytes() const { return allocated_bytes_; }
  // Free lines in blocks that are in use, after the last collection.
  size_t hole_bytes() const { return hole_bytes_; }
  void set_limit(size_t bytes) { limit_ = bytes; }
  // Leaves nothing to the inline path, so that every allocation comes to the slow one.
  void set_single_objects(bool on) { single_objects_ = on; }

 private:
  static constexpr uint32_t kNoBlock = UINT32_MAX;

  struct Block {
    // The next one with holes, or the next free one.
    uint32_t next;
    uint16_t holes;
    bool is_free;
    bool is_evacuated;
    // The memory was used before, so it is not zero.
    bool is_dirty;
  };
  // Where objects are cut from a block that was free.
  struct Region {
    char* start = nullptr;
    char* next = nullptr;
    char* end = nullptr;
  };

  char* BlockStart(uint32_t block) const { return base_ + (size_t{block} << kBlockShift); }
  // Objects that were made since the last collection, one behind the other.
  struct Span {
    char* start;
    char* end;
  };

  void EndHole();
  uint32_t TakeBlock();
  bool NextHole(bool may_take_blocks);
  // Makes the next part of the hole, at least `least` bytes if there are, the inline path's.
  void HandOut(size_t least);
  char* CutFrom(Region& region, size_t size);

  char* base_ = nullptr;
  size_t used_bytes_ = 0;
  uint64_t* marks_ = nullptr;
  uint8_t* lines_ = nullptr;
  Block* blocks_ = nullptr;
  uint32_t frontier_ = 0;
  uint32_t blocks_in_use_ = 0;
  size_t allocated_bytes_ = 0;
  size_t live_bytes_ = 0;
  size_t hole_bytes_ = 0;
  size_t limit_ = 0;
  bool single_objects_ = false;
  // The hole being filled ends here; weft_gc_end is where its zeroed part ends.
  char* hole_end_ = nullptr;
  // The block whose holes are being filled, and the line behind the current one.
  uint32_t block_ = kNoBlock;
  uint32_t line_ = 0;
  uint32_t with_holes_ = kNoBlock;
  uint32_t free_ = kNoBlock;
  // Where the hole being filled began, and all that was filled before it; kept when the stack is
  // scanned.
  char* hole_start_ = nullptr;
  Vector<Span> spans_;
  Region overflow_;
  Region evacuation_;
  Reservation memory_;
  Reservation mark_memory_;
  Reservation line_memory_;
  Reservation block_memory_;
};

}  // namespace weft::gc

#endif  // WEFT_GC_LINE_HEAP_H_
