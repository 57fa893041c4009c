#include "storage/types/quicklist_node.h"

#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <vector>

#include "storage/memory_cost.h"
#include "storage/types/node_limit.h"

namespace inkstone::testing {
namespace {

using listpack_format::Encoded;

constexpr size_t kBytesMax = 8192;

std::vector<std::string> textsOf(const QuicklistNode& node) {
  std::vector<std::string> texts;
  const Listpack pack = node.pack();
  CHECK(Listpack::isValid(pack.view()));
  CHECK(pack.size() == node.count());
  for (auto at = pack.first(); at != nullptr; at = pack.next(at)) {
    texts.push_back(Listpack::get(at).toString());
  }
  return texts;
}

void pushBack(QuicklistNode& node, std::string_view text) {
  node.pushBack(Encoded(text), kBytesMax, false);
}

void pushFront(QuicklistNode& node, std::string_view text) {
  node.pushFront(Encoded(text), kBytesMax, false);
}

TEST_CASE("a node's elements are pushed at both ends") {
  QuicklistNode node(16);
  pushBack(node, "2");
  pushFront(node, "1");
  pushBack(node, "three");
  pushFront(node, std::string(500, '0'));
  CHECK(textsOf(node) == std::vector<std::string>{std::string(500, '0'), "1", "2", "three"});
}

TEST_CASE("pushing and popping at the head moves no element") {
  QuicklistNode node(16);
  for (int i = 0; i < 100; ++i) pushFront(node, "element " + std::to_string(i));
  const uint8_t* const last = node.pack().last();
  node.eraseFront(50);
  CHECK(node.pack().last() == last);
  for (int i = 0; i < 50; ++i) pushFront(node, "element " + std::to_string(i));
  CHECK(node.pack().last() == last);
  node.eraseFront(99);
  CHECK(node.pack().last() == last);
  CHECK(textsOf(node) == std::vector<std::string>{"element 0"});
}

TEST_CASE("pushing and popping at the tail moves no element") {
  QuicklistNode node(16);
  for (int i = 0; i < 100; ++i) pushBack(node, "element " + std::to_string(i));
  const uint8_t* const first = node.pack().first();
  node.eraseBack(50);
  for (int i = 0; i < 50; ++i) pushBack(node, "element " + std::to_string(i));
  node.eraseBack(99);
  CHECK(node.pack().first() == first);
  CHECK(textsOf(node) == std::vector<std::string>{"element 0"});
}

TEST_CASE("a node that is first and last keeps room at both ends when it grows") {
  QuicklistNode node(16);
  const std::string text(30, 'x');
  size_t moves = 0;
  const uint8_t* middle = nullptr;
  for (int i = 0; i < 250; ++i) {
    if ((i % 2) == 0) {
      node.pushFront(Encoded(text), kBytesMax, true);
    } else {
      node.pushBack(Encoded(text), kBytesMax, true);
    }
    const uint8_t* const found = node.pack().at(i / 2);
    if (found != middle) ++moves;
    middle = found;
  }
  CHECK(moves < 50);
}

TEST_CASE("a buffer doubles up to the limit, and trimming gives the rest back") {
  QuicklistNode node(16);
  const size_t own = blockBytes(sizeof node);
  for (int i = 0; i < 200; ++i) pushBack(node, std::string(30, 'x'));
  CHECK(node.memoryBytes() == own + kBytesMax);
  node.trim();
  CHECK(node.memoryBytes() == own + blockBytes(node.byteCount()));
  CHECK(node.count() == 200);
  textsOf(node);
}

TEST_CASE("a node is edited in the middle from either side") {
  QuicklistNode node(16);
  for (const char* text : {"a", "b", "c", "d", "e"}) pushBack(node, text);
  node.insert(1, "after a");
  node.insert(5, "before e");
  node.insert(7, "end");
  CHECK(textsOf(node) ==
        std::vector<std::string>{"a", "after a", "b", "c", "d", "before e", "e", "end"});
  node.erase(1, 2);
  node.erase(3, 1);
  REQUIRE(node.replace(1, std::string(200, 'C'), kBytesMax));
  REQUIRE(node.replace(2, "4", kBytesMax));
  CHECK(textsOf(node) == std::vector<std::string>{"a", std::string(200, 'C'), "4", "e", "end"});
}

TEST_CASE("a replacement that does not fit changes nothing, a smaller one always fits") {
  QuicklistNode node(16);
  pushBack(node, std::string(50, 'x'));
  pushBack(node, "y");
  CHECK_FALSE(node.replace(1, "longer", 62));
  CHECK(textsOf(node) == std::vector<std::string>{std::string(50, 'x'), "y"});
  CHECK(node.replace(0, "short", 1));
  CHECK(textsOf(node) == std::vector<std::string>{"short", "y"});
}

TEST_CASE("a node is split and put together") {
  QuicklistNode node(16);
  for (int i = 0; i < 10; ++i) pushFront(node, std::to_string(i * 1000));
  const std::vector<std::string> whole = textsOf(node);
  for (size_t index = 1; index < 10; ++index) {
    const std::unique_ptr<QuicklistNode> right(node.split(index));
    CHECK(node.count() == index);
    CHECK(textsOf(*right) == std::vector<std::string>(
                                 whole.begin() + static_cast<std::ptrdiff_t>(index), whole.end()));
    node.append(*right);
    CHECK(textsOf(node) == whole);
  }
}

TEST_CASE("a node becomes a listpack and was one") {
  QuicklistNode node(4000);
  for (int i = 0; i < 10; ++i) pushFront(node, std::to_string(i));
  const std::vector<std::string> texts = textsOf(node);
  const Listpack released = node.release();
  const QuicklistNode again(released);
  CHECK(again.memoryBytes() == blockBytes(sizeof again) + released.memoryBytes());
  CHECK(textsOf(again) == texts);
}

TEST_CASE("a compressed node is copied, and comes back as it was") {
  QuicklistNode packed(16);
  for (int i = 0; i < 100; ++i) pushFront(packed, "the same text again");
  QuicklistNode plain(std::string_view(std::string(100'000, 'p')));
  const std::vector<std::string> texts = textsOf(packed);
  for (QuicklistNode* const node : {&packed, &plain}) {
    const size_t bytes = node->byteCount();
    const size_t memory = node->memoryBytes();
    node->compress();
    REQUIRE(node->isCompressed());
    CHECK(node->byteCount() == bytes);
    CHECK(node->memoryBytes() < memory / 4);
    const std::unique_ptr<QuicklistNode> copy(QuicklistNode::copy(*node));
    CHECK(copy->isCompressed());
    CHECK(copy->memoryBytes() == node->memoryBytes());
    node->decompress();
    copy->decompress();
    CHECK(copy->byteCount() == bytes);
    CHECK(std::equal(copy->rawBytes(), copy->rawBytes() + bytes, node->rawBytes()));
  }
  CHECK(textsOf(packed) == texts);
}

TEST_CASE("bytes too few, or too different, are not compressed") {
  // With header and end these listpacks have 47 and 48 bytes.
  for (const size_t length : {size_t{38}, size_t{39}}) {
    QuicklistNode node(16);
    pushBack(node, std::string(length, 'x'));
    node.compress();
    CHECK(node.isCompressed() == (length == 39));
  }
  QuicklistNode node(16);
  for (uint64_t i = 0; i < 100; ++i) pushBack(node, std::to_string(0x9e3779b97f4a7c15 * i / 2));
  node.compress();
  CHECK_FALSE(node.isCompressed());
}

TEST_CASE("what a node may hold follows the directive") {
  CHECK(NodeLimit(-1).bytesMax() == 4096);
  CHECK(NodeLimit(-2).bytesMax() == 8192);
  CHECK(NodeLimit(-5).bytesMax() == 65536);
  CHECK(NodeLimit(INT64_MIN).bytesMax() == 65536);
  CHECK(NodeLimit(-1).allows(4096, 100'000));
  CHECK_FALSE(NodeLimit(-1).allows(4097, 1));
  CHECK(NodeLimit(7).allows(8192, 7));
  CHECK_FALSE(NodeLimit(7).allows(8193, 1));
  CHECK_FALSE(NodeLimit(7).allows(8, 8));
  CHECK(NodeLimit(0).allows(8, 1));
  CHECK_FALSE(NodeLimit(0).allows(8, 2));
  CHECK(NodeLimit(-1).hasRoom(4000, 50, 88));
  CHECK_FALSE(NodeLimit(-1).hasRoom(4000, 50, 89));
  CHECK(NodeLimit(-2).allowsReturn(4096, 5000));
  CHECK_FALSE(NodeLimit(-2).allowsReturn(4097, 1));
  CHECK(NodeLimit(9).allowsReturn(8000, 4));
  CHECK_FALSE(NodeLimit(9).allowsReturn(8, 5));
}

}  // namespace
}  // namespace inkstone::testing
