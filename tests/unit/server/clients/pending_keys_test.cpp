#include "server/clients/pending_keys.h"

#include <catch2/catch.hpp>
#include <unordered_map>

#include "tests/unit/seeded_random.h"

namespace inkstone {
namespace {

TEST_CASE("a key waits for its last write, another key for nothing") {
  PendingKeys keys;
  CHECK(keys.empty());
  keys.add(KeyHash(7), 100, 0);
  keys.add(KeyHash(7), 200, 0);
  CHECK_FALSE(keys.empty());
  CHECK(keys.offsetOf(KeyHash(7)) == 200);
  CHECK(keys.offsetOf(KeyHash(8)) == 0);
  CHECK(keys.lastOffset() == 200);
}

TEST_CASE("a write of unknown keys is one of every key") {
  PendingKeys keys;
  keys.add(KeyHash(7), 100, 0);
  keys.addUnknown(150);
  keys.add(KeyHash(9), 200, 0);
  CHECK(keys.offsetOf(KeyHash(7)) == 150);
  CHECK(keys.offsetOf(KeyHash(8)) == 150);
  CHECK(keys.offsetOf(KeyHash(9)) == 200);
}

TEST_CASE("what was cleared is not waited for any more") {
  PendingKeys keys;
  keys.add(KeyHash(7), 100, 0);
  keys.clear();
  CHECK(keys.empty());
  CHECK(keys.offsetOf(KeyHash(7)) <= 100);
  keys.add(KeyHash(8), 200, 100);
  CHECK(keys.offsetOf(KeyHash(7)) <= 100);
  CHECK(keys.offsetOf(KeyHash(8)) == 200);
}

TEST_CASE("random writes, acknowledgements and clearings agree with a plain map") {
  testing::SeededRandom random("pending keys");
  PendingKeys keys;
  std::unordered_map<uint64_t, uint64_t> model;
  uint64_t offset = 0;
  uint64_t acknowledged = 0;
  for (int step = 0; step < 300'000; ++step) {
    const uint64_t hash = (1 + random.below(20'000)) * 0x9E3779B97F4A7C15U;
    offset += 1 + random.below(50);
    keys.add(KeyHash(hash), offset, acknowledged);
    model[hash] = offset;
    if (random.below(10) == 0) acknowledged += random.below(offset - acknowledged + 1);
    if (random.below(50'000) == 0) {
      acknowledged = offset;
      keys.clear();
    }
    const uint64_t asked = (1 + random.below(20'000)) * 0x9E3779B97F4A7C15U;
    const auto found = model.find(asked);
    const uint64_t wanted = found == model.end() ? 0 : found->second;
    // Acknowledged offsets may be forgotten or not.
    if (wanted > acknowledged) {
      REQUIRE(keys.offsetOf(KeyHash(asked)) == wanted);
    } else {
      REQUIRE(keys.offsetOf(KeyHash(asked)) <= acknowledged);
    }
  }
}

TEST_CASE("what a huge command took is given back when it is acknowledged") {
  PendingKeys keys;
  const size_t before = keys.memoryBytes();
  for (uint64_t hash = 1; hash <= 100'000; ++hash) keys.add(KeyHash(hash), hash, 0);
  REQUIRE(keys.memoryBytes() > 100 * before);
  keys.clear();
  REQUIRE(keys.memoryBytes() == before);
  REQUIRE(keys.empty());
  keys.add(KeyHash(7), 100'001, 100'000);
  REQUIRE(keys.offsetOf(KeyHash(7)) == 100'001);
  REQUIRE(keys.offsetOf(KeyHash(8)) == 0);
}

}  // namespace
}  // namespace inkstone
