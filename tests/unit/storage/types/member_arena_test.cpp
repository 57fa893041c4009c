#include "storage/types/member_arena.h"

#include <catch2/catch.hpp>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "storage/memory_usage.h"
#include "tests/unit/seeded_random.h"

namespace inkstone::testing {
namespace {

struct Block {
  uint8_t* at;
  size_t bytes;
  uint8_t pattern;
};

bool isIntact(const Block& block) {
  for (size_t i = 0; i < block.bytes; ++i) {
    if (block.at[i] != block.pattern) return false;
  }
  return true;
}

// Allocates and frees at random, never more than `blocks_max` at a time; returns what went wrong.
// `broken`: now and then a byte of another block is changed.
std::string run(SeededRandom& random, uint64_t steps, size_t blocks_max, bool broken = false) {
  MemberArena arena;
  std::vector<Block> blocks;
  std::string wrong;
  const auto giveBack = [&](size_t index) {
    if (!isIntact(blocks[index])) wrong = "a block was overwritten";
    arena.deallocate(blocks[index].at, blocks[index].bytes);
    blocks[index] = blocks.back();
    blocks.pop_back();
  };
  for (uint64_t i = 0; i < steps && wrong.empty(); ++i) {
    // Each walk goes over all pages.
    if (i % 1000 == 0) {
      if (const BrokenClaim claim = arena.checkStructure()) wrong = claim->text();
    }
    const bool growing = i / (2 * blocks_max) % 2 == 0;
    if (!blocks.empty() && random.below(10) < (growing ? 3U : 7U)) {
      giveBack(random.below(blocks.size()));
    } else if (blocks.size() < blocks_max) {
      const size_t bytes = 1 + random.mostlySmall(200);
      auto* const at = static_cast<uint8_t*>(arena.allocate(bytes));
      if (reinterpret_cast<uintptr_t>(at) % 8 != 0) wrong = "not aligned";
      blocks.push_back({at, bytes, static_cast<uint8_t>(random())});
      std::memset(at, blocks.back().pattern, bytes);
      if (broken && bytes == 8) blocks[0].at[0] ^= 1;
    }
  }
  while (!blocks.empty()) giveBack(blocks.size() - 1);
  if (!wrong.empty()) return wrong;
  if (arena.memoryBytes() != 0 || arena.pieces() != 0) return "empty, and still takes memory";
  return {};
}

TEST_CASE("blocks of an arena keep what is written to them") {
  SeededRandom random("blocks of an arena keep what is written to them");
  CAPTURE(random.seed());
  CHECK(run(random, 200'000, 30) == "");
  CHECK(run(random, 1'000'000, 5000) == "");
}

TEST_CASE("canary: a block that somebody else writes to is noticed") {
  SeededRandom random("canary: a block that somebody else writes to is noticed");
  CHECK_FALSE(run(random, 20'000, 500, true).empty());
}

TEST_CASE("a page of an arena holds 62 blocks of 16 bytes") {
  MemberArena arena;
  for (int i = 0; i < 62; ++i) arena.allocate(16);
  CHECK(arena.pieces() == 1);
  CHECK(arena.memoryBytes() == 1024);
  arena.allocate(9);
  CHECK(arena.pieces() == 2);
}

TEST_CASE("requests of one capacity share blocks") {
  CHECK(MemberArena::capacity(1) == 8);
  CHECK(MemberArena::capacity(8) == 8);
  CHECK(MemberArena::capacity(9) == 16);
  CHECK(MemberArena::capacity(120) == 120);
  CHECK(MemberArena::capacity(121) == 128);
  CHECK(MemberArena::capacity(129) == 160);
  MemberArena arena;
  for (const size_t bytes : {size_t{1}, size_t{57}, size_t{120}, size_t{130}, size_t{5000}}) {
    void* const block = arena.allocate(bytes);
    std::memset(block, 7, MemberArena::capacity(bytes));
    arena.deallocate(block, MemberArena::capacity(bytes));
  }
  CHECK(arena.pieces() == 0);
}

#ifdef INKSTONE_JEMALLOC
TEST_CASE("an arena knows what it takes, and its end gives back every page") {
  SeededRandom random("an arena knows what it takes, and its end gives back every page");
  CAPTURE(random.seed());
  std::vector<std::pair<void*, size_t>> long_blocks;
  long_blocks.reserve(10000);
  const int64_t before = usedMemory();
  int64_t unexplained_full = 0;
  int64_t unexplained_pages = 0;
  size_t long_blocks_told = 0;
  {
    MemberArena arena;
    const auto unexplained = [&] {
      return usedMemory() - before - static_cast<int64_t>(arena.memoryBytes());
    };
    for (int i = 0; i < 10000; ++i) {
      const size_t bytes = 1 + random.mostlySmall(1000);
      void* const block = arena.allocate(bytes);
      if (MemberArena::isLong(bytes)) long_blocks.emplace_back(block, bytes);
    }
    unexplained_full = unexplained();
    long_blocks_told = arena.longBlocks();
    for (const auto& [block, bytes] : long_blocks) arena.deallocate(block, bytes);
    unexplained_pages = unexplained();
  }
  const int64_t left = usedMemory() - before;
  CHECK(unexplained_full == 0);
  CHECK(unexplained_pages == 0);
  CHECK(long_blocks_told == long_blocks.size());
  CHECK(left == 0);
}
#endif

}  // namespace
}  // namespace inkstone::testing
