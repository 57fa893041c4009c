#include "storage/hash_table.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <numeric>

#include "tests/unit/storage/table_world.h"

namespace inkstone::testing {
namespace {

TEST_CASE("an empty table finds nothing, visits nothing and takes no memory") {
  TestTable table{NodeTraits{}};
  CHECK_FALSE(table.find(0, "k"));
  CHECK_FALSE(table.find(~uint64_t{0}, "k"));
  CHECK(table.size() == 0);
  CHECK(table.memoryBytes() == 0);
  CHECK(table.slotCount() == 0);
  CHECK(table.scan(0, [](Node*) { FAIL(); }) == 0);
  CHECK(table.visitDue(
      kNever, [](Node*) { FAIL(); }, [] { return true; }));
  CHECK(table.nextDeadline() == kNever);
  SeededRandom random("an empty table");
  CHECK(table.randomNode(random) == nullptr);
  table.prefetchBucket(1);
  table.prefetchNode(1);
  table.clear();
}

TEST_CASE("a node is found by its hash and key, not by one of them") {
  TableWorld world(fewValuesHash);
  Node* one = world.insert(1);
  Node* same_hash = world.insert(65);
  REQUIRE(one->hash == same_hash->hash);
  CHECK(world.find(1).node() == one);
  CHECK(world.find(65).node() == same_hash);
  CHECK_FALSE(world.find(129));
  CHECK_FALSE(world.table.find(goodHash(2), one->key));
}

TEST_CASE("a node replaced in its slot is found under the same key") {
  TableWorld world(goodHash);
  Node* one = world.insert(1);
  Node other = *one;
  world.find(1).replace(&other);
  CHECK(world.find(1).node() == &other);
  CHECK(world.table.size() == 1);
}

TEST_CASE(
    "a table grows from one bucket and keeps between 70 and 93 per cent of its slots in use") {
  TableWorld world(goodHash);
  for (uint64_t n = 0; n < 20000; ++n) {
    world.insert(n);
    const double load =
        static_cast<double>(world.table.size()) / static_cast<double>(world.table.slotCount());
    CAPTURE(n, load);
    if (load > 0.931) FAIL("too full");
    // Up to eight buckets a step is more than a fifth.
    if (n > 200 && load < 0.70) FAIL("too empty");
  }
  CHECK(world.disagreement() == "");
  CHECK(world.table.segmentCount() >= 10);
}

TEST_CASE("a table shrinks when it empties and gives its memory back") {
  TableWorld world(goodHash);
  for (uint64_t n = 0; n < 20000; ++n) world.insert(n);
  const size_t full_bytes = world.table.memoryBytes();
  while (world.alive.size() > 1000) world.erase(world.alive.back());
  CHECK(world.disagreement() == "");
  CHECK(world.table.memoryBytes() < full_bytes / 6);
  while (!world.alive.empty()) world.erase(world.alive.back());
  CHECK(world.table.segmentCount() == 1);
  CHECK(world.table.slotCount() == HashBucket::kSlots);
  CHECK(world.disagreement() == "");
  world.table.clear();
  CHECK(world.table.memoryBytes() == 0);
  world.insert(1);
  CHECK(world.disagreement() == "");
}

TEST_CASE("while growth is off segments fill all but one slot, none shrinks, all is found") {
  TableWorld world(goodHash);
  for (uint64_t n = 0; n < 5000; ++n) world.insert(n);
  const size_t slots = world.table.slotCount();
  const size_t segments = world.table.segmentCount();
  world.table.allowResize(false);
  uint64_t n = 5000;
  while (world.table.slotCount() == slots) world.insert(n++);
  const double load = static_cast<double>(world.table.size()) / static_cast<double>(slots);
  CHECK(load > 0.935);
  CHECK(world.disagreement() == "");
  const size_t slots_full = world.table.slotCount();
  while (world.alive.size() > 10) world.erase(world.alive.back());
  CHECK(world.table.slotCount() == slots_full);
  CHECK(world.table.segmentCount() >= segments);
  CHECK(world.disagreement() == "");
  world.table.allowResize(true);
  while (world.alive.size() > 1) world.erase(world.alive.back());
  CHECK(world.table.slotCount() < slots_full);
  CHECK(world.disagreement() == "");
}

TEST_CASE("a table that grew while growth was off goes back to its load once it is on") {
  TableWorld world(goodHash);
  world.table.allowResize(false);
  uint64_t n = 0;
  while (n < 3000) world.insert(n++);
  world.table.allowResize(true);
  while (n < 9000) world.insert(n++);
  CHECK(world.table.size() * 100 <= world.table.slotCount() * 94);
  CHECK(world.disagreement() == "");
}

TEST_CASE("as many nodes of one hash as fit a segment are kept apart and leave no trace") {
  for (const HashFunction hash : {lastBucketHash, zeroTagHash}) {
    TableWorld world(hash);
    for (uint64_t n = 0; n < 1500; ++n) world.insert(n);
    CHECK(world.disagreement() == "");
    SeededRandom random("as many nodes of one hash");
    while (world.alive.size() > 700) world.erase(world.alive[random.below(world.alive.size())]);
    CHECK(world.disagreement() == "");
    for (uint64_t n = 2000; n < 2500; ++n) world.insert(n);
    CHECK(world.disagreement() == "");
    while (!world.alive.empty()) world.erase(world.alive[random.below(world.alive.size())]);
    CHECK_FALSE(world.find(0));
    CHECK(world.disagreement() == "");
  }
}

TEST_CASE("segment sizes are the allocator's size classes") {
  uint32_t last = 0;
  for (size_t entries = 1; entries <= 2000; ++entries) {
    const uint32_t buckets = HashSegment::bucketsFor(entries, 93);
    REQUIRE(buckets >= last);
    last = buckets;
    const size_t lines = buckets + HashSegment::kHeaderLines;
    const size_t step = lines <= 8 ? 1 : std::bit_floor(lines - 1) / 4;
    CAPTURE(entries, lines);
    REQUIRE(lines % step == 0);
  }
  CHECK(last == HashSegment::kBucketsMax);
}

TEST_CASE("the first tag of a bucket is the smallest that is at home there") {
  for (const uint32_t buckets : {1U, 2U, 3U, 5U, 29U, 61U, 253U}) {
    HashSegment* segment = HashSegment::create(buckets, 0, 0);
    for (uint32_t bucket = 0; bucket < buckets; ++bucket) {
      const uint32_t first = segment->firstTag(bucket);
      CAPTURE(buckets, bucket);
      CHECK(segment->home(first) == bucket);
      if (first > 0) CHECK(segment->home(first - 1) == bucket - 1);
    }
    CHECK(segment->firstTag(buckets) == 65536);
    HashSegment::destroy(segment);
  }
}

TEST_CASE("a table made ready for its nodes takes them without growing, in any order") {
  for (const uint64_t nodes : {0U, 1U, 7U, 500U, 1700U, 1800U, 20000U}) {
    CAPTURE(nodes);
    TableWorld world(goodHash);
    world.table.reserve(nodes);
    const size_t slots = world.table.slotCount();
    const size_t segments = world.table.segmentCount();
    CHECK(slots > nodes);
    CHECK((nodes < 50 || slots < nodes * 3));
    std::vector<uint64_t> numbers(nodes);
    std::iota(numbers.begin(), numbers.end(), uint64_t{0});
    std::sort(numbers.begin(), numbers.end(),
              [](uint64_t a, uint64_t b) { return goodHash(a) < goodHash(b); });
    for (const uint64_t number : numbers) world.insert(number);
    CHECK(world.table.segmentCount() == segments);
    CHECK(world.disagreement() == "");
    while (!world.alive.empty()) world.erase(world.alive.back());
    CHECK(world.disagreement() == "");
  }
}

TEST_CASE("a table that has nodes is not made ready for others") {
  TableWorld world(goodHash);
  world.insert(1);
  const size_t slots = world.table.slotCount();
  world.table.reserve(10000);
  CHECK(world.table.slotCount() == slots);
  CHECK(world.disagreement() == "");
}

TEST_CASE("a walk over a table ends when the visitor wants it to") {
  TableWorld world(goodHash);
  for (uint64_t n = 0; n < 5000; ++n) world.insert(n);
  size_t visited = 0;
  world.table.forEachWhile([&](const Node*) { return ++visited < 3000; });
  CHECK(visited == 3000);
}

}  // namespace
}  // namespace inkstone::testing
