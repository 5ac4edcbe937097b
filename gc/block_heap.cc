#include "gc/block_heap.h"

#include <cstring>

weft_gc_stretch weft_gc_stretches[WEFT_GC_CLASS_COUNT];

namespace weft::gc {

namespace {

constexpr size_t kZeroAtATime = 8192;
constexpr int kPoison = 0xdb;

constexpr weft_gc_class_table MakeClassTable() {
  weft_gc_class_table table = {};
  uint32_t size_class = 0;
  for (uint32_t words = 0; words <= WEFT_GC_LARGEST_CLASS / 8; ++words) {
    while (words * 8 > kClassSize[size_class]) ++size_class;
    table.of_words[words] = static_cast<uint8_t>(size_class);
  }
  for (uint32_t i = 0; i < WEFT_GC_CLASS_COUNT; ++i) table.size[i] = kClassSize[i];
  return table;
}

constexpr weft_gc_class_table kClassTable = MakeClassTable();

static_assert(kClassSize[WEFT_GC_CLASS_COUNT - 1] == WEFT_GC_LARGEST_CLASS);
static_assert(kClassTable.of_words[WEFT_GC_EXACT_MAX / 8] == (WEFT_GC_EXACT_MAX - 9) / 8,
              "the inline path computes the class of an exact size by itself");

#if defined(__x86_64__)
// The baseline of x86-64 has no such instruction, nearly all of its processors do.
bool HasPopulationCount() { return __builtin_cpu_supports("popcnt") != 0; }

__attribute__((target("popcnt"))) uint32_t CountMarksByInstruction(const uint64_t* marks) {
  uint64_t count = 0;
  for (size_t i = 0; i < kMarkWordsPerBlock; ++i) {
    count += static_cast<uint64_t>(__builtin_popcountll(marks[i]));
  }
  return static_cast<uint32_t>(count);
}
#else
bool HasPopulationCount() { return false; }
uint32_t CountMarksByInstruction(const uint64_t*) { return 0; }
#endif

// Without the instruction, for which compilers would call a function.
uint32_t CountBits(uint64_t bits) {
  bits = bits - ((bits >> 1) & UINT64_C(0x5555555555555555));
  bits = (bits & UINT64_C(0x3333333333333333)) + ((bits >> 2) & UINT64_C(0x3333333333333333));
  bits = (bits + (bits >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
  return static_cast<uint32_t>((bits * UINT64_C(0x0101010101010101)) >> 56);
}

// The marks of a block.
uint32_t CountMarks(const uint64_t* marks) {
  uint32_t count = 0;
  for (size_t i = 0; i < kMarkWordsPerBlock; ++i) {
    if (marks[i] != 0) count += CountBits(marks[i]);
  }
  return count;
}

int BinOf(uint32_t count) { return 31 - __builtin_clz(count); }

}  // namespace
}  // namespace weft::gc

constinit const weft_gc_class_table weft_gc_classes = weft::gc::kClassTable;

namespace weft::gc {

bool BlockHeap::Start() {
  // Address space is free of charge, but a process may be limited in it.
  constexpr size_t kMost = sizeof(void*) == 8 ? size_t{1} << 38 : size_t{1} << 30;
  constexpr size_t kLeast = size_t{64} << 20;
  size_t bytes = kMost;
  while (!memory_.Reserve(bytes, kBlockBytes)) {
    bytes /= 2;
    if (bytes < kLeast) return false;
  }
  if (!mark_memory_.Reserve(bytes / 64, 4096)) return false;
  if (!block_memory_.Reserve((bytes >> kBlockShift) * sizeof(Block), 4096)) return false;
  base_ = memory_.base();
  marks_ = reinterpret_cast<uint64_t*>(mark_memory_.base());
  blocks_ = reinterpret_cast<Block*>(block_memory_.base());
  for (Cursor& cursor : cursors_) cursor.block = kNoBlock;
  for (uint32_t& head : partly_free_) head = kNoBlock;
  for (uint32_t& head : free_runs_) head = kNoBlock;
  return true;
}

// ---- Allocation ----

char* BlockHeap::TakeFromStretch(uint32_t size_class) {
  weft_gc_stretch& stretch = weft_gc_stretches[size_class];
  char* object = stretch.next;
  stretch.next += kClassSize[size_class];
  return object;
}

// Makes the class's stretch not empty, from what the class already has.
bool BlockHeap::NextStretch(uint32_t size_class) {
  weft_gc_stretch& stretch = weft_gc_stretches[size_class];
  if (stretch.next != stretch.end) return true;
  Cursor& cursor = cursors_[size_class];
  if (stretch.end != cursor.hole_end) {
    HandOut(size_class, stretch.end);
    return true;
  }
  while (true) {
    if (cursor.block != kNoBlock) {
      if (FindHole(size_class)) return true;
      blocks_[cursor.block].is_passed = true;
    }
    cursor.block = partly_free_[size_class];
    if (cursor.block == kNoBlock) {
      // Nothing left: both ends of the stretch stay equal.
      cursor.hole_end = stretch.end;
      return false;
    }
    partly_free_[size_class] = blocks_[cursor.block].next;
    cursor.position = 0;
  }
}

// The next hole of the cursor's block, from its position onwards.
bool BlockHeap::FindHole(uint32_t size_class) {
  Cursor& cursor = cursors_[size_class];
  const uint32_t slot_words = kClassSize[size_class] / 8;
  const uint32_t end = SlotsOf(size_class) * slot_words;
  const uint64_t* marks = MarksOf(cursor.block);
  uint32_t at = cursor.position / 8;
  while (at < end && ((marks[at >> 6] >> (at & 63)) & 1)) at += slot_words;
  if (at >= end) return false;
  // The hole reaches to the next mark: marks stand only at the start of slots.
  uint32_t index = at >> 6;
  uint64_t bits = marks[index] & (~uint64_t{0} << (at & 63));
  while (bits == 0 && (index + 1) * 64 < end) bits = marks[++index];
  uint32_t stop = end;
  if (bits != 0) {
    stop = index * 64 + static_cast<uint32_t>(__builtin_ctzll(bits));
    if (stop > end) stop = end;
  }
  char* start = BlockStart(cursor.block);
  cursor.position = stop * 8;
  cursor.hole_end = start + stop * 8;
  HandOut(size_class, start + at * 8);
  return true;
}

// Makes the part of the current hole that begins at `from` the stretch, zeroed.
void BlockHeap::HandOut(uint32_t size_class, char* from) {
  Cursor& cursor = cursors_[size_class];
  const size_t slot = kClassSize[size_class];
  size_t bytes = static_cast<size_t>(cursor.hole_end - from);
  if (single_slots_) {
    bytes = slot;
  } else if (bytes > kZeroAtATime && slot < kZeroAtATime) {
    // A multiple of the slot size.
    bytes = kZeroAtATime - kZeroAtATime % slot;
  } else if (bytes > slot && slot >= kZeroAtATime) {
    bytes = slot;
  }
  if (zeroes_ && blocks_[cursor.block].dirty) std::memset(from, 0, bytes);
  weft_gc_stretch& stretch = weft_gc_stretches[size_class];
  stretch.next = from;
  stretch.end = from + bytes;
  allocated_bytes_ += bytes;
}

bool BlockHeap::AddBlock(uint32_t size_class) {
  uint32_t block = TakeRun(1);
  if (block == kNoBlock) return false;
  Block& row = blocks_[block];
  row.kind = BlockKind::kSmall;
  row.size_class = static_cast<uint8_t>(size_class);
  row.poisoned = false;
  row.is_passed = false;
  row.next = partly_free_[size_class];
  partly_free_[size_class] = block;
  return true;
}

char* BlockHeap::TryLarge(size_t bytes) {
  if (bytes > memory_.reserved()) return nullptr;
  uint32_t count = static_cast<uint32_t>((bytes + kBlockBytes - 1) >> kBlockShift);
  uint32_t first = TakeRun(count);
  if (first == kNoBlock) return nullptr;
  char* start = BlockStart(first);
  for (uint32_t i = 0; i < count; ++i) {
    Block& row = blocks_[first + i];
    if (row.dirty) std::memset(start + (size_t{i} << kBlockShift), 0, kBlockBytes);
    row.kind = i == 0 ? BlockKind::kLarge : BlockKind::kLargeTail;
    row.run = i;
    row.dirty = true;
    row.poisoned = false;
  }
  blocks_[first].run = count;
  allocated_bytes_ += size_t{count} << kBlockShift;
  return start;
}

weft_object* BlockHeap::FindObject(uintptr_t word) const {
  size_t offset = word - reinterpret_cast<uintptr_t>(base_);
  if (offset >= used_bytes_) return nullptr;
  uint32_t block = static_cast<uint32_t>(offset >> kBlockShift);
  const Block* row = &blocks_[block];
  char* start = BlockStart(block);
  if (row->kind == BlockKind::kLargeTail) {
    start -= size_t{row->run} << kBlockShift;
  } else if (row->kind == BlockKind::kSmall) {
    uint32_t slot = kClassSize[row->size_class];
    uint32_t index = static_cast<uint32_t>(offset & (kBlockBytes - 1)) / slot;
    if (index >= SlotsOf(row->size_class)) return nullptr;
    start += size_t{index} * slot;
    // In the block that is being filled, the slots in front of the stretch hold objects, too.
    bool is_filled = row->is_passed || (cursors_[row->size_class].block == block &&
                                        start < weft_gc_stretches[row->size_class].next);
    if (!is_filled && !IsMarked(start)) return nullptr;
  } else if (row->kind == BlockKind::kFree) {
    return nullptr;
  }
  weft_object* object = reinterpret_cast<weft_object*>(start);
  // A slot of the stretch that has not been handed out yet is zero.
  return object->type_id != 0 ? object : nullptr;
}

// ---- Runs of free blocks ----

void BlockHeap::AddFreeRun(uint32_t first, uint32_t count) {
  int bin = BinOf(count);
  blocks_[first].run = count;
  blocks_[first].next = free_runs_[bin];
  free_runs_[bin] = first;
}

uint32_t BlockHeap::TakeFreeRun(uint32_t count) {
  for (int bin = BinOf(count); bin < kBins; ++bin) {
    for (uint32_t* link = &free_runs_[bin]; *link != kNoBlock; link = &blocks_[*link].next) {
      uint32_t first = *link;
      uint32_t run = blocks_[first].run;
      if (run < count) continue;
      *link = blocks_[first].next;
      if (run > count) AddFreeRun(first + count, run - count);
      return first;
    }
  }
  return kNoBlock;
}

uint32_t BlockHeap::TakeRun(uint32_t count) {
  if (limit_ != 0 && (size_t{blocks_in_use_} + count) > (limit_ >> kBlockShift)) return kNoBlock;
  uint32_t first = TakeFreeRun(count);
  if (first == kNoBlock) {
    size_t end = size_t{frontier_} + count;
    if (!memory_.Commit(end << kBlockShift)) return kNoBlock;
    if (!mark_memory_.Commit(end * kMarkWordsPerBlock * 8)) return kNoBlock;
    if (!block_memory_.Commit(end * sizeof(Block))) return kNoBlock;
    first = frontier_;
    frontier_ = static_cast<uint32_t>(end);
    if (may_mark_) unmarked_from_ = frontier_;
    used_bytes_ = end << kBlockShift;
  }
  blocks_in_use_ += count;
  return first;
}

// ---- Collection ----

void BlockHeap::DropStretches() {
  for (uint32_t i = 0; i < WEFT_GC_CLASS_COUNT; ++i) {
    weft_gc_stretches[i] = {};
    cursors_[i] = {kNoBlock, 0, nullptr};
    partly_free_[i] = kNoBlock;
  }
}

void BlockHeap::BeginMarking() {
  DropStretches();
  std::memset(marks_, 0, size_t{unmarked_from_} * kMarkWordsPerBlock * 8);
  unmarked_from_ = frontier_;
  may_mark_ = true;
  allocated_bytes_ = 0;
}

void BlockHeap::BeginCounting() {
  DropStretches();
  unmarked_from_ = frontier_;
  may_mark_ = keeps_marks_ = true;
  allocated_bytes_ = 0;
}

void BlockHeap::Sweep() {
  may_mark_ = keeps_marks_;
  // Those of objects made since marking began: what is left of them is found again as holes.
  DropStretches();
  for (uint32_t& head : free_runs_) head = kNoBlock;
  // Backwards, so that lists come out in order of address by pushing to their front.
  const bool has_instruction = HasPopulationCount();
  uint32_t tails[WEFT_GC_CLASS_COUNT];
  for (uint32_t& tail : tails) tail = kNoBlock;
  size_t live = 0;
  uint32_t in_use = 0;
  uint32_t run_start = kNoBlock;
  uint32_t block = 0;
  while (block < frontier_) {
    Block& row = blocks_[block];
    uint32_t count = 1;
    if (row.kind == BlockKind::kLarge) {
      count = row.run;
      if (IsMarked(BlockStart(block))) {
        live += size_t{count} << kBlockShift;
      } else {
        for (uint32_t i = 0; i < count; ++i) blocks_[block + i].kind = BlockKind::kFree;
      }
    } else if (row.kind == BlockKind::kSmall) {
      row.dirty = true;
      row.is_passed = false;
      const uint64_t* marks = MarksOf(block);
      uint32_t objects = has_instruction ? CountMarksByInstruction(marks) : CountMarks(marks);
      if (objects == 0) {
        row.kind = BlockKind::kFree;
      } else {
        uint32_t size_class = row.size_class;
        live += size_t{objects} * kClassSize[size_class];
        if (objects < SlotsOf(size_class)) {
          row.next = kNoBlock;
          uint32_t& link = tails[size_class] == kNoBlock ? partly_free_[size_class]
                                                         : blocks_[tails[size_class]].next;
          link = block;
          tails[size_class] = block;
        }
      }
    }
    if (blocks_[block].kind == BlockKind::kFree) {
      if (run_start == kNoBlock) run_start = block;
    } else {
      if (run_start != kNoBlock) AddFreeRun(run_start, block - run_start);
      run_start = kNoBlock;
      in_use += count;
    }
    block += count;
  }
  if (run_start != kNoBlock) AddFreeRun(run_start, frontier_ - run_start);
  blocks_in_use_ = in_use;
  live_bytes_ = live;
}

void BlockHeap::ReleaseBeyond(size_t keep) {
  size_t free_bytes = 0;
  // From the end: the blocks in front are the ones that allocation takes first.
  uint32_t block = frontier_;
  size_t kept = 0;
  for (uint32_t i = 0; i < frontier_; ++i) {
    if (blocks_[i].kind == BlockKind::kFree && blocks_[i].dirty) free_bytes += kBlockBytes;
  }
  if (free_bytes <= keep) return;
  size_t excess = free_bytes - keep;
  while (block > 0 && excess > kept) {
    uint32_t end = block;
    while (block > 0 && blocks_[block - 1].kind == BlockKind::kFree && blocks_[block - 1].dirty &&
           (size_t{end - block} << kBlockShift) + kept < excess) {
      --block;
      blocks_[block].dirty = false;
      blocks_[block].poisoned = false;
    }
    if (block == end) {
      --block;
      continue;
    }
    Discard(BlockStart(block), size_t{end - block} << kBlockShift);
    kept += size_t{end - block} << kBlockShift;
  }
}

// ---- Checking ----

ReferenceKind BlockHeap::Classify(const void* pointer) const {
  if (pointer == nullptr) return ReferenceKind::kNull;
  if (reinterpret_cast<uintptr_t>(pointer) % 8 != 0) return ReferenceKind::kInvalid;
  size_t offset = static_cast<size_t>(static_cast<const char*>(pointer) - base_);
  if (offset >= memory_.reserved()) return ReferenceKind::kOutside;
  if (offset >= used_bytes_) return ReferenceKind::kInvalid;
  const Block& row = blocks_[offset >> kBlockShift];
  size_t in_block = offset & (kBlockBytes - 1);
  bool starts_object = false;
  if (row.kind == BlockKind::kLarge) starts_object = in_block == 0;
  if (row.kind == BlockKind::kSmall) {
    size_t slot = kClassSize[row.size_class];
    starts_object = in_block % slot == 0 && in_block / slot < SlotsOf(row.size_class);
  }
  if (!starts_object) return ReferenceKind::kInvalid;
  uint32_t type_id = static_cast<const weft_object*>(pointer)->type_id;
  return type_id != 0 && type_id < weft_type_count ? ReferenceKind::kObject
                                                   : ReferenceKind::kInvalid;
}

void BlockHeap::Poison() {
  for (uint32_t block = 0; block < frontier_; ++block) {
    Block& row = blocks_[block];
    char* start = BlockStart(block);
    if (row.kind == BlockKind::kFree && row.dirty && !row.poisoned) {
      std::memset(start, kPoison, kBlockBytes);
      row.poisoned = true;
    }
    if (row.kind != BlockKind::kSmall) continue;
    size_t slot = kClassSize[row.size_class];
    const uint32_t slots = SlotsOf(row.size_class);
    for (uint32_t i = 0; i < slots; ++i) {
      if (!IsMarked(start + i * slot)) std::memset(start + i * slot, kPoison, slot);
    }
  }
}

}  // namespace weft::gc
