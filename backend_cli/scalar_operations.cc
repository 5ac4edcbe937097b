#include "backend_cli/scalar_operations.h"

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "common/check.h"

namespace weft::backend_cli {

using flowgraph::Opcode;

namespace {

bool IsWide(TypeKind kind) { return kind == TypeKind::kI64 || kind == TypeKind::kU64; }

bool IsNarrow(TypeKind kind) { return IsInt(kind) && BitWidth(kind) < 32; }

// The name of a type in those of the run time's methods.
std::string_view Suffix(TypeKind kind) {
  switch (kind) {
    case TypeKind::kI64:
      return "I64";
    case TypeKind::kU64:
      return "U64";
    case TypeKind::kU32:
      return "U32";
    default:
      return "I32";
  }
}

// How a kind is spelled in the signatures of the run time's methods.
std::string_view Spelled(TypeKind kind) {
  switch (kind) {
    case TypeKind::kBool:
      return "bool";
    case TypeKind::kI64:
      return "int64";
    case TypeKind::kU64:
      return "uint64";
    case TypeKind::kU32:
      return "uint32";
    case TypeKind::kF32:
      return "float32";
    case TypeKind::kF64:
      return "float64";
    default:
      return "int32";
  }
}

void CallNumbers(IlCode* code, TypeKind result, std::string_view name, std::string_view types) {
  code->Op("call", fmt::format("{} Weft.Numbers::{}({})", Spelled(result), name, types));
}

// Brings a result on the stack back to the range of a narrow type, or to single precision.
void Canonicalize(TypeKind kind, IlCode* code) {
  switch (kind) {
    case TypeKind::kI8:
      return code->Op("conv.i1");
    case TypeKind::kI16:
      return code->Op("conv.i2");
    case TypeKind::kU8:
      return code->Op("conv.u1");
    case TypeKind::kU16:
      return code->Op("conv.u2");
    case TypeKind::kF32:
      return code->Op("conv.r4");
    default:
      return;
  }
}

void Not(IlCode* code) {
  code->Op("ldc.i4.0");
  code->Op("ceq");
}

void Divide(Opcode opcode, TypeKind kind, std::optional<int64_t> divisor, IlCode* code) {
  bool is_rem = opcode == Opcode::kRem;
  if (IsFloat(kind)) {
    code->Op(is_rem ? "rem" : "div");
    return Canonicalize(kind, code);
  }
  if (!IsSigned(kind)) return code->Op(is_rem ? "rem.un" : "div.un");
  // The host traps at the quotient by -1 that wraps; the narrow types are divided as int32, which
  // holds it.
  bool may_trap = !IsNarrow(kind) && (!divisor.has_value() || *divisor == -1);
  if (!may_trap) {
    code->Op(is_rem ? "rem" : "div");
    return Canonicalize(kind, code);
  }
  std::string_view type = Spelled(kind);
  CallNumbers(code, kind, fmt::format("{}{}", is_rem ? "Rem" : "Div", Suffix(kind)),
              fmt::format("{}, {}", type, type));
}

void Shift(Opcode opcode, TypeKind kind, std::optional<int64_t> count, IlCode* code) {
  int mask = BitWidth(kind) - 1;
  // The count has the operand's type, but is an int32 for the host.
  if (count.has_value()) {
    code->Int32(static_cast<int32_t>(*count & mask));
  } else {
    if (IsWide(kind)) code->Op("conv.i4");
    code->Int32(mask);
    code->Op("and");
  }
  code->Op(opcode == Opcode::kShl ? "shl" : IsSigned(kind) ? "shr" : "shr.un");
  if (opcode == Opcode::kShl) Canonicalize(kind, code);
}

void Overflows(Opcode opcode, TypeKind kind, IlCode* code) {
  const char* name = opcode == Opcode::kAddOverflows   ? "Add"
                     : opcode == Opcode::kSubOverflows ? "Sub"
                                                       : "Mul";
  if (IsNarrow(kind)) {
    // As int32 the result is exact, or at least differs from what is left of it.
    code->Op(opcode == Opcode::kAddOverflows   ? "add"
             : opcode == Opcode::kSubOverflows ? "sub"
                                               : "mul");
    code->Op("dup");
    Canonicalize(kind, code);
    code->Op("ceq");
    return Not(code);
  }
  std::string_view type = Spelled(kind);
  CallNumbers(code, TypeKind::kBool, fmt::format("{}Overflows{}", name, Suffix(kind)),
              fmt::format("{}, {}", type, type));
}

void FloatToInt(TypeKind to, IlCode* code) {
  switch (to) {
    case TypeKind::kI32:
    case TypeKind::kI64:
    case TypeKind::kU32:
    case TypeKind::kU64:
      return CallNumbers(code, to, fmt::format("To{}", Suffix(to)), "float64");
    default:
      break;
  }
  int bits = BitWidth(to);
  code->Int32(IsSigned(to) ? -(1 << (bits - 1)) : 0);
  code->Int32(IsSigned(to) ? (1 << (bits - 1)) - 1 : (1 << bits) - 1);
  CallNumbers(code, TypeKind::kI32, "ToNarrow", "float64, int32, int32");
}

void IntToFloat(TypeKind from, TypeKind to, IlCode* code) {
  if (from == TypeKind::kU64) {
    return CallNumbers(code, to, to == TypeKind::kF32 ? "F32FromU64" : "F64FromU64", "uint64");
  }
  if (from == TypeKind::kI64 && to == TypeKind::kF32) {
    return CallNumbers(code, to, "F32FromI64", "int64");
  }
  if (from == TypeKind::kU32) code->Op("conv.u8");
  // Exact, so that what follows rounds once.
  code->Op("conv.r8");
  if (to == TypeKind::kF32) code->Op("conv.r4");
}

void Convert(TypeKind from, TypeKind to, IlCode* code) {
  if (from == to) return;
  if (to == TypeKind::kBool) {
    if (IsFloat(from)) {
      if (from == TypeKind::kF32) code->Op("conv.r8");
      code->Float64(0);
      code->Op("ceq");
      return Not(code);
    }
    code->Op("ldc.i4.0");
    if (IsWide(from)) code->Op("conv.i8");
    return code->Op("cgt.un");
  }
  if (IsFloat(from) && IsFloat(to)) return code->Op(to == TypeKind::kF32 ? "conv.r4" : "conv.r8");
  if (IsFloat(from)) {
    if (from == TypeKind::kF32) code->Op("conv.r8");
    return FloatToInt(to, code);
  }
  if (IsFloat(to)) return IntToFloat(from, to, code);
  if (IsWide(to)) {
    if (IsWide(from)) return;
    return code->Op(IsSigned(from) ? "conv.i8" : "conv.u8");
  }
  if (IsNarrow(to)) return Canonicalize(to, code);
  if (IsWide(from)) code->Op("conv.i4");
}

void Arithmetic(Opcode opcode, TypeKind kind, std::string_view mnemonic, IlCode* code) {
  code->Op(mnemonic);
  if (opcode == Opcode::kAnd || opcode == Opcode::kOr || opcode == Opcode::kXor) return;
  Canonicalize(kind, code);
}

}  // namespace

bool WriteScalar(Opcode opcode, TypeKind operand, TypeKind result, std::optional<int64_t> constant,
                 IlCode* code) {
  switch (opcode) {
    case Opcode::kAdd:
      Arithmetic(opcode, operand, "add", code);
      return true;
    case Opcode::kSub:
      Arithmetic(opcode, operand, "sub", code);
      return true;
    case Opcode::kMul:
      Arithmetic(opcode, operand, "mul", code);
      return true;
    case Opcode::kNeg:
      Arithmetic(opcode, operand, "neg", code);
      return true;
    case Opcode::kAnd:
      Arithmetic(opcode, operand, "and", code);
      return true;
    case Opcode::kOr:
      Arithmetic(opcode, operand, "or", code);
      return true;
    case Opcode::kXor:
      Arithmetic(opcode, operand, "xor", code);
      return true;
    case Opcode::kNot:
      if (operand == TypeKind::kBool) {
        Not(code);
      } else {
        Arithmetic(opcode, operand, "not", code);
      }
      return true;
    case Opcode::kDiv:
    case Opcode::kRem:
      Divide(opcode, operand, constant, code);
      return true;
    case Opcode::kShl:
    case Opcode::kShr:
      Shift(opcode, operand, constant, code);
      return true;
    case Opcode::kAddOverflows:
    case Opcode::kSubOverflows:
    case Opcode::kMulOverflows:
      Overflows(opcode, operand, code);
      return true;
    case Opcode::kConvert:
      Convert(operand, result, code);
      return true;
    case Opcode::kF64Bits:
      CallNumbers(code, TypeKind::kU64, "F64Bits", "float64");
      return true;
    case Opcode::kF64FromBits:
      CallNumbers(code, TypeKind::kF64, "F64FromBits", "uint64");
      return true;
    case Opcode::kF32Bits:
      CallNumbers(code, TypeKind::kU32, "F32Bits", "float32");
      return true;
    case Opcode::kF32FromBits:
      CallNumbers(code, TypeKind::kF32, "F32FromBits", "uint32");
      return true;
    case Opcode::kClz:
    case Opcode::kCtz:
    case Opcode::kPopcount: {
      const char* name = opcode == Opcode::kClz   ? "Clz"
                         : opcode == Opcode::kCtz ? "Ctz"
                                                  : "Popcount";
      bool is_wide = IsWide(operand);
      CallNumbers(code, TypeKind::kI32, fmt::format("{}{}", name, is_wide ? "U64" : "U32"),
                  is_wide ? "uint64" : "uint32");
      return true;
    }
    default:
      return false;
  }
}

void BranchIfCompare(Opcode opcode, TypeKind operand, bool when, uint32_t label, IlCode* code) {
  bool is_float = IsFloat(operand);
  bool is_unsigned = !is_float && !(IsInt(operand) && IsSigned(operand));
  // The opposite of an ordered comparison of floats holds when they are unordered, too.
  std::string_view name;
  switch (opcode) {
    case Opcode::kEq:
      name = when ? "beq" : "bne.un";
      return code->Branch(name, label);
    case Opcode::kNe:
      name = when ? "bne.un" : "beq";
      return code->Branch(name, label);
    case Opcode::kLt:
      name = when ? "blt" : "bge";
      break;
    case Opcode::kLe:
      name = when ? "ble" : "bgt";
      break;
    case Opcode::kGt:
      name = when ? "bgt" : "ble";
      break;
    default:
      WEFT_CHECK(opcode == Opcode::kGe, "no comparison");
      name = when ? "bge" : "blt";
      break;
  }
  bool un = is_float ? !when : is_unsigned;
  code->Branch(fmt::format("{}{}", name, un ? ".un" : ""), label);
}

void Compare(Opcode opcode, TypeKind operand, IlCode* code) {
  bool is_float = IsFloat(operand);
  bool is_unsigned = !is_float && !(IsInt(operand) && IsSigned(operand));
  switch (opcode) {
    case Opcode::kEq:
      return code->Op("ceq");
    case Opcode::kNe:
      code->Op("ceq");
      return Not(code);
    case Opcode::kLt:
      return code->Op(is_unsigned ? "clt.un" : "clt");
    case Opcode::kGt:
      return code->Op(is_unsigned ? "cgt.un" : "cgt");
    case Opcode::kLe:
      // Unordered floats are neither.
      code->Op(is_unsigned || is_float ? "cgt.un" : "cgt");
      return Not(code);
    default:
      code->Op(is_unsigned || is_float ? "clt.un" : "clt");
      return Not(code);
  }
}

}  // namespace weft::backend_cli
