#include "protocol/output_buffer.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <vector>

#include "tests/unit/seeded_random.h"

namespace inkstone::testing {
namespace {

constexpr size_t kBlock = OutputBlockPool::kBlockBytes;

std::string gathered(OutputBuffer& buffer, int pieces_max) {
  std::vector<iovec> pieces(static_cast<size_t>(pieces_max));
  const int count = buffer.gather(pieces.data(), pieces_max);
  REQUIRE(count <= pieces_max);
  std::string all;
  for (size_t i = 0; i < static_cast<size_t>(count); ++i) {
    REQUIRE(pieces[i].iov_len > 0);
    all.append(static_cast<const char*>(pieces[i].iov_base), pieces[i].iov_len);
  }
  return all;
}

TEST_CASE("an untouched buffer holds no memory") {
  OutputBlockPool pool;
  OutputBuffer buffer(pool);
  CHECK(buffer.empty());
  CHECK(buffer.memoryBytes() == 0);
  CHECK(buffer.blockCount() == 0);
  buffer.append({});
  CHECK(buffer.memoryBytes() == 0);
  iovec piece;
  CHECK(buffer.gather(&piece, 1) == 0);
}

TEST_CASE("a message alone takes a small block, what follows goes on in whole ones") {
  OutputBlockPool pool;
  OutputBuffer buffer(pool);
  buffer.appendMessage("hello");
  CHECK(buffer.memoryBytes() == 1024);
  const std::string more(OutputBlockPool::kMessageBlockBytes, 'm');
  buffer.appendMessage(more);
  CHECK(buffer.blockCount() == 2);
  CHECK(buffer.memoryBytes() == 1024 + 16 * 1024);
  CHECK(gathered(buffer, 4) == "hello" + more);
  buffer.consume(5 + more.size());
  CHECK(buffer.memoryBytes() == 0);
  buffer.appendMessage(std::string(OutputBlockPool::kMessageBlockBytes + 1, 'n'));
  CHECK(buffer.blockCount() == 1);
  CHECK(buffer.memoryBytes() == 16 * 1024);
}

TEST_CASE("no more than asked for is gathered, and positions count what was ever appended") {
  OutputBlockPool pool;
  OutputBuffer buffer(pool);
  buffer.append(std::string(kBlock, 'a'));
  buffer.append("bcd");
  CHECK(buffer.position() == kBlock + 3);
  iovec pieces[4];
  REQUIRE(buffer.gather(pieces, 4, kBlock + 1) == 2);
  CHECK(pieces[0].iov_len == kBlock);
  CHECK(pieces[1].iov_len == 1);
  CHECK(buffer.gather(pieces, 4, 0) == 0);
  buffer.consume(kBlock + 1);
  CHECK(buffer.consumedPosition() == kBlock + 1);
  buffer.clear();
  CHECK(buffer.consumedPosition() == kBlock + 3);
  CHECK(buffer.position() == kBlock + 3);
}

TEST_CASE("memory is a block of 16 KB until everything was consumed") {
  OutputBlockPool pool;
  OutputBuffer buffer(pool);
  buffer.append("hello");
  CHECK(buffer.memoryBytes() == 16 * 1024);
  buffer.consume(4);
  CHECK(buffer.size() == 1);
  CHECK(buffer.memoryBytes() == 16 * 1024);
  buffer.consume(1);
  CHECK(buffer.empty());
  CHECK(buffer.memoryBytes() == 0);
}

TEST_CASE("a value larger than a block takes the room that is left and one block of its size") {
  OutputBlockPool pool;
  OutputBuffer buffer(pool);
  buffer.append(std::string(kBlock - 10, 'a'));
  buffer.append(std::string(100010, 'b'));
  CHECK(buffer.blockCount() == 2);
  CHECK(buffer.memoryBytes() == 16 * 1024 + sizeof(OutputBlock) + 100000);
  CHECK((gathered(buffer, 2) == std::string(kBlock - 10, 'a') + std::string(100010, 'b')));
}

TEST_CASE("what was reserved counts only once it is committed") {
  OutputBlockPool pool;
  OutputBuffer buffer(pool);
  char* room = buffer.reserve(100);
  std::memcpy(room, "0123456789", 10);
  CHECK(buffer.empty());
  buffer.commit(4);
  CHECK(buffer.size() == 4);
  CHECK(gathered(buffer, 1) == "0123");
  // The rest of the block is too small for this: it goes to the next in one piece.
  buffer.reserve(kBlock);
  CHECK(buffer.blockCount() == 2);
  CHECK(gathered(buffer, 2) == "0123");
}

TEST_CASE("gather gives the oldest pieces first and stops at its bound") {
  OutputBlockPool pool;
  OutputBuffer buffer(pool);
  const std::string all = std::string(kBlock, '1') + std::string(kBlock, '2') + "3";
  buffer.append(all.substr(0, kBlock));
  buffer.append(all.substr(kBlock, kBlock));
  buffer.append("3");
  CHECK((gathered(buffer, 1) == all.substr(0, kBlock)));
  CHECK((gathered(buffer, 2) == all.substr(0, 2 * kBlock)));
  CHECK((gathered(buffer, 16) == all));
  buffer.consume(kBlock + 5);
  CHECK((gathered(buffer, 16) == all.substr(kBlock + 5)));
}

TEST_CASE("blocks come back to the pool and are used again by any client") {
  OutputBlockPool pool;
  OutputBuffer first(pool);
  first.append("x");
  iovec piece;
  REQUIRE(first.gather(&piece, 1) == 1);
  const void* const block = piece.iov_base;
  first.clear();
  CHECK(first.memoryBytes() == 0);
  OutputBuffer second(pool);
  second.append("y");
  REQUIRE(second.gather(&piece, 1) == 1);
  CHECK(piece.iov_base == block);
}

TEST_CASE("the pool hands the block out last that came back first and keeps a bounded number") {
  OutputBlockPool pool;
  std::vector<OutputBlock*> blocks;
  for (size_t i = 0; i < OutputBlockPool::kKeptBlocksMax + 10; ++i) blocks.push_back(pool.take(1));
  for (OutputBlock* block : blocks) pool.giveBack(block);
  for (size_t i = OutputBlockPool::kKeptBlocksMax; i > 0; --i) {
    OutputBlock* block = pool.take(kBlock);
    REQUIRE(block == blocks[i - 1]);
  }
  for (size_t i = 0; i < OutputBlockPool::kKeptBlocksMax; ++i) pool.giveBack(blocks[i]);
}

TEST_CASE("a block of unusual size is not kept") {
  OutputBlockPool pool;
  OutputBlock* large = pool.take(kBlock + 1);
  CHECK(large->capacity == kBlock + 1);
  pool.giveBack(large);
  OutputBlock* usual = pool.take(kBlock + 1);
  CHECK(usual->capacity == kBlock + 1);
  pool.giveBack(usual);
  OutputBlock* small = pool.take(1);
  CHECK(small->capacity == kBlock);
  pool.giveBack(small);
}

// The buffer as a string. Broken on purpose, it forgets what is consumed in the middle of a block.
struct Model {
  bool broken = false;
  std::string waiting;

