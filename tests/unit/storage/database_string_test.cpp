#include <catch2/catch.hpp>
#include <limits>
#include <vector>

#include "tests/unit/storage/database_fixture.h"

namespace inkstone::testing {
namespace {

constexpr int64_t kDeadline = 1'700'000'000'000;

// At least two of every encoding, so that a value can follow one of its own kind.
const std::vector<std::string> kValues = {
    "0",
    "-8388608",
    "8388608",
    "-9223372036854775808",
    "",
    "short",
    "shor!",
    std::string(44, 'a'),
    std::string(45, 'b'),
    std::string(400, 'c'),
    std::string(401, 'd'),
    std::string(50000, 'e'),
};
const std::vector<std::string> kKeys = {"", "key", std::string(254, 'k'), std::string(255, 'k'),
                                        std::string(70000, 'k')};

TEST_CASE("a string takes the place of any other, and its deadline stays when it is kept") {
  const KeyHasher hasher(testSecret());
  for (const std::string& key : kKeys) {
    for (const std::string& before : kValues) {
      for (const std::string& after : kValues) {
        for (const bool had_deadline : {false, true}) {
          for (const bool keep : {false, true}) {
            TestDatabase test(hasher);
            test.set(key, before, false, 11);
            if (had_deadline) test.expire(key, kDeadline);
            const Entry* set = test.set(key, after, keep, 22);
            CAPTURE(key.size(), before.size(), after.size(), had_deadline, keep);
            REQUIRE(set == &test.entry(key));
            REQUIRE((test.text(key) == after));
            REQUIRE((set->key() == key));
            REQUIRE(set->access() == 22);
            REQUIRE(set->hasDeadline() == (had_deadline && keep));
            REQUIRE(set->deadline() == (had_deadline && keep ? kDeadline : kNever));
            REQUIRE(test.db.volatileCount() == (had_deadline && keep ? 1U : 0U));
            REQUIRE(test.db.size() == 1);
            test.erase(key);
            REQUIRE(test.db.takeContents()->slab.usedBytes() == 0);
          }
        }
      }
    }
  }
}

TEST_CASE("a string set with a deadline is due at that time whatever was there before") {
  const KeyHasher hasher(testSecret());
  for (const std::string& before : kValues) {
    for (const std::string& after : kValues) {
      for (const bool had_deadline : {false, true}) {
        TestDatabase test(hasher);
        test.set("k", before);
        if (had_deadline) test.expire("k", kDeadline + 500);
        const Entry* set =
            test.db.setStringUntil(test.hashOf("k"), "k", test.find("k"), after, kDeadline, 3);
        REQUIRE((test.text("k") == after));
        REQUIRE(set->deadline() == kDeadline);
        REQUIRE(set->access() == 3);
        REQUIRE(test.db.volatileCount() == 1);
        REQUIRE(test.db.table().nextDeadline() == kDeadline);
      }
    }
  }
  TestDatabase test(hasher);
  test.db.setStringUntil(test.hashOf("new"), "new", {}, "v", kDeadline, 3);
  CHECK(test.entry("new").deadline() == kDeadline);
  CHECK(test.db.table().nextDeadline() == kDeadline);
}

TEST_CASE("text that looks like an integer is kept as text when asked for") {
  const KeyHasher hasher(testSecret());
  for (const std::string& value : kValues) {
    TestDatabase test(hasher);
    test.set("k", "before");
    test.expire("k", kDeadline);
    test.db.setText(test.hashOf("k"), "k", test.find("k"), value, 9);
    CHECK((test.text("k") == value));
    CHECK(test.encoding("k") == (value.size() <= 44 ? "embstr" : "raw"));
    CHECK(test.entry("k").deadline() == kDeadline);
    CHECK(test.entry("k").access() == 9);
  }
}

TEST_CASE("a value that fits the entry is written where it stands") {
  const KeyHasher hasher(testSecret());
  TestDatabase test(hasher);
  const Entry* first = test.set("key", "12345");
  CHECK(test.set("key", "54321") == first);
  first = test.set("key", "seven b");
  CHECK(test.set("key", "six by") == first);
  CHECK(test.text("key") == "six by");
  CHECK(test.set("key", "much longer than before") != first);
}

TEST_CASE("an integer keeps deadline and access bits when it changes") {
  const KeyHasher hasher(testSecret());
  const int64_t values[] = {0,
                            Entry::kSmallIntegerMax,
                            Entry::kSmallIntegerMax + 1,
                            Entry::kSmallIntegerMin,
                            Entry::kSmallIntegerMin - 1,
                            std::numeric_limits<int64_t>::max(),
                            std::numeric_limits<int64_t>::min()};
  for (const std::string& before : kValues) {
    for (const int64_t value : values) {
      for (const bool has_deadline : {false, true}) {
        TestDatabase test(hasher);
        test.set("k", before, false, 77);
        if (has_deadline) test.expire("k", kDeadline);
        const Entry* set = test.db.setInteger(test.find("k"), value);
        CAPTURE(before.size(), value, has_deadline);
        REQUIRE(set == &test.entry("k"));
        REQUIRE(set->integer() == value);
        REQUIRE(test.text("k") == std::to_string(value));
        REQUIRE(test.encoding("k") == "int");
        REQUIRE(set->access() == 77);
        REQUIRE(set->deadline() == (has_deadline ? kDeadline : kNever));
        REQUIRE(test.db.volatileCount() == (has_deadline ? 1U : 0U));
      }
    }
  }
}

TEST_CASE("a counter that crosses the limit of 24 bits moves once") {
  const KeyHasher hasher(testSecret());
  TestDatabase test(hasher);
  const uint64_t hash = test.hashOf("k");
  const Entry* small = test.db.createInteger(hash, "k", Entry::kSmallIntegerMax, 5);
  CHECK(small->access() == 5);
  const Entry* large = test.db.setInteger(test.find("k"), Entry::kSmallIntegerMax + 1);
  CHECK(large->encoding() == Encoding::kInteger);
  CHECK(test.db.setInteger(test.find("k"), Entry::kSmallIntegerMax) == large);
  CHECK(test.db.setInteger(test.find("k"), Entry::kSmallIntegerMax + 1) == large);
  CHECK(large->access() == 5);
}

TEST_CASE("a string made mutable keeps its bytes, is padded with zeros and counts as raw") {
  const KeyHasher hasher(testSecret());
  for (const std::string& before : kValues) {
    for (const size_t length : {size_t{0}, size_t{1}, size_t{5}, size_t{100}, size_t{60000}}) {
      for (const bool has_deadline : {false, true}) {
        TestDatabase test(hasher);
        test.set("k", before, false, 8);
        if (has_deadline) test.expire("k", kDeadline);
        StringBuffer* buffer = test.db.mutableString(test.find("k"), length);
        std::string expected = before;
        if (length > expected.size()) expected.resize(length);
        CAPTURE(before.size(), length, has_deadline);
        REQUIRE((buffer->view() == expected));
        REQUIRE((test.text("k") == expected));
        REQUIRE(test.encoding("k") == "raw");
        REQUIRE(test.entry("k").access() == 8);
        REQUIRE(test.entry("k").deadline() == (has_deadline ? kDeadline : kNever));
      }
    }
  }
}

TEST_CASE("a string appended to again and again is rarely copied and never shows old bytes") {
  const KeyHasher hasher(testSecret());
  TestDatabase test(hasher);
  test.set("k", "");
  std::string expected;
  const StringBuffer* last = nullptr;
  int moves = 0;
  for (int i = 0; i < 20000; ++i) {
    StringBuffer* buffer = test.db.mutableString(test.find("k"), expected.size() + 2);
    REQUIRE(buffer->data()[expected.size()] == '\0');
    buffer->data()[expected.size()] = static_cast<char>('a' + i % 26);
    expected += static_cast<char>('a' + i % 26);
    expected += '\0';
    moves += buffer == last ? 0 : 1;
    last = buffer;
  }
  CHECK((test.text("k") == expected));
  CHECK(moves < 25);
}

TEST_CASE("bytes beyond a string's end that were in use before come back as zeros") {
  const KeyHasher hasher(testSecret());
  TestDatabase test(hasher);
  test.set("k", "x");
  StringBuffer* buffer = test.db.mutableString(test.find("k"), 100);
  std::memset(buffer->data(), 'x', 100);
  buffer->length = 10;
  buffer = test.db.mutableString(test.find("k"), 100);
  std::string expected(100, '\0');
  expected.replace(0, 10, 10, 'x');
  CHECK(buffer->view() == expected);
}

}  // namespace
}  // namespace inkstone::testing
