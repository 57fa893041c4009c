// The model of a sorted set, kept as plain as possible, and scores and members that find the edges.
#pragma once

#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "storage/types/sorted_set_range.h"
#include "tests/unit/seeded_random.h"

namespace inkstone::testing {

struct SortedSetModel {
  using Entry = std::pair<double, std::string>;

  std::map<std::string, double> scores;
  std::set<Entry> order;

  // Sets the score. Returns whether the member is new.
  bool set(const std::string& member, double score) {
    const auto [at, added] = scores.emplace(member, score);
    if (!added && at->second == score) return false;
    if (!added) order.erase({at->second, member});
    at->second = score;
    order.emplace(score, member);
    return added;
  }
  bool erase(const std::string& member) {
    const auto at = scores.find(member);
    if (at == scores.end()) return false;
    order.erase({at->second, member});
    scores.erase(at);
    return true;
  }
  std::vector<Entry> sorted() const { return {order.begin(), order.end()}; }
  // Ranks of the entries for which the test is true.
  template <class Contains>
  RankRange ranksWhere(Contains contains) const {
    size_t rank = 0;
    RankRange range{0, 0};
    for (const Entry& entry : order) {
      if (contains(entry)) {
        if (range.size() == 0) range.first = rank;
        range.last = rank + 1;
      }
      ++rank;
    }
    return range;
  }
};

// Empty ranges are equal wherever they are.
inline bool sameRange(const RankRange& a, const RankRange& b) {
  return (a.size() == 0 && b.size() == 0) || (a.first == b.first && a.last == b.last);
}

class SortedSetDraw {
 public:
  SortedSetDraw(SeededRandom& random, size_t members) : random_(random), members_(members) {}

  // Few different ones among many, so that scores are often equal.
  double score() {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    constexpr std::array<double, 10> kEdges = {
        0.0,     -0.0,  kInfinity, -kInfinity, 5e-324,
        -5e-324, 1e300, -1e300,    0.1,        4611686018427387904.0};
    switch (random_.below(8)) {
      case 0:
        return kEdges[random_.below(kEdges.size())];
      case 1:
      case 2:
        return static_cast<double>(random_.below(5));
      case 3:
        return static_cast<double>(random_()) / 1e10;
      default:
        return static_cast<double>(random_.below(members_)) / 4;
    }
  }
  std::string member() {
    const size_t number = random_.below(members_);
    std::string text = std::to_string(number);
    // Each member has one form only: mostly with bytes that are no digits, of all lengths.
    if (number % 16 == 1) text += std::string(number % 400, static_cast<char>(0xff));
    if (number % 16 == 2) text.insert(0, 1, '\0');
    if (number % 4 == 3) text = "member:" + text;
    return number == 0 ? std::string() : text;
  }

 private:
  SeededRandom& random_;
  size_t members_;
};

}  // namespace inkstone::testing
