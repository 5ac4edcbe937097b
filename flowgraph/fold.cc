#include "flowgraph/fold.h"

#include <bit>
#include <cmath>
#include <limits>

#include "flowgraph/graph.h"

namespace weft::flowgraph {
namespace {

double ToDouble(uint64_t bits) { return std::bit_cast<double>(bits); }
uint64_t FromDouble(double value) { return std::bit_cast<uint64_t>(value); }

// Rounds a result to the precision of its kind.
uint64_t Float(TypeKind kind, double value) {
  return FromDouble(kind == TypeKind::kF32 ? static_cast<double>(static_cast<float>(value))
                                           : value);
}

uint64_t Canonical(TypeKind kind, uint64_t bits) {
  return static_cast<uint64_t>(CanonicalInt(kind, static_cast<int64_t>(bits)));
}

int64_t MinOf(TypeKind kind) {
  return IsSigned(kind) ? std::numeric_limits<int64_t>::min() >> (64 - BitWidth(kind)) : 0;
}

uint64_t MaxOf(TypeKind kind) {
  return ~uint64_t{0} >> (64 - BitWidth(kind) + (IsSigned(kind) ? 1 : 0));
}

bool Overflows(Opcode opcode, TypeKind kind, uint64_t a, uint64_t b) {
  // 128 bits hold every result exactly.
  using Wide = __int128;
  Wide x = IsSigned(kind) ? Wide{static_cast<int64_t>(a)} : Wide{a};
  Wide y = IsSigned(kind) ? Wide{static_cast<int64_t>(b)} : Wide{b};
  if (opcode == Opcode::kMulOverflows && !IsSigned(kind)) {
    return y != 0 && static_cast<unsigned __int128>(a) * b > MaxOf(kind);
  }
  Wide r = opcode == Opcode::kAddOverflows   ? x + y
           : opcode == Opcode::kSubOverflows ? x - y
                                             : x * y;
  return r < Wide{MinOf(kind)} || r > Wide{MaxOf(kind)};
}

bool EvaluateInt(Opcode opcode, TypeKind kind, uint64_t a, uint64_t b, uint64_t* value) {
  bool is_signed = IsSigned(kind);
  auto x = static_cast<int64_t>(a);
  auto y = static_cast<int64_t>(b);
  uint64_t r = 0;
  switch (opcode) {
    case Opcode::kAdd:
      r = a + b;
      break;
    case Opcode::kSub:
      r = a - b;
      break;
    case Opcode::kMul:
      r = a * b;
      break;
    case Opcode::kDiv:
      if (b == 0) return false;
      // The quotient by -1 is the negation, which wraps where the machine's division would trap.
      r = !is_signed ? a / b : y == -1 ? 0 - a : static_cast<uint64_t>(x / y);
      break;
    case Opcode::kRem:
      if (b == 0) return false;
      r = !is_signed ? a % b : y == -1 ? 0 : static_cast<uint64_t>(x % y);
      break;
    case Opcode::kNeg:
      r = 0 - a;
      break;
    case Opcode::kAnd:
      r = a & b;
      break;
    case Opcode::kOr:
      r = a | b;
      break;
    case Opcode::kXor:
      r = a ^ b;
      break;
    case Opcode::kNot:
      r = ~a;
      break;
    case Opcode::kShl:
      r = a << (b & static_cast<uint64_t>(BitWidth(kind) - 1));
      break;
    case Opcode::kShr: {
      int count = static_cast<int>(b & static_cast<uint64_t>(BitWidth(kind) - 1));
      r = is_signed ? static_cast<uint64_t>(x >> count) : a >> count;
      break;
    }
    default:
      return false;
  }
  *value = Canonical(kind, r);
  return true;
}

bool EvaluateFloat(Opcode opcode, TypeKind kind, double a, double b, uint64_t* value) {
  // For an f32, the f64 result rounded once more is the correctly rounded f32 result: an f64 has
  // more than twice the digits.
  switch (opcode) {
    case Opcode::kAdd:
      *value = Float(kind, a + b);
      return true;
    case Opcode::kSub:
      *value = Float(kind, a - b);
      return true;
    case Opcode::kMul:
      *value = Float(kind, a * b);
      return true;
    case Opcode::kDiv:
      *value = Float(kind, a / b);
      return true;
    case Opcode::kNeg:
      *value = Float(kind, -a);
      return true;
    default:
      return false;
  }
}

template <typename T>
bool Compare(Opcode opcode, T a, T b) {
  switch (opcode) {
    case Opcode::kEq:
      return a == b;
    case Opcode::kNe:
      return a != b;
    case Opcode::kLt:
      return a < b;
    case Opcode::kLe:
      return a <= b;
    case Opcode::kGt:
      return a > b;
    default:
      return a >= b;
  }
}

uint64_t FloatToInt(TypeKind kind, double value) {
  if (std::isnan(value)) return 0;
  double whole = std::trunc(value);
  if (whole < static_cast<double>(MinOf(kind))) return static_cast<uint64_t>(MinOf(kind));
  // The conversion of the maximum to f64 may round up, to the first value out of range.
  if (whole >= static_cast<double>(MaxOf(kind))) return MaxOf(kind);
  return IsSigned(kind) ? static_cast<uint64_t>(static_cast<int64_t>(whole))
                        : static_cast<uint64_t>(whole);
}

bool Convert(TypeKind from, TypeKind to, uint64_t a, uint64_t* value) {
  if (IsInt(from) && IsInt(to)) {
    *value = to == TypeKind::kBool ? a != 0 : Canonical(to, a);
  } else if (IsInt(from) && IsFloat(to)) {
    auto x = static_cast<int64_t>(a);
    if (to == TypeKind::kF32) {
      // Directly: by way of f64 would round twice.
      *value = FromDouble(IsSigned(from) ? static_cast<float>(x) : static_cast<float>(a));
    } else {
      *value = FromDouble(IsSigned(from) ? static_cast<double>(x) : static_cast<double>(a));
    }
  } else if (IsFloat(from) && IsFloat(to)) {
    *value = Float(to, ToDouble(a));
  } else if (IsFloat(from) && IsInt(to)) {
    *value = to == TypeKind::kBool ? ToDouble(a) != 0 : FloatToInt(to, ToDouble(a));
  } else {
    return false;
  }
  return true;
}

}  // namespace

bool EvaluateScalar(Opcode opcode, TypeKind operand, TypeKind result, const uint64_t* args,
                    uint64_t* value) {
  switch (opcode) {
    case Opcode::kAdd:
    case Opcode::kSub:
    case Opcode::kMul:
    case Opcode::kDiv:
    case Opcode::kRem:
    case Opcode::kAnd:
    case Opcode::kOr:
    case Opcode::kXor:
    case Opcode::kShl:
    case Opcode::kShr:
      if (IsFloat(operand)) {
        return EvaluateFloat(opcode, operand, ToDouble(args[0]), ToDouble(args[1]), value);
      }
      return IsInt(operand) && EvaluateInt(opcode, operand, args[0], args[1], value);
    case Opcode::kNeg:
    case Opcode::kNot:
      if (IsFloat(operand)) return EvaluateFloat(opcode, operand, ToDouble(args[0]), 0, value);
      return IsInt(operand) && EvaluateInt(opcode, operand, args[0], 0, value);
    case Opcode::kAddOverflows:
    case Opcode::kSubOverflows:
    case Opcode::kMulOverflows:
      if (!IsInt(operand)) return false;
      *value = Overflows(opcode, operand, args[0], args[1]);
      return true;
    case Opcode::kEq:
    case Opcode::kNe:
    case Opcode::kLt:
    case Opcode::kLe:
    case Opcode::kGt:
    case Opcode::kGe:
      if (IsFloat(operand)) {
        *value = Compare(opcode, ToDouble(args[0]), ToDouble(args[1]));
      } else if (IsInt(operand) && IsSigned(operand)) {
        *value = Compare(opcode, static_cast<int64_t>(args[0]), static_cast<int64_t>(args[1]));
      } else if (IsInt(operand)) {
        *value = Compare(opcode, args[0], args[1]);
      } else {
        return false;
      }
      return true;
    case Opcode::kConvert:
      return Convert(operand, result, args[0], value);
    case Opcode::kSelect:
      *value = args[0] != 0 ? args[1] : args[2];
      return true;
    case Opcode::kF64Bits:
    case Opcode::kF64FromBits:
    case Opcode::kExpect:
    case Opcode::kPromote:
      *value = args[0];
      return true;
    case Opcode::kF32Bits:
      *value = std::bit_cast<uint32_t>(static_cast<float>(ToDouble(args[0])));
      return true;
    case Opcode::kF32FromBits:
      *value = FromDouble(std::bit_cast<float>(static_cast<uint32_t>(args[0])));
      return true;
    case Opcode::kClz:
    case Opcode::kCtz:
    case Opcode::kPopcount: {
      if (!IsInt(operand)) return false;
      int width = BitWidth(operand);
      uint64_t bits = width == 64 ? args[0] : args[0] & ((uint64_t{1} << width) - 1);
      int r = opcode == Opcode::kClz        ? std::countl_zero(bits) - (64 - width)
              : opcode == Opcode::kPopcount ? std::popcount(bits)
              : bits == 0                   ? width
                                            : std::countr_zero(bits);
      *value = static_cast<uint64_t>(r);
      return true;
    }
    default:
      return false;
  }
}

}  // namespace weft::flowgraph
