#include <algorithm>
#include <catch2/catch.hpp>
#include <string>

#include "storage/memory_usage.h"
#include "tests/unit/storage/types/list_world.h"

namespace inkstone::testing {
namespace {

#ifdef NDEBUG
constexpr uint64_t kSteps = 100'000;
#else
constexpr uint64_t kSteps = 8'000;
#endif

struct Course {
  int64_t node_size;
  int64_t depth;
  size_t elements_max;
  size_t longest;
  // The deque is changed alone, once in a hundred steps.
  bool broken = false;
};

std::string textFor(SeededRandom& random, const Course& course) {
  // Few different ones, so that eraseEqual() finds some; texts that compress well.
  if (random.below(3) == 0) return std::string(random.below(3) * 40, 'a') + 'x';
  return randomElementText(random, course.longest);
}

void add(ListWorld& world, SeededRandom& random, const Course& course) {
  if (random.below(2) == 0) {
    const size_t index = random.below(world.model.size() + 1);
    return world.insert(index, textFor(random, course));
  }
  std::vector<std::string> texts;
  for (uint64_t i = 0; i <= random.below(4); ++i) texts.push_back(textFor(random, course));
  world.push(texts, random.below(2) == 0);
}

void erase(ListWorld& world, SeededRandom& random) {
  const size_t size = world.model.size();
  const size_t count = random.below(8) == 0 ? 1 + random.below(size) : 1;
  switch (random.below(3)) {
    case 0:
      return world.erase(0, count);
    case 1:
      return world.erase(size - count, count);
    default: {
      const size_t index = random.below(size);
      return world.erase(index, std::min(count, size - index));
    }
  }
}

// One random change or look-up; returns what a look-up got wrong.
std::string step(ListWorld& world, SeededRandom& random, const Course& course, bool growing) {
  if (world.model.empty()) {
    add(world, random, course);
    return {};
  }
  const uint64_t action = random.below(100);
  const size_t index = random.below(world.model.size());
  if (action < (growing ? 45 : 20)) {
    if (world.model.size() < course.elements_max) add(world, random, course);
  } else if (action < 65) {
    erase(world, random);
  } else if (action < 80) {
    world.set(index, textFor(random, course));
  } else if (action < 84) {
    const std::string text = world.model[index];
    if (!world.eraseEqual(text, random.below(4), random.below(2) == 0)) return "erased too few";
  } else if (action == 84) {
    world.becomeCopy();
  } else {
    const ListValue list(world.value(), world.rules);
    if (list.at(index).toString() != world.model[index]) return "another element at an index";
  }
  return {};
}

std::string run(SeededRandom& random, uint64_t steps, const Course& course) {
  EncodingRules rules;
  rules.list_max_listpack_size = course.node_size;
  rules.list_compress_depth = course.depth;
  const int64_t before = usedMemory();
  ListWorld world(rules);
  const bool counted = usedMemory() != before;
  bool growing = true;
  for (uint64_t i = 0; i < steps; ++i) {
    if (random.below(course.elements_max * 4) == 0) growing = !growing;
    std::string wrong = step(world, random, course, growing);
    if (course.broken && random.below(100) == 0 && !world.model.empty()) world.model[0] += '.';
    if (wrong.empty()) wrong = world.damage();
    if (wrong.empty()) wrong = world.disagreement();
    if (!wrong.empty()) return wrong + " at step " + std::to_string(i);
    if (counted && i % 64 == 0) {
      const Value copy = list_values::copy(world.value(), world.rules);
      const int64_t with_copy = usedMemory();
      const auto expected = static_cast<int64_t>(list_values::bytes(copy));
      list_values::destroy(copy);
      if (with_copy - usedMemory() != expected) return "memory is counted wrong";
    }
  }
  return {};
}

void checkRuns(SeededRandom& random, uint64_t steps, size_t elements_max, size_t longest,
               std::initializer_list<int64_t> node_sizes) {
  for (const int64_t node_size : node_sizes) {
    for (const int64_t depth : {0, 1, 2, 5}) {
      CAPTURE(node_size, depth, elements_max);
      CHECK(run(random, steps, {node_size, depth, elements_max, longest}) == "");
    }
  }
}

TEST_CASE("a list of nodes of a few elements agrees with a deque") {
  SeededRandom random("a list of nodes of a few elements agrees with a deque");
  CAPTURE(random.seed());
  checkRuns(random, kSteps, 30, 300, {0, 1, 2, 3, 5});
  checkRuns(random, kSteps / 10, 400, 300, {1, 4});
}

TEST_CASE("a list of nodes of a few kilobytes agrees with a deque") {
  SeededRandom random("a list of nodes of a few kilobytes agrees with a deque");
  CAPTURE(random.seed());
  checkRuns(random, kSteps / 10, 60, 6000, {-1, -2});
  checkRuns(random, kSteps / 10, 30, 20000, {-1, 20});
  checkRuns(random, kSteps / 50, 60, 30000, {-3, -4, -5});
  checkRuns(random, kSteps / 100, 1000, 100, {-1, -2, 128});
}

TEST_CASE("a list whose rules change now and then agrees with a deque") {
  SeededRandom random("a list whose rules change now and then agrees with a deque");
  CAPTURE(random.seed());
  ListWorld world{EncodingRules{}};
  const Course course = {0, 0, 60, 9000};
  for (uint64_t i = 0; i < kSteps; ++i) {
    if (i % 50 == 0) {
      world.rules.list_max_listpack_size = static_cast<int64_t>(random.below(12)) - 5;
      world.rules.list_compress_depth = static_cast<int64_t>(random.below(4));
    }
    REQUIRE(step(world, random, course, (i / 1000) % 2 == 0) == "");
    REQUIRE(world.disagreement() == "");
    if (world.value().encoding == Encoding::kQuicklist) {
      REQUIRE(!static_cast<const Quicklist*>(world.value().object)->checkStructure());
    }
  }
}

TEST_CASE("canary: an element that differs from the deque is noticed") {
  SeededRandom random("canary: an element that differs from the deque is noticed");
  CHECK_FALSE(run(random, 20000, {3, 1, 50, 300, true}).empty());
}

}  // namespace
}  // namespace inkstone::testing
