#include "storage/types/sorted_set_value.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <initializer_list>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/unit/storage/types/value_fixture.h"

namespace inkstone::testing {
namespace {

using OwnedSortedSet = Owned<SortedSetValue>;
using Change = SortedSetValue::Change;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::string encodingOf(const OwnedSortedSet& set) {
  return set->encoding() == Encoding::kTree ? "tree" : nameOf(set->encoding());
}

// "a:1 b:2.5", in order.
std::string textOf(const SortedSetValue& set, RankRange range, bool reverse = false) {
  std::string text;
  set.forRange(range, reverse, [&](const Element& member, double score) {
    ScoreText room;
    if (!text.empty()) text += ' ';
    text += member.toString() + ':' + std::string(scoreText(score, room));
  });
  return text;
}
std::string textOf(OwnedSortedSet& set) {
  return textOf(*set, {0, set->size()});
}

// Rules under which a sorted set is a listpack, or never is.
struct RulesFor : TestRules {
  explicit RulesFor(std::string_view encoding) {
    rules.zset_max_listpack_entries = encoding == "tree" ? 0 : 100'000;
  }
};

TEST_CASE("a sorted set starts in the encoding that fits what is expected") {
  TestRules world;
  world.rules.zset_max_listpack_entries = 10;
  world.rules.zset_max_listpack_value = 5;
  const auto startsAs = [&](size_t size, size_t longest) {
    const OwnedSortedSet set(SortedSetValue::create(world.rules, size, longest), world.rules);
    CHECK(set->size() == 0);
    return encodingOf(set);
  };
  CHECK(startsAs(10, 5) == "listpack");
  CHECK(startsAs(11, 5) == "tree");
  CHECK(startsAs(10, 6) == "tree");
  world.rules.zset_max_listpack_entries = 0;
  CHECK(startsAs(1, 1) == "tree");
}

TEST_CASE("a sorted set becomes a tree over zset-max-listpack-entries, and stays one") {
  TestRules world;
  world.rules.zset_max_listpack_entries = GENERATE(1U, 7U, 128U);
  const size_t most = world.rules.zset_max_listpack_entries;
  OwnedSortedSet set(SortedSetValue::create(world.rules, 1, 1), world.rules);
  for (size_t i = 0; i < most; ++i) {
    REQUIRE(set->set("m" + std::to_string(i), static_cast<double>(i)) == Change::kAdded);
  }
  CHECK(set->set("m0", -1) == Change::kMoved);
  CHECK(encodingOf(set) == "listpack");
  CHECK(set->set("one more", 0.5) == Change::kAdded);
  CHECK(encodingOf(set) == "tree");
  CHECK(set->size() == most + 1);
  CHECK(textOf(*set, {0, 2}) == "m0:-1 one more:0.5");
  CHECK(set->erase("m0"));
  CHECK(encodingOf(set) == "tree");
  set->compact();
  CHECK(encodingOf(set) == "listpack");
  CHECK(textOf(*set, {0, 1}) == "one more:0.5");
  CHECK(set->size() == most);
}

TEST_CASE("a sorted set becomes a tree for a member over zset-max-listpack-value") {
  TestRules world;
  world.rules.zset_max_listpack_value = 10;
  OwnedSortedSet set(SortedSetValue::create(world.rules, 1, 1), world.rules);
  set->set("0123456789", 2);
  set->set("5", 1);
  CHECK(encodingOf(set) == "listpack");
  set->set("0123456789x", 1.5);
  CHECK(encodingOf(set) == "tree");
  CHECK(textOf(set) == "5:1 0123456789x:1.5 0123456789:2");
  set->compact();
  CHECK(encodingOf(set) == "tree");
  set->erase("0123456789x");
  set->compact();
  CHECK(encodingOf(set) == "listpack");
  CHECK(textOf(set) == "5:1 0123456789:2");
}

TEST_CASE("the listpack of a sorted set has the bytes of Redis 7.2") {
  const TestRules world;
  OwnedSortedSet set(SortedSetValue::create(world.rules, 1, 1), world.rules);
  const std::pair<const char*, double> entries[] = {
      {"b", 1}, {"a", 1}, {"17", 300}, {"c", 0.5}, {"d", -0.0}, {"e", 1e20}, {"f", -kInfinity}};
  for (const auto& [member, score] : entries) set->set(member, score);
  constexpr char kExpected[] =
      "\x36\0\0\0\x0e\0"
      "\x81"
      "f\2\x84-inf\5"
      "\x81"
      "d\2\0\1"
      "\x81"
      "c\2\x83"
      "0.5\4"
      "\x81"
      "a\2\1\1"
      "\x81"
      "b\2\1\1"
      "\x11\1\xc1\x2c\2"
      "\x81"
      "e\2\x85"
      "1e+20\6"
      "\xff";
  const auto bytes = Listpack(set->value().object).view();
  const std::string_view kept(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  CHECK(kept == std::string_view(kExpected, sizeof kExpected - 1));
}

TEST_CASE("scores are kept exactly in both encodings, and -0 in a tree only") {
  const char* const encoding = GENERATE("listpack", "tree");
  const RulesFor world(encoding);
  OwnedSortedSet set(SortedSetValue::create(world.rules, 1, 1), world.rules);
  REQUIRE(encodingOf(set) == encoding);
  const double scores[] = {0.1,       1.0 / 3, 5e-324, 1e300, -4611686018427387904.0,
                           kInfinity, 5e18,    -17,    1e19,  1.7976931348623157e308};
  for (const double score : scores) {
    set->set("m", score);
    double kept = 0;
    REQUIRE(set->score("m", kept));
    CHECK(kept == score);
  }
  set->erase("m");
  set->set("m", -0.0);
  double kept = 1;
  REQUIRE(set->score("m", kept));
  CHECK(std::signbit(kept) == (encodingOf(set) == "tree"));
  CHECK(set->set("m", 0.0) == Change::kSame);
}

TEST_CASE("ranks, ranges and erasing of a sorted set") {
  const char* const encoding = GENERATE("listpack", "tree");
  const RulesFor world(encoding);
  OwnedSortedSet set(SortedSetValue::create(world.rules, 1, 1), world.rules);
  const std::pair<const char*, double> entries[] = {{"d", 3}, {"a", 1},         {"2", 2}, {"c", 2},
                                                    {"", 2},  {"e", kInfinity}, {"10", 2}};
  for (const auto& [member, score] : entries) set->set(member, score);
  CHECK(textOf(set) == "a:1 :2 10:2 2:2 c:2 d:3 e:inf");
  CHECK(textOf(*set, {2, 5}, true) == "c:2 2:2 10:2");
  CHECK(textOf(*set, {4, 4}).empty());
  size_t rank = 9;
  double score = 9;
  REQUIRE(set->rank("2", rank, score));
  CHECK((rank == 3 && score == 2));
  CHECK_FALSE(set->rank("02", rank, score));
  CHECK_FALSE(set->contains("x"));
  const auto within = [&](const ScoreRange& range) {
    const RankRange ranks = set->ranksWithin(range);
    return std::pair(ranks.first, ranks.last);
  };
  CHECK(within({2, 3}) == std::pair(size_t{1}, size_t{6}));
  CHECK(within({2, 3, true, true}) == std::pair(size_t{5}, size_t{5}));
  CHECK(within({2, kInfinity, true}) == std::pair(size_t{5}, size_t{7}));
  CHECK(within({-kInfinity, kInfinity, false, true}) == std::pair(size_t{0}, size_t{6}));
  CHECK(set->ranksWithin(ScoreRange{3, 2}).size() == 0);
  CHECK(set->ranksWithin(ScoreRange{7, 8}).size() == 0);
  set->eraseRange({3, 3});
  set->eraseRange({1, 4});
  CHECK(textOf(set) == "a:1 c:2 d:3 e:inf");
  CHECK_FALSE(set->erase("2"));
  CHECK(set->erase("e"));
  set->eraseRange({0, 3});
  CHECK(set->size() == 0);
  CHECK(textOf(set).empty());
}

TEST_CASE("lexicographic ranges of a sorted set") {
  const char* const encoding = GENERATE("listpack", "tree");
  const RulesFor world(encoding);
  OwnedSortedSet set(SortedSetValue::create(world.rules, 1, 1), world.rules);
  for (const char* member : {"b", "a", "", "12", "bb", "c", "\xff"}) set->set(member, 0);
  CHECK(textOf(set) == ":0 12:0 a:0 b:0 bb:0 c:0 \xff:0");
  using Kind = LexBound::Kind;
  const LexBound minus{Kind::kMinusInfinity, {}};
  const LexBound plus{Kind::kPlusInfinity, {}};
  const auto text = [](std::string_view bytes, bool exclusive = false) {
    return LexBound{Kind::kText, bytes, exclusive};
  };
  const auto within = [&](const LexBound& min, const LexBound& max) {
    const RankRange range = set->ranksWithin(LexRange{min, max});
    return std::pair(range.first, range.last);
  };
  using Ranks = std::pair<size_t, size_t>;
  CHECK(within(minus, plus) == Ranks(0, 7));
  CHECK(within(text("a"), text("b")) == Ranks(2, 4));
  CHECK(within(text("a", true), text("b", true)) == Ranks(3, 3));
  CHECK(within(text("12"), text("ba")) == Ranks(1, 4));
  CHECK(within(text("bb", true), plus) == Ranks(5, 7));
  CHECK(within(minus, text("", true)) == Ranks(0, 0));
  CHECK(set->ranksWithin(LexRange{plus, minus}).size() == 0);
  CHECK(set->ranksWithin(LexRange{text("c"), text("a")}).size() == 0);
}

TEST_CASE("a result made in order becomes what the rules say") {
  TestRules world;
  for (const size_t members : {128U, 129U, 5000U}) {
    OwnedSortedSet set(SortedSetValue::create(world.rules, 1, 1), world.rules);
    for (size_t i = 0; i < members; ++i) {
      set->append(std::to_string(1000 + i), static_cast<double>(i / 10));
    }
    CHECK(encodingOf(set) == (members > 128 ? "tree" : "listpack"));
    CHECK(set->size() == members);
    size_t rank = 0;
    double score = 0;
    REQUIRE(set->rank("1100", rank, score));
    CHECK((rank == 100 && score == 10));
    CHECK(set->set("1100", 1e9) == Change::kMoved);
    REQUIRE(set->rank("1100", rank, score));
    CHECK(rank == members - 1);
  }
}

TEST_CASE("a copy of a sorted set is the same and apart from it") {
  const char* const encoding = GENERATE("listpack", "tree");
  const RulesFor world(encoding);
  OwnedSortedSet set(SortedSetValue::create(world.rules, 1, 1), world.rules);
  for (size_t i = 0; i < 3000; ++i) {
    set->set(std::to_string(i * 7919 % 3000), std::sqrt(static_cast<double>(i % 100)));
  }
  OwnedSortedSet copy(copyValue(set->value(), world.rules), world.rules);
  CHECK(encodingOf(copy) == encoding);
  CHECK(textOf(copy) == textOf(set));
  CHECK(copy->set("17", 1e6) == Change::kMoved);
  CHECK(copy->erase("18"));
  CHECK(copy->size() == set->size() - 1);
  double score = 0;
  CHECK((set->score("17", score) && score < 100));
  if (encodingOf(copy) != "tree") return;
  CHECK(!static_cast<SortedSetTree*>(copy->value().object)->checkStructure());
  CHECK(valueBytes(copy->value()) < valueBytes(set->value()));
  CHECK(freeEffort(copy->value()) > 3000 / 62);
}

}  // namespace
}  // namespace inkstone::testing
