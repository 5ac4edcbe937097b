#ifndef WEFT_FLOWGRAPH_OPCODE_H_
#define WEFT_FLOWGRAPH_OPCODE_H_

#include <cstdint>
#include <optional>
#include <string_view>

// The operation table (opcodes.def) as data that passes ask.
namespace weft::flowgraph {

enum class Opcode : uint8_t {
#define WEFT_OP(Name, ...) k##Name,
#include "flowgraph/opcodes.def"
};

// How far a program has come. Each stage has its own rules in the verifier.
enum class Stage : uint8_t { kSource, kAnnotated, kRtyped, kWoven };

// What the rtyper has made, or will make, of a program: memory for C, or classes, methods and
// arrays for hosts that have their own (docs/decisions/0006).
enum class TypeSystem : uint8_t { kLltype, kOotype };

enum class OpStages : uint8_t { Source, Low, Both, Woven };

enum class Imm : uint8_t {
  None,
  Type,
  Function,
  Method,
  External,
  Class,
  ClassPath,
  Path,
  ValuePath,
  ValueClass,
  GlobalPath,
  Global,
  GlobalField,
  Container,
  Field,
  ItemField,
  Dispatch,
  Index,
};

// Effects, see opcodes.def.
enum Effects : uint16_t {
  kNoEffects = 0,
  kFold = 1,
  kRead = 2,
  kWrite = 4,
  kDrop = 8,
  kRaise = 16,
  kCollect = 32,
  kUnwind = 64,
  kAbort = 128,
};

inline constexpr int kVariadic = -1;

struct OpcodeInfo {
  const char* name;
  int8_t arity;
  OpStages stages;
  Imm imm;
  uint16_t effects;
  const char* doc;

  bool Has(Effects effect) const { return (effects & effect) != 0; }
  // Whether the operation may be removed when nothing uses its result.
  bool is_droppable() const { return (effects & (kFold | kDrop)) != 0; }
};

const OpcodeInfo& Info(Opcode opcode);
size_t OpcodeCount();
std::optional<Opcode> OpcodeByName(std::string_view name);
// Whether the opcode may appear in a program at this stage.
bool IsAllowedAt(Opcode opcode, Stage stage);
// Whether the opcode may appear in a low-level program of this type system.
bool IsAllowedIn(Opcode opcode, TypeSystem type_system);
const char* StageName(Stage stage);
const char* TypeSystemName(TypeSystem type_system);

}  // namespace weft::flowgraph

#endif  // WEFT_FLOWGRAPH_OPCODE_H_
