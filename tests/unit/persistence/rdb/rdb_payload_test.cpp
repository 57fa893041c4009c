#include "persistence/rdb/rdb_payload.h"

#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

#include "persistence/rdb/rdb_format.h"
#include "tests/unit/persistence/rdb/rdb_bytes.h"
#include "tests/unit/persistence/rdb/rdb_random.h"
#include "tests/unit/persistence/rdb/rdb_world.h"

namespace inkstone::test {
namespace {

std::string hexDigits(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    text += kDigits[static_cast<unsigned char>(c) >> 4];
    text += kDigits[static_cast<unsigned char>(c) & 15];
  }
  return text;
}

// The value in a payload, or the reason why it is refused.
std::string restored(const std::string& payload) {
  RdbWorld world;
  RdbPayloadReader reader(payload, world.rules());
  RdbValue value;
  if (!reader.read(value)) return "refused: " + reader.error().reason;
  Database& db = world.db();
  if (value.isString()) {
    world.string("k", value.string());
  } else {
    db.insertValue(db.hashOf("k"), "k", value.release(), 0);
  }
  return world.describe("k");
}

}  // namespace

TEST_CASE("a payload is what Redis 7.0 gives for the same value, byte for byte", "[rdb]") {
  RdbWorld world;
  world.string("string", "hello");
  world.hash("hash", {{"f", "v"}});
  world.list("list", {"a", "1"});
  world.set("integers", {"1", "2", "300"});
  world.zset("zset", {{"a", 1}, {"b", 2}});
  for (const auto& [key, expected] : std::vector<std::pair<std::string, std::string>>{
           {"string", "000568656c6c6f0a006372df766534200a"},
           {"hash", "100d0d0000000200816602817602ff0a0020f13d442354089d"},
           {"list", "1201020c0c00000002008161020101ff0a0094962b23ac17aa85"},
           {"integers", "0b0e0200000003000000010002002c010a00e510b28e7b9529aa"},
           {"zset", "111111000000040081610201018162020201ff0a00ba07f224a9d28f55"}}) {
    CHECK(hexDigits(dumpPayload(*world.entry(key), world.rules(), {})) == expected);
  }
}

TEST_CASE("payloads of random values come back", "[rdb]") {
  inkstone::testing::SeededRandom random("rdb payloads");
  for (int round = 0; round < 300; ++round) {
    RdbWorld world;
    addAtRandom(world, "k", random);
    RdbWriteSettings settings;
    settings.compress = random.below(2) == 0;
    settings.checksum = random.below(2) == 0;
    settings.version = random.below(2) == 0 ? 10 : 11;
    const std::string payload = dumpPayload(*world.entry("k"), world.rules(), settings);
    REQUIRE(isPayloadValid(payload, true));
    REQUIRE(restored(payload) == world.describe("k"));
  }
}

TEST_CASE("a payload with another checksum or version is not valid", "[rdb]") {
  RdbWorld world;
  world.string("k", "hello");
  const std::string payload = dumpPayload(*world.entry("k"), world.rules(), {});
  REQUIRE(isPayloadValid(payload, true));
  for (size_t i = 0; i < payload.size(); ++i) {
    std::string changed = payload;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    CHECK_FALSE(isPayloadValid(changed, true));
  }
  for (size_t end = 0; end < payload.size(); ++end) {
    CHECK_FALSE(isPayloadValid(payload.substr(0, end), true));
  }
  std::string changed = payload;
  changed.back() = static_cast<char>(changed.back() ^ 1);
  CHECK(isPayloadValid(changed, false));
  changed[payload.size() - 10] = 12;
  CHECK_FALSE(isPayloadValid(changed, false));
  CHECK_FALSE(isPayloadValid("", false));
}

TEST_CASE("a payload holds one sound value and nothing behind it", "[rdb]") {
  RdbWorld world;
  world.set("k", {"a", "b"});
  const std::string payload = dumpPayload(*world.entry("k"), world.rules(), {});
  std::string longer = payload;
  longer.insert(payload.size() - 10, "x");
  CHECK(restored(longer) == "refused: more than one value");
  for (size_t length = 0; length < payload.size(); ++length) {
    CHECK(restored(payload.substr(0, length)).starts_with("refused: "));
  }
  CHECK(restored(std::string("\x02\x00", 2) + std::string(10, '\0')) ==
        "refused: a value without elements");
}

TEST_CASE("a payload of Valkey 9 is one of version 11", "[rdb]") {
  const std::string sound = RdbBytes().byte(0).string("v").little(80, 2).bytes();
  const auto withChecksum = [](const std::string& bytes) {
    return RdbBytes().raw(bytes).little(rdbChecksum(0, bytes), 8).bytes();
  };
  CHECK(isPayloadValid(withChecksum(sound), true));
  CHECK(restored(withChecksum(sound)) == "string \"v\"");
  // A hash with deadlines of fields is a type of its own.
  const std::string hash =
      RdbBytes().byte(22).length(1).string("f").string("v").little(80, 2).bytes();
  CHECK(isPayloadValid(withChecksum(hash), true));
  CHECK(restored(withChecksum(hash)).starts_with("refused: "));
  for (const uint64_t version : {12U, 13U, 15U, 79U, 81U}) {
    CHECK_FALSE(isPayloadValid(
        withChecksum(RdbBytes().byte(0).string("v").little(version, 2).bytes()), true));
  }
}

}  // namespace inkstone::test
