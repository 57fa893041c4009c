#include <catch2/catch.hpp>
#include <map>
#include <string>
#include <vector>

#include "storage/memory_usage.h"
#include "storage/types/hash_value.h"
#include "tests/unit/storage/types/element_texts.h"
#include "tests/unit/storage/types/value_fixture.h"

namespace inkstone::testing {
namespace {

#ifdef NDEBUG
constexpr uint64_t kSteps = 1'000'000;
#else
constexpr uint64_t kSteps = 20'000;
#endif

using Model = std::map<std::string, std::string>;

struct Course {
  size_t fields_max;
  size_t longest;
  bool broken = false;
};

std::string disagreement(const HashValue& hash, const Model& model) {
  if (hash.encoding() == Encoding::kListpack &&
      !Listpack::isValid(Listpack(hash.value().object).view())) {
    return "no listpack any more";
  }
  Model all;
  bool twice = false;
  hash.forEach([&](const Element& field, const Element& value) {
    twice |= !all.emplace(field.toString(), value.toString()).second;
  });
  if (twice) return "a field twice";
  return all == model ? std::string() : "other fields or values";
}

std::string lookUp(const HashValue& hash, const Model& model, const std::string& field) {
  Element value;
  const auto known = model.find(field);
  if (hash.find(field, value) != (known != model.end())) return "find is wrong";
  if (hash.contains(field) != (known != model.end())) return "contains is wrong";
  if (known != model.end() && value.toString() != known->second) return "another value";
  return {};
}

std::string step(HashValue& hash, Model& model, SeededRandom& random, const std::string& field,
                 const Course& course, bool growing) {
  const uint64_t action = random.below(100);
  if (action < (growing ? 50U : 20U)) {
    const std::string value = randomElementText(random, course.longest);
    const bool is_new = model.count(field) == 0;
    // The fault that the canary has to notice.
    if (!(course.broken && !is_new && random.below(50) == 0)) model[field] = value;
    if (hash.set(field, value) != is_new) return "set is wrong";
  } else if (action < 70) {
    if (hash.erase(field) != (model.erase(field) > 0)) return "erase is wrong";
  } else if (action < 95 || model.empty()) {
    return lookUp(hash, model, field);
  } else {
    std::string wrong;
    hash.randomField(random, [&](const Element& name, const Element& value) {
      const auto known = model.find(name.toString());
      if (known == model.end() || known->second != value.toString()) wrong = "a random one is none";
    });
    if (!wrong.empty()) return wrong;
  }
  return hash.size() == model.size() ? std::string() : "size differs";
}

// Grows and shrinks by turns; returns the first disagreement with a std::map.
std::string compare(SeededRandom& random, uint64_t steps, const Course& course) {
  const TestRules world;
  std::vector<std::string> texts;
  for (size_t i = 0; i < course.fields_max * 3 / 2; ++i) {
    texts.push_back(randomElementText(random, course.longest));
  }
  Owned<HashValue> hash(HashValue::create(), world.rules);
  Model model;
  bool growing = true;
  for (uint64_t i = 0; i < steps; ++i) {
    if (model.size() >= course.fields_max) growing = false;
    if (model.empty() || random.below(3 * course.fields_max) == 0) growing = true;
    std::string wrong =
        step(*hash, model, random, texts[random.below(texts.size())], course, growing);
    if (wrong.empty() && i % (steps / 50) == 0) wrong = disagreement(*hash, model);
    if (!wrong.empty()) return wrong + " at step " + std::to_string(i);
  }
  return disagreement(*hash, model);
}

// The same, and whether all memory is given back in the end.
std::string run(SeededRandom& random, uint64_t steps, const Course& course) {
  const int64_t before = usedMemory();
  std::string wrong = compare(random, steps, course);
  if (wrong.empty() && usedMemory() != before) wrong = "memory is left";
  return wrong;
}

TEST_CASE("a hash agrees with a model over random changes") {
  SeededRandom random("a hash agrees with a model over random changes");
  CAPTURE(random.seed());
  CHECK(run(random, kSteps / 4, {100, 60}) == "");
  CHECK(run(random, kSteps / 4, {400, 60}) == "");
  CHECK(run(random, kSteps, {700, 400}) == "");
  CHECK(run(random, kSteps, {20000, 300}) == "");
  CHECK(run(random, kSteps / 4, {300, 3000}) == "");
}

TEST_CASE("canary: a model that keeps an old value is noticed") {
  SeededRandom random("canary: a model that keeps an old value is noticed");
  CHECK_FALSE(run(random, 10000, {500, 100, true}).empty());
}

TEST_CASE("a scan of a hash returns what was there all the time, with its value") {
  const TestRules world;
  Owned<HashValue> hash(HashValue::create(), world.rules);
  for (const int lasting : {100, 1000}) {
    for (int i = 0; i < lasting; ++i) hash->set("f" + std::to_string(i), std::to_string(i * i));
    CAPTURE(nameOf(hash->encoding()));
    Model seen;
    uint64_t cursor = 0;
    int passing = 0;
    do {
      cursor = hash->scan(cursor, [&](const Element& field, const Element& value) {
        seen[field.toString()] = value.toString();
      });
      for (int i = 0; cursor != 0 && i < 100 && passing < 30000; ++i) {
        hash->set("passing:" + std::to_string(passing++), "");
      }
    } while (cursor != 0);
    for (int i = 0; i < lasting; ++i) {
      REQUIRE(seen["f" + std::to_string(i)] == std::to_string(i * i));
    }
  }
}

#ifdef INKSTONE_JEMALLOC
TEST_CASE("a hash knows what it takes, and gives it back") {
  SeededRandom random("a hash knows what it takes, and gives it back");
  CAPTURE(random.seed());
  const TestRules world;
  // Directories of tables are counted by their entries, not by what the allocator makes of them.
  constexpr int64_t kRounding = 64;
  std::vector<std::string> texts;
  for (int i = 0; i < 1000; ++i) texts.push_back(randomElementText(random, 2000));
  const int64_t before = usedMemory();
  int64_t taken = 0;
  int64_t told = 0;
  {
    Owned<HashValue> hash(HashValue::create(), world.rules);
    for (int i = 0; i < 100'000; ++i) {
      const std::string& field = texts[random.below(texts.size())];
      if (random.below(4) == 0) {
        hash->erase(field);
      } else {
        hash->set(field, texts[random.below(texts.size())]);
      }
    }
    taken = usedMemory() - before;
    told = static_cast<int64_t>(valueBytes(hash->value()));
  }
  const int64_t left = usedMemory() - before;
  CAPTURE(taken, told);
  CHECK(taken >= told);
  CHECK(taken <= told + kRounding);
  CHECK(left == 0);
}

TEST_CASE("a field of 14 bytes with a value of 24 takes at most 53 in a big hash") {
  const TestRules world;
  constexpr size_t kFields = 200'000;
  const std::string value(24, 'v');
  const int64_t before = usedMemory();
  Owned<HashValue> hash(HashValue::create(), world.rules);
  for (size_t i = 0; i < kFields; ++i) hash->set("field:" + std::to_string(10'000'000 + i), value);
  CHECK(static_cast<size_t>(usedMemory() - before) <= 53 * kFields);
}
#endif

}  // namespace
}  // namespace inkstone::testing
