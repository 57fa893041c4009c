#include "storage/types/set_value.h"

#include <array>
#include <catch2/catch.hpp>
#include <set>
#include <string>
#include <vector>

#include "tests/unit/seeded_random.h"
#include "tests/unit/storage/types/value_fixture.h"

namespace inkstone::testing {
namespace {

using OwnedSet = Owned<SetValue>;

void insertIntegers(OwnedSet& set, int64_t from, int64_t to) {
  for (int64_t i = from; i < to; ++i) REQUIRE(set->insert(std::to_string(i)));
}

std::string encodingOf(const OwnedSet& set) {
  return nameOf(set->encoding());
}

TEST_CASE("a new set has the encoding that its first member and its size ask for") {
  const TestRules world;
  const auto created = [&](std::string_view first, size_t size_hint) {
    OwnedSet set(SetValue::create(world.rules, first, size_hint), world.rules);
    CHECK(set->size() == 0);
    return encodingOf(set);
  };
  CHECK(created("12", 512) == "intset");
  CHECK(created("-9223372036854775808", 1) == "intset");
  CHECK(created("12", 513) == "hashtable");
  CHECK(created("9223372036854775808", 1) == "listpack");
  CHECK(created("012", 1) == "listpack");
  CHECK(created("", 128) == "listpack");
  CHECK(created("text", 129) == "hashtable");
}

TEST_CASE("more integers than set-max-intset-entries are a table") {
  TestRules world;
  world.rules.set_max_intset_entries = GENERATE(0U, 1U, 5U, 512U);
  const auto most = static_cast<int64_t>(world.rules.set_max_intset_entries);
  OwnedSet set(SetValue::create(), world.rules);
  insertIntegers(set, 0, most);
  CHECK(encodingOf(set) == "intset");
  CHECK_FALSE((most > 0 && set->insert("0")));
  CHECK(encodingOf(set) == "intset");
  insertIntegers(set, most, most + 1);
  CHECK(encodingOf(set) == "hashtable");
  for (int64_t i = 0; i <= most; ++i) CHECK(set->contains(std::to_string(i)));
  // There is no way back.
  while (set->size() > 0) set->erase(std::to_string(set->size() - 1));
  CHECK(encodingOf(set) == "hashtable");
}

TEST_CASE("text among integers makes a listpack while it may have one member more") {
  const TestRules world;
  OwnedSet fits(SetValue::create(), world.rules);
  insertIntegers(fits, 0, 127);
  CHECK(fits->insert("text"));
  CHECK(encodingOf(fits) == "listpack");
  CHECK(fits->size() == 128);
  CHECK(fits->contains("126"));
  CHECK_FALSE(fits->contains("127"));
  OwnedSet too_many(SetValue::create(), world.rules);
  insertIntegers(too_many, 0, 128);
  CHECK(too_many->insert("text"));
  CHECK(encodingOf(too_many) == "hashtable");
  CHECK(too_many->size() == 129);
}

TEST_CASE("text among integers makes a table when it or one of them is too long for a listpack") {
  TestRules world;
  const auto after = [&](std::vector<std::string> members) {
    OwnedSet set(SetValue::create(), world.rules);
    for (const std::string& member : members) REQUIRE(set->insert(member));
    return encodingOf(set);
  };
  CHECK(after({"1", std::string(64, 'x')}) == "listpack");
  CHECK(after({"1", std::string(65, 'x')}) == "hashtable");
  world.rules.set_max_listpack_value = 3;
  CHECK(after({"999", "-99", "abc"}) == "listpack");
  CHECK(after({"1000", "-99", "abc"}) == "hashtable");
  CHECK(after({"999", "-100", "abc"}) == "hashtable");
  CHECK(after({std::string("abcd")}) == "hashtable");
}

TEST_CASE("a listpack becomes a table at set-max-listpack-entries and set-max-listpack-value") {
  TestRules world;
  world.rules.set_max_listpack_entries = GENERATE(1U, 2U, 128U);
  const size_t most = world.rules.set_max_listpack_entries;
  OwnedSet set(SetValue::create(world.rules, "a", 1), world.rules);
  for (size_t i = 0; i < most; ++i) REQUIRE(set->insert("m" + std::to_string(i)));
  CHECK(encodingOf(set) == "listpack");
  CHECK_FALSE(set->insert("m0"));
  CHECK(encodingOf(set) == "listpack");
  CHECK(set->insert("one more"));
  CHECK(encodingOf(set) == "hashtable");
  CHECK(set->size() == most + 1);

  OwnedSet text(SetValue::create(world.rules, "a", 1), world.rules);
  REQUIRE(text->insert(std::string(64, 'x')));
  CHECK(encodingOf(text) == "listpack");
  REQUIRE(text->insert(std::string(65, 'y')));
  CHECK(encodingOf(text) == "hashtable");
}

TEST_CASE("a rule that is changed counts for the next change of a set") {
  TestRules world;
  OwnedSet set(SetValue::create(world.rules, "a", 1), world.rules);
  for (int i = 0; i < 10; ++i) set->insert("m" + std::to_string(i));
  world.rules.set_max_listpack_entries = 5;
  CHECK_FALSE(set->insert("m3"));
  CHECK(set->erase("m3"));
  CHECK(encodingOf(set) == "listpack");
  CHECK(set->insert("m3"));
  CHECK(encodingOf(set) == "hashtable");
}

TEST_CASE("a set expecting too many members leaves its compact form at once") {
  const TestRules world;
  OwnedSet integers(SetValue::create(), world.rules);
  insertIntegers(integers, 0, 3);
  integers->expect(512);
  CHECK(encodingOf(integers) == "intset");
  integers->expect(513);
  CHECK(encodingOf(integers) == "hashtable");
  CHECK(integers->contains("2"));
  OwnedSet text(SetValue::create(world.rules, "a", 1), world.rules);
  text->insert("a");
  text->expect(128);
  CHECK(encodingOf(text) == "listpack");
  text->expect(129);
  CHECK(encodingOf(text) == "hashtable");
  CHECK(text->size() == 1);
}

TEST_CASE("the text of an integer is what counts, whatever the encoding") {
  TestRules world;
  const std::string others = GENERATE("", "text", std::string(100, 'x'));
  OwnedSet set(SetValue::create(), world.rules);
  set->insert("12");
  if (!others.empty()) set->insert(others);
  CAPTURE(encodingOf(set));
  CHECK(set->contains("12"));
  CHECK(set->contains(Element(int64_t{12})));
  CHECK(set->contains(Element(std::string_view("12"))));
  CHECK_FALSE(set->contains("012"));
  CHECK_FALSE(set->contains("+12"));
  CHECK_FALSE(set->contains(" 12"));
  CHECK_FALSE(set->contains("12 "));
  CHECK_FALSE(set->insert(Element(int64_t{12})));
  CHECK_FALSE(set->insert(Element(std::string_view("12"))));
  CHECK_FALSE(set->erase("012"));
  CHECK(set->erase(Element(int64_t{12})));
  CHECK_FALSE(set->erase(Element(int64_t{12})));
}

TEST_CASE("an element of a set can be given to erase") {
  TestRules world;
  world.rules.set_max_listpack_entries = GENERATE(0U, 128U);
  OwnedSet set(SetValue::create(world.rules, "a", 1), world.rules);
  for (int i = 0; i < 20; ++i) set->insert("member " + std::to_string(i));
  SeededRandom random("an element of a set can be given to erase");
  while (set->size() > 0) {
    const Element member = set->randomMember(random);
    CHECK(set->erase(member));
  }
}

TEST_CASE("many look-ups at once tell the same as one by one") {
  TestRules world;
  world.rules.set_max_listpack_entries = GENERATE(0U, 500U);
  // The bigger one is looked up in another way.
  const int passing = GENERATE(0, 60'000);
  OwnedSet set(SetValue::create(world.rules, "a", 1), world.rules);
  for (int i = 0; i < passing; ++i) set->insert("passing:" + std::to_string(i));
  for (int i = 0; i < 200; i += 3) set->insert(std::to_string(i));
  for (int i = 0; i < 200; i += 5) set->insert("m" + std::to_string(i));
  std::vector<std::string> texts;
  for (int i = 0; i < 200; ++i) texts.push_back((i % 2 == 0 ? "m" : "") + std::to_string(i));
  for (size_t count = 0; count <= SetValue::kLookupsMax; ++count) {
    std::vector<Element> members;
    uint32_t expected = 0;
    for (size_t i = 0; i < count; ++i) {
      const size_t number = (i * 7 + count) % texts.size();
      members.push_back(number % 4 == 1 ? Element(static_cast<int64_t>(number))
                                        : Element(std::string_view(texts[number])));
      const bool is_member = number % (number % 2 == 0 ? 5U : 3U) == 0;
      expected |= uint32_t{is_member} << i;
    }
    CHECK(set->containsMany(members) == expected);
  }
}

TEST_CASE("a walk over a set stops when the visitor wants it to") {
  TestRules world;
  const std::string first = GENERATE("1", "text", std::string(100, 'x'));
  OwnedSet set(SetValue::create(), world.rules);
  set->insert(first);
  for (int i = 2; i < 30; ++i) set->insert(std::to_string(i));
  size_t visited = 0;
  set->forEachWhile([&](const Element&) { return ++visited < 7; });
  CHECK(visited == 7);
}

TEST_CASE("a copy of a set is another one in the same encoding") {
  TestRules world;
  const std::string last = GENERATE("1", "text", std::string(100, 'x'), std::string(300, 'x'));
  OwnedSet set(SetValue::create(), world.rules);
  for (int i = 2; i < 30; ++i) set->insert(std::to_string(i));
  set->insert(last);
  OwnedSet copy(copyValue(set->value(), world.rules), world.rules);
  CHECK(encodingOf(copy) == encodingOf(set));
  CHECK(copy->size() == set->size());
  CHECK(set->erase("7"));
  set->forEach([&](const Element& member) { CHECK(copy->contains(member)); });
  CHECK(copy->contains("7"));
}

}  // namespace
}  // namespace inkstone::testing
