#include "storage/types/set_algebra.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <iterator>
#include <memory>
#include <set>
#include <string>

#include "storage/types/set_value.h"
#include "tests/unit/seeded_random.h"
#include "tests/unit/storage/types/value_fixture.h"

namespace inkstone::testing {
namespace {

using Texts = std::set<std::string>;
using set_algebra::Elements;

// Sets beside their models, owned.
class Sets {
 public:
  Sets() = default;
  ~Sets() {
    for (const Value& value : values) destroyValue(value);
  }
  Sets(const Sets&) = delete;
  Sets& operator=(const Sets&) = delete;

  void add(const Texts& texts) {
    SetValue set(SetValue::create(), world.rules);
    for (const std::string& text : texts) set.insert(text);
    values.push_back(set.value());
    models.push_back(texts);
  }

  TestRules world;
  std::vector<Value> values;
  std::vector<Texts> models;
};

Texts textsOf(const Elements& elements) {
  Texts texts;
  for (const Element& element : elements) {
    // Each comes once.
    CHECK(texts.insert(element.toString()).second);
  }
  return texts;
}

Texts textsOf(const Value& value, const EncodingRules& rules) {
  Texts texts;
  SetValue(value, rules).forEach([&](const Element& member) { texts.insert(member.toString()); });
  return texts;
}

Texts intersectionOf(const std::vector<Texts>& models) {
  Texts all = models.front();
  for (const Texts& model : models) {
    std::erase_if(all, [&](const std::string& text) { return !model.contains(text); });
  }
  return all;
}

Texts differenceOf(const std::vector<Texts>& models) {
  Texts rest = models.front();
  for (size_t i = 1; i < models.size(); ++i) {
    std::erase_if(rest, [&](const std::string& text) { return models[i].contains(text); });
  }
  return rest;
}

Texts unionOf(const std::vector<Texts>& models) {
  Texts all;
  for (const Texts& model : models) all.insert(model.begin(), model.end());
  return all;
}

// Integers only, or with other texts among them; from a range that makes them overlap.
Texts randomTexts(SeededRandom& random) {
  const bool integers = random.below(2) == 0;
  const uint64_t range = random.below(3) == 0 ? 40 : 3000;
  Texts texts;
  for (uint64_t i = random.mostlySmall(1000); i > 0; --i) {
    const std::string number = std::to_string(random.below(range));
    texts.insert(integers || random.below(2) == 0 ? number : "t" + number);
  }
  return texts;
}

void checkAll(const Sets& sets) {
  const EncodingRules& rules = sets.world.rules;
  const Texts common = intersectionOf(sets.models);
  CHECK(textsOf(set_algebra::intersection(sets.values, rules)) == common);
  CHECK(set_algebra::intersectionSize(sets.values, rules, 0) == common.size());
  for (const uint64_t limit : {1U, 2U, 31U, 32U, 33U, 500U}) {
    CHECK(set_algebra::intersectionSize(sets.values, rules, limit) ==
          std::min<uint64_t>(limit, common.size()));
  }
  CHECK(textsOf(set_algebra::difference(sets.values, rules)) == differenceOf(sets.models));
  const set_algebra::Union united(sets.values, rules);
  CHECK(textsOf(united.members()) == unionOf(sets.models));
  const Value stored = set_algebra::unionSet(sets.values, rules);
  CHECK(textsOf(stored, rules) == unionOf(sets.models));
  destroyValue(stored);
  const Value rest = set_algebra::differenceSet(sets.values, rules);
  CHECK(textsOf(rest, rules) == differenceOf(sets.models));
  destroyValue(rest);
}

TEST_CASE("intersection, difference and union agree with plain models") {
  SeededRandom random("set algebra");
  for (int round = 0; round < 400; ++round) {
    Sets sets;
    for (uint64_t i = 1 + random.below(7); i > 0; --i) sets.add(randomTexts(random));
    checkAll(sets);
  }
}

TEST_CASE("the same set may be an operand several times") {
  Sets sets;
  sets.add({"1", "2", "x"});
  const EncodingRules& rules = sets.world.rules;
  const std::vector<Value> twice = {sets.values[0], sets.values[0]};
  CHECK(textsOf(set_algebra::intersection(twice, rules)) == sets.models[0]);
  CHECK(set_algebra::intersectionSize(twice, rules, 0) == 3);
  CHECK(set_algebra::difference(twice, rules).empty());
  CHECK(textsOf(set_algebra::Union(twice, rules).members()) == sets.models[0]);
}

TEST_CASE("a difference from many small sets goes through those instead of the large one") {
  Sets sets;
  Texts large;
  for (int i = 0; i < 5000; ++i) large.insert("m" + std::to_string(i));
  sets.add(large);
  for (int i = 0; i < 20; ++i) sets.add({"m" + std::to_string(i * 7), "n" + std::to_string(i)});
  checkAll(sets);
  // Until nothing is left.
  Sets covered;
  covered.add({"a", "b", "c", "d"});
  for (const char* text : {"a", "b", "c", "d", "e", "f"}) covered.add({text});
  checkAll(covered);
}

TEST_CASE("a set left by taking members away keeps the encoding of all") {
  const auto encodingOf = [](size_t texts, size_t integers) {
    Sets sets;
    Texts first;
    for (size_t i = 0; i < texts; ++i) first.insert("t" + std::to_string(i));
    for (size_t i = 0; i < integers; ++i) first.insert(std::to_string(i));
    sets.add(first);
    // The difference is one integer. There are so many sets that it pays to go through them.
    first.erase("5");
    sets.add(first);
    for (int i = 0; i < 4; ++i) sets.add({"x"});
    const Value rest = set_algebra::differenceSet(sets.values, sets.world.rules);
    const Encoding encoding = rest.encoding;
    destroyValue(rest);
    return encoding;
  };
  CHECK(encodingOf(0, 100) == Encoding::kIntset);
  CHECK(encodingOf(1, 100) == Encoding::kListpack);
  CHECK(encodingOf(1, 200) == Encoding::kHashTable);
  CHECK(encodingOf(0, 600) == Encoding::kHashTable);
}

TEST_CASE("integers are merged, also where one set has far more of them") {
  Sets sets;
  sets.world.rules.set_max_intset_entries = 10'000;
  Texts few;
  Texts many;
  for (int i = 0; i < 300; ++i) few.insert(std::to_string(i * 5 - 700));
  for (int i = 0; i < 5000; ++i) many.insert(std::to_string(i - 2500));
  sets.add(few);
  sets.add(many);
  REQUIRE(sets.values[1].encoding == Encoding::kIntset);
  checkAll(sets);
  sets.add({"0", "5", "799", "800", "9223372036854775807", "-9223372036854775808"});
  checkAll(sets);
}

TEST_CASE("the smallest set gives the order of an intersection") {
  Sets sets;
  sets.add({"9", "5", "7", "1", "x"});
  sets.add({"7", "1", "9"});
  std::vector<std::string> texts;
  for (const Element& element : set_algebra::intersection(sets.values, sets.world.rules)) {
    texts.push_back(element.toString());
  }
  CHECK(texts == std::vector<std::string>{"1", "7", "9"});
}

TEST_CASE("a set made of elements has the encoding that adding them one by one gives") {
  TestRules world;
  const auto encodingOf = [&](size_t integers, size_t texts, size_t length) {
    std::vector<std::string> kept;
    for (size_t i = 0; i < texts; ++i) kept.push_back(std::to_string(i) + std::string(length, 'x'));
    Elements elements;
    for (size_t i = 0; i < integers; ++i) elements.emplace_back(static_cast<int64_t>(i));
    for (const std::string& text : kept) elements.emplace_back(std::string_view(text));
    Owned<SetValue> set(set_algebra::makeSet(elements, world.rules), world.rules);
    CHECK(set->size() == integers + texts);
    return nameOf(set->encoding());
  };
  CHECK(encodingOf(0, 0, 0) == "intset");
  CHECK(encodingOf(512, 0, 0) == "intset");
  CHECK(encodingOf(513, 0, 0) == "hashtable");
  CHECK(encodingOf(127, 1, 10) == "listpack");
  CHECK(encodingOf(128, 1, 10) == "hashtable");
  CHECK(encodingOf(0, 128, 10) == "listpack");
  CHECK(encodingOf(0, 129, 10) == "hashtable");
  CHECK(encodingOf(1, 1, 64) == "hashtable");
  CHECK(encodingOf(0, 600, 3) == "hashtable");
}

}  // namespace
}  // namespace inkstone::testing
