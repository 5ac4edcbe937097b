#ifndef WEFT_BACKEND_CLI_FROZEN_HEAP_H_
#define WEFT_BACKEND_CLI_FROZEN_HEAP_H_

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "backend_cli/cli_types.h"
#include "backend_cli/method_emitter.h"
#include "backend_common/reachability.h"

namespace weft::backend_cli {

// The objects that the program starts with: an image of them in the file, whose format is
// told in backend_cli/runtime/Heap.cs, and the methods of the class `program` that make objects of
// it.
class FrozenHeap {
 public:
  FrozenHeap(const CliTypes& types, const backend_common::Reachable& reachable);

  // What the program's file holds of them.
  std::string Bytes() const;
  // The place of each string in the array of all.
  absl::flat_hash_map<FrozenId, uint32_t> StringNumbers() const;
  // Image, MakeObject, HasLength, FillObject, SetIdentityHash, SetUp, and what they call.
  std::string Methods(const MethodUses& uses) const;
  // Adds the functions that objects refer to, and the tables' objects.
  void NoteUses(MethodUses* uses) const;

 private:
  // Objects of one container stand together.
  struct Kind {
    ContainerId container;
    std::vector<FrozenId> objects;
  };

  void AppendFields(const flowgraph::FrozenObject& object, const std::vector<lltype::Field>& fields,
                    uint32_t start, size_t count, std::string* out) const;
  std::string ImageMethod() const;
  std::string FillMethod(const Kind& kind) const;
  std::string SetUpMethod(const MethodUses& uses) const;

  const CliTypes& types_;
  const flowgraph::Program& program_;
  const backend_common::Reachable& reachable_;
  std::vector<Kind> kinds_;
  absl::flat_hash_map<FrozenId, uint32_t> numbers_;
  std::vector<FunctionId> functions_;
  absl::flat_hash_map<FunctionId, uint32_t> function_numbers_;
};

}  // namespace weft::backend_cli

#endif  // WEFT_BACKEND_CLI_FROZEN_HEAP_H_
