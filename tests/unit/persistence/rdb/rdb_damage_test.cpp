// Damage ends in an error or in a data set that is whole in itself, never in anything else.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/unit/persistence/rdb/rdb_bytes.h"
#include "tests/unit/persistence/rdb/rdb_random.h"
#include "tests/unit/persistence/rdb/rdb_world.h"

namespace inkstone::test {
namespace {

RdbWriteSettings withoutChecksum(uint32_t version) {
  RdbWriteSettings settings;
  settings.checksum = false;
  settings.version = version;
  return settings;
}

// A key of each encoding, as small as it gets.
void fillSmall(RdbWorld& world) {
  EncodingRules rules = world.rules();
  rules.hash_max_listpack_entries = rules.set_max_listpack_entries = 3;
  rules.zset_max_listpack_entries = 3;
  world.keyspace.setEncodingRules(rules);
  world.string("string", "value");
  world.string("integer", "12345");
  world.string("packed", std::string(40, 'p'));
  world.expire("string", 1'000'000);
  world.list("list", {"a", "-1", "c"});
  world.list("nodes", {"a", std::string(9000, 'n'), "b"});
  world.set("integers", {"1", "2", "70000"});
  world.set("set", {"a", "5"});
  world.set("table", {"a", "b", "c", "d"});
  world.hash("hash", {{"f", "v"}, {"g", "1"}});
  world.hash("fields", {{"a", "1"}, {"b", "2"}, {"c", "3"}, {"d", "4"}});
  world.database = 2;
  world.zset("zset", {{"a", 1}, {"b", 1.5}});
  world.zset("tree", {{"a", 1}, {"b", 2}, {"c", 3}, {"d", 4}});
}

// A data set that was loaded can be saved, and loads again as the same data set.
void checkWhole(RdbWorld& world) {
  RdbWorld again;
  REQUIRE(again.load(world.save()));
  REQUIRE((again.describe() == world.describe()));
}

RdbLoadSettings unverified() {
  RdbLoadSettings settings;
  settings.verify_checksum = false;
  return settings;
}

}  // namespace

TEST_CASE("no beginning of a file is a file", "[rdb]") {
  RdbWorld world;
  fillSmall(world);
  for (const uint32_t version : {10U, 11U}) {
    const std::string bytes = world.save(withoutChecksum(version));
    for (size_t end = 0; end < bytes.size(); ++end) {
      // The block has exactly the size of its content, so that a read behind the end is found.
      const std::vector<char> part(bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(end));
      RdbWorld other;
      INFO(end);
      REQUIRE_FALSE(other.load({part.data(), part.size()}));
      REQUIRE(other.error.kind == RdbError::Kind::kTruncated);
      REQUIRE(other.error.offset <= end);
    }
  }
}

TEST_CASE("any changed byte gives an error or a whole data set", "[rdb]") {
  RdbWorld world;
  fillSmall(world);
  inkstone::testing::SeededRandom random("rdb damage");
  for (const uint32_t version : {10U, 11U}) {
    const std::string bytes = world.save(withoutChecksum(version));
    size_t refused = 0;
    for (size_t i = 0; i < bytes.size(); ++i) {
      for (const int flip : {1, 0x80, 0xff, 1 + static_cast<int>(random.below(255))}) {
        std::vector<char> changed(bytes.begin(), bytes.end());
        changed[i] = static_cast<char>(changed[i] ^ flip);
        RdbWorld other;
        INFO(i);
        if (!other.load({changed.data(), changed.size()}, unverified())) {
          REQUIRE_FALSE(other.error.reason.empty());
          REQUIRE(other.error.offset <= bytes.size());
          ++refused;
        } else {
          checkWhole(other);
        }
      }
    }
    // Most bytes are text that may be anything; the others must not go unnoticed.
    CHECK(refused > bytes.size());
  }
}

TEST_CASE("with a checksum no changed byte goes unnoticed", "[rdb]") {
  RdbWorld world;
  fillSmall(world);
  const std::string bytes = world.save();
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::string changed = bytes;
    changed[i] = static_cast<char>(changed[i] ^ 4);
    RdbWorld other;
    INFO(i);
    REQUIRE_FALSE(other.load(changed));
  }
}

TEST_CASE("a length is compared with the bytes that are left before memory is taken", "[rdb]") {
  const uint64_t huge = uint64_t{1} << 40;
  const auto refused = [](const RdbBytes& bytes) {
    RdbWorld world;
    REQUIRE_FALSE(world.load(bytes.bytes()));
    return world.error.reason;
  };
  CHECK(refused(RdbBytes(10).byte(0).byte(0x81).big(huge, 8)) ==
        "a string longer than the rest of the bytes");
  for (const int type : {1, 2, 3, 4, 5, 14, 18}) {
    CHECK(refused(RdbBytes(10).key(type, "k").byte(0x81).big(huge, 8)) ==
          "more elements than there are bytes");
  }
  CHECK(refused(RdbBytes(10).key(0, "k").byte(0xc3).length(2).byte(0x81).big(huge, 8).raw("ab")) ==
        "a compressed string with an impossible length");
  CHECK(refused(RdbBytes(10).key(0, "k").byte(0xc3).length(2).length(177).raw("ab")) ==
        "a compressed string with an impossible length");
  CHECK(refused(RdbBytes(10).key(0, "k").byte(0xc3).length(2).length(100).raw("ab")) ==
        "a compressed string that does not unpack");
  CHECK(refused(RdbBytes(10).key(0, "k").byte(0xc3).length(2).length(0).raw("ab")) ==
        "a compressed string with an impossible length");
  CHECK(refused(RdbBytes(10).key(0, "k").byte(0xc4)) == "a string in an unknown form");
  CHECK(refused(RdbBytes(10).key(0, "k").byte(0x82)) == "a length in an unknown form");
  CHECK(refused(RdbBytes(10).key(1, "k").byte(0xc0).byte(1)) ==
        "an encoded string where a length should be");
}

TEST_CASE("many changed bytes give an error or a whole data set", "[rdb]") {
  inkstone::testing::SeededRandom random("rdb random damage");
  for (int round = 0; round < 80; ++round) {
    RdbWorld world;
    world.database = 0;
    for (int i = 0; i < 4; ++i) addAtRandom(world, "key " + std::to_string(i), random);
    std::string bytes = world.save(withoutChecksum(round % 2 == 0 ? 10 : 11));
    for (size_t i = 1 + random.below(4); i > 0; --i) {
      bytes[random.below(bytes.size())] = static_cast<char>(random());
    }
    RdbWorld other;
    if (other.load(bytes, unverified())) checkWhole(other);
  }
}

}  // namespace inkstone::test
