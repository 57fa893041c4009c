#include <catch2/catch.hpp>
#include <limits>
#include <map>
#include <random>
#include <set>
#include <string>

#include "storage/types/sorted_set_algebra.h"
#include "tests/unit/storage/types/value_fixture.h"

namespace inkstone::testing {
namespace {

using namespace sorted_set_algebra;
using Scores = std::map<std::string, double>;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Values that live as long as the object, and inputs made of them.
class World : public TestRules {
 public:
  ~World() {
    for (const Value& value : values_) destroyValue(value);
  }

  ScoredInput sortedSet(const Scores& scores, double weight = 1) {
    SortedSetValue set(SortedSetValue::create(rules, 0, 0), rules);
    for (const auto& [member, score] : scores) set.set(member, score);
    return input(set.value(), weight);
  }
  ScoredInput setOf(const std::set<std::string>& members, double weight = 1) {
    SetValue set(SetValue::create(), rules);
    for (const std::string& member : members) set.insert(member);
    return input(set.value(), weight);
  }
  ScoredInput nothing() const { return {std::nullopt, rules}; }

 private:
  ScoredInput input(const Value& value, double weight) {
    values_.push_back(value);
    ScoredInput made(value, rules);
    made.weight = weight;
    return made;
  }

  std::vector<Value> values_;
};

Scores scoresOf(const ScoredMembers& members) {
  Scores scores;
  for (const ScoredRow& row : members.rows()) {
    CHECK(scores.emplace(std::string(row.member), row.score).second);
  }
  return scores;
}

Scores united(World& world, const Inputs& inputs, Aggregate aggregate = Aggregate::kSum) {
  ScoredMembers result;
  unite(inputs, aggregate, world.rules, result);
  return scoresOf(result);
}

Scores intersected(const Inputs& inputs, Aggregate aggregate = Aggregate::kSum) {
  ScoredMembers result;
  intersect(inputs, aggregate, result);
  return scoresOf(result);
}

Scores subtracted(World& world, const Inputs& inputs) {
  ScoredMembers result;
  subtract(inputs, world.rules, result);
  return scoresOf(result);
}

}  // namespace

TEST_CASE("scores are weighed and aggregated") {
  World w;
  const Inputs inputs = {w.sortedSet({{"a", 1}, {"b", -2}}, 2), w.sortedSet({{"b", 5}, {"c", 3}}),
                         w.setOf({"b", "7"}, 10)};
  CHECK(united(w, inputs) == Scores{{"a", 2}, {"b", 11}, {"c", 3}, {"7", 10}});
  CHECK(united(w, inputs, Aggregate::kMin) == Scores{{"a", 2}, {"b", -4}, {"c", 3}, {"7", 10}});
  CHECK(united(w, inputs, Aggregate::kMax) == Scores{{"a", 2}, {"b", 10}, {"c", 3}, {"7", 10}});
  CHECK(intersected(inputs) == Scores{{"b", 11}});
  CHECK(intersected(inputs, Aggregate::kMin) == Scores{{"b", -4}});
  CHECK(intersected(inputs, Aggregate::kMax) == Scores{{"b", 10}});
}

TEST_CASE("what is not a number becomes zero") {
  World w;
  const Inputs opposed = {w.sortedSet({{"a", kInfinity}}), w.sortedSet({{"a", -kInfinity}})};
  CHECK(united(w, opposed) == Scores{{"a", 0}});
  CHECK(intersected(opposed) == Scores{{"a", 0}});
  CHECK(united(w, opposed, Aggregate::kMin) == Scores{{"a", -kInfinity}});
  const Inputs weightless = {w.sortedSet({{"a", kInfinity}}, 0)};
  CHECK(united(w, weightless) == Scores{{"a", 0}});
  CHECK(intersected(weightless) == Scores{{"a", 0}});
  // Only a sum depends on the product of an input that is not the smallest.
  const Inputs other = {w.sortedSet({{"a", 3}}), w.sortedSet({{"a", kInfinity}, {"b", 1}}, 0)};
  CHECK(intersected(other) == Scores{{"a", 0}});
  CHECK(intersected(other, Aggregate::kMin) == Scores{{"a", 3}});
  CHECK(intersected(other, Aggregate::kMax) == Scores{{"a", 3}});
}

TEST_CASE("inputs that do not exist are empty") {
  World w;
  const ScoredInput some = w.sortedSet({{"a", 1}});
  CHECK(united(w, {w.nothing(), some, w.nothing()}) == Scores{{"a", 1}});
  CHECK(united(w, {w.nothing()}).empty());
  CHECK(intersected({some, w.nothing()}).empty());
  CHECK(intersectionSize({some, w.nothing()}, 0) == 0);
  CHECK(subtracted(w, {some, w.nothing()}) == Scores{{"a", 1}});
  CHECK(subtracted(w, {w.nothing(), some}).empty());
  CHECK(subtracted(w, {w.nothing(), w.nothing()}).empty());
}

TEST_CASE("a sorted set taken from itself leaves nothing") {
  World w;
  const ScoredInput some = w.sortedSet({{"a", 1}, {"b", 2}});
  CHECK(subtracted(w, {some, w.setOf({"x"}), some}).empty());
  CHECK(united(w, {some, some}) == Scores{{"a", 2}, {"b", 4}});
  CHECK(intersected({some, some}) == Scores{{"a", 2}, {"b", 4}});
}

TEST_CASE("counting an intersection ends at the limit") {
  World w;
  Scores many;
  std::set<std::string> names;
  for (int i = 0; i < 1000; ++i) {
    many["m" + std::to_string(i)] = i;
    names.insert("m" + std::to_string(i));
  }
  const Inputs inputs = {w.sortedSet(many), w.setOf(names)};
  CHECK(intersectionSize(inputs, 0) == 1000);
  CHECK(intersectionSize(inputs, 1) == 1);
  CHECK(intersectionSize(inputs, 999) == 999);
  CHECK(intersectionSize(inputs, 5000) == 1000);
}

TEST_CASE("a difference is the same whichever way is taken to it") {
  World w;
  Scores first;
  std::set<std::string> few;
  Scores left;
  for (int i = 0; i < 600; ++i) {
    const std::string name = i % 2 == 0 ? std::to_string(i) : "m" + std::to_string(i);
    first[name] = i * 0.25;
    if (i % 3 == 0) few.insert(name);
    if (i % 3 != 0) left[name] = i * 0.25;
  }
  std::set<std::string> many = few;
  for (int i = 0; i < 5000; ++i) many.insert("other" + std::to_string(i));
  // Few members to subtract from many are erased one by one. When they are many, the members are
  // looked up among them.
  CHECK(subtracted(w, {w.sortedSet(first), w.setOf(few), w.setOf({"x"}), w.setOf({"y"})}) == left);
  CHECK(subtracted(w, {w.sortedSet(first), w.setOf(many)}) == left);
  std::set<std::string> all;
  for (const auto& [name, score] : first) all.insert(name);
  CHECK(subtracted(w, {w.sortedSet(first), w.setOf(all), w.setOf({"x"}), w.setOf({"y"})}).empty());
}

TEST_CASE("results are sorted by score, then by member, and become a value") {
  World w;
  ScoredMembers members;
  members.add(Element(std::string_view("b")), 1);
  members.add(Element(std::string_view("a")), 1);
  members.add(Element(int64_t{-5}), 0.5);
  members.add(Element(int64_t{12}), 1);
  members.sort();
  const Value value = members.toValue(w.rules);
  std::string text;
  const SortedSetValue set(value, w.rules);
  set.forRange({0, set.size()}, false, [&text](const Element& member, double score) {
    text += member.toString() + "=" + std::to_string(score) + " ";
  });
  CHECK(text == "-5=0.500000 12=1.000000 a=1.000000 b=1.000000 ");
  CHECK(value.encoding == Encoding::kListpack);
  destroyValue(value);
  const Value nothing = ScoredMembers().toValue(w.rules);
  CHECK(valueSize(nothing) == 0);
  destroyValue(nothing);
}

TEST_CASE("unions and intersections agree with a model, in every encoding") {
  const uint64_t seed = std::random_device()();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  for (int round = 0; round < 300; ++round) {
    World w;
    w.rules.zset_max_listpack_entries = random() % 20;
    w.rules.set_max_listpack_entries = random() % 20;
    w.rules.set_max_intset_entries = random() % 20;
    Inputs inputs;
    Scores sum;
    std::map<std::string, size_t> seen;
    const size_t count = 1 + random() % 4;
    for (size_t i = 0; i < count; ++i) {
      Scores scores;
      std::set<std::string> names;
      const bool plain = random() % 2 == 0;
      for (size_t n = random() % 40; n > 0; --n) {
        const std::string name = (random() % 2 == 0 ? "" : "m") + std::to_string(random() % 30);
        names.insert(name);
        scores[name] = plain ? 1 : static_cast<double>(random() % 100);
      }
      const double weight = static_cast<double>(random() % 5);
      inputs.push_back(plain ? w.setOf(names, weight) : w.sortedSet(scores, weight));
      for (const auto& [name, score] : scores) {
        sum[name] += weight * score;
        ++seen[name];
      }
    }
    Scores common;
    for (const auto& [name, score] : sum) {
      if (seen[name] == count) common[name] = score;
    }
    REQUIRE(united(w, inputs) == sum);
    REQUIRE(intersected(inputs) == common);
    REQUIRE(intersectionSize(inputs, 0) == common.size());
  }
}

}  // namespace inkstone::testing
