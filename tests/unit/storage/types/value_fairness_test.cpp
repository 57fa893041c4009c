#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <set>
#include <string>

#include "storage/types/hash_value.h"
#include "storage/types/set_value.h"
#include "tests/unit/seeded_random.h"
#include "tests/unit/storage/types/value_fixture.h"

namespace inkstone::testing {
namespace {

// Outcomes that should be equally likely, and how often each came.
class Outcomes {
 public:
  void add(const std::string& outcome) {
    ++counts_[outcome];
    ++total_;
  }

  // Whether `possible` outcomes came as evenly as chance would have it. Chi-square must be within
  // six standard deviations; where degrees of freedom are few, the bound is raised for the skewed
  // distribution.
  bool isFair(size_t possible) const {
    if (counts_.size() > possible) return false;
    const double expected = static_cast<double>(total_) / static_cast<double>(possible);
    double chi = static_cast<double>(possible - counts_.size()) * expected;
    for (const auto& [outcome, count] : counts_) {
      chi += (count - expected) * (count - expected) / expected;
    }
    const double degrees = static_cast<double>(possible - 1);
    return chi < degrees + 6 * std::sqrt(2 * degrees) + 20;
  }

 private:
  std::map<std::string, double> counts_;
  size_t total_ = 0;
};

struct Kind {
  const char* encoding;
  size_t members;
};

std::string memberOf(const Kind& kind, size_t number) {
  return (kind.encoding == std::string("intset") ? "" : "m") + std::to_string(number * 7);
}

// Rules under which a value of this kind has the encoding.
void setRules(TestRules& world, const Kind& kind) {
  const bool compact = kind.encoding != std::string("hashtable");
  world.rules.set_max_intset_entries = world.rules.set_max_listpack_entries =
      world.rules.hash_max_listpack_entries = compact ? 100'000 : 0;
}

void fill(Owned<SetValue>& set, const Kind& kind) {
  for (size_t i = 0; i < kind.members; ++i) set->insert(memberOf(kind, i));
  REQUIRE(nameOf(set->encoding()) == kind.encoding);
}

void fill(Owned<HashValue>& hash, const Kind& kind) {
  for (size_t i = 0; i < kind.members; ++i) hash->set(memberOf(kind, i), "v");
  REQUIRE(nameOf(hash->encoding()) == kind.encoding);
}

TEST_CASE("a random member is any of a set with the same probability") {
  SeededRandom random("a random member is any of a set with the same probability");
  CAPTURE(random.seed());
  const Kind kind =
      GENERATE(Kind{"intset", 3}, Kind{"intset", 500}, Kind{"listpack", 3}, Kind{"listpack", 128},
               Kind{"hashtable", 2}, Kind{"hashtable", 300}, Kind{"hashtable", 5000});
  CAPTURE(kind.encoding, kind.members);
  TestRules world;
  setRules(world, kind);
  Owned<SetValue> set(SetValue::create(), world.rules);
  fill(set, kind);
  Outcomes outcomes;
  for (size_t i = 0; i < kind.members * 60; ++i) outcomes.add(set->randomMember(random).toString());
  CHECK(outcomes.isFair(kind.members));
}

TEST_CASE("a random field is any of a hash with the same probability") {
  SeededRandom random("a random field is any of a hash with the same probability");
  CAPTURE(random.seed());
  const Kind kind = GENERATE(Kind{"listpack", 3}, Kind{"listpack", 128}, Kind{"hashtable", 2},
                             Kind{"hashtable", 300}, Kind{"hashtable", 5000});
  CAPTURE(kind.encoding, kind.members);
  TestRules world;
  setRules(world, kind);
  Owned<HashValue> hash(HashValue::create(), world.rules);
  fill(hash, kind);
  Outcomes outcomes;
  for (size_t i = 0; i < kind.members * 60; ++i) {
    hash->randomField(
        random, [&](const Element& field, const Element&) { outcomes.add(field.toString()); });
  }
  CHECK(outcomes.isFair(kind.members));
}

// How many ways there are to choose so many of ten.
struct Choice {
  size_t count;
  size_t possible;
};
constexpr std::array<Choice, 6> kChoices = {
    {{0, 1}, {1, 10}, {2, 45}, {3, 120}, {5, 252}, {10, 1}}};

// The sample as one text; that of a set of members is the same in any order.
template <class Sample>
std::string subset(Sample sample) {
  std::set<std::string> members;
  size_t visited = 0;
  sample([&](const Element& member) {
    members.insert(member.toString());
    ++visited;
  });
  REQUIRE(visited == members.size());
  std::string text;
  for (const std::string& member : members) text += member + " ";
  return text;
}

TEST_CASE("each choice of some members of a set is as likely as any other") {
  SeededRandom random("each choice of some members of a set is as likely as any other");
  CAPTURE(random.seed());
  const char* const encoding = GENERATE("intset", "listpack", "hashtable");
  const Kind kind{encoding, 10};
  TestRules world;
  setRules(world, kind);
  Owned<SetValue> set(SetValue::create(), world.rules);
  fill(set, kind);
  for (const Choice& choice : kChoices) {
    const size_t count = choice.count;
    const size_t possible = choice.possible;
    CAPTURE(encoding, count);
    Outcomes outcomes;
    for (size_t i = 0; i < possible * 100; ++i) {
      outcomes.add(subset([&](auto visit) { set->sample(count, random, visit); }));
    }
    CHECK(outcomes.isFair(possible));
  }
}

TEST_CASE("each choice of some fields of a hash is as likely as any other") {
  SeededRandom random("each choice of some fields of a hash is as likely as any other");
  CAPTURE(random.seed());
  const char* const encoding = GENERATE("listpack", "hashtable");
  const Kind kind{encoding, 10};
  TestRules world;
  setRules(world, kind);
  Owned<HashValue> hash(HashValue::create(), world.rules);
  fill(hash, kind);
  for (const Choice& choice : kChoices) {
    const size_t count = choice.count;
    const size_t possible = choice.possible;
    CAPTURE(encoding, count);
    Outcomes outcomes;
    for (size_t i = 0; i < possible * 100; ++i) {
      outcomes.add(subset([&](auto visit) {
        hash->sample(count, random, [&](const Element& field, const Element&) { visit(field); });
      }));
    }
    CHECK(outcomes.isFair(possible));
  }
}

TEST_CASE("samples of a big table take each member equally often, sparse or dense") {
  SeededRandom random("samples of a big table take each member equally often, sparse or dense");
  CAPTURE(random.seed());
  const Kind kind{"hashtable", 3000};
  TestRules world;
  setRules(world, kind);
  Owned<SetValue> set(SetValue::create(), world.rules);
  fill(set, kind);
  for (const size_t count : {30U, 999U, 1500U}) {
    Outcomes outcomes;
    for (size_t i = 0; i < 90'000 / count; ++i) {
      size_t visited = 0;
      set->sample(count, random, [&](const Element& member) {
        outcomes.add(member.toString());
        ++visited;
      });
      REQUIRE(visited == count);
    }
    // Members of one sample differ, which makes the counts more even than chance, never less.
    CHECK(outcomes.isFair(kind.members));
  }
}

TEST_CASE("canary: taking the first of two random members by their order is noticed as unfair") {
  SeededRandom random("canary: taking the first of two random members by their order");
  const Kind kind{"listpack", 128};
  TestRules world;
  setRules(world, kind);
  Owned<SetValue> set(SetValue::create(), world.rules);
  fill(set, kind);
  Outcomes outcomes;
  for (size_t i = 0; i < kind.members * 60; ++i) {
    outcomes.add(
        std::min(set->randomMember(random).toString(), set->randomMember(random).toString()));
  }
  CHECK_FALSE(outcomes.isFair(kind.members));
}

}  // namespace
}  // namespace inkstone::testing
