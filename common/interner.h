#ifndef WEFT_COMMON_INTERNER_H_
#define WEFT_COMMON_INTERNER_H_

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "common/check.h"
#include "common/typed_id.h"

namespace weft {

// Gives equal strings one id, counted from 0 in the order in which they came, so that comparing
// names is comparing numbers and walking them is the same in every run. Id is a TypedId. The text
// of an id stays where it is for as long as the interner lives.
template <typename Id>
class Interner {
 public:
  Interner() = default;
  Interner(const Interner&) = delete;
  Interner& operator=(const Interner&) = delete;
  Interner(Interner&&) = default;
  Interner& operator=(Interner&&) = default;

  // The id of the text, a new one when it was never seen.
  Id Add(std::string_view text) {
    if (auto it = ids_.find(text); it != ids_.end()) return it->second;
    Id id(texts_.size());
    ids_.emplace(texts_.emplace_back(text), id);
    return id;
  }

  // The id of the text if it was added.
  std::optional<Id> Find(std::string_view text) const {
    auto it = ids_.find(text);
    if (it == ids_.end()) return std::nullopt;
    return it->second;
  }

  const std::string& Get(Id id) const {
    WEFT_CHECK(id.index < texts_.size(), "id {} of {}", id.index, texts_.size());
    return texts_[id.index];
  }

  size_t size() const { return texts_.size(); }

 private:
  // A deque, because the keys of the map point into it.
  std::deque<std::string> texts_;
  std::unordered_map<std::string_view, Id> ids_;
};

}  // namespace weft

#endif  // WEFT_COMMON_INTERNER_H_
