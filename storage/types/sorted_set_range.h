// Intervals of sorted sets: by score and by lexicographic order.
#pragma once

#include <cstddef>
#include <string_view>

namespace inkstone {

struct ScoreRange {
  double min;
  double max;
  bool min_exclusive = false;
  bool max_exclusive = false;

  bool aboveMin(double score) const { return min_exclusive ? score > min : score >= min; }
  bool belowMax(double score) const { return max_exclusive ? score < max : score <= max; }
  bool contains(double score) const { return aboveMin(score) && belowMax(score); }
};

// One end of a lexicographic interval. The two infinite ones lie before and behind every text.
struct LexBound {
  enum class Kind : unsigned char { kMinusInfinity, kText, kPlusInfinity } kind;
  std::string_view text;
  bool exclusive = false;
};

struct LexRange {
  LexBound min;
  LexBound max;

  bool aboveMin(std::string_view member) const {
    if (min.kind != LexBound::Kind::kText) return min.kind == LexBound::Kind::kMinusInfinity;
    return min.exclusive ? member > min.text : member >= min.text;
  }
  bool belowMax(std::string_view member) const {
    if (max.kind != LexBound::Kind::kText) return max.kind == LexBound::Kind::kPlusInfinity;
    return max.exclusive ? member < max.text : member <= max.text;
  }
  bool contains(std::string_view member) const { return aboveMin(member) && belowMax(member); }
};

// Ranks from `first` to `last` - 1, counted from the lowest score. Empty: first == last.
struct RankRange {
  size_t first;
  size_t last;

  size_t size() const { return last - first; }
};

}  // namespace inkstone
