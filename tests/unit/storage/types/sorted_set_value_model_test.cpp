// SortedSetValue in every encoding against a std::set, and its random choices against chance.
#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "storage/memory_usage.h"
#include "storage/types/sorted_set_value.h"
#include "tests/unit/storage/types/sorted_set_model.h"
#include "tests/unit/storage/types/value_fixture.h"

namespace inkstone::testing {
namespace {

#ifdef NDEBUG
constexpr uint64_t kSteps = 300'000;
#else
constexpr uint64_t kSteps = 20'000;
#endif

using Change = SortedSetValue::Change;

struct Course {
  size_t listpack_entries;
  size_t listpack_value;
  size_t members;  // to choose from
  bool broken = false;
};

std::string damage(const SortedSetValue& set) {
  const Value value = set.value();
  if (value.encoding == Encoding::kListpack) {
    return Listpack::isValid(Listpack(value.object).view()) ? "" : "no listpack any more";
  }
  return static_cast<SortedSetTree*>(value.object)->checkStructure() ? "the tree is damaged" : "";
}

std::string disagreement(const SortedSetValue& set, const SortedSetModel& model,
                         SeededRandom& random, SortedSetDraw& draw) {
  std::vector<SortedSetModel::Entry> entries;
  const auto gather = [&](const Element& member, double score) {
    entries.emplace_back(score, member.toString());
  };
  const auto sorted = model.sorted();
  set.forRange({0, set.size()}, false, gather);
  if (entries != sorted) return "other entries";
  entries.clear();
  set.forRange({0, set.size()}, true, gather);
  if (entries != std::vector(sorted.rbegin(), sorted.rend())) return "other entries in reverse";
  entries.clear();
  set.forEach(gather);
  if (std::set(entries.begin(), entries.end()) != model.order) return "other entries in any order";
  for (int i = 0; i < 5; ++i) {
    const ScoreRange range{draw.score(), draw.score(), random.below(2) == 0, random.below(2) == 0};
    const RankRange expected =
        model.ranksWhere([&](const auto& entry) { return range.contains(entry.first); });
    if (!sameRange(set.ranksWithin(range), expected)) return "another range of scores";
  }
  if (sorted.empty()) return {};
  const size_t expected = random.below(sorted.size());
  size_t rank = 0;
  double score = 0;
  if (!set.rank(sorted[expected].second, rank, score)) return "no rank";
  return rank == expected && score == sorted[expected].first ? "" : "another rank";
}

std::string setMember(SortedSetValue& set, SortedSetModel& model, const std::string& member,
                      double score) {
  const auto before = model.scores.find(member);
  const bool same = before != model.scores.end() && before->second == score;
  const Change expected = model.set(member, score) ? Change::kAdded
                          : same                   ? Change::kSame
                                                   : Change::kMoved;
  return set.set(member, score) == expected ? "" : "set is wrong";
}

std::string step(SortedSetValue& set, SortedSetModel& model, SeededRandom& random,
                 SortedSetDraw& draw, bool growing) {
  const uint64_t action = random.below(100);
  const std::string member = draw.member();
  std::string wrong;
  if (action < (growing ? 60U : 20U)) {
    wrong = setMember(set, model, member, draw.score());
  } else if (action < 80) {
    if (set.erase(member) != model.erase(member)) wrong = "erase is wrong";
  } else if (action == 80 && !model.order.empty()) {
    const size_t rank = random.below(model.order.size());
    model.erase(std::next(model.order.begin(), static_cast<ptrdiff_t>(rank))->second);
    set.eraseRange({rank, rank + 1});
  } else {
    double score = 0;
    const auto expected = model.scores.find(member);
    if (set.score(member, score) != (expected != model.scores.end())) wrong = "score is wrong";
    if (expected != model.scores.end() && score != expected->second) wrong = "another score";
  }
  return set.size() == model.order.size() ? wrong : "size differs";
}

// Grows and shrinks by turns; returns the first disagreement with the model. The encoding must be a
// tree from the step on that asks for it.
std::string run(SeededRandom& random, uint64_t steps, const Course& course) {
  TestRules world;
  world.rules.zset_max_listpack_entries = course.listpack_entries;
  world.rules.zset_max_listpack_value = course.listpack_value;
  SortedSetDraw draw(random, course.members);
  Owned<SortedSetValue> set(SortedSetValue::create(world.rules, 1, 1), world.rules);
  SortedSetModel model;
  for (uint64_t i = 0; i < steps; ++i) {
    const bool growing = i / (steps / 8 + 1) % 2 == 0;
    if (course.broken && i == steps / 2) model.erase(model.order.begin()->second);
    std::string wrong = step(*set, model, random, draw, growing);
    if (wrong.empty() && i % (steps / 50) == 0) {
      wrong = damage(*set);
      if (wrong.empty()) wrong = disagreement(*set, model, random, draw);
      if (i % 3 == 0) set->compact();
    }
    const bool over = model.order.size() > course.listpack_entries;
    if (over && set->encoding() != Encoding::kTree) wrong = "still a listpack";
    if (!wrong.empty()) return wrong + " at step " + std::to_string(i);
  }
  return disagreement(*set, model, random, draw);
}

TEST_CASE("a sorted set agrees with a model over random changes") {
  SeededRandom random("a sorted set agrees with a model over random changes");
  CAPTURE(random.seed());
  const int64_t before = usedMemory();
  CHECK(run(random, kSteps / 3, {128, 64, 100}) == "");
  CHECK(run(random, kSteps, {128, 64, 300}) == "");
  CHECK(run(random, kSteps / 10, {5000, 1000, 600}) == "");
  CHECK(run(random, kSteps, {8, 16, 40}) == "");
  CHECK(run(random, kSteps, {0, 64, 5000}) == "");
  CHECK(run(random, kSteps, {128, 64, 40000}) == "");
  CHECK(usedMemory() == before);
}

TEST_CASE("canary: a model that loses a member of a sorted set is noticed") {
  SeededRandom random("canary: a model that loses a member of a sorted set is noticed");
  CHECK_FALSE(run(random, 5000, {128, 64, 1000, true}).empty());
}

TEST_CASE("a scan of a sorted set returns what was there all the time, while it grows") {
  TestRules world;
  Owned<SortedSetValue> set(SortedSetValue::create(world.rules, 1, 1), world.rules);
  for (int i = 0; i < 100; ++i) set->set("lasting:" + std::to_string(i), i);
  std::map<std::string, double> seen;
  const auto note = [&](const Element& member, double score) { seen[member.toString()] = score; };
  CHECK(set->scan(0, note) == 0);
  CHECK(seen.size() == 100);
  for (int i = 100; i < 500; ++i) set->set("lasting:" + std::to_string(i), i);
  seen.clear();
  uint64_t cursor = 0;
  int passing = 0;
  do {
    cursor = set->scan(cursor, note);
    for (int i = 0; i < 100 && passing < 50000; ++i, ++passing) {
      set->set("passing:" + std::to_string(passing), passing);
    }
  } while (cursor != 0);
  for (int i = 0; i < 500; ++i) CHECK(seen["lasting:" + std::to_string(i)] == i);
}

// Chi-square of counts that should be equal, within six standard deviations.
bool isFair(const std::map<std::string, size_t>& counts, size_t possible) {
  size_t total = 0;
  for (const auto& [outcome, count] : counts) total += count;
  const double expected = static_cast<double>(total) / static_cast<double>(possible);
  double chi = static_cast<double>(possible - counts.size()) * expected;
  for (const auto& [outcome, count] : counts) {
    chi += std::pow(static_cast<double>(count) - expected, 2) / expected;
  }
  const auto degrees = static_cast<double>(possible - 1);
  return chi < degrees + 6 * std::sqrt(2 * degrees) + 20;
}

struct Filled : TestRules {
  Owned<SortedSetValue> set;

