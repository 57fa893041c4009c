#include <catch2/catch.hpp>
#include <cmath>

#include "tests/unit/storage/table_world.h"

namespace inkstone::testing {
namespace {

// Whether each of the nodes is picked equally often. Chi-square must be within six standard
// deviations; where degrees of freedom are few, the bound is raised for the skewed distribution.
template <class Pick>
bool isFair(const TableWorld& world, int samples_per_node, Pick pick) {
  std::unordered_map<const Node*, int> counts;
  const size_t nodes = world.alive.size();
  for (size_t i = 0; i < nodes * static_cast<size_t>(samples_per_node); ++i) ++counts[pick()];
  double sum = 0;
  for (const Node* node : world.alive) {
    const double excess = counts[node] - samples_per_node;
    sum += excess * excess / samples_per_node;
  }
  const auto degrees = static_cast<double>(nodes - 1);
  return sum < degrees + 6 * std::sqrt(2 * degrees) + 20;
}

// Crowds most nodes together, so that segments are of very different depth.
uint64_t skewedHash(uint64_t number) {
  return goodHash(number) >> (number % 12);
}

TEST_CASE("a random node is any with the same probability") {
  SeededRandom random("a random node is any with the same probability");
  CAPTURE(random.seed());
  for (const HashFunction hash : {goodHash, skewedHash}) {
    for (const uint64_t nodes : {2U, 10U, 1000U, 2500U, 5000U, 8000U}) {
      TableWorld world(hash);
      for (uint64_t n = 0; n < nodes; ++n) world.insert(n);
      CAPTURE(nodes, hash == skewedHash, world.table.segmentCount());
      CHECK(isFair(world, 50, [&] { return world.table.randomNode(random); }));
    }
  }
}

TEST_CASE("a random node is any with the same probability when most have been erased") {
  SeededRandom random("a random node is any with the same probability when most have been erased");
  CAPTURE(random.seed());
  for (const bool shrinking : {true, false}) {
    TableWorld world(goodHash);
    for (uint64_t n = 0; n < 40000; ++n) world.insert(n);
    world.table.allowResize(shrinking);
    while (world.alive.size() > 50) world.erase(world.alive[random.below(world.alive.size())]);
    CAPTURE(shrinking, world.table.segmentCount());
    CHECK(isFair(world, 200, [&] { return world.table.randomNode(random); }));
  }
}

TEST_CASE("canary: taking the last node of a random bucket is noticed as unfair") {
  SeededRandom random("canary: taking the last node of a random bucket is noticed as unfair");
  TableWorld world(goodHash);
  for (uint64_t n = 0; n < 5000; ++n) world.insert(n);
  CHECK_FALSE(isFair(world, 100, [&] {
    Node* found = nullptr;
    while (found == nullptr) world.table.scan(random(), [&](Node* node) { found = node; });
    return found;
  }));
}

TEST_CASE("canary: segments of different load are noticed when any of their nodes will do") {
  SeededRandom random("canary: segments of different load are noticed");
  TableWorld world(goodHash);
  for (uint64_t n = 0; n < 5000; ++n) world.insert(n);
  // A choice that is fair to slots of the hash space is not fair to nodes.
  CHECK_FALSE(isFair(world, 100, [&] {
    std::vector<Node*> nodes;
    while (nodes.empty()) world.table.scan(random(), [&](Node* node) { nodes.push_back(node); });
    return nodes[random.below(nodes.size())];
  }));
}

}  // namespace
}  // namespace inkstone::testing
