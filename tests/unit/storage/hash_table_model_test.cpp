#include <catch2/catch.hpp>

#include "tests/unit/storage/table_world.h"

namespace inkstone::testing {
namespace {

#ifdef NDEBUG
constexpr uint64_t kSteps = 1'000'000;
#else
constexpr uint64_t kSteps = 60'000;
#endif

struct Course {
  HashFunction hash;
  size_t nodes_max;
  // One erase in a hundred takes the node out of the model alone.
  bool broken = false;
};

void eraseOne(TableWorld& world, SeededRandom& random, bool broken) {
  Node* node = world.alive[random.below(world.alive.size())];
  if (broken && random.below(100) == 0) return world.forget(node);
  world.erase(node);
}

// One insert, erase or look-up; returns what a look-up got wrong.
std::string step(TableWorld& world, SeededRandom& random, const Course& course, bool growing) {
  const uint64_t action = random.below(100);
  const uint64_t number = random.below(course.nodes_max * 2);
  const auto known = world.model.find(number);
  if (action < (growing ? 60 : 20)) {
    if (known == world.model.end() && world.alive.size() < course.nodes_max) world.insert(number);
  } else if (action < 80) {
    if (!world.alive.empty()) eraseOne(world, random, course.broken);
  } else {
    const TestTable::Slot slot = world.find(number);
    if (static_cast<bool>(slot) != (known != world.model.end())) return "a look-up is wrong";
    if (slot && slot.node() != known->second.get()) return "a look-up gives another node";
  }
  return {};
}

// Grows and shrinks by turns; returns the first disagreement with the model.
std::string run(SeededRandom& random, uint64_t steps, const Course& course) {
  TableWorld world(course.hash);
  bool growing = true;
  for (uint64_t i = 0; i < steps; ++i) {
    if (world.alive.size() >= course.nodes_max * 9 / 10) growing = false;
    if (world.alive.empty()) growing = true;
    if (random.below(2000) == 0) growing = !growing;
    if (random.below(3000) == 0) world.table.allowResize(random.below(2) == 0);
    std::string wrong = step(world, random, course, growing);
    if (wrong.empty() && i % (steps / 20) == 0) wrong = world.disagreement();
    if (!wrong.empty()) return wrong + " at step " + std::to_string(i);
  }
  while (!world.alive.empty()) world.erase(world.alive.back());
  return world.disagreement();
}

TEST_CASE("a table agrees with a map over random inserts, erases and look-ups") {
  SeededRandom random("a table agrees with a map over random inserts, erases and look-ups");
  CAPTURE(random.seed());
  CHECK(run(random, kSteps, {goodHash, 100}) == "");
  CHECK(run(random, kSteps, {goodHash, 5000}) == "");
  CHECK(run(random, kSteps, {goodHash, 20000}) == "");
}

TEST_CASE("a table agrees with a map when hashes collide on purpose") {
  SeededRandom random("a table agrees with a map when hashes collide on purpose");
  CAPTURE(random.seed());
  CHECK(run(random, kSteps, {clusteredHash, 5000}) == "");
  CHECK(run(random, kSteps / 4, {fewValuesHash, 4000}) == "");
  CHECK(run(random, kSteps / 8, {lastBucketHash, 400}) == "");
  CHECK(run(random, kSteps / 8, {zeroTagHash, 400}) == "");
}

TEST_CASE("canary: a model that loses a node is noticed") {
  SeededRandom random("canary: a model that loses a node is noticed");
  CHECK_FALSE(run(random, 20000, {goodHash, 2000, true}).empty());
}

}  // namespace
}  // namespace inkstone::testing
