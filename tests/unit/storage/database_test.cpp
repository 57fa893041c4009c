#include "storage/database.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <thread>
#include <vector>

#include "storage/keyspace.h"
#include "storage/memory_usage.h"
#include "tests/unit/seeded_random.h"
#include "tests/unit/storage/database_fixture.h"

namespace inkstone::testing {
namespace {

constexpr int64_t kDeadline = 1'700'000'000'000;
const std::vector<std::string> kValues = {"7",      "-9223372036854775808", "",
                                          "inline", std::string(400, 'i'),  std::string(5000, 'r')};

TEST_CASE("a deadline is given, changed and taken away, the value stays") {
  const KeyHasher hasher(testSecret());
  for (const std::string& value : kValues) {
    for (const std::string& key :
         {std::string("k"), std::string(300, 'k'), std::string(1000, 'k')}) {
      TestDatabase test(hasher);
      test.set(key, value, false, 42);
      CHECK_FALSE(test.db.removeDeadline(test.find(key)));
      CHECK(test.expire(key, kDeadline)->deadline() == kDeadline);
      CHECK(test.db.volatileCount() == 1);
      const Entry* given = &test.entry(key);
      CHECK(test.expire(key, kDeadline - 5) == given);
      CHECK(test.db.table().nextDeadline() == kDeadline - 5);
      CHECK(test.db.volatileCount() == 1);
      CHECK((test.text(key) == value));
      CHECK(test.db.removeDeadline(test.find(key)));
      CHECK(test.db.volatileCount() == 0);
      CHECK_FALSE(test.entry(key).hasDeadline());
      CHECK((test.text(key) == value));
      CHECK(test.entry(key).access() == 42);
    }
  }
}

TEST_CASE("an entry goes to another key or database with value, deadline and access bits") {
  const KeyHasher hasher(testSecret());
  for (const std::string& value : kValues) {
    for (const bool has_deadline : {false, true}) {
      for (const std::string& key : {std::string("new"), std::string(300, 'n')}) {
        TestDatabase from(hasher);
        TestDatabase to(hasher);
        from.set("old", value, false, 99);
        if (has_deadline) from.expire("old", kDeadline);
        Entry* entry = from.db.unlink(from.hashOf("old"), from.find("old"));
        CHECK_FALSE(from.has("old"));
        const Entry* adopted = to.db.adopt(to.hashOf(key), key, from.db, entry);
        CHECK(adopted == &to.entry(key));
        CHECK((to.text(key) == value));
        CHECK(adopted->access() == 99);
        CHECK(adopted->deadline() == (has_deadline ? kDeadline : kNever));
        CHECK(to.db.table().nextDeadline() == adopted->deadline());
        CHECK(from.db.volatileCount() == 0);
        CHECK(to.db.volatileCount() == (has_deadline ? 1U : 0U));
        CHECK(from.db.takeContents()->slab.usedBytes() == 0);
        CHECK((to.text(key) == value));
      }
    }
  }
}

TEST_CASE("a copy has a value of its own") {
  const KeyHasher hasher(testSecret());
  for (const std::string& value : kValues) {
    for (const bool has_deadline : {false, true}) {
      TestDatabase test(hasher);
      test.set("source", value, false, 1);
      if (has_deadline) test.expire("source", kDeadline);
      const Entry* copy = test.db.insertCopy(test.hashOf("copy"), "copy", test.entry("source"), 2);
      CHECK(copy->access() == 2);
      CHECK(copy->deadline() == (has_deadline ? kDeadline : kNever));
      CHECK(test.db.volatileCount() == (has_deadline ? 2U : 0U));
      test.db.mutableString(test.find("source"), 1)->data()[0] = '!';
      CHECK((test.text("copy") == value));
      test.erase("source");
      CHECK((test.text("copy") == value));
    }
  }
}

TEST_CASE("a string's buffer may be taken from an unlinked entry") {
  const KeyHasher hasher(testSecret());
  TestDatabase test(hasher);
  test.set("k", std::string(5000, 'r'));
  test.expire("k", kDeadline);
  const Value value = test.db.takeValue(test.db.unlink(test.hashOf("k"), test.find("k")));
  CHECK((static_cast<StringBuffer*>(value.object)->view() == std::string(5000, 'r')));
  CHECK(test.db.volatileCount() == 0);
  CHECK(test.db.takeContents()->slab.usedBytes() == 0);
  destroyValue(value);
}

TEST_CASE("the bytes of an entry are its slot and its buffer") {
  const KeyHasher hasher(testSecret());
  TestDatabase test(hasher);
  CHECK(Database::entryBytes(*test.set("0123456789abcdef", std::string(32, 'v'))) == 56);
  CHECK(Database::entryBytes(*test.set("0123456789abcdef", "1")) == 24);
  CHECK(Database::entryBytes(*test.set("0123456789abcdef", "12345678")) == 32);
  CHECK(Database::entryBytes(*test.set("k", std::string(1000, 'v'))) ==
        24 + sizeof(StringBuffer) + 1000);
}

void fill(TestDatabase& test, int count) {
  for (int i = 0; i < count; ++i) {
    const std::string key = "key:" + std::to_string(i) + std::string(i % 50 == 0 ? 600 : 0, 'k');
    test.set(key, kValues[static_cast<size_t>(i) % kValues.size()]);
    if (i % 3 == 0) test.expire(key, kDeadline + i);
  }
}

TEST_CASE("contents taken out leave an empty database and are destroyed on another thread") {
  const KeyHasher hasher(testSecret());
  const int64_t before = usedMemory();
  {
    TestDatabase test(hasher);
    fill(test, 3000);
    CHECK(test.db.size() == 3000);
    CHECK(test.db.tableBytes() > 3000 * 8);
    auto contents = test.db.takeContents();
    CHECK(contents->table.size() == 3000);
    CHECK(contents->volatile_count == 1000);
    CHECK(test.db.empty());
    CHECK(test.db.volatileCount() == 0);
    CHECK(test.db.tableBytes() == 0);
    CHECK(test.db.table().nextDeadline() == kNever);
    CHECK_FALSE(test.has("key:1"));
    std::thread([taken = std::move(contents)]() mutable { taken.reset(); }).join();
    test.set("key:1", "again");
    CHECK(test.text("key:1") == "again");
  }
  CHECK(usedMemory() == before);
}

TEST_CASE("memory goes back when every key is erased") {
  const KeyHasher hasher(testSecret());
  TestDatabase test(hasher);
  fill(test, 5000);
  std::vector<std::string> keys;
  test.db.table().forEach([&](const Entry* entry) { keys.emplace_back(entry->key()); });
  REQUIRE(keys.size() == 5000);
  const size_t table_bytes = test.db.tableBytes();
  for (const std::string& key : keys) test.erase(key);
  CHECK(test.db.empty());
  CHECK(test.db.volatileCount() == 0);
  CHECK(test.db.tableBytes() < table_bytes / 50);
  CHECK(test.db.takeContents()->slab.usedBytes() == 0);
}

TEST_CASE("databases change places, keys are counted over all of them") {
  Keyspace keyspace(4, testSecret());
  CHECK(keyspace.size() == 4);
  const uint64_t hash = keyspace.hasher()("k");
  keyspace[0].setString(hash, "k", {}, "v", false, 0);
  keyspace[2].setString(hash, "k", {}, "w", false, 0);
  CHECK(keyspace.keyCount() == 2);
  keyspace.swapDatabases(0, 1);
  CHECK(keyspace[0].empty());
  CHECK(keyspace[1].size() == 1);
  keyspace.swapDatabases(1, 1);
  CHECK(keyspace[1].size() == 1);
  CHECK(keyspace.keyCount() == 2);
}

struct Expected {
  std::string value;
  int64_t deadline = kNever;
};
using Model = std::map<std::string, Expected>;

std::string randomValue(SeededRandom& random) {
  switch (random.below(4)) {
    case 0:
      return std::to_string(static_cast<int64_t>(random()) >> random.below(64));
    case 1:
      return random.bytes(random.below(60));
    case 2:
      return random.bytes(random.below(600));
    default:
      return std::string(random.mostlySmall(5000), 'x');
  }
}

void changeExisting(SeededRandom& random, TestDatabase& test, Model& model, Model::iterator it) {
  const std::string& key = it->first;
  Expected& expected = it->second;
  const auto deadline = static_cast<int64_t>(random.below(1000));
  switch (random.below(6)) {
    case 0:
      test.expire(key, deadline);
      expected.deadline = deadline;
      return;
    case 1:
      test.db.removeDeadline(test.find(key));
      expected.deadline = kNever;
      return;
    case 2: {
      const size_t length = random.mostlySmall(3000);
      test.db.mutableString(test.find(key), length);
      if (length > expected.value.size()) expected.value.resize(length);
      return;
    }
    case 3: {
      const int64_t value = static_cast<int64_t>(random()) >> random.below(64);
      test.db.setInteger(test.find(key), value);
      expected.value = std::to_string(value);
      return;
    }
    default:
      test.erase(key);
      model.erase(it);
  }
}

bool agrees(const TestDatabase& test, const Model& model) {
  if (test.db.size() != model.size() || test.db.checkStructure()) return false;
  size_t with_deadline = 0;
  for (const auto& [key, expected] : model) {
    if (!test.has(key) || test.text(key) != expected.value) return false;
    if (test.entry(key).deadline() != expected.deadline) return false;
    with_deadline += expected.deadline != kNever ? 1 : 0;
  }
  return test.db.volatileCount() == with_deadline;
}

// Broken, a SET that should drop the deadline keeps it now and then.
bool agreesThroughout(SeededRandom& random, int steps, bool broken) {
  const KeyHasher hasher(testSecret());
  TestDatabase test(hasher);
  Model model;
  for (int i = 0; i < steps; ++i) {
    const std::string key =
        "k" + std::to_string(random.below(300)) + std::string(random.below(2) == 0 ? 0 : 260, 'k');
    const auto known = model.find(key);
    if (known != model.end() && random.below(2) == 0) {
      changeExisting(random, test, model, known);
    } else {
      const std::string value = randomValue(random);
      const bool keep = random.below(2) == 0;
      test.set(key, value, keep || (broken && random.below(20) == 0));
      Expected& expected = model[key];
      expected.value = value;
      if (!keep) expected.deadline = kNever;
    }
    if (i % 500 == 499 && !agrees(test, model)) return false;
  }
  return agrees(test, model);
}

TEST_CASE("a database agrees with a map over random changes of values and deadlines") {
  SeededRandom random("a database agrees with a map over random changes of values and deadlines");
  CAPTURE(random.seed());
  CHECK(agreesThroughout(random, 20000, false));
}

TEST_CASE("canary: a deadline kept by mistake is noticed") {
  SeededRandom random("canary: a deadline kept by mistake is noticed");
  CHECK_FALSE(agreesThroughout(random, 5000, true));
}

}  // namespace
}  // namespace inkstone::testing
