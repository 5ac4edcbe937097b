#include "driver/nearest.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace weft::driver {

size_t EditDistance(std::string_view a, std::string_view b) {
  // Three rows of the usual table: the last but one for swapped neighbours.
  std::vector<size_t> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    std::swap(before, above);
    std::swap(above, row);
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      size_t replace = above[j - 1] + (a[i - 1] != b[j - 1]);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, replace});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
  }
  return row[b.size()];
}

std::string Nearest(std::string_view word, const std::vector<std::string>& candidates) {
  // A word and what it was meant to be share more than half of their letters. Nobody means
  // anything by a word of kilobytes, which would only cost time.
  if (word.size() > 100) return "";
  std::string nearest;
  size_t best = std::numeric_limits<size_t>::max();
  for (const std::string& candidate : candidates) {
    size_t distance = EditDistance(word, candidate);
    // The beginning of a candidate is as good as a word with one wrong letter.
    if (word.size() >= 2 && candidate.starts_with(word)) distance = std::min<size_t>(distance, 1);
    if (distance < best && distance * 2 <= std::max(word.size(), candidate.size())) {
      best = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

std::string DidYouMean(std::string_view word, const std::vector<std::string>& candidates,
                       std::string_view prefix) {
  std::string nearest = Nearest(word, candidates);
  return nearest.empty() ? "" : fmt::format(", did you mean '{}{}'?", prefix, nearest);
}

}  // namespace weft::driver
