#include <catch2/catch.hpp>

#include "tests/unit/storage/table_world.h"

namespace inkstone::testing {
namespace {

const auto kGoOn = [] { return true; };

// Numbers of the nodes visited as due; erases them when asked to.
std::unordered_set<uint64_t> visitAll(TableWorld& world, int64_t now, bool erase) {
  std::unordered_set<uint64_t> visited;
  const bool complete = world.table.visitDue(
      now,
      [&](Node* node) {
        REQUIRE(visited.insert(node->number).second);
        if (erase) world.erase(node);
      },
      kGoOn);
  CHECK(complete);
  return visited;
}

std::unordered_set<uint64_t> dueNow(const TableWorld& world, int64_t now) {
  std::unordered_set<uint64_t> due;
  for (const Node* node : world.alive) {
    if (node->deadline < now) due.insert(node->number);
  }
  return due;
}

void fill(TableWorld& world, uint64_t count, int64_t deadline_step) {
  for (uint64_t n = 0; n < count; ++n) {
    world.setDeadline(world.insert(n), 1000 + static_cast<int64_t>(n) * deadline_step);
  }
}

TEST_CASE("a node is due when its deadline is before now, not at it") {
  TableWorld world(goodHash);
  world.setDeadline(world.insert(1), 1000);
  CHECK(world.table.nextDeadline() == 1000);
  CHECK(visitAll(world, 1000, false).empty());
  CHECK(visitAll(world, 1001, false) == std::unordered_set<uint64_t>{1});
}

TEST_CASE("nodes without a deadline are never due") {
  TableWorld world(goodHash);
  for (uint64_t n = 0; n < 3000; ++n) world.insert(n);
  world.setDeadline(world.insert(3000), 5);
  CHECK(visitAll(world, kNever, true) == std::unordered_set<uint64_t>{3000});
  CHECK(world.table.nextDeadline() == kNever);
}

TEST_CASE("deadlines are found after rebuilds and splits on the way up") {
  TableWorld world(goodHash);
  fill(world, 500, 1);
  for (uint64_t n = 1000; n < 10000; ++n) world.insert(n);
  REQUIRE(world.table.segmentCount() > 4);
  const auto due = dueNow(world, 1250);
  CHECK(due.size() == 250);
  CHECK(visitAll(world, 1250, true) == due);
  CHECK(world.table.nextDeadline() == 1250);
  CHECK(visitAll(world, 2000, true).size() == 250);
}

TEST_CASE("deadlines are found after shrinking and merging") {
  TableWorld world(goodHash);
  for (uint64_t n = 1000; n < 10000; ++n) world.insert(n);
  fill(world, 200, 1);
  for (uint64_t n = 1000; n < 10000; ++n) world.erase(world.model.at(n).get());
  REQUIRE(world.table.segmentCount() <= 2);
  CHECK(visitAll(world, 1100, true).size() == 100);
  CHECK(visitAll(world, 2000, true).size() == 100);
  CHECK(world.alive.empty());
}

TEST_CASE("all that is due is visited at once though erasing it merges the segments") {
  TableWorld world(goodHash);
  fill(world, 20000, 1);
  const size_t segments = world.table.segmentCount();
  REQUIRE(segments > 10);
  const auto due = dueNow(world, 20500);
  CHECK(visitAll(world, 20500, true) == due);
  CHECK(world.table.segmentCount() < segments);
  CHECK(world.alive.size() == 500);
  CHECK(world.table.nextDeadline() >= 20500);
  CHECK(world.disagreement() == "");
}

TEST_CASE("a visit that is stopped goes on where there is something left") {
  TableWorld world(goodHash);
  fill(world, 5000, 1);
  int calls = 0;
  uint64_t visited = 0;
  bool complete = false;
  while (!complete) {
    ++calls;
    complete = world.table.visitDue(
        100000,
        [&](Node* node) {
          ++visited;
          world.erase(node);
        },
        [] { return false; });
    REQUIRE(calls < 5000);
  }
  CHECK(visited == 5000);
  CHECK(calls > 20);
  CHECK(world.alive.empty());
  CHECK(world.table.nextDeadline() == kNever);
}

TEST_CASE("what the visitor leaves is visited again once it is noted") {
  TableWorld world(goodHash);
  fill(world, 100, 0);
  CHECK(visitAll(world, 1001, false).size() == 100);
  CHECK(visitAll(world, 1001, false).empty());
  for (Node* node : world.alive) world.setDeadline(node, 1000);
  CHECK(visitAll(world, 1001, false).size() == 100);
}

TEST_CASE("a deadline that was put off or taken away is not visited") {
  TableWorld world(goodHash);
  fill(world, 3000, 0);
  for (Node* node : world.alive) {
    if (node->number % 3 == 0) node->deadline = kNever;
    if (node->number % 3 == 1) world.setDeadline(node, 2000);
  }
  CHECK(visitAll(world, 1001, true).size() == 1000);
  CHECK(world.table.nextDeadline() == 2000);
  CHECK(visitAll(world, 2001, true).size() == 1000);
  CHECK(world.table.nextDeadline() == kNever);
}

TEST_CASE("a cleared table has no deadline") {
  TableWorld world(goodHash);
  fill(world, 10, 0);
  world.table.clear();
  CHECK(world.table.nextDeadline() == kNever);
}

// Time passes while nodes come, go, and change their deadlines. Returns the first disagreement.
// Broken, the table is not told of every deadline.
std::string run(SeededRandom& random, HashFunction hash, uint64_t nodes_max, bool broken) {
  TableWorld world(hash);
  int64_t now = 1000;
  uint64_t next = 0;
  bool growing = true;
  for (int round = 0; round < 60; ++round) {
    if (random.below(5) == 0) growing = !growing;
    for (uint64_t i = random.below(nodes_max / 4); i > 0; --i) {
      const uint64_t action = random.below(10);
      if (world.alive.size() < nodes_max && (world.alive.empty() || action < (growing ? 7 : 2))) {
        world.insert(next++);
        continue;
      }
      Node* node = world.alive[random.below(world.alive.size())];
      if (action < 8) {
        const int64_t deadline = now + static_cast<int64_t>(random.mostlySmall(5000));
        node->deadline = deadline;
        if (!broken || random.below(50) != 0) world.table.noteDeadline(node->hash, deadline);
      } else if (action < 9) {
        node->deadline = kNever;
      } else {
        world.erase(node);
      }
    }
    now += static_cast<int64_t>(random.below(1000));
    const auto due = dueNow(world, now);
    if (!due.empty() && world.table.nextDeadline() >= now) return "the next deadline is too late";
    if (visitAll(world, now, true) != due) return "visited is not what is due";
    if (world.table.nextDeadline() < now) return "the next deadline is in the past";
    const BrokenClaim claim = world.table.checkDeadlines();
    if (claim && !broken) return std::string(claim->text());
  }
  return world.disagreement();
}

TEST_CASE("over random changes exactly what is due is visited") {
  SeededRandom random("over random changes exactly what is due is visited");
  CAPTURE(random.seed());
  for (int i = 0; i < 3; ++i) {
    CHECK(run(random, goodHash, 10000, false) == "");
    CHECK(run(random, goodHash, 100, false) == "");
    CHECK(run(random, clusteredHash, 3000, false) == "");
    CHECK(run(random, lastBucketHash, 300, false) == "");
  }
}

TEST_CASE("canary: a deadline that was never noted is noticed") {
  SeededRandom random("canary: a deadline that was never noted is noticed");
  std::string wrong;
  for (int i = 0; i < 5 && wrong.empty(); ++i) wrong = run(random, goodHash, 1000, true);
  CHECK_FALSE(wrong.empty());
}

}  // namespace
}  // namespace inkstone::testing
