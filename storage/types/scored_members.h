// Members with scores that belong to no value: what an operation on several sorted sets gives.
#pragma once

#include <cstddef>
#include <memory_resource>
#include <span>
#include <string_view>
#include <vector>

#include "storage/types/element.h"
#include "storage/types/encoding_rules.h"
#include "storage/value.h"

namespace inkstone {

struct ScoredRow {
  std::string_view member;
  double score;
};

// Members are views into the values they came from, which must live as long and stay unchanged;
// only the text of those kept as integers is written out here.
class ScoredMembers {
 public:
  ScoredMembers() = default;
  ScoredMembers(const ScoredMembers&) = delete;
  ScoredMembers& operator=(const ScoredMembers&) = delete;

  void add(const Element& member, double score);
  // Leaves those for which keep(index) is true.
  template <class Keep>
  void filter(Keep keep) {
    size_t kept = 0;
    for (size_t i = 0; i < rows_.size(); ++i) {
      if (keep(i)) rows_[kept++] = rows_[i];
    }
    rows_.resize(kept);
  }
  // Puts the rows in the order of sorted sets.
  void sort();

  size_t size() const { return rows_.size(); }
  std::span<const ScoredRow> rows() const { return rows_; }
  ScoredRow& operator[](size_t index) { return rows_[index]; }
  const ScoredRow& operator[](size_t index) const { return rows_[index]; }

  // A sorted set of them, which must differ from each other and be in order; it is the caller's.
  Value toValue(const EncodingRules& rules) const;

 private:
  std::vector<ScoredRow> rows_;
  std::pmr::monotonic_buffer_resource texts_;
};

}  // namespace inkstone
