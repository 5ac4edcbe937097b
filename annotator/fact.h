#ifndef WEFT_ANNOTATOR_FACT_H_
#define WEFT_ANNOTATOR_FACT_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "flowgraph/program.h"

// What can be known of a value, beyond its type. The types are there from the start (C++ gives
// them); a fact says more: which integers, whether null, of exactly which classes, which functions.
//
// Facts form a lattice. Nothing is at the bottom: no value was seen there yet, which in the end
// means that the code is never reached. Joining two facts gives what holds of the values of both.
namespace weft::annotator {

// A set of classes or of functions, interned in FactSets.
using SetId = TypedId<struct FactSetTag>;

enum class FactKind : uint8_t {
  // No value yet.
  kNothing,
  // A bool or an integer within lo..hi.
  kInt,
  // A float: the one with the bits in `lo`, if is_constant, or any.
  kFloat,
  // A reference: null or not; of objects, the exact classes.
  kReference,
  // A function pointer: null or not, and the functions.
  kFunction,
  // A value of a value class or a place: nothing is said but that there is one. What is known of
  // the parts of values is kept for the fields of value classes.
  kOther,
};

struct Fact {
  FactKind kind = FactKind::kNothing;
  bool may_be_null = false;
  bool is_constant = false;
  // Classes of an object, or functions. For references to strings and arrays: FactSets::kAny.
  SetId set;
  // Bounds, inclusive, as signed numbers. A u64 has bounds only while it is below 2^63; otherwise
  // they are those of int64_t.
  int64_t lo = 0;
  int64_t hi = 0;

  bool is_nothing() const { return kind == FactKind::kNothing; }
  friend bool operator==(const Fact&, const Fact&) = default;
};

// Sorted sets of ids, equal sets once. Unions are remembered, so that the sets of a large program
// cost what their number costs, not what their size does.
class FactSets {
 public:
  static constexpr SetId kAny = SetId(0);
  static constexpr SetId kEmpty = SetId(1);

  FactSets();
  SetId Single(uint32_t member);
  SetId Of(std::vector<uint32_t> members);
  SetId Union(SetId a, SetId b);
  // Members of `a` for which keep(member) holds. Not for kAny.
  template <typename F>
  SetId Filter(SetId a, F keep) {
    std::vector<uint32_t> kept;
    for (uint32_t member : sets_[a.index]) {
      if (keep(member)) kept.push_back(member);
    }
    if (kept.size() == sets_[a.index].size()) return a;
    return Of(std::move(kept));
  }
  // The members of a set other than kAny.
  std::span<const uint32_t> Members(SetId id) const { return sets_[id.index]; }

 private:
  std::vector<std::vector<uint32_t>> sets_;
  absl::flat_hash_map<std::vector<uint32_t>, SetId> ids_;
  absl::flat_hash_map<std::pair<SetId, SetId>, SetId> unions_;
};

// Smallest and largest value of an integer kind, as bounds of facts.
std::pair<int64_t, int64_t> BoundsOf(TypeKind kind);

Fact IntFact(int64_t lo, int64_t hi);
// All that the type alone says.
Fact TopFact(const TypeTable& types, TypeId type);
// What memory of the type holds before it is written: 0, null, a value of zeros.
Fact ZeroFact(const TypeTable& types, TypeId type);
Fact ConstantFact(const TypeTable& types, FactSets& sets, TypeId type,
                  const flowgraph::Constant& constant);

// The constant that every value with the fact is, if there is one.
std::optional<flowgraph::Constant> ConstantOf(const flowgraph::Program& program,
                                              const FactSets& sets, TypeId type, const Fact& fact);

// What holds of the values of both.
Fact Join(FactSets& sets, const Fact& a, const Fact& b);
// Like Join, but bounds that move go to the next of a few landmarks, so that a chain of joins ends
// soon; `kind` is that of the values.
Fact Widen(FactSets& sets, TypeKind kind, const Fact& old_fact, const Fact& joined);

// For people: "0..255, constant", "not null, exactly lox::Function or lox::Native". Empty when the
// fact says no more than the type.
std::string DescribeFact(const flowgraph::Program& program, const FactSets& sets, TypeId type,
                         const Fact& fact);

}  // namespace weft::annotator

#endif  // WEFT_ANNOTATOR_FACT_H_
