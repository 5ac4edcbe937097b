#include "backend_cli/il_code.h"

#include <fmt/format.h>

#include <iterator>

#include "common/check.h"

namespace weft::backend_cli {

namespace {

// The instructions whose code has two bytes, among those that are written here.
bool IsLong(std::string_view mnemonic) {
  for (std::string_view name : {"ceq", "cgt", "cgt.un", "clt", "clt.un", "ldftn", "initobj",
                                "rethrow", "ldloc", "stloc", "ldloca", "ldarg", "starg"}) {
    if (mnemonic == name) return true;
  }
  return false;
}

uint32_t OperandSize(std::string_view mnemonic) {
  if (mnemonic.ends_with(".s")) return 1;
  if (mnemonic == "ldc.i8" || mnemonic == "ldc.r8") return 8;
  // Numbers of variables; everything else is a token, an offset or 32 bits.
  if (mnemonic == "ldloc" || mnemonic == "stloc" || mnemonic == "ldloca" || mnemonic == "ldarg" ||
      mnemonic == "starg") {
    return 2;
  }
  return 4;
}

std::string Bytes(uint64_t bits, int count) {
  std::string text = "(";
  for (int i = 0; i < count; ++i) {
    fmt::format_to(std::back_inserter(text), "{}{:02x}", i == 0 ? "" : " ",
                   (bits >> (8 * i)) & 0xff);
  }
  return text + ")";
}

}  // namespace

std::string Quoted(std::string_view name) {
  std::string text = "'";
  for (char c : name) {
    if (c == '\'' || c == '\\') text += '\\';
    text += c;
  }
  return text + "'";
}

void IlCode::Op(std::string_view mnemonic) {
  text_ += mnemonic;
  text_ += '\n';
  offset_ += IsLong(mnemonic) ? 2 : 1;
}

void IlCode::Op(std::string_view mnemonic, std::string_view operand) {
  text_ += mnemonic;
  text_ += ' ';
  text_ += operand;
  text_ += '\n';
  offset_ += (IsLong(mnemonic) ? 2 : 1) + OperandSize(mnemonic);
}

void IlCode::Variable(std::string_view mnemonic, uint32_t index, bool has_short_forms) {
  if (has_short_forms && index < 4) {
    Op(fmt::format("{}.{}", mnemonic, index));
  } else if (index < 256) {
    Op(fmt::format("{}.s", mnemonic), fmt::format("{}", index));
  } else {
    Op(mnemonic, fmt::format("{}", index));
  }
}

void IlCode::Int32(int32_t value) {
  if (value == -1) {
    Op("ldc.i4.m1");
  } else if (value >= 0 && value <= 8) {
    Op(fmt::format("ldc.i4.{}", value));
  } else if (value >= -128 && value <= 127) {
    Op("ldc.i4.s", fmt::format("{}", value));
  } else {
    Op("ldc.i4", fmt::format("{}", value));
  }
}

void IlCode::Int64(int64_t value) {
  if (value == INT32_MIN) {
    // Mono 6.8 takes a factor that it knows to be this for a power of two, and multiplies by +2^31.
    Op("ldsfld", "int64 Weft.Numbers::SmallestInt32");
  } else if (value == static_cast<int32_t>(value)) {
    Int32(static_cast<int32_t>(value));
    Op("conv.i8");
  } else {
    Op("ldc.i8", fmt::format("0x{:x}", static_cast<uint64_t>(value)));
  }
}

void IlCode::Float32(uint32_t bits) { Op("ldc.r4", Bytes(bits, 4)); }

void IlCode::Float64(uint64_t bits) { Op("ldc.r8", Bytes(bits, 8)); }

void IlCode::Place(uint32_t label) { fmt::format_to(std::back_inserter(text_), "L{}:\n", label); }

void IlCode::Branch(std::string_view mnemonic, uint32_t label) {
  Op(mnemonic, fmt::format("L{}", label));
}

void IlCode::Switch(const std::string* labels, size_t count) {
  text_ += "switch (";
  for (size_t i = 0; i < count; ++i) {
    if (i > 0) text_ += ", ";
    text_ += labels[i];
  }
  text_ += ")\n";
  offset_ += 5 + 4 * static_cast<uint32_t>(count);
}

void IlCode::Directive(std::string_view text) {
  text_ += text;
  text_ += '\n';
}

}  // namespace weft::backend_cli
