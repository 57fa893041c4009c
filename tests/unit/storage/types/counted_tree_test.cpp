// CountedTree against a vector of leaves.
#include "storage/types/counted_tree.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <memory>
#include <utility>
#include <vector>

#include "tests/unit/seeded_random.h"

namespace inkstone::testing {
namespace {

struct TestLeaf {
  void* parent;
  TestLeaf* previous;
  TestLeaf* next;
  size_t items;
  int64_t key;

  size_t weight() const { return items; }
};

// Keys are whole numbers.
struct NumberSeparators {
  using Key = int64_t;

  template <size_t kCapacity>
  struct Array {
    std::array<int64_t, kCapacity> keys;

    void set(size_t index, Key key) { keys[index] = key; }
    Key get(size_t index) const { return keys[index]; }
    void move(size_t to, const Array& other, size_t from, size_t n) {
      std::memmove(&keys[0] + to, &other.keys[0] + from, n * sizeof(Key));
    }
    size_t countBefore(int64_t probe, size_t count) const {
      return static_cast<size_t>(std::lower_bound(keys.begin(), keys.begin() + count, probe) -
                                 keys.begin());
    }
  };

  static Key firstKey(const TestLeaf& leaf) { return leaf.key; }
};

using PlainTree = CountedTree<TestLeaf>;
using KeyTree = CountedTree<TestLeaf, NumberSeparators>;

// The tree under test with what it should be.
template <class Tree>
struct World {
  using Leaves = std::vector<std::unique_ptr<TestLeaf>>;
  Tree tree;
  Leaves leaves;

