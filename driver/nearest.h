#ifndef WEFT_DRIVER_NEAREST_H_
#define WEFT_DRIVER_NEAREST_H_

#include <string>
#include <string_view>
#include <vector>

namespace weft::driver {

// How many letters must be inserted, removed, replaced or swapped with their neighbour to make one
// word of the other.
size_t EditDistance(std::string_view a, std::string_view b);

// The candidate that somebody who typed `word` most likely meant; empty when none is near. The
// first of several that are equally near.
std::string Nearest(std::string_view word, const std::vector<std::string>& candidates);

// ", did you mean 'x'?" for the end of a message, or nothing.
std::string DidYouMean(std::string_view word, const std::vector<std::string>& candidates,
                       std::string_view prefix = "");

}  // namespace weft::driver

#endif  // WEFT_DRIVER_NEAREST_H_
