#include "annotator/fresh_objects.h"

namespace weft::annotator {

using flowgraph::Opcode;

void FreshObjects::Escape(ValueId value) {
  auto it = names_.find(value);
  if (it == names_.end()) return;
  ValueId object = it->second;
  absl::erase_if(names_, [&](const auto& entry) { return entry.second == object; });
}

void FreshObjects::Step(const flowgraph::Operation& op) {
  switch (op.opcode) {
    case Opcode::kNew:
      names_[op.result] = op.result;
      break;
    case Opcode::kUpcast:
      if (auto it = names_.find(op.args[0]); it != names_.end()) {
        ValueId object = it->second;
        names_[op.result] = object;
      }
      break;
    case Opcode::kCheckNonNull:
      break;
    case Opcode::kFieldSet: {
      Escape(op.args[1]);
      auto it = names_.find(op.args[0]);
      const std::vector<uint32_t>& path = program_.path(PathId(op.imm2));
      if (it != names_.end() && path.size() == 1) {
        written_[it->second].insert(Key(ClassId(op.imm), path[0]));
      }
      break;
    }
    case Opcode::kFieldGet: {
      // Reading a field that is not yet written is seeing its zero.
      auto it = names_.find(op.args[0]);
      if (it != names_.end() &&
          !IsWritten(it->second, ClassId(op.imm), program_.path(PathId(op.imm2))[0])) {
        Escape(op.args[0]);
      }
      break;
    }
    default:
      for (ValueId arg : op.args) Escape(arg);
      break;
  }
}

}  // namespace weft::annotator