  Filled(bool tree, size_t members) : set(create(tree), rules) {
    for (size_t i = 0; i < members; ++i) {
      set->set("m" + std::to_string(i), static_cast<double>(i % 7));
    }
    REQUIRE((set->encoding() == Encoding::kTree) == tree);
  }
  Value create(bool tree) {
    rules.zset_max_listpack_entries = tree ? 0 : 100'000;
    return SortedSetValue::create(rules, 1, 1);
  }
};

TEST_CASE("a random member is any of a sorted set with the same probability") {
  SeededRandom random("a random member is any of a sorted set with the same probability");
  CAPTURE(random.seed());
  const bool tree = GENERATE(false, true);
  const size_t members = GENERATE(1U, 3U, 128U, 3000U);
  if (!tree && members > 1000) return;
  CAPTURE(tree, members);
  Filled filled(tree, members);
  std::map<std::string, size_t> counts;
  for (size_t i = 0; i < members * 60; ++i) {
    filled.set->randomMember(random, [&](const Element& member, double score) {
      ++counts[member.toString() + '/' + std::to_string(score)];
    });
  }
  CHECK(isFair(counts, members));
  if (members < 100) return;
  counts.begin()->second += 500;
  CHECK_FALSE(isFair(counts, members));
}

TEST_CASE("each choice of some members of a sorted set is as likely as any other") {
  SeededRandom random("each choice of some members of a sorted set is as likely as any other");
  CAPTURE(random.seed());
  const bool tree = GENERATE(false, true);
  Filled filled(tree, 10);
  const std::map<size_t, size_t> choices = {{0, 1}, {1, 10}, {2, 45}, {5, 252}, {10, 1}};
  for (const auto& [count, possible] : choices) {
    CAPTURE(tree, count);
    std::map<std::string, size_t> counts;
    for (size_t i = 0; i < possible * 100; ++i) {
      std::set<std::string> chosen;
      size_t visited = 0;
      filled.set->sample(count, random, [&](const Element& member, double score) {
        chosen.insert(member.toString());
        visited += score < 7 ? 1 : 0;
      });
      REQUIRE((visited == count && chosen.size() == count));
      std::string text;
      for (const std::string& member : chosen) text += member + ' ';
      ++counts[text];
    }
    CHECK(isFair(counts, possible));
  }
}

}  // namespace
}  // namespace inkstone::testing
