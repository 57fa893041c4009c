#include "storage/types/scored_members.h"

#include <algorithm>
#include <cstring>

#include "storage/types/sorted_set_value.h"

namespace inkstone {

void ScoredMembers::add(const Element& member, double score) {
  if (!member.isInteger()) {
    rows_.push_back({member.bytes(), score});
    return;
  }
  ElementText room;
  const std::string_view text = member.text(room);
  char* const copy = static_cast<char*>(texts_.allocate(text.size(), 1));
  std::memcpy(copy, text.data(), text.size());
  rows_.push_back({{copy, text.size()}, score});
}

void ScoredMembers::sort() {
  std::sort(rows_.begin(), rows_.end(), [](const ScoredRow& a, const ScoredRow& b) {
    return a.score != b.score ? a.score < b.score : a.member < b.member;
  });
}

Value ScoredMembers::toValue(const EncodingRules& rules) const {
  size_t longest = 0;
  for (const ScoredRow& row : rows_) longest = std::max(longest, row.member.size());
  SortedSetValue set(SortedSetValue::create(rules, rows_.size(), longest), rules);
  for (const ScoredRow& row : rows_) set.append(row.member, row.score);
  set.compact();
  return set.value();
}

}  // namespace inkstone
