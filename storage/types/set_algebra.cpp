#include "storage/types/set_algebra.h"

#include <algorithm>
#include <array>
#include <span>

#include "storage/types/set_sieve.h"
#include "storage/types/set_value.h"

namespace inkstone::set_algebra {
namespace {

// Up to so many sets a union looks every member up in all sets before its own; that many lookups
// cost less than adding it to a table.
constexpr size_t kUnionLookupSetsMax = 4;

bool smaller(const Value& a, const Value& b) {
  return valueSize(a) < valueSize(b);
}

// The first of those that are the same stays.
void dropRepeated(Sets& sets) {
  auto end = sets.begin();
  for (const Value& set : sets) {
    const bool repeated =
        std::any_of(sets.begin(), end, [&](const Value& v) { return v.object == set.object; });
    if (!repeated) *end++ = set;
  }
  sets.erase(end, sets.end());
}

// Shows the members of `source` that are in all of `others` (or in none) to sink(span of Element)
// -> bool, a block at a time, while it returns true.
template <class Sink>
void siftThrough(const Value& source, std::span<const Value> others, bool members,
                 const EncodingRules& rules, Sink sink) {
  std::vector<SetSieve> sieves;
  sieves.reserve(others.size());
  const bool ascending = source.encoding == Encoding::kIntset;
  for (const Value& other : others) {
    sieves.emplace_back(other, rules, ascending, valueSize(source));
  }
  std::array<Element, SetSieve::kBlockMax> block;
  size_t filled = 0;
  const auto flush = [&] {
    for (SetSieve& sieve : sieves) filled = sieve.sift({block.data(), filled}, members);
    const bool go_on = sink(std::span<const Element>(block.data(), filled));
    filled = 0;
    return go_on;
  };
  bool go_on = true;
  SetValue(source, rules).forEachWhile([&](const Element& member) {
    block[filled++] = member;
    if (filled == block.size()) go_on = flush();
    return go_on;
  });
  if (go_on) flush();
}

void append(Elements& elements, std::span<const Element> block) {
  elements.insert(elements.end(), block.begin(), block.end());
}

Elements sifted(const Value& source, std::span<const Value> others, bool members,
                const EncodingRules& rules) {
  Elements elements;
  siftThrough(source, others, members, rules, [&](std::span<const Element> block) {
    append(elements, block);
    return true;
  });
  return elements;
}

bool minusItself(const Sets& sets) {
  return std::any_of(sets.begin() + 1, sets.end(),
                     [&](const Value& set) { return set.object == sets.front().object; });
}

// Looking every member of the first set up in all others, or going through the others. The first
// way ends at the first hit and is therefore given half its cost. Sizes count as in Redis, the
// first set's own included in both.
bool lookupsPay(const Sets& sets) {
  const uint64_t first = valueSize(sets.front());
  uint64_t total = 0;
  for (const Value& set : sets) total += valueSize(set);
  return first * sets.size() / 2 <= total;
}

// Gives what `first` has in common with the others, as a set of its own.
Value commonWithAny(const Value& first, std::span<const Value> others, const EncodingRules& rules) {
  SetValue common(SetValue::create(), rules);
  for (const Value& other : others) {
    siftThrough(other, {&first, 1}, true, rules, [&](std::span<const Element> block) {
      for (const Element& member : block) common.insert(member);
      return common.size() < valueSize(first);
    });
  }
  return common.value();
}

// So large that nothing but a table can hold it.
bool needsTable(size_t members, const EncodingRules& rules) {
  return members > rules.set_max_intset_entries && members > rules.set_max_listpack_entries;
}

}  // namespace

Elements intersection(Sets sets, const EncodingRules& rules) {
  dropRepeated(sets);
  std::stable_sort(sets.begin(), sets.end(), smaller);
  return sifted(sets.front(), std::span(sets).subspan(1), true, rules);
}

uint64_t intersectionSize(Sets sets, const EncodingRules& rules, uint64_t limit) {
  dropRepeated(sets);
  std::stable_sort(sets.begin(), sets.end(), smaller);
  if (limit == 0) limit = UINT64_MAX;
  uint64_t count = 0;
  if (sets.size() == 1) {
    count = valueSize(sets.front());
  } else {
    siftThrough(sets.front(), std::span(sets).subspan(1), true, rules,
                [&](std::span<const Element> block) { return (count += block.size()) < limit; });
  }
  return std::min(count, limit);
}

Elements difference(Sets sets, const EncodingRules& rules) {
  const Value first = sets.front();
  if (minusItself(sets)) return {};
  if (lookupsPay(sets)) {
    // What is in a large set is most likely to be found early.
    std::stable_sort(sets.begin() + 1, sets.end(),
                     [](const Value& a, const Value& b) { return smaller(b, a); });
    return sifted(first, std::span(sets).subspan(1), false, rules);
  }
  const Value common = commonWithAny(first, std::span(sets).subspan(1), rules);
  Elements rest = sifted(first, {&common, 1}, false, rules);
  destroyValue(common);
  return rest;
}

Value differenceSet(const Sets& sets, const EncodingRules& rules) {
  if (minusItself(sets) || lookupsPay(sets)) return makeSet(difference(sets, rules), rules);
  SetValue rest(unionSet({sets.front()}, rules), rules);
  for (size_t i = 1; i < sets.size() && rest.size() > 0; ++i) {
    SetValue(sets[i], rules).forEachWhile([&](const Element& member) {
      rest.erase(member);
      return rest.size() > 0;
    });
  }
  return rest.value();
}

Value unionSet(Sets sets, const EncodingRules& rules) {
  dropRepeated(sets);
  const auto largest = std::max_element(sets.begin(), sets.end(), smaller);
  // A copy stays what it is: one of packed members that limits set since then forbid must not be
  // it.
  const bool from_copy = largest != sets.end() && largest->encoding == Encoding::kHashTable &&
                         needsTable(valueSize(*largest), rules);
  if (from_copy) std::swap(*largest, sets.front());
  SetValue united(from_copy ? copyValue(sets.front(), rules) : SetValue::create(), rules);
  for (size_t i = from_copy ? 1 : 0; i < sets.size(); ++i) {
    SetValue(sets[i], rules).forEach([&](const Element& member) { united.insert(member); });
  }
  return united.value();
}

Union::Union(Sets sets, const EncodingRules& rules) {
  dropRepeated(sets);
  const auto largest = std::max_element(sets.begin(), sets.end(), smaller);
  if (largest == sets.end()) return;
  // Small ones are united as Redis does it, so that integers come in ascending order.
  if (sets.size() > kUnionLookupSetsMax || !needsTable(valueSize(*largest), rules)) {
    united_ = unionSet(std::move(sets), rules);
    members_ = sifted(*united_, {}, true, rules);
    return;
  }
  std::swap(*largest, sets.front());
  for (size_t i = 0; i < sets.size(); ++i) {
    siftThrough(sets[i], {sets.data(), i}, false, rules, [this](std::span<const Element> block) {
      append(members_, block);
      return true;
    });
  }
}

Union::~Union() {
  if (united_) destroyValue(*united_);
}

Value makeSet(const Elements& members, const EncodingRules& rules) {
  ElementText room;
  const Value empty = needsTable(members.size(), rules)
                          ? SetValue::create(rules, members.front().text(room), members.size())
                          : SetValue::create();
  SetValue set(empty, rules);
  for (const Element& member : members) set.insert(member);
  return set.value();
}

}  // namespace inkstone::set_algebra