  void consume(size_t bytes) {
    waiting.erase(0, bytes);
    if (broken && bytes > kBlock) waiting.erase(0, 1);
  }
};

void appendRandomly(SeededRandom& random, OutputBuffer& buffer, Model& model) {
  const std::string bytes =
      random.bytes(random.mostlySmall(random.below(8) == 0 ? 5 * kBlock : 2000));
  model.waiting += bytes;
  if (bytes.size() > kBlock || random.below(2) == 0) return buffer.append(bytes);
  char* room = buffer.reserve(bytes.size());
  if (!bytes.empty()) std::memcpy(room, bytes.data(), bytes.size());
  buffer.commit(bytes.size());
}

// Whether buffer and model agree up to the end.
bool agreesWithModel(SeededRandom& random, int steps, bool broken) {
  OutputBlockPool pool;
  OutputBuffer buffer(pool);
  Model model{broken, {}};
  for (int step = 0; step < steps; ++step) {
    const uint64_t action = random.below(100);
    if (action < 60) {
      appendRandomly(random, buffer, model);
    } else if (action < 99) {
      const size_t bytes = random.below(2) == 0 ? random.below(buffer.size() + 1) : buffer.size();
      const size_t taken = std::min(bytes, buffer.size());
      buffer.consume(taken);
      model.consume(taken);
    } else {
      buffer.clear();
      model.waiting.clear();
    }
    if (buffer.size() != model.waiting.size()) return false;
    if (buffer.empty() != model.waiting.empty()) return false;
    if (buffer.memoryBytes() < buffer.size()) return false;
    if (step % 8 != 0) continue;
    const int pieces = static_cast<int>(random.below(4)) + 1;
    const std::string oldest = gathered(buffer, pieces);
    if (model.waiting.compare(0, oldest.size(), oldest) != 0) return false;
    if (gathered(buffer, static_cast<int>(buffer.blockCount()) + 1) != model.waiting) return false;
  }
  buffer.consume(buffer.size());
  return buffer.memoryBytes() == 0 && buffer.blockCount() == 0;
}

TEST_CASE("blocks that nobody needs go by and by, those that are used stay") {
  OutputBlockPool pool;
  {
    OutputBuffer big(pool);
    for (int i = 0; i < 100; ++i) big.append(std::string(OutputBlockPool::kBlockBytes, 'x'));
  }
  REQUIRE(pool.keptBlocks() == 100);
  const auto useFour = [&pool] {
    OutputBuffer buffer(pool);
    for (int i = 0; i < 4; ++i) buffer.append(std::string(OutputBlockPool::kBlockBytes, 'x'));
  };
  // They were all needed until now.
  pool.trim();
  REQUIRE(pool.keptBlocks() == 100);
  for (int i = 0; i < 10; ++i) {
    useFour();
    pool.trim();
  }
  REQUIRE(pool.keptBlocks() == 4);
  for (int i = 0; i < 4; ++i) pool.trim();
  REQUIRE(pool.keptBlocks() == 0);
}

TEST_CASE("all that waits can be taken at once") {
  OutputBlockPool pool;
  OutputBuffer buffer(pool);
  std::string expected;
  for (int i = 0; i < 3000; ++i) {
    const std::string text = std::to_string(i) + ",";
    buffer.append(text);
    expected += text;
  }
  buffer.consume(5);
  const uint64_t position = buffer.position();
  CHECK(buffer.takeAll() == expected.substr(5));
  CHECK(buffer.empty());
  CHECK(buffer.position() == position);
  CHECK(buffer.consumedPosition() == position);
  CHECK(buffer.takeAll().empty());
}

// Allows so many bytes, and notes how many were asked for.
struct Bound final : OutputBound {
  bool allowsOutput(size_t bytes) override {
    asked.push_back(bytes);
    return bytes <= bytes_max;
  }
  size_t bytes_max = 0;
  std::vector<size_t> asked;
};

TEST_CASE("the bound is asked for every block behind the first, not for each byte") {
  OutputBlockPool pool;
  Bound bound;
  bound.bytes_max = 10 * kBlock;
  OutputBuffer buffer(pool);
  buffer.setBound(bound);
  for (size_t i = 0; i < kBlock; ++i) buffer.append("x");
  CHECK(bound.asked.empty());
  buffer.append("x");
  CHECK(bound.asked == std::vector<size_t>{kBlock + 1});
  for (size_t i = 1; i < kBlock; ++i) buffer.append("x");
  CHECK(bound.asked.size() == 1);
  buffer.reserve(100);
  CHECK(bound.asked.back() == 2 * kBlock + 100);
  // A first block that is larger than others is one that others would have to be behind.
  buffer.consume(buffer.size());
  bound.asked.clear();
  buffer.append(std::string(kBlock + 1, 'y'));
  CHECK(bound.asked == std::vector<size_t>{kBlock + 1});
  CHECK_FALSE(buffer.overflowed());
}

TEST_CASE("what would go beyond the bound is dropped with all that waits, and positions go on") {
  OutputBlockPool pool;
  Bound bound;
  bound.bytes_max = 3 * kBlock;
  OutputBuffer buffer(pool);
  buffer.setBound(bound);
  buffer.append(std::string(3 * kBlock, 'a'));
  buffer.consume(kBlock / 2);
  const uint64_t before = buffer.position();
  SECTION("appended") {
    buffer.append(std::string(kBlock, 'b'));
    CHECK(buffer.overflowed());
    CHECK(buffer.memoryBytes() == 0);
    CHECK(buffer.position() == before + kBlock);
  }
  SECTION("reserved") {
    std::fill_n(buffer.reserve(kBlock), kBlock, 'b');
    buffer.commit(kBlock);
    CHECK(buffer.overflowed());
    CHECK(buffer.memoryBytes() <= 16 * 1024);
    CHECK(buffer.position() == before + kBlock);
  }
  SECTION("announced") {
    buffer.expect(kBlock / 2);
    CHECK_FALSE(buffer.overflowed());
    buffer.expect(SIZE_MAX);
    CHECK(buffer.overflowed());
    CHECK(buffer.memoryBytes() == 0);
    CHECK(buffer.position() == before);
  }
  // The buffer stays closed, and does not ask its bound again.
  const size_t asked = bound.asked.size();
  const uint64_t at = buffer.position();
  for (int i = 0; i < 1000; ++i) {
    buffer.append("c");
    buffer.append(std::string(kBlock, 'd'));
    buffer.append(std::string(10 * kBlock, 'e'));
    std::fill_n(buffer.reserve(10), 10, 'f');
    buffer.commit(10);
    REQUIRE(buffer.memoryBytes() <= 16 * 1024);
  }
  CHECK(buffer.position() == at + 1000 * (1 + 11 * kBlock + 10));
  CHECK(bound.asked.size() == asked);
}

TEST_CASE("after random appends and consumes the buffer holds what a string would") {
  SeededRandom random("after random appends and consumes the buffer holds what a string would");
  CAPTURE(random.seed());
  CHECK(agreesWithModel(random, 4000, false));
}

TEST_CASE("canary: a model that loses a byte is noticed") {
  SeededRandom random("canary: a model that loses a byte is noticed");
  CHECK_FALSE(agreesWithModel(random, 4000, true));
}

}  // namespace
}  // namespace inkstone::testing
