#include "storage/types/sorted_set_algebra.h"

#include <bit>
#include <cmath>

namespace inkstone {

bool ScoredInput::find(const Element& member, double& score) const {
  if (!value_) return false;
  if (value_->type == ValueType::kSet) {
    score = 1;
    return SetValue(*value_, *rules_).contains(member);
  }
  ElementText room;
  return SortedSetValue(*value_, *rules_).score(member.text(room), score);
}

namespace sorted_set_algebra {
namespace {

constexpr size_t kNotFound = ~size_t{0};

// Finds rows of a result by their member: open addressing, never full.
class MemberIndex {
 public:
  // There will never be more than `rows_max` rows.
  MemberIndex(ScoredMembers& rows, size_t rows_max, const KeyHasher& hasher)
      : rows_(rows), hasher_(hasher), slots_(std::bit_ceil(rows_max + rows_max / 2 + 1)) {}

  // Index of the row, kNotFound if there is none.
  size_t find(const Element& member) const {
    ElementText room;
    const std::string_view text = member.text(room);
    const Slot& slot = slots_[place(text, hasher_(text))];
    return slot.row_behind == 0 ? kNotFound : slot.row_behind - 1;
  }

  // Does as find() does, but a member that has no row gets one with this score.
  size_t findOrAdd(const Element& member, double score) {
    ElementText room;
    const std::string_view text = member.text(room);
    const uint64_t hash = hasher_(text);
    Slot& slot = slots_[place(text, hash)];
    if (slot.row_behind != 0) return slot.row_behind - 1;
    rows_.add(member, score);
    slot = {hash, rows_.size()};
    return kNotFound;
  }

 private:
  struct Slot {
    uint64_t hash = 0;
    size_t row_behind = 0;  // index of the row and 1; 0 for none
  };

  // The slot of this member, or the empty one where it belongs.
  size_t place(std::string_view text, uint64_t hash) const {
    const size_t mask = slots_.size() - 1;
    size_t at = hash & mask;
    for (; slots_[at].row_behind != 0; at = (at + 1) & mask) {
      if (slots_[at].hash == hash && rows_[slots_[at].row_behind - 1].member == text) break;
    }
    return at;
  }

  ScoredMembers& rows_;
  const KeyHasher& hasher_;
  std::vector<Slot> slots_;
};

double numberOrZero(double value) {
  return std::isnan(value) ? 0 : value;
}

// The order of the operands decides what a nan does to MIN and MAX: it leaves them as they are.
void aggregateInto(double& score, double value, Aggregate aggregate) {
  switch (aggregate) {
    case Aggregate::kSum:
      score = numberOrZero(score + value);
      break;
    case Aggregate::kMin:
      score = value < score ? value : score;
      break;
    case Aggregate::kMax:
      score = value > score ? value : score;
      break;
  }
}

// Smallest first; of equal ones the first stays first, so that sums round as in Redis.
void sortBySize(Inputs& inputs) {
  std::stable_sort(inputs.begin(), inputs.end(),
                   [](const ScoredInput& a, const ScoredInput& b) { return a.size() < b.size(); });
}

size_t totalSize(const Inputs& inputs) {
  size_t total = 0;
  for (const ScoredInput& input : inputs) total += input.size();
  return total;
}

// Tells whether the member of the first input, whose score is `score`, is in all others; the scores
// are aggregated.
bool findInOthers(const Inputs& inputs, const Element& member, Aggregate aggregate, double& score) {
  for (size_t i = 1; i < inputs.size(); ++i) {
    double other;
    if (!inputs[i].find(member, other)) return false;
    aggregateInto(score, other * inputs[i].weight, aggregate);
  }
  return true;
}

// Decides between searching all others for each member of the first, and taking the members of all
// others out of it. Searching finds out early what is in common, hence the advantage.
bool searchingIsLess(const Inputs& inputs) {
  return inputs[0].size() * inputs.size() / 2 <= totalSize(inputs);
}

void subtractBySearching(Inputs& inputs, ScoredMembers& result) {
  // The largest is the most likely to have a member.
  std::sort(inputs.begin() + 1, inputs.end(),
            [](const ScoredInput& a, const ScoredInput& b) { return a.size() > b.size(); });
  inputs[0].forEach([&inputs, &result](const Element& member, double score) {
    double unused;
    for (size_t i = 1; i < inputs.size(); ++i) {
      if (inputs[i].find(member, unused)) return;
    }
    result.add(member, score);
  });
}

void subtractByTakingOut(const Inputs& inputs, const EncodingRules& rules, ScoredMembers& result) {
  MemberIndex index(result, inputs[0].size(), *rules.hasher);
  inputs[0].forEach(
      [&index](const Element& member, double score) { index.findOrAdd(member, score); });
  std::vector<bool> taken(result.size());
  size_t left = result.size();
  for (size_t i = 1; i < inputs.size() && left > 0; ++i) {
    inputs[i].forEachWhile([&](const Element& member, double) {
      const size_t row = index.find(member);
      if (row != kNotFound && !taken[row]) {
        taken[row] = true;
        --left;
      }
      return left > 0;
    });
  }
  result.filter([&taken](size_t row) { return !taken[row]; });
}

}  // namespace

void unite(Inputs inputs, Aggregate aggregate, const EncodingRules& rules, ScoredMembers& result) {
  sortBySize(inputs);
  MemberIndex index(result, totalSize(inputs), *rules.hasher);
  for (const ScoredInput& input : inputs) {
    input.forEach([&](const Element& member, double score) {
      const double weighed = numberOrZero(input.weight * score);
      const size_t row = index.findOrAdd(member, weighed);
      if (row != kNotFound) aggregateInto(result[row].score, weighed, aggregate);
    });
  }
}

void intersect(Inputs inputs, Aggregate aggregate, ScoredMembers& result) {
  sortBySize(inputs);
  inputs[0].forEach([&](const Element& member, double score) {
    double weighed = numberOrZero(inputs[0].weight * score);
    if (findInOthers(inputs, member, aggregate, weighed)) result.add(member, weighed);
  });
}

uint64_t intersectionSize(Inputs inputs, uint64_t limit) {
  sortBySize(inputs);
  uint64_t found = 0;
  inputs[0].forEachWhile([&](const Element& member, double score) {
    if (findInOthers(inputs, member, Aggregate::kSum, score)) ++found;
    return limit == 0 || found < limit;
  });
  return found;
}

void subtract(Inputs inputs, const EncodingRules& rules, ScoredMembers& result) {
  const bool empties_itself =
      std::any_of(inputs.begin() + 1, inputs.end(),
                  [&inputs](const ScoredInput& other) { return other.isSame(inputs[0]); });
  if (empties_itself || inputs[0].size() == 0) return;
  if (searchingIsLess(inputs)) return subtractBySearching(inputs, result);
  subtractByTakingOut(inputs, rules, result);
}

}  // namespace sorted_set_algebra
}  // namespace inkstone
