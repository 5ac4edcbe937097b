#ifndef WEFT_DSL_SORT_H_
#define WEFT_DSL_SORT_H_

// A stable merge sort: runs of 16 by insertion, then merged pairwise from the bottom up, between
// two arrays. `less(a, b)` says whether a must stand before b; runs that are in order already are
// not merged. If it throws, the array holds some of the items more than once and lacks others.

#include <cstdint>

#include "dsl/array.h"
#include "dsl/list.h"

namespace weft {

template <class T, class Less>
void insertion_sort(Array<T> items, int64_t start, int64_t end, Less less) {
  for (int64_t i = start + 1; i < end; i++) {
    T item = items[i];
    int64_t place = i;
    while (place > start && less(item, items[place - 1])) {
      items[place] = items[place - 1];
      place--;
    }
    items[place] = item;
  }
}

// Merges from[start, middle) and from[middle, end), each in order, to the same region of `to`.
template <class T, class Less>
void merge_runs(Array<T> from, Array<T> to, int64_t start, int64_t middle, int64_t end, Less less) {
  if (middle >= end || !less(from[middle], from[middle - 1])) {
    array_copy(to, start, from, start, end - start);
    return;
  }
  int64_t left = start;
  int64_t right = middle;
  for (int64_t i = start; i < end; i++) {
    // The left one goes first when they are equal: that is what makes the sort stable.
    if (left < middle && (right >= end || !less(from[right], from[left]))) {
      to[i] = from[left];
      left++;
    } else {
      to[i] = from[right];
      right++;
    }
  }
}

template <class T, class Less>
void sort(Array<T> items, int64_t length, Less less) {
  constexpr int64_t kRun = 16;
  for (int64_t start = 0; start < length; start += kRun) {
    insertion_sort(items, start, start + kRun < length ? start + kRun : length, less);
  }
  if (length <= kRun) return;
  Array<T> from = items;
  Array<T> to(length);
  for (int64_t width = kRun; width < length; width *= 2) {
    for (int64_t start = 0; start < length; start += 2 * width) {
      int64_t middle = start + width < length ? start + width : length;
      int64_t end = middle + width < length ? middle + width : length;
      merge_runs(from, to, start, middle, end, less);
    }
    Array<T> swapped = from;
    from = to;
    to = swapped;
  }
  if (!same_ref(from, items)) array_copy(items, 0, from, 0, length);
}

template <class T, class Less>
void sort(List<T> list, Less less) {
  sort(list.items(), list.length(), less);
}

// By `<`.
template <class T>
void sort(List<T> list) {
  sort(list, [](T a, T b) { return a < b; });
}

template <class T>
void sort(Array<T> items) {
  sort(items, items.length(), [](T a, T b) { return a < b; });
}

}  // namespace weft

#endif  // WEFT_DSL_SORT_H_
