#ifndef WEFT_TESTS_BATTERY_PARTS_MULTIPLE_FILES_UTIL_H_
#define WEFT_TESTS_BATTERY_PARTS_MULTIPLE_FILES_UTIL_H_

#include "dsl/weft.h"

template <class T>
T clamp(T value, T low, T high) {
  return value < low ? low : value > high ? high : value;
}

inline int shared_counter = 1;
extern const int external_value;
extern weft::List<weft::Str> words;

inline int next_number() {
  static int number = 0;
  return ++number;
}

void bump_shared();
int util_same_name();
weft::Str join(weft::List<weft::Str> parts, weft::Str separator);

#endif  // WEFT_TESTS_BATTERY_PARTS_MULTIPLE_FILES_UTIL_H_
