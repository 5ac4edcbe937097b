#ifndef WEFT_TYPESYSTEM_BOXING_H_
#define WEFT_TYPESYSTEM_BOXING_H_

#include <cstdint>
#include <string_view>

// How a reference holds the value of an Unboxed object in its own 64 bits. gc/weft_gc.h says the
// same for generated code, in C; a test compares the two.
//
//   nan      a pointer as it is, with upper 16 bits zero; an integer of 48 bits below the upper
//            bits 0x0001; a double as its bits plus 2 << 48, which leaves none of them below that.
//            A NaN whose sum would not fit (negative, with the two highest bits of its payload
//            set) becomes the usual one.
//   tagged   an integer of 63 bits, shifted left by one, with the lowest bit set. Doubles are
//            objects on the heap.
//
// Null is 0 in both, and pointers need no decoding.
namespace weft {

enum class BoxingScheme : uint8_t { kNone, kTagged, kNan };

inline constexpr std::string_view kBoxingSchemeNames[] = {"none", "tagged", "nan"};

namespace boxing {

inline constexpr uint64_t kNanInt = uint64_t{1} << 48;
inline constexpr uint64_t kNanOffset = uint64_t{2} << 48;
inline constexpr uint64_t kUsualNan = uint64_t{0x7ff8} << 48;

// Whether every double is an immediate; otherwise none is. Integers may always be too large.
constexpr bool HoldsFloats(BoxingScheme scheme) { return scheme == BoxingScheme::kNan; }

constexpr bool IsImmediate(BoxingScheme scheme, uint64_t word) {
  switch (scheme) {
    case BoxingScheme::kNone:
      return false;
    case BoxingScheme::kTagged:
      return (word & 1) != 0;
    case BoxingScheme::kNan:
      return word >= kNanInt;
  }
  return false;
}

constexpr bool IsFloat(BoxingScheme scheme, uint64_t word) {
  return scheme == BoxingScheme::kNan && word >= kNanOffset;
}

constexpr bool Fits(BoxingScheme scheme, int64_t value) {
  int bits = scheme == BoxingScheme::kTagged ? 63 : 48;
  int64_t shifted = static_cast<int64_t>(static_cast<uint64_t>(value) << (64 - bits));
  return scheme != BoxingScheme::kNone && shifted >> (64 - bits) == value;
}

// The word for an integer that fits.
constexpr uint64_t OfInt(BoxingScheme scheme, int64_t value) {
  auto bits = static_cast<uint64_t>(value);
  if (scheme == BoxingScheme::kTagged) return bits << 1 | 1;
  return (bits & (kNanInt - 1)) | kNanInt;
}

constexpr int64_t ToInt(BoxingScheme scheme, uint64_t word) {
  if (scheme == BoxingScheme::kTagged) return static_cast<int64_t>(word) >> 1;
  return static_cast<int64_t>(word << 16) >> 16;
}

constexpr uint64_t OfFloatBits(uint64_t bits) {
  uint64_t word = bits + kNanOffset;
  return word < kNanOffset ? kUsualNan + kNanOffset : word;
}

constexpr uint64_t ToFloatBits(uint64_t word) { return word - kNanOffset; }

// What identity_hash gives for an immediate: 28 bits, as for an object.
constexpr uint32_t IdentityHash(uint64_t word) {
  return static_cast<uint32_t>((word * 0x9e3779b97f4a7c15u) >> 36);
}

}  // namespace boxing
}  // namespace weft

#endif  // WEFT_TYPESYSTEM_BOXING_H_
