#include "storage/types/list_value.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/unit/storage/types/list_world.h"

namespace inkstone::testing {
namespace {

EncodingRules rulesOf(int64_t node_size, int64_t depth = 0) {
  EncodingRules rules;
  rules.list_max_listpack_size = node_size;
  rules.list_compress_depth = depth;
  return rules;
}

std::string numbered(size_t number, size_t length) {
  std::string text = std::to_string(number) + ":";
  text.resize(length, '.');
  return text;
}

void pushMany(ListWorld& world, size_t count, size_t length) {
  for (size_t i = 0; i < count; ++i) world.push({numbered(i, length)}, false);
}

bool isListpack(const ListWorld& world) {
  return world.value().encoding == Encoding::kListpack;
}

const Quicklist& nodesOf(const ListWorld& world) {
  REQUIRE_FALSE(isListpack(world));
  return *static_cast<const Quicklist*>(world.value().object);
}

size_t compressedNodes(const ListWorld& world) {
  size_t compressed = 0;
  for (auto* node = nodesOf(world).head(); node != nullptr; node = node->next) {
    if (node->isCompressed()) ++compressed;
  }
  return compressed;
}

TEST_CASE("a list is born as an empty listpack") {
  const ListWorld world(rulesOf(-2));
  CHECK(isListpack(world));
  CHECK(world.disagreement() == "");
}

TEST_CASE("a list stays a listpack up to the bytes that the rule names") {
  for (const auto& [node_size, bytes_max] : std::vector<std::pair<int64_t, size_t>>{
           {-1, 4096}, {-2, 8192}, {-3, 16384}, {-4, 32768}, {-5, 65536}, {-9, 65536}}) {
    CAPTURE(node_size);
    ListWorld world(rulesOf(node_size));
    world.push({std::string(100, 'x')}, false);
    const size_t bytes = Listpack(world.value().object).byteCount();
    world.push({std::string(bytes_max - bytes, 'y')}, false);
    CHECK(isListpack(world));
    world.push({std::string("z")}, false);
    CHECK_FALSE(isListpack(world));
    CHECK(world.disagreement() == "");
  }
}

TEST_CASE("a list stays a listpack up to the number of elements that the rule names") {
  ListWorld world(rulesOf(3));
  pushMany(world, 3, 10);
  CHECK(isListpack(world));
  pushMany(world, 1, 10);
  CHECK_FALSE(isListpack(world));
  ListWorld single(rulesOf(0));
  pushMany(single, 1, 10);
  CHECK(isListpack(single));
  pushMany(single, 1, 10);
  CHECK_FALSE(isListpack(single));
}

TEST_CASE("a rule of elements stops at 8 KB, too") {
  ListWorld world(rulesOf(1000));
  world.push({std::string(8192 - Listpack::kEmptyBytes, 'x')}, false);
  CHECK(isListpack(world));
  world.push({"y"}, false);
  CHECK_FALSE(isListpack(world));
}

TEST_CASE("elements pushed together are decided on together") {
  ListWorld world(rulesOf(3));
  world.push({"a", "b", "c", "d"}, true);
  CHECK_FALSE(isListpack(world));
  CHECK(nodesOf(world).nodeCount() == 2);
  CHECK(world.disagreement() == "");
}

TEST_CASE("a list of one node becomes a listpack again at half the limit") {
  ListWorld by_count(rulesOf(8));
  pushMany(by_count, 9, 10);
  by_count.erase(8, 1);
  for (size_t left = 8; left > 4; --left) {
    CHECK_FALSE(isListpack(by_count));
    by_count.erase(0, 1);
  }
  CHECK(isListpack(by_count));
  CHECK(by_count.disagreement() == "");

  ListWorld by_bytes(rulesOf(-1));
  pushMany(by_bytes, 50, 100);
  while (!isListpack(by_bytes)) {
    CHECK(list_values::bytes(by_bytes.value()) > 2048);
    by_bytes.erase(by_bytes.model.size() - 1, 1);
  }
  const size_t bytes = Listpack(by_bytes.value().object).byteCount();
  CHECK(bytes <= 2048);
  CHECK(bytes + 103 > 2048);
  CHECK(by_bytes.disagreement() == "");
}

TEST_CASE("each way of shrinking leads back to a listpack") {
  for (const bool from_tail : {false, true}) {
    ListWorld world(rulesOf(8));
    world.push(std::vector<std::string>(9, "x"), false);
    world.push({"y"}, !from_tail);
    CHECK_FALSE(isListpack(world));
    CHECK(world.eraseEqual("x", 0, from_tail));
    CHECK(isListpack(world));
  }
  ListWorld large(rulesOf(-1));
  large.push({std::string(5000, 'x')}, false);
  CHECK_FALSE(isListpack(large));
  large.set(0, "short");
  CHECK(isListpack(large));
  CHECK(large.disagreement() == "");
}

TEST_CASE("a large element has a node of its own, which is no listpack") {
  ListWorld world(rulesOf(-1));
  world.push({std::string(4097, 'x')}, false);
  REQUIRE_FALSE(isListpack(world));
  CHECK(nodesOf(world).head()->isPlain());
  world.push({"a"}, true);
  world.push({"b"}, false);
  CHECK(nodesOf(world).nodeCount() == 3);
  world.erase(0, 1);
  world.erase(1, 1);
  CHECK(nodesOf(world).head()->isPlain());
  CHECK(world.disagreement() == "");
}

TEST_CASE("huge elements are set and inserted anywhere") {
  ListWorld world(rulesOf(-2));
  pushMany(world, 1000, 30);
  const std::string huge(3'000'000, 'h');
  for (const size_t index : {size_t{0}, size_t{1}, size_t{240}, size_t{500}, size_t{999}}) {
    world.set(index, huge);
    world.insert(index, huge + "2");
    REQUIRE(world.damage() == "");
    REQUIRE(world.disagreement() == "");
    world.set(index + 1, "small again");
    REQUIRE(world.damage() == "");
    REQUIRE(world.disagreement() == "");
  }
}

TEST_CASE("an element set to another of its length leaves the nodes as they are") {
  ListWorld world(rulesOf(-2));
  pushMany(world, 2000, 32);
  const size_t nodes = nodesOf(world).nodeCount();
  for (size_t i = 0; i < 2000; ++i) world.set(i, numbered(i + 1, 32));
  CHECK(nodesOf(world).nodeCount() == nodes);
  CHECK(world.disagreement() == "");
}

TEST_CASE("nodes are filled as in Redis, from either end") {
  // 32 bytes take 34, and 40 while they are estimated: 240 elements fit 8 KB.
  for (const bool front : {false, true}) {
    ListWorld world(rulesOf(-2));
    for (size_t i = 0; i < 240 * 10; ++i) world.push({numbered(i, 32)}, front);
    CHECK(nodesOf(world).nodeCount() == 10);
    CHECK(world.damage() == "");
  }
}

TEST_CASE("many inserts into the middle do not leave nearly empty nodes") {
  ListWorld world(rulesOf(-1));
  pushMany(world, 1000, 32);
  for (size_t i = 0; i < 5000; ++i) world.insert(500 + i % 7, numbered(i, 32));
  CHECK(world.damage() == "");
  CHECK(nodesOf(world).nodeCount() < 6000 * 34 / 4096 * 5 / 2);
}

TEST_CASE("erasing most elements evenly leaves few nodes") {
  ListWorld world(rulesOf(-1));
  pushMany(world, 6000, 32);
  for (size_t i = 0; i < 600; ++i) {
    // Nine of ten go.
    world.erase(i, 9);
  }
  CHECK(world.disagreement() == "");
  CHECK(nodesOf(world).nodeCount() <= 12);
}

TEST_CASE("the last two nodes are not joined") {
  ListWorld world(rulesOf(4));
  pushMany(world, 8, 10);
  CHECK(nodesOf(world).nodeCount() == 2);
  world.erase(1, 3);
  world.erase(2, 3);
  CHECK(nodesOf(world).nodeCount() == 2);
}

TEST_CASE("only nodes beyond the depth are compressed") {
  for (const int64_t depth : {1, 2, 3}) {
    ListWorld world(rulesOf(10, depth));
    pushMany(world, 100, 50);
    CHECK(nodesOf(world).nodeCount() == 10);
    CHECK(compressedNodes(world) == 10 - 2 * static_cast<size_t>(depth));
    CHECK(world.damage() == "");
    world.erase(0, 35);
    CHECK(compressedNodes(world) == 7 - 2 * static_cast<size_t>(depth));
    CHECK(world.disagreement() == "");
  }
}

TEST_CASE("nodes that compression would not make smaller stay as they are") {
  SeededRandom random("nodes that compression would not make smaller stay as they are");
  ListWorld world(rulesOf(10, 1));
  for (int i = 0; i < 100; ++i) world.push({random.bytes(50)}, false);
  CHECK(compressedNodes(world) == 0);
  CHECK(world.disagreement() == "");
}

TEST_CASE("a large element in the middle is compressed as well") {
  ListWorld world(rulesOf(-1, 1));
  pushMany(world, 1, 4097);
  pushMany(world, 3, 100'000);
  CHECK(compressedNodes(world) == 2);
  CHECK(world.disagreement() == "");
  world.set(1, std::string(50'000, 'n'));
  CHECK(compressedNodes(world) == 2);
  CHECK(world.disagreement() == "");
}

TEST_CASE("elements of compressed nodes can be held together") {
  ListWorld world(rulesOf(10, 1));
  pushMany(world, 200, 50);
  const ListValue list(world.value(), world.rules);
  std::vector<Element> held;
  list.forRange(0, 200, false, [&held](const Element& element) { held.push_back(element); });
  const Element again = list.at(55);
  for (size_t i = 0; i < 200; ++i) REQUIRE(held[i].bytes() == world.model[i]);
  CHECK(again.bytes() == world.model[55]);
  CHECK(compressedNodes(world) == 18);
}

TEST_CASE("a visitor may stop, in either direction") {
  for (const int64_t node_size : {-2, 10}) {
    ListWorld world(rulesOf(node_size));
    pushMany(world, 100, 10);
    const ListValue list(world.value(), world.rules);
    for (const bool backward : {false, true}) {
      size_t seen = 0;
      list.forRangeWhile(50, 40, backward, [&seen](const Element&) { return ++seen < 30; });
      CHECK(seen == 30);
    }
    size_t seen = 0;
    list.forRange(90, 10, false, [&seen](const Element&) { ++seen; });
    list.forRange(4, 5, true, [&seen](const Element&) { ++seen; });
    list.forRange(0, 0, true, [&seen](const Element&) { ++seen; });
    CHECK(seen == 15);
  }
}

TEST_CASE("a list is used as a queue in both directions without growing") {
  for (const bool front : {false, true}) {
    ListWorld world(rulesOf(-2));
    pushMany(world, 1000, 32);
    const size_t bytes = list_values::bytes(world.value());
    for (size_t i = 0; i < 20000; ++i) {
      world.push({numbered(i, 32)}, front);
      world.erase(front ? world.model.size() - 1 : 0, 1);
    }
    CHECK(list_values::bytes(world.value()) <= bytes + 2 * 8192);
    CHECK(world.damage() == "");
    CHECK(world.disagreement() == "");
  }
}

TEST_CASE("freeing a list is as much work as it has nodes") {
  ListWorld world(rulesOf(10));
  CHECK(list_values::freeEffort(world.value()) == 1);
  pushMany(world, 1000, 10);
  CHECK(list_values::freeEffort(world.value()) == 100);
}

}  // namespace
}  // namespace inkstone::testing
