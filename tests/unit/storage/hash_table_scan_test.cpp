#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/unit/storage/table_world.h"

namespace inkstone::testing {
namespace {

constexpr uint64_t kStableNodes = 500;

// Visits per node of one complete scan; between its steps `between` may change the table.
template <class Between>
std::unordered_map<uint64_t, int> scanAll(TableWorld& world, Between between) {
  std::unordered_map<uint64_t, int> visits;
  uint64_t cursor = 0;
  do {
    cursor = world.table.scan(cursor, [&](Node* node) {
      // Only what is in the table may be handed out.
      REQUIRE(world.model.at(node->number).get() == node);
      ++visits[node->number];
    });
    cursor = between(cursor);
  } while (cursor != 0);
  return visits;
}

TEST_CASE("a scan of a table at rest returns everything once, in steps of few nodes") {
  for (const uint64_t count : {1U, 7U, 8U, 9U, 100U, 2000U, 10000U}) {
    TableWorld world(goodHash);
    for (uint64_t n = 0; n < count; ++n) world.insert(n);
    uint64_t steps = 0;
    const auto visits = scanAll(world, [&](uint64_t cursor) {
      ++steps;
      return cursor;
    });
    CAPTURE(count, steps);
    CHECK(visits.size() == count);
    CHECK(std::all_of(visits.begin(), visits.end(), [](const auto& v) { return v.second == 1; }));
    CHECK(steps * HashBucket::kSlots >= count);
    CHECK(steps <= world.table.slotCount() / HashBucket::kSlots);
  }
}

TEST_CASE("cursors only go forward and end at 0") {
  TableWorld world(goodHash);
  for (uint64_t n = 0; n < 5000; ++n) world.insert(n);
  uint64_t last = 0;
  scanAll(world, [&](uint64_t cursor) {
    if (cursor != 0) {
      REQUIRE(cursor > last);
      REQUIRE(cursor < uint64_t{1} << 48);
    }
    last = cursor;
    return cursor;
  });
}

TEST_CASE("a scan may begin anywhere, with a cursor no scan has given") {
  TableWorld world(goodHash);
  for (uint64_t n = 0; n < 3000; ++n) world.insert(n);
  SeededRandom random("a scan may begin anywhere");
  CAPTURE(random.seed());
  for (int i = 0; i < 2000; ++i) {
    const uint64_t cursor = random();
    const uint64_t next = world.table.scan(cursor, [](Node*) {});
    const uint64_t position = cursor & ((uint64_t{1} << 48) - 1);
    REQUIRE((next == 0 || next > position));
  }
}

// Scans while other nodes come and go by thousands; returns how many of those that were there all
// the time were missed. Broken, the cursor is pushed on a little now and then.
uint64_t missedUnderChange(SeededRandom& random, HashFunction hash, uint64_t noise_max,
                           bool broken) {
  TableWorld world(hash);
  for (uint64_t n = 0; n < kStableNodes; ++n) world.insert(n);
  uint64_t next_noise = kStableNodes;
  bool growing = random.below(2) == 0;
  const auto churn = [&] {
    for (uint64_t i = random.below(noise_max / 8); i > 0; --i) {
      if (growing) {
        if (world.alive.size() < noise_max) world.insert(next_noise++);
      } else {
        Node* node = world.alive[random.below(world.alive.size())];
        if (node->number >= kStableNodes) world.erase(node);
      }
    }
    if (world.alive.size() >= noise_max || random.below(10) == 0) growing = !growing;
  };
  for (int i = 0; i < 20; ++i) churn();
  const auto visits = scanAll(world, [&](uint64_t cursor) {
    if (random.below(8) == 0) churn();
    if (random.below(100) == 0) world.table.allowResize(random.below(2) == 0);
    if (broken && cursor != 0 && random.below(10) == 0) cursor += uint64_t{1} << 38;
    return cursor >> 48 != 0 ? 0 : cursor;
  });
  uint64_t missed = 0;
  for (uint64_t n = 0; n < kStableNodes; ++n) missed += visits.contains(n) ? 0 : 1;
  return missed;
}

TEST_CASE("a scan returns whatever is there throughout while the table grows and shrinks") {
  SeededRandom random("a scan returns whatever is there throughout while the table changes");
  CAPTURE(random.seed());
  for (int round = 0; round < 10; ++round) {
    CHECK(missedUnderChange(random, goodHash, 8000, false) == 0);
    CHECK(missedUnderChange(random, goodHash, 1500, false) == 0);
    CHECK(missedUnderChange(random, clusteredHash, 4000, false) == 0);
  }
}

TEST_CASE("a scan returns whatever is there throughout when hashes collide on purpose") {
  SeededRandom random("a scan returns whatever is there throughout when hashes collide");
  CAPTURE(random.seed());
  for (int round = 0; round < 3; ++round) {
    CHECK(missedUnderChange(random, fewValuesHash, 2500, false) == 0);
    CHECK(missedUnderChange(random, lastBucketHash, 1000, false) == 0);
  }
}

TEST_CASE("a scan that began in a large table is complete after all but the last nodes are gone") {
  TableWorld world(goodHash);
  for (uint64_t n = 0; n < 20000; ++n) world.insert(n);
  uint64_t steps = 0;
  const auto visits = scanAll(world, [&](uint64_t cursor) {
    if (++steps == 100) {
      for (uint64_t n = kStableNodes; n < 20000; ++n) world.erase(world.model.at(n).get());
    }
    return cursor;
  });
  for (uint64_t n = 0; n < kStableNodes; ++n) REQUIRE(visits.contains(n));
  CHECK(steps < 1000);
}

TEST_CASE("canary: a scan that skips is noticed") {
  SeededRandom random("canary: a scan that skips is noticed");
  uint64_t missed = 0;
  for (int round = 0; round < 3; ++round) {
    missed += missedUnderChange(random, goodHash, 4000, true);
  }
  CHECK(missed > 0);
}

}  // namespace
}  // namespace inkstone::testing
