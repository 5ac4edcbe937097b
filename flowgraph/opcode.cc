#include "flowgraph/opcode.h"

#include <iterator>

#include "absl/container/flat_hash_map.h"

namespace weft::flowgraph {
namespace {

constexpr OpcodeInfo kInfos[] = {
#define WEFT_OP(Name, spelling, arity, stages, imm, effects, doc) \
  {spelling, arity, OpStages::stages, Imm::imm, effects, doc},
#include "flowgraph/opcodes.def"
};

}  // namespace

const OpcodeInfo& Info(Opcode opcode) { return kInfos[static_cast<int>(opcode)]; }

size_t OpcodeCount() { return std::size(kInfos); }

std::optional<Opcode> OpcodeByName(std::string_view name) {
  static const auto* const table = [] {
    auto* t = new absl::flat_hash_map<std::string_view, Opcode>();
    for (size_t i = 0; i < std::size(kInfos); ++i) {
      t->emplace(kInfos[i].name, static_cast<Opcode>(i));
    }
    return t;
  }();
  auto it = table->find(name);
  if (it == table->end()) return std::nullopt;
  return it->second;
}

bool IsAllowedAt(Opcode opcode, Stage stage) {
  switch (Info(opcode).stages) {
    case OpStages::Source:
      return stage == Stage::kSource || stage == Stage::kAnnotated;
    case OpStages::Low:
      return stage == Stage::kRtyped || stage == Stage::kWoven;
    case OpStages::Both:
      return true;
    case OpStages::Woven:
      return stage == Stage::kWoven;
  }
  return false;
}

bool IsAllowedIn(Opcode opcode, TypeSystem type_system) {
  switch (opcode) {
    case Opcode::kTypeId:
    case Opcode::kDispatch:
    case Opcode::kStackCheck:
      return type_system == TypeSystem::kLltype;
    case Opcode::kCallMethod:
      return type_system == TypeSystem::kOotype;
    default:
      // What is woven replaces exceptions and collection, which hosts have.
      return type_system == TypeSystem::kLltype || Info(opcode).stages != OpStages::Woven;
  }
}

const char* TypeSystemName(TypeSystem type_system) {
  return type_system == TypeSystem::kLltype ? "lltype" : "ootype";
}

const char* StageName(Stage stage) {
  switch (stage) {
    case Stage::kSource:
      return "source";
    case Stage::kAnnotated:
      return "annotated";
    case Stage::kRtyped:
      return "rtyped";
    case Stage::kWoven:
      return "woven";
  }
  return "?";
}

}  // namespace weft::flowgraph
