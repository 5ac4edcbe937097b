#ifndef WEFT_BACKEND_COMMON_FROZEN_IMAGE_H_
#define WEFT_BACKEND_COMMON_FROZEN_IMAGE_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "backend_common/reachability.h"
#include "flowgraph/program.h"

// The frozen heap as a compact resource, for hosts that make its objects when the program starts.
//
// All numbers are varints: seven bits a byte, the lowest first, the top bit says that more follow.
// Signed ones are folded first (0, -1, 1, -2, ...). Floats are their 8 or 4 bytes, lowest first.
// A reference is the object's number plus one, or 0; a function likewise.
//
//   kinds:    their number; for each its tag (ImageTag)
//   objects:  their number; for each the kind, and the number of items if it has any
//   contents: for each object, in the same order, its fields in the order of its container, then
//             its items, each with its fields. Bytes and strings are as they are.
//   hashes:   how many objects have an identity hash; for each the object and the hash
//
// The number of an object stands for it in code, too. What a kind number means, the backend writes
// into a method that makes objects of it, and another that reads their fields.
namespace weft::backend_common {

enum class ImageTag : uint8_t {
  kObject,
  kString,
  // Arrays of one scalar. Of bytes: bools and integers of 8 bits.
  kBytes,
  kI16,
  kU16,
  kI32,
  kI64,
  kF32,
  kF64,
  kReferences,
  kFunctions,
  // Arrays of values with several fields.
  kItems,
};

struct FrozenImage {
  std::string bytes;
  // By kind number.
  std::vector<ContainerId> kinds;
  std::vector<ImageTag> tags;
  // The functions that it names, with the type at which it does.
  std::vector<std::pair<TypeId, FunctionId>> functions;
  // For each frozen object of the program its number, or kNotThere.
  std::vector<uint32_t> numbers;
  static constexpr uint32_t kNotThere = 0xffffffffu;
  uint32_t object_count = 0;
};

FrozenImage MakeFrozenImage(const flowgraph::Program& program, const Reachable& reachable);

ImageTag TagOf(const flowgraph::Program& program, ContainerId container);

}  // namespace weft::backend_common

#endif  // WEFT_BACKEND_COMMON_FROZEN_IMAGE_H_
