// Union, intersection and difference of sorted sets and sets, with the algorithm that fits their
// sizes.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "storage/types/element.h"
#include "storage/types/encoding_rules.h"
#include "storage/types/scored_members.h"
#include "storage/types/set_value.h"
#include "storage/types/sorted_set_value.h"
#include "storage/value.h"

namespace inkstone {

// One input: a sorted set; a set, whose members all have the score 1; or nothing. It must not
// change meanwhile.
class ScoredInput {
 public:
  ScoredInput(const std::optional<Value>& value, const EncodingRules& rules)
      : value_(value), rules_(&rules), size_(value ? valueSize(*value) : 0) {}

  // What scores are multiplied with in a union or intersection.
  double weight = 1;

  size_t size() const { return size_; }
  bool isSame(const ScoredInput& other) const {
    return value_ && other.value_ && value_->object == other.value_->object;
  }
  // Gives false if it is no member.
  bool find(const Element& member, double& score) const;

  // Calls visit(Element, double) for each member.
  template <class Visit>
  void forEach(Visit visit) const;
  // Does the same with visit(Element, double) -> bool, and goes on while that returns true.
  template <class Visit>
  void forEachWhile(Visit visit) const;

 private:
  std::optional<Value> value_;
  const EncodingRules* rules_;
  size_t size_;
};

namespace sorted_set_algebra {

using Inputs = std::vector<ScoredInput>;

// What becomes of the scores that a member has in several inputs.
enum class Aggregate : uint8_t { kSum, kMin, kMax };

// Each adds its result to `result`, in no order. Where a product or a sum is not a number, as 0
// times infinity and infinity minus infinity, it counts as 0. n: members of the smallest input, m:
// of all, k: inputs.

// Takes O(m).
void unite(Inputs inputs, Aggregate aggregate, const EncodingRules& rules, ScoredMembers& result);

// Takes O(n * k) and a search each.
void intersect(Inputs inputs, Aggregate aggregate, ScoredMembers& result);
// Counts how many there are; counting ends at `limit`, if that is not 0.
uint64_t intersectionSize(Inputs inputs, uint64_t limit);

// Members of the first input that are in none of the others, with their scores as they are. O(k)
// for each member of the first, or O(m); whichever Redis reckons to be less.
void subtract(Inputs inputs, const EncodingRules& rules, ScoredMembers& result);

}  // namespace sorted_set_algebra

template <class Visit>
void ScoredInput::forEach(Visit visit) const {
  if (!value_) return;
  if (value_->type == ValueType::kSet) {
    return SetValue(*value_, *rules_).forEach([&visit](const Element& member) {
      visit(member, 1.0);
    });
  }
  SortedSetValue(*value_, *rules_).forEach(visit);
}

template <class Visit>
void ScoredInput::forEachWhile(Visit visit) const {
  if (!value_) return;
  if (value_->type == ValueType::kSet) {
    return SetValue(*value_, *rules_).forEachWhile([&visit](const Element& member) {
      return visit(member, 1.0);
    });
  }
  SortedSetValue(*value_, *rules_).forEachWhile(visit);
}

}  // namespace inkstone
