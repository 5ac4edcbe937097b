#include "gc/line_heap.h"

#include <cstring>

char* weft_gc_next = nullptr;
char* weft_gc_end = nullptr;

namespace weft::gc {

namespace {

constexpr size_t kZeroAtATime = 8192;
constexpr int kPoison = 0xdb;

size_t Rounded(size_t size) { return size <= 16 ? 16 : (size + 7) & ~size_t{7}; }

}  // namespace

bool LineHeap::Start() {
  // Address space is free of charge, but a process may be limited in it.
  constexpr size_t kMost = sizeof(void*) == 8 ? size_t{1} << 38 : size_t{1} << 29;
  constexpr size_t kLeast = size_t{32} << 20;
  size_t bytes = kMost;
  while (!memory_.Reserve(bytes, kBlockBytes)) {
    bytes /= 2;
    if (bytes < kLeast) return false;
  }
  if (!mark_memory_.Reserve(bytes / 64, 4096)) return false;
  if (!line_memory_.Reserve(bytes >> kLineShift, 4096)) return false;
  if (!block_memory_.Reserve((bytes >> kBlockShift) * sizeof(Block), 4096)) return false;
  base_ = memory_.base();
  marks_ = reinterpret_cast<uint64_t*>(mark_memory_.base());
  lines_ = reinterpret_cast<uint8_t*>(line_memory_.base());
  blocks_ = reinterpret_cast<Block*>(block_memory_.base());
  return true;
}

// ---- Allocation ----

uint32_t LineHeap::TakeBlock() {
  if (limit_ != 0 && size_t{blocks_in_use_} + 1 > (limit_ >> kBlockShift)) return kNoBlock;
  uint32_t block = free_;
  if (block != kNoBlock) {
    free_ = blocks_[block].next;
  } else {
    size_t end = size_t{frontier_} + 1;
    if (!memory_.Commit(end << kBlockShift) || !mark_memory_.Commit(end * (kBlockBytes / 64)) ||
        !line_memory_.Commit(end * kLines) || !block_memory_.Commit(end * sizeof(Block))) {
      return kNoBlock;
    }
    block = frontier_;
    frontier_ = static_cast<uint32_t>(end);
    used_bytes_ = end << kBlockShift;
  }
  ++blocks_in_use_;
  blocks_[block].is_free = false;
  blocks_[block].is_evacuated = false;
  blocks_[block].holes = 0;
  return block;
}

void LineHeap::EndHole() {
  if (kScansStack && hole_start_ != weft_gc_next) spans_.Push({hole_start_, weft_gc_next});
  weft_gc_next = weft_gc_end = hole_start_ = hole_end_ = nullptr;
}

// Finds the next hole, of which nothing is the inline path's yet.
bool LineHeap::NextHole(bool may_take_blocks) {
  EndHole();
  while (true) {
    if (block_ != kNoBlock) {
      const uint8_t* lines = lines_ + size_t{block_} * kLines;
      uint32_t first = line_;
      while (first < kLines && lines[first] != 0) ++first;
      if (first < kLines) {
        uint32_t end = first;
        while (end < kLines && lines[end] == 0) ++end;
        line_ = end;
        weft_gc_next = weft_gc_end = hole_start_ = BlockStart(block_) + first * kLineBytes;
        hole_end_ = BlockStart(block_) + end * kLineBytes;
        return true;
      }
    }
    block_ = with_holes_;
    line_ = 0;
    if (block_ != kNoBlock) {
      with_holes_ = blocks_[block_].next;
      continue;
    }
    if (!may_take_blocks) break;
    block_ = TakeBlock();
    if (block_ == kNoBlock) break;
  }
  return false;
}

void LineHeap::HandOut(size_t least) {
  size_t bytes = static_cast<size_t>(hole_end_ - weft_gc_end);
  size_t wanted = least > kZeroAtATime ? least : kZeroAtATime;
  if (bytes > wanted) bytes = wanted;
  uint32_t block = static_cast<uint32_t>(OffsetOf(weft_gc_end) >> kBlockShift);
  if (blocks_[block].is_dirty) std::memset(weft_gc_end, 0, bytes);
  weft_gc_end += bytes;
  allocated_bytes_ += bytes;
}

char* LineHeap::CutFrom(Region& region, size_t size) {
  if (static_cast<size_t>(region.end - region.next) < size) {
    uint32_t block = TakeBlock();
    if (block == kNoBlock) return nullptr;
    if (kScansStack && region.start != region.next) spans_.Push({region.start, region.next});
    region.start = region.next = BlockStart(block);
    region.end = region.next + kBlockBytes;
  }
  char* memory = region.next;
  region.next += size;
  return memory;
}

char* LineHeap::TryAllocate(size_t size, bool may_take_blocks) {
  size = Rounded(size);
  while (static_cast<size_t>(hole_end_ - weft_gc_next) < size) {
    if (size > kLineBytes && hole_end_ != nullptr) {
      if (!may_take_blocks && static_cast<size_t>(overflow_.end - overflow_.next) < size) {
        return nullptr;
      }
      char* memory = CutFrom(overflow_, size);
      if (memory == nullptr) return nullptr;
      uint32_t block = static_cast<uint32_t>(OffsetOf(memory) >> kBlockShift);
      if (blocks_[block].is_dirty) std::memset(memory, 0, size);
      allocated_bytes_ += size;
      return memory;
    }
    if (!NextHole(may_take_blocks)) return nullptr;
  }
  if (static_cast<size_t>(weft_gc_end - weft_gc_next) < size) {
    HandOut(size - static_cast<size_t>(weft_gc_end - weft_gc_next));
  }
  char* memory = weft_gc_next;
  weft_gc_next += size;
  if (single_objects_) {
    // What is left of the zeroed part is zeroed once more when its time comes.
    allocated_bytes_ -= static_cast<size_t>(weft_gc_end - weft_gc_next);
    uint32_t block = static_cast<uint32_t>(OffsetOf(memory) >> kBlockShift);
    blocks_[block].is_dirty = true;
    weft_gc_end = weft_gc_next;
  }
  return memory;
}

char* LineHeap::TryEvacuate(size_t size) { return CutFrom(evacuation_, Rounded(size)); }

// ---- Collection ----

void LineHeap::BeginMarking(uint32_t least_holes) {
  EndHole();
  spans_.Resize(0);
  block_ = kNoBlock;
  with_holes_ = kNoBlock;
  overflow_ = {};
  evacuation_ = {};
  std::memset(marks_, 0, size_t{frontier_} * (kBlockBytes / 64));
  std::memset(lines_, 0, size_t{frontier_} * kLines);
  for (uint32_t block = 0; block < frontier_; ++block) {
    Block& row = blocks_[block];
    row.is_evacuated = !row.is_free && row.holes >= least_holes;
  }
  allocated_bytes_ = 0;
}

void LineHeap::MarkAllObjects() {
  EndHole();
  if (overflow_.start != overflow_.next) spans_.Push({overflow_.start, overflow_.next});
  overflow_ = {};
  for (size_t i = 0; i < spans_.size(); ++i) {
    for (char* at = spans_[i].start; at < spans_[i].end;) {
      Mark(at);
      at += Rounded(SizeOf(reinterpret_cast<weft_object*>(at)));
    }
  }
}

weft_object* LineHeap::FindObject(uintptr_t word) const {
  size_t offset = word - reinterpret_cast<uintptr_t>(base_);
  if (offset >= used_bytes_) return nullptr;
  // The last object that starts at the word or in front of it, and not farther away than an object
  // can be long.
  size_t index = offset >> 3;
  size_t group = index >> 6;
  uint64_t bits = marks_[group] & (~uint64_t{0} >> (63 - (index & 63)));
  for (size_t farthest = WEFT_GC_SMALL_MAX / 512 + 1; bits == 0; --farthest) {
    if (group == 0 || farthest == 0) return nullptr;
    bits = marks_[--group];
  }
  size_t start = group * 64 + 63 - static_cast<size_t>(__builtin_clzll(bits));
  weft_object* object = reinterpret_cast<weft_object*>(base_ + start * 8);
  return offset - start * 8 < Rounded(SizeOf(object)) ? object : nullptr;
}

void LineHeap::Sweep() {
  uint32_t last_with_holes = kNoBlock;
  uint32_t last_free = kNoBlock;
  with_holes_ = kNoBlock;
  free_ = kNoBlock;
  blocks_in_use_ = 0;
  size_t live_lines = 0;
  for (uint32_t block = 0; block < frontier_; ++block) {
    Block& row = blocks_[block];
    const uint8_t* lines = lines_ + size_t{block} * kLines;
    uint32_t marked = 0;
    uint32_t holes = 0;
    uint8_t before = 1;
    for (uint32_t i = 0; i < kLines; ++i) {
      marked += lines[i];
      holes += before & (lines[i] ^ 1);
      before = lines[i];
    }
    if (!row.is_free) row.is_dirty = true;
    row.is_evacuated = false;
    row.holes = static_cast<uint16_t>(holes);
    row.next = kNoBlock;
    if (marked == 0) {
      row.is_free = true;
      (last_free == kNoBlock ? free_ : blocks_[last_free].next) = block;
      last_free = block;
      continue;
    }
    live_lines += marked;
    ++blocks_in_use_;
    if (marked == kLines) continue;
    (last_with_holes == kNoBlock ? with_holes_ : blocks_[last_with_holes].next) = block;
    last_with_holes = block;
  }
  live_bytes_ = live_lines << kLineShift;
  hole_bytes_ = heap_bytes() - live_bytes_;
}

void LineHeap::ReleaseBeyond(size_t keep) {
  size_t kept = 0;
  for (uint32_t block = free_; block != kNoBlock; block = blocks_[block].next) {
    if (!blocks_[block].is_dirty) continue;
    kept += kBlockBytes;
    if (kept <= keep) continue;
    Discard(BlockStart(block), kBlockBytes);
    blocks_[block].is_dirty = false;
  }
}

void LineHeap::Poison() {
  for (size_t line = 0; line < size_t{frontier_} * kLines; ++line) {
    if (lines_[line] != 0 || !blocks_[line / kLines].is_dirty) continue;
    std::memset(base_ + (line << kLineShift), kPoison, kLineBytes);
  }
}

}  // namespace weft::gc