  // Before the leaf with that index.
  void insert(size_t index, size_t items) {
    auto leaf = std::make_unique<TestLeaf>();
    leaf->items = items;
    leaf->key = keyBetween(index);
    tree.insertAfter(index == 0 ? nullptr : leaves[index - 1].get(), leaf.get());
    leaves.insert(leaves.begin() + static_cast<ptrdiff_t>(index), std::move(leaf));
  }
  void erase(size_t index) {
    tree.erase(leaves[index].get());
    leaves.erase(leaves.begin() + static_cast<ptrdiff_t>(index));
  }
  void change(size_t index, size_t items) {
    const auto delta = static_cast<ptrdiff_t>(items) - static_cast<ptrdiff_t>(leaves[index]->items);
    leaves[index]->items = items;
    tree.changed(leaves[index].get(), delta);
  }
  int64_t keyBetween(size_t index) const {
    constexpr int64_t kStep = int64_t{1} << 40;
    if (leaves.empty()) return 0;
    if (index == 0) return leaves.front()->key - kStep;
    if (index == leaves.size()) return leaves.back()->key + kStep;
    return leaves[index - 1]->key + (leaves[index]->key - leaves[index - 1]->key) / 2;
  }
  bool matches() const {
    if (tree.checkStructure() || tree.leafCount() != leaves.size()) return false;
    const TestLeaf* leaf = tree.first();
    for (const auto& expected : leaves) {
      if (leaf != expected.get()) return false;
      leaf = leaf->next;
    }
    return leaf == nullptr;
  }
  // Whether every position of every leaf is found.
  bool positionsMatch() const {
    size_t position = 0;
    for (const auto& leaf : leaves) {
      for (size_t offset = 0; offset < leaf->items; ++offset) {
        const auto place = tree.find(position + offset);
        if (place.leaf != leaf.get() || place.offset != offset) return false;
      }
      position += leaf->items;
    }
    return position == tree.weight();
  }
};

template <class Tree>
void runRandomly(World<Tree>& world, SeededRandom& random, size_t steps) {
  size_t wanted = 0;
  for (size_t step = 0; step < steps; ++step) {
    if (step % 3000 == 0) wanted = random.mostlySmall(9000);
    const size_t size = world.leaves.size();
    const bool grow = size < wanted ? random.below(8) != 0 : random.below(8) == 0;
    if (size == 0 || grow) {
      const size_t at =
          random.below(4) == 0 ? (random.below(2) == 0 ? 0 : size) : random.below(size + 1);
      world.insert(at, random.below(5));
    } else if (random.below(4) == 0) {
      world.change(random.below(size), random.below(9));
    } else {
      world.erase(random.below(size));
    }
    if (step % 512 == 0) {
      REQUIRE(world.matches());
      REQUIRE(world.positionsMatch());
    }
  }
}

}  // namespace

TEST_CASE("a counted tree does what a vector does") {
  SeededRandom random("counted tree");
  World<PlainTree> world;
  runRandomly(world, random, 60000);
  while (!world.leaves.empty()) world.erase(random.below(world.leaves.size()));
  CHECK(world.matches());
  CHECK(world.tree.memoryBytes() == 0);
}

TEST_CASE("a counted tree with separators does, too") {
  SeededRandom random("counted tree with separators");
  World<KeyTree> world;
  for (int round = 0; round < 5; ++round) {
    runRandomly(world, random, 8000);
    size_t position = 0;
    for (size_t i = 0; i < world.leaves.size(); ++i) {
      const TestLeaf* const leaf = world.leaves[i].get();
      const TestLeaf* const left = world.leaves[i == 0 ? 0 : i - 1].get();
      size_t found = 0;
      REQUIRE(std::as_const(world.tree).seek(leaf->key + 1, found) == leaf);
      REQUIRE(found == position);
      if (leaf->key > left->key) REQUIRE(world.tree.seek(leaf->key) == left);
      position += leaf->items;
    }
    // There is no key left between two leaves after as many halvings as a key has bits.
    while (!world.leaves.empty()) world.erase(world.leaves.size() - 1);
  }
}

TEST_CASE("seeking with a difference changes the weight of the leaf it ends in") {
  World<KeyTree> world;
  for (size_t i = 0; i < 5000; ++i) world.insert(i, 2);
  TestLeaf* const wanted = world.leaves[1234].get();
  REQUIRE(world.tree.seekToChange(wanted->key + 1, ptrdiff_t{3}) == wanted);
  wanted->items += 3;
  CHECK(world.matches());
  CHECK(world.tree.weight() == 10003);
}

TEST_CASE("a counted tree hears of another first key") {
  World<KeyTree> world;
  for (size_t i = 0; i < 5000; ++i) world.insert(i, 1);
  for (size_t i = 0; i < 5000; i += 7) {
    --world.leaves[i]->key;
    world.tree.firstKeyChanged(world.leaves[i].get());
  }
  CHECK(world.matches());
}

TEST_CASE("a counted tree that grows at an end has full nodes") {
  constexpr size_t kLeaves = 62 * 62 * 4;
  for (const bool at_front : {false, true}) {
    World<PlainTree> world;
    for (size_t i = 0; i < kLeaves; ++i) world.insert(at_front ? 0 : i, 1);
    CHECK(world.matches());
    // The tree has as many leaves as full ones would be, and a few inner nodes above them.
    CHECK(world.tree.memoryBytes() <= (kLeaves / 62 + 12) * 1024);
  }
}

TEST_CASE("a counted tree that was emptied is as small as a new one") {
  World<PlainTree> world;
  for (size_t i = 0; i < 20000; ++i) world.insert(i, 1);
  const size_t bytes = world.tree.memoryBytes();
  while (world.leaves.size() > 100) world.erase(world.leaves.size() / 2);
  CHECK(world.matches());
  CHECK(world.tree.memoryBytes() * 20 < bytes);
  world.tree.clear();
  CHECK(world.tree.empty());
  CHECK(world.tree.memoryBytes() == 0);
  CHECK(!world.tree.checkStructure());
}

TEST_CASE("canary: a counted tree that misses a change is found out") {
  World<PlainTree> world;
  for (size_t i = 0; i < 500; ++i) world.insert(i, 1);
  ++world.leaves[250]->items;
  CHECK_FALSE(world.matches());
  CHECK_FALSE(world.positionsMatch());
  --world.leaves[250]->items;
  CHECK(world.matches());
  World<KeyTree> keys;
  for (size_t i = 0; i < 500; ++i) keys.insert(i, 1);
  --keys.leaves[250]->key;
  CHECK_FALSE(keys.matches());
}

}  // namespace inkstone::testing
