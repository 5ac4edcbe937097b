#ifndef WEFT_TESTS_BATTERY_SHOW_H_
#define WEFT_TESTS_BATTERY_SHOW_H_

// How the programs of the battery print: show("label", value) writes `label value`.

#include <type_traits>

#include "dsl/weft.h"

template <class T>
  requires std::is_arithmetic_v<T>
inline weft::Str text_of(T value) {
  if constexpr (std::is_same_v<T, bool>) {
    return value ? weft::Str("true") : weft::Str("false");
  } else if constexpr (std::is_floating_point_v<T>) {
    return weft::format_double(static_cast<double>(value));
  } else if constexpr (std::is_signed_v<T>) {
    return weft::format_int(static_cast<int64_t>(value));
  } else {
    return weft::format_uint(static_cast<uint64_t>(value));
  }
}

template <class T>
  requires std::is_arithmetic_v<T>
inline void show(weft::Str label, T value) {
  weft::println(label + " " + text_of(value));
}

inline void show(weft::Str label, weft::Str value) { weft::println(label + " " + value); }

// The items of anything that range-for takes, in one line.
template <class Items>
inline void show_all(weft::Str label, Items items) {
  weft::print(label);
  for (auto item : items) weft::print(" " + text_of(item));
  weft::println("");
}

#endif  // WEFT_TESTS_BATTERY_SHOW_H_
