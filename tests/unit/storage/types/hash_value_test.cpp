#include "storage/types/hash_value.h"

#include <catch2/catch.hpp>
#include <map>
#include <string>
#include <vector>

#include "tests/unit/storage/types/value_fixture.h"

namespace inkstone::testing {
namespace {

using OwnedHash = Owned<HashValue>;

std::string encodingOf(const OwnedHash& hash) {
  return nameOf(hash->encoding());
}

std::string valueOf(const OwnedHash& hash, std::string_view field) {
  Element value;
  return hash->find(field, value) ? value.toString() : "no such field";
}

TEST_CASE("a hash becomes a table when it has more fields than hash-max-listpack-entries") {
  TestRules world;
  world.rules.hash_max_listpack_entries = GENERATE(0U, 1U, 512U);
  const size_t most = world.rules.hash_max_listpack_entries;
  OwnedHash hash(HashValue::create(), world.rules);
  for (size_t i = 0; i < most; ++i) REQUIRE(hash->set("f" + std::to_string(i), "v"));
  CHECK(encodingOf(hash) == "listpack");
  if (most > 0) CHECK_FALSE(hash->set("f0", "w"));
  CHECK(encodingOf(hash) == "listpack");
  CHECK(hash->set("one more", "12"));
  CHECK(encodingOf(hash) == "hashtable");
  CHECK(hash->size() == most + 1);
  CHECK(valueOf(hash, "one more") == "12");
  while (hash->size() > 0) {
    std::string field;
    hash->forEach([&](const Element& name, const Element&) { field = name.toString(); });
    REQUIRE(hash->erase(field));
  }
  CHECK(encodingOf(hash) == "hashtable");
}

TEST_CASE("a hash becomes a table for a field or value over hash-max-listpack-value") {
  TestRules world;
  world.rules.hash_max_listpack_value = 10;
  const auto after = [&](const std::string& field, const std::string& value) {
    OwnedHash hash(HashValue::create(), world.rules);
    hash->set("a", "1");
    hash->set(field, value);
    CHECK(valueOf(hash, field) == value);
    CHECK(valueOf(hash, "a") == (field == "a" ? value : "1"));
    return encodingOf(hash);
  };
  CHECK(after("0123456789", "0123456789") == "listpack");
  CHECK(after("0123456789x", "v") == "hashtable");
  CHECK(after("f", "0123456789x") == "hashtable");
  CHECK(after("a", "0123456789x") == "hashtable");
}

TEST_CASE("a hash expecting too much leaves its compact form at once") {
  const TestRules world;
  const auto after = [&](size_t fields, size_t longest) {
    OwnedHash hash(HashValue::create(), world.rules);
    hash->set("a", "1");
    hash->expect(fields, longest);
    CHECK(valueOf(hash, "a") == "1");
    return encodingOf(hash);
  };
  CHECK(after(512, 64) == "listpack");
  CHECK(after(513, 1) == "hashtable");
  CHECK(after(1, 65) == "hashtable");
  CHECK(after(0, 0) == "listpack");
}

TEST_CASE("a hash too large for a listpack becomes a table, whatever the rules allow") {
  TestRules world;
  world.rules.hash_max_listpack_value = SIZE_MAX;
  OwnedHash hash(HashValue::create(), world.rules);
  hash->set("a", "1");
  hash->expect(1, size_t{1} << 29);
  CHECK(encodingOf(hash) == "hashtable");
  OwnedHash fits(HashValue::create(), world.rules);
  fits->expect(1, size_t{1} << 28);
  CHECK(encodingOf(fits) == "listpack");
}

TEST_CASE("values of every length can replace each other") {
  TestRules world;
  world.rules.hash_max_listpack_entries = GENERATE(0U, 512U);
  world.rules.hash_max_listpack_value = 100'000;
  OwnedHash hash(HashValue::create(), world.rules);
  const std::vector<size_t> lengths = {0, 1, 30, 100, 117, 254, 255, 256, 1000, 70'000};
  const std::string long_field(300, 'f');
  hash->set("other", "untouched");
  for (const size_t from : lengths) {
    for (const size_t to : lengths) {
      for (const std::string& field : {std::string("f"), std::string(), long_field}) {
        CAPTURE(from, to, field.size());
        hash->set(field, std::string(from, 'x'));
        CHECK_FALSE(hash->set(field, std::string(to, 'y')));
        CHECK(valueOf(hash, field) == std::string(to, 'y'));
      }
    }
  }
  CHECK(valueOf(hash, "other") == "untouched");
  CHECK(hash->size() == 4);
}

TEST_CASE("a field that looks like a value is not taken for one") {
  TestRules world;
  world.rules.hash_max_listpack_entries = GENERATE(0U, 512U);
  OwnedHash hash(HashValue::create(), world.rules);
  hash->set("a", "b");
  hash->set("c", "12");
  CHECK_FALSE(hash->contains("b"));
  CHECK_FALSE(hash->contains("12"));
  CHECK_FALSE(hash->erase("b"));
  CHECK(hash->set("b", "a"));
  CHECK(hash->set("12", "x"));
  CHECK(valueOf(hash, "12") == "x");
  CHECK(valueOf(hash, "012") == "no such field");
  CHECK(hash->size() == 4);
  CHECK(hash->erase("a"));
  CHECK(valueOf(hash, "b") == "a");
}

TEST_CASE("a copy of a hash is another one in the same encoding") {
  TestRules world;
  const std::string value = GENERATE("1", std::string(100, 'x'), std::string(300, 'x'));
  OwnedHash hash(HashValue::create(), world.rules);
  for (int i = 0; i < 30; ++i) hash->set("f" + std::to_string(i), std::to_string(i));
  hash->set("last", value);
  OwnedHash copy(copyValue(hash->value(), world.rules), world.rules);
  CHECK(encodingOf(copy) == encodingOf(hash));
  hash->set("f7", "changed");
  hash->erase("f8");
  CHECK(copy->size() == 31);
  for (int i = 0; i < 30; ++i) CHECK(valueOf(copy, "f" + std::to_string(i)) == std::to_string(i));
  CHECK(valueOf(copy, "last") == value);
}

}  // namespace
}  // namespace inkstone::testing
