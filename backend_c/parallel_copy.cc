#include "backend_c/parallel_copy.h"

#include "absl/container/flat_hash_map.h"

namespace weft::backend_c {

std::vector<CopyStep> OrderCopies(const std::vector<ParallelCopy>& copies) {
  // Which copy writes each variable, and for each copy how many others, not yet made, read what it
  // overwrites.
  absl::flat_hash_map<uint32_t, size_t> writer;
  for (size_t i = 0; i < copies.size(); ++i) writer[copies[i].variable] = i;
  std::vector<size_t> readers(copies.size(), 0);
  auto for_each_read = [&](size_t copy, auto f) {
    for (uint32_t variable : copies[copy].reads) {
      auto at = writer.find(variable);
      if (at != writer.end() && at->second != copy) f(at->second);
    }
  };
  for (size_t i = 0; i < copies.size(); ++i) {
    for_each_read(i, [&](size_t written) { ++readers[written]; });
  }
  std::vector<size_t> ready;
  for (size_t i = copies.size(); i-- > 0;) {
    if (readers[i] == 0) ready.push_back(i);
  }
  auto release = [&](size_t copy) {
    for_each_read(copy, [&](size_t written) {
      if (--readers[written] == 0) ready.push_back(written);
    });
  };
  std::vector<CopyStep> steps;
  std::vector<bool> is_begun(copies.size(), false);
  for (size_t next = 0; true; ++next) {
    while (!ready.empty()) {
      size_t copy = ready.back();
      ready.pop_back();
      if (is_begun[copy]) {
        steps.push_back({CopyStep::Kind::kRestore, copy});
        continue;
      }
      is_begun[copy] = true;
      steps.push_back({CopyStep::Kind::kAssign, copy});
      release(copy);
    }
    while (next < copies.size() && is_begun[next]) ++next;
    if (next == copies.size()) return steps;
    // All that are left stand on cycles or behind one.
    is_begun[next] = true;
    steps.push_back({CopyStep::Kind::kSave, next});
    release(next);
  }
}

}  // namespace weft::backend_c
