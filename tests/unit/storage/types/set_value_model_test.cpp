#include <catch2/catch.hpp>
#include <set>
#include <string>
#include <vector>

#include "storage/memory_usage.h"
#include "storage/types/set_value.h"
#include "tests/unit/storage/types/element_texts.h"
#include "tests/unit/storage/types/value_fixture.h"

namespace inkstone::testing {
namespace {

#ifdef NDEBUG
constexpr uint64_t kSteps = 1'000'000;
#else
constexpr uint64_t kSteps = 20'000;
#endif

struct Course {
  size_t members_max;
  size_t longest;      // of texts; 0: integers alone
  uint64_t different;  // texts to choose from, so that most are members
  bool broken = false;
};

std::vector<std::string> chooseTexts(SeededRandom& random, const Course& course) {
  std::vector<std::string> texts;
  for (uint64_t i = 0; i < course.different; ++i) {
    texts.push_back(course.longest == 0 ? randomIntegerText(random)
                                        : randomElementText(random, course.longest));
  }
  return texts;
}

// What is wrong with the structure of the value, or an empty text.
std::string damage(const SetValue& set) {
  const Value value = set.value();
  if (value.encoding == Encoding::kIntset && !Intset::isValid(Intset(value.object).view())) {
    return "no intset any more";
  }
  if (value.encoding == Encoding::kListpack && !Listpack::isValid(Listpack(value.object).view())) {
    return "no listpack any more";
  }
  return {};
}

std::string disagreement(const SetValue& set, const std::set<std::string>& model) {
  std::set<std::string> all;
  bool twice = false;
  set.forEach([&](const Element& member) { twice |= !all.insert(member.toString()).second; });
  if (twice) return "a member twice";
  return all == model ? std::string() : "other members";
}

std::string step(SetValue& set, std::set<std::string>& model, SeededRandom& random,
                 const std::string& text, bool growing) {
  const uint64_t action = random.below(100);
  if (action < (growing ? 50U : 15U)) {
    if (set.insert(text) != model.insert(text).second) return "insert is wrong";
  } else if (action < 70) {
    if (set.erase(text) != (model.erase(text) > 0)) return "erase is wrong";
  } else if (action < 90 || model.empty()) {
    if (set.contains(text) != (model.count(text) > 0)) return "contains is wrong";
  } else {
    if (model.count(set.randomMember(random).toString()) == 0) return "a random one is no member";
  }
  return set.size() == model.size() ? std::string() : "size differs";
}

// Grows and shrinks by turns; returns the first disagreement with a std::set.
std::string compare(SeededRandom& random, uint64_t steps, const Course& course) {
  const TestRules world;
  const std::vector<std::string> texts = chooseTexts(random, course);
  Owned<SetValue> set(SetValue::create(), world.rules);
  std::set<std::string> model;
  bool growing = true;
  for (uint64_t i = 0; i < steps; ++i) {
    if (model.size() >= course.members_max) growing = false;
    if (model.empty() || random.below(3 * course.members_max) == 0) growing = true;
    std::string wrong = step(*set, model, random, texts[random.below(texts.size())], growing);
    if (course.broken && i == steps / 2 && !model.empty()) model.erase(model.begin());
    if (wrong.empty() && i % 64 == 0) wrong = damage(*set);
    if (wrong.empty() && i % (steps / 20) == 0) wrong = disagreement(*set, model);
    if (!wrong.empty()) return wrong + " at step " + std::to_string(i);
  }
  return disagreement(*set, model);
}

// The same, and whether all memory is given back in the end.
std::string run(SeededRandom& random, uint64_t steps, const Course& course) {
  const int64_t before = usedMemory();
  std::string wrong = compare(random, steps, course);
  if (wrong.empty() && usedMemory() != before) wrong = "memory is left";
  return wrong;
}

TEST_CASE("a set agrees with a model over random changes") {
  SeededRandom random("a set agrees with a model over random changes");
  CAPTURE(random.seed());
  CHECK(run(random, kSteps, {100, 0, 300}) == "");
  CHECK(run(random, kSteps, {3000, 0, 5000}) == "");
  CHECK(run(random, kSteps / 4, {100, 60, 200}) == "");
  CHECK(run(random, kSteps, {300, 400, 600}) == "");
  CHECK(run(random, kSteps, {20000, 300, 30000}) == "");
}

TEST_CASE("canary: a model that loses a member of a set is noticed") {
  SeededRandom random("canary: a model that loses a member of a set is noticed");
  CHECK_FALSE(run(random, 5000, {500, 100, 1000, true}).empty());
}

TEST_CASE("a scan of a set returns what was there all the time, while it grows and shrinks") {
  SeededRandom random("a scan of a set returns what was there all the time");
  CAPTURE(random.seed());
  const TestRules world;
  for (const bool growing : {true, false}) {
    Owned<SetValue> set(SetValue::create(), world.rules);
    constexpr int kLasting = 500;
    for (int i = 0; i < kLasting; ++i) set->insert("lasting:" + std::to_string(i));
    int passing = 0;
    while (!growing && passing < 50000) set->insert("passing:" + std::to_string(passing++));
    std::set<std::string> seen;
    uint64_t cursor = 0;
    do {
      cursor = set->scan(cursor, [&](const Element& member) { seen.insert(member.toString()); });
      for (int i = 0; i < 100; ++i) {
        if (growing && passing < 50000) set->insert("passing:" + std::to_string(passing++));
        if (!growing && passing > 0) set->erase("passing:" + std::to_string(--passing));
      }
    } while (cursor != 0);
    for (int i = 0; i < kLasting; ++i) CHECK(seen.count("lasting:" + std::to_string(i)) == 1);
  }
}

#ifdef INKSTONE_JEMALLOC
TEST_CASE("a set knows what it takes, and gives it back") {
  SeededRandom random("a set knows what it takes, and gives it back");
  CAPTURE(random.seed());
  const TestRules world;
  // Directories of tables are counted by their entries, not by what the allocator makes of them.
  constexpr int64_t kRounding = 64;
  for (const size_t members : {1U, 100U, 200U, 1000U, 30000U}) {
    std::vector<std::string> texts;
    for (size_t i = 0; i < members; ++i) texts.push_back(randomElementText(random, 400));
    const int64_t before = usedMemory();
    int64_t taken = 0;
    int64_t told = 0;
    {
      Owned<SetValue> set(SetValue::create(), world.rules);
      for (const std::string& text : texts) set->insert(text);
      taken = usedMemory() - before;
      told = static_cast<int64_t>(valueBytes(set->value()));
    }
    const int64_t left = usedMemory() - before;
    CAPTURE(members, taken, told);
    CHECK(taken >= told);
    CHECK(taken <= told + kRounding);
    CHECK(left == 0);
  }
}

TEST_CASE("a member of 15 bytes takes at most 28 in a big set") {
  const TestRules world;
  constexpr size_t kMembers = 200'000;
  const int64_t before = usedMemory();
  Owned<SetValue> set(SetValue::create(), world.rules);
  for (size_t i = 0; i < kMembers; ++i) set->insert("member:" + std::to_string(10'000'000 + i));
  CHECK(static_cast<size_t>(usedMemory() - before) <= 28 * kMembers);
}
#endif

}  // namespace
}  // namespace inkstone::testing
