#ifndef WEFT_COMMON_TYPED_ID_H_
#define WEFT_COMMON_TYPED_ID_H_

#include <compare>
#include <cstdint>
#include <functional>

namespace weft {

// An index into one store of values. Two ids with different tags do not convert to each other, so
// a block can never be looked up where a value was meant. The default id names nothing.
template <typename Tag>
struct TypedId {
  static constexpr uint32_t kNone = 0xffffffffu;

  uint32_t index = kNone;

  constexpr TypedId() = default;
  constexpr explicit TypedId(uint64_t i) : index(static_cast<uint32_t>(i)) {}

  constexpr bool is_valid() const { return index != kNone; }
  constexpr explicit operator bool() const { return is_valid(); }
  friend constexpr auto operator<=>(TypedId, TypedId) = default;

  // For abseil's hash containers.
  template <typename H>
  friend H AbslHashValue(H state, TypedId id) {
    return H::combine(std::move(state), id.index);
  }
};

}  // namespace weft

template <typename Tag>
struct std::hash<weft::TypedId<Tag>> {
  size_t operator()(weft::TypedId<Tag> id) const noexcept { return id.index; }
};

#endif  // WEFT_COMMON_TYPED_ID_H_
