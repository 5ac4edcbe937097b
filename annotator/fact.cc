#include "annotator/fact.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <iterator>
#include <limits>

namespace weft::annotator {

using flowgraph::Constant;

FactSets::FactSets() : sets_(2) { ids_.emplace(std::vector<uint32_t>(), kEmpty); }

SetId FactSets::Of(std::vector<uint32_t> members) {
  auto [it, inserted] = ids_.try_emplace(members, SetId(sets_.size()));
  if (inserted) sets_.push_back(std::move(members));
  return it->second;
}

SetId FactSets::Single(uint32_t member) { return Of({member}); }

SetId FactSets::Union(SetId a, SetId b) {
  if (a == b || b == kEmpty) return a;
  if (a == kEmpty) return b;
  if (a == kAny || b == kAny) return kAny;
  if (b < a) std::swap(a, b);
  auto it = unions_.find({a, b});
  if (it != unions_.end()) return it->second;
  std::vector<uint32_t> both;
  std::set_union(sets_[a.index].begin(), sets_[a.index].end(), sets_[b.index].begin(),
                 sets_[b.index].end(), std::back_inserter(both));
  SetId result = Of(std::move(both));
  unions_.emplace(std::pair(a, b), result);
  return result;
}

std::pair<int64_t, int64_t> BoundsOf(TypeKind kind) {
  constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  if (kind == TypeKind::kU64) return {kMin, kMax};
  int width = BitWidth(kind);
  if (IsSigned(kind)) return {kMin >> (64 - width), kMax >> (64 - width)};
  return {0, static_cast<int64_t>((uint64_t{1} << width) - 1)};
}

Fact IntFact(int64_t lo, int64_t hi) { return {.kind = FactKind::kInt, .lo = lo, .hi = hi}; }

Fact TopFact(const TypeTable& types, TypeId type) {
  TypeKind kind = types.Kind(type);
  if (IsInt(kind)) {
    auto [lo, hi] = BoundsOf(kind);
    return IntFact(lo, hi);
  }
  if (IsFloat(kind)) return {.kind = FactKind::kFloat};
  if (IsReference(kind)) {
    return {.kind = FactKind::kReference, .may_be_null = true, .set = FactSets::kAny};
  }
  if (kind == TypeKind::kFunction) {
    return {.kind = FactKind::kFunction, .may_be_null = true, .set = FactSets::kAny};
  }
  return {.kind = FactKind::kOther};
}

Fact ZeroFact(const TypeTable& types, TypeId type) {
  TypeKind kind = types.Kind(type);
  if (IsInt(kind)) return IntFact(0, 0);
  if (IsFloat(kind)) return {.kind = FactKind::kFloat, .is_constant = true};
  if (IsReference(kind)) {
    return {.kind = FactKind::kReference, .may_be_null = true, .set = FactSets::kEmpty};
  }
  if (kind == TypeKind::kFunction) {
    return {.kind = FactKind::kFunction, .may_be_null = true, .set = FactSets::kEmpty};
  }
  return {.kind = FactKind::kOther};
}

Fact ConstantFact(const TypeTable& types, FactSets& sets, TypeId type, const Constant& constant) {
  TypeKind kind = types.Kind(type);
  switch (constant.kind) {
    case Constant::Kind::kScalar: {
      auto bits = static_cast<int64_t>(constant.bits);
      if (IsFloat(kind)) return {.kind = FactKind::kFloat, .is_constant = true, .lo = bits};
      if (kind == TypeKind::kU64 && bits < 0) return TopFact(types, type);
      return IntFact(bits, bits);
    }
    case Constant::Kind::kZero:
      return ZeroFact(types, type);
    case Constant::Kind::kLiteral:
    case Constant::Kind::kFrozen:
    case Constant::Kind::kImmediate:
      return {.kind = FactKind::kReference, .set = FactSets::kAny};
    case Constant::Kind::kFunction:
      return {.kind = FactKind::kFunction,
              .set = sets.Single(static_cast<uint32_t>(constant.bits))};
  }
  return TopFact(types, type);
}

std::optional<Constant> ConstantOf(const flowgraph::Program& program, const FactSets& sets,
                                   TypeId type, const Fact& fact) {
  switch (fact.kind) {
    case FactKind::kInt:
      if (fact.lo != fact.hi) return std::nullopt;
      return Constant{Constant::Kind::kScalar, static_cast<uint64_t>(fact.lo)};
    case FactKind::kFloat:
      if (!fact.is_constant) return std::nullopt;
      return Constant{Constant::Kind::kScalar, static_cast<uint64_t>(fact.lo)};
    case FactKind::kReference:
      if (fact.set != FactSets::kEmpty || !fact.may_be_null) return std::nullopt;
      return Constant{Constant::Kind::kZero, 0};
    case FactKind::kFunction: {
      if (fact.set == FactSets::kEmpty && fact.may_be_null) {
        return Constant{Constant::Kind::kZero, 0};
      }
      if (fact.set == FactSets::kAny || fact.may_be_null) return std::nullopt;
      std::span<const uint32_t> members = sets.Members(fact.set);
      if (members.size() != 1) return std::nullopt;
      if (program.function(FunctionId(members[0])).type != type) return std::nullopt;
      return Constant{Constant::Kind::kFunction, members[0]};
    }
    default:
      return std::nullopt;
  }
}

Fact Join(FactSets& sets, const Fact& a, const Fact& b) {
  if (a.is_nothing()) return b;
  if (b.is_nothing() || a == b) return a;
  Fact fact = a;
  switch (a.kind) {
    case FactKind::kInt:
      fact.lo = std::min(a.lo, b.lo);
      fact.hi = std::max(a.hi, b.hi);
      break;
    case FactKind::kFloat:
      fact = {.kind = FactKind::kFloat};
      break;
    case FactKind::kReference:
    case FactKind::kFunction:
      fact.may_be_null = a.may_be_null || b.may_be_null;
      fact.set = sets.Union(a.set, b.set);
      break;
    default:
      break;
  }
  return fact;
}

Fact Widen(FactSets& sets, TypeKind kind, const Fact& old_fact, const Fact& joined) {
  if (joined.kind != FactKind::kInt || old_fact.is_nothing()) return joined;
  auto [lo, hi] = BoundsOf(kind);
  Fact fact = joined;
  // Downwards by way of 0, upwards by way of the widths of smaller integers.
  if (joined.lo < old_fact.lo) fact.lo = joined.lo >= 0 ? 0 : lo;
  if (joined.hi > old_fact.hi) {
    fact.hi = hi;
    for (int64_t landmark : {int64_t{0}, int64_t{0xff}, int64_t{0xffff}, int64_t{0x7fffffff}}) {
      if (joined.hi <= landmark && landmark < hi) {
        fact.hi = landmark;
        break;
      }
    }
  }
  return fact;
}

std::string DescribeFact(const flowgraph::Program& program, const FactSets& sets, TypeId type,
                         const Fact& fact) {
  // More names than this help nobody.
  constexpr size_t kMaxNames = 6;
  auto names = [&](auto name_of) {
    std::string text;
    std::span<const uint32_t> members = sets.Members(fact.set);
    for (size_t i = 0; i < members.size() && i < kMaxNames; ++i) {
      if (i > 0) text += i + 1 == members.size() ? " or " : ", ";
      text += name_of(members[i]);
    }
    if (members.size() > kMaxNames) text += fmt::format(" and {} more", members.size() - kMaxNames);
    return text;
  };
  switch (fact.kind) {
    case FactKind::kNothing:
      return "never computed";
    case FactKind::kInt: {
      auto [lo, hi] = BoundsOf(program.types.Kind(type));
      if (program.types.Kind(type) == TypeKind::kBool) {
        return fact.lo != fact.hi ? "" : fact.lo != 0 ? "always true" : "always false";
      }
      if (fact.lo == fact.hi) return fmt::format("always {}", fact.lo);
      if (fact.lo == lo && fact.hi == hi) return "";
      if (fact.hi == hi) return fmt::format("at least {}", fact.lo);
      if (fact.lo == lo) return fmt::format("at most {}", fact.hi);
      return fmt::format("{}..{}", fact.lo, fact.hi);
    }
    case FactKind::kFloat:
      return fact.is_constant ? fmt::format("always {}", std::bit_cast<double>(fact.lo)) : "";
    case FactKind::kReference: {
      if (fact.set == FactSets::kEmpty) return "always null";
      std::string text = fact.may_be_null ? "" : "not null";
      if (fact.set != FactSets::kAny) {
        text += fact.may_be_null ? "null or exactly " : ", exactly ";
        text += names([&](uint32_t cls) { return program.cls(ClassId(cls)).name; });
      }
      return text;
    }
    case FactKind::kFunction: {
      if (fact.set == FactSets::kEmpty) return "always null";
      std::string text = fact.may_be_null ? "" : "not null";
      if (fact.set != FactSets::kAny) {
        text += fact.may_be_null ? "null or one of " : ", one of ";
        text += names([&](uint32_t f) { return program.function(FunctionId(f)).name; });
      }
      return text;
    }
    case FactKind::kOther:
      return "";
  }
  return "";
}

}  // namespace weft::annotator
