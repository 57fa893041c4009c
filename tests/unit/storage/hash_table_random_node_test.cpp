#include <catch2/catch.hpp>
#include <cmath>

#include "tests/unit/storage/table_world.h"

namespace inkstone::testing {
namespace {

// Chi-square over its degrees of freedom when each of the nodes should be picked equally often: 1
// for a fair choice; 1 + samples per node * v^2 when the probabilities vary by the fraction v.
template <class Pick>
double chiSquarePerDegree(const TableWorld& world, int samples_per_node, Pick pick) {
  std::unordered_map<const Node*, int> counts;
  const size_t nodes = world.alive.size();
  for (size_t i = 0; i < nodes * static_cast<size_t>(samples_per_node); ++i) ++counts[pick()];
  double sum = 0;
  for (const Node* node : world.alive) {
    const double excess = counts[node] - samples_per_node;
    sum += excess * excess / samples_per_node;
  }
  return sum / static_cast<double>(nodes - 1);
}

TEST_CASE("a random node of a single segment is any with the same probability") {
  SeededRandom random("a random node of a single segment is any with the same probability");
  CAPTURE(random.seed());
  for (const uint64_t nodes : {2U, 10U, 1000U}) {
    TableWorld world(goodHash);
    for (uint64_t n = 0; n < nodes; ++n) world.insert(n);
    const double chi =
        chiSquarePerDegree(world, 50, [&] { return world.table.randomNode(random); });
    CAPTURE(nodes);
    // Six standard deviations, and what a skewed distribution needs on top where degrees are few.
    const double degrees = static_cast<double>(nodes - 1);
    CHECK(chi < 1 + 6 * std::sqrt(2 / degrees) + 20 / degrees);
  }
}

TEST_CASE("a random node of many segments is any with nearly the same probability") {
  SeededRandom random("a random node of many segments is any with nearly the same probability");
  CAPTURE(random.seed());
  constexpr int kSamples = 40;
  for (const uint64_t nodes : {5000U, 8000U}) {
    TableWorld world(goodHash);
    for (uint64_t n = 0; n < nodes; ++n) world.insert(n);
    const double chi =
        chiSquarePerDegree(world, kSamples, [&] { return world.table.randomNode(random); });
    CAPTURE(nodes);
    // Segments differ in load by up to a fifth.
    CHECK(chi < 1.1 + kSamples * 0.15 * 0.15);
  }
}

TEST_CASE("canary: taking the last node of a random bucket is noticed as unfair") {
  SeededRandom random("canary: taking the last node of a random bucket is noticed as unfair");
  constexpr int kSamples = 40;
  TableWorld world(goodHash);
  for (uint64_t n = 0; n < 5000; ++n) world.insert(n);
  const double chi = chiSquarePerDegree(world, kSamples, [&] {
    Node* found = nullptr;
    while (found == nullptr) world.table.scan(random(), [&](Node* node) { found = node; });
    return found;
  });
  CHECK(chi > 1.1 + kSamples * 0.15 * 0.15);
}

TEST_CASE("a node is found at random in a table that is all but empty") {
  TableWorld world(goodHash);
  world.table.allowResize(false);
  for (uint64_t n = 0; n < 20000; ++n) world.insert(n);
  while (world.alive.size() > 2) world.erase(world.alive.back());
  SeededRandom random("a node is found at random in a table that is all but empty");
  CAPTURE(random.seed());
  std::unordered_set<const Node*> found;
  for (int i = 0; i < 200; ++i) {
    const Node* node = world.table.randomNode(random);
    REQUIRE(node != nullptr);
    REQUIRE(world.model.at(node->number).get() == node);
    found.insert(node);
  }
  CHECK(found.size() == 2);
}

}  // namespace
}  // namespace inkstone::testing
