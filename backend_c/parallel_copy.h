#ifndef WEFT_BACKEND_C_PARALLEL_COPY_H_
#define WEFT_BACKEND_C_PARALLEL_COPY_H_

#include <cstddef>
#include <cstdint>
#include <vector>

// A link assigns all arguments of its target at once; C assigns one by one.
namespace weft::backend_c {

// A variable gets a new value, for which variables are read.
struct ParallelCopy {
  uint32_t variable = 0;
  std::vector<uint32_t> reads;
};

struct CopyStep {
  enum class Kind : uint8_t {
    // The variable gets its value.
    kAssign,
    // The value is computed into a temporary of this copy.
    kSave,
    // The variable gets what was saved.
    kRestore,
  };
  Kind kind = Kind::kAssign;
  // Which copy.
  size_t copy = 0;
};

// The steps that have the effect of all copies at once, with a temporary for each cycle. The
// variables differ from each other; each copy may read any, its own too. Linear in copies and
// reads.
std::vector<CopyStep> OrderCopies(const std::vector<ParallelCopy>& copies);

}  // namespace weft::backend_c

#endif  // WEFT_BACKEND_C_PARALLEL_COPY_H_
