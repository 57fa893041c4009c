#include "storage/slab_allocator.h"

#include <catch2/catch.hpp>
#include <cstring>
#include <iterator>
#include <map>
#include <set>
#include <vector>

#include "storage/memory_usage.h"
#include "tests/unit/seeded_random.h"

namespace inkstone::testing {
namespace {

constexpr size_t kPageBytes = 32 * 1024;
constexpr size_t kPageHeaderBytes = 64;

TEST_CASE("a request is rounded up to 8 bytes") {
  CHECK(SlabAllocator::slotBytes(1) == 8);
  CHECK(SlabAllocator::slotBytes(8) == 8);
  CHECK(SlabAllocator::slotBytes(9) == 16);
  CHECK(SlabAllocator::slotBytes(512) == 512);
}

TEST_CASE("an allocator that was not used holds no memory") {
  const int64_t before = usedMemory();
  const SlabAllocator slab;
  CHECK(slab.usedBytes() == 0);
  CHECK(slab.pageBytes() == 0);
  CHECK(usedMemory() == before);
}

TEST_CASE("a page holds as many slots as fit behind its header, then another is begun") {
  for (const size_t bytes : {size_t{8}, size_t{24}, size_t{56}, size_t{504}, size_t{512}}) {
    SlabAllocator slab;
    const size_t per_page = (kPageBytes - kPageHeaderBytes) / bytes;
    std::vector<void*> slots;
    for (size_t i = 0; i < per_page; ++i) slots.push_back(slab.allocate(bytes));
    CAPTURE(bytes);
    CHECK(slab.pageBytes() == kPageBytes);
    slots.push_back(slab.allocate(bytes));
    CHECK(slab.pageBytes() == 2 * kPageBytes);
    CHECK(slab.usedBytes() == slots.size() * bytes);
    for (void* slot : slots) slab.deallocate(slot, bytes);
  }
}

TEST_CASE("pages that run empty are returned but for the last of a size") {
  SlabAllocator slab;
  std::vector<void*> slots;
  for (int i = 0; i < 10000; ++i) slots.push_back(slab.allocate(56));
  CHECK(slab.pageBytes() == 18 * kPageBytes);
  for (void* slot : slots) slab.deallocate(slot, 56);
  CHECK(slab.usedBytes() == 0);
  CHECK(slab.pageBytes() == kPageBytes);
}

TEST_CASE("a page given back serves slots of another size") {
  SlabAllocator slab;
  std::vector<void*> slots;
  for (int i = 0; i < 5000; ++i) slots.push_back(slab.allocate(64));
  const size_t pages = slab.pageBytes();
  for (void* slot : slots) slab.deallocate(slot, 64);
  slots.clear();
  for (int i = 0; i < 2500; ++i) slots.push_back(slab.allocate(128));
  CHECK(slab.pageBytes() <= pages + 2 * kPageBytes);
  for (void* slot : slots) slab.deallocate(slot, 128);
}

char* pageOf(void* slot) {
  return reinterpret_cast<char*>(reinterpret_cast<uintptr_t>(slot) & ~(kPageBytes - 1));
}

// Slots of 512 bytes by page, enough of them for several chunks of 1 MB.
std::map<char*, std::vector<void*>> fillPages(SlabAllocator& slab, size_t pages) {
  std::map<char*, std::vector<void*>> by_page;
  const size_t per_page = (kPageBytes - kPageHeaderBytes) / 512;
  for (size_t i = 0; i < pages * per_page; ++i) {
    void* slot = slab.allocate(512);
    by_page[pageOf(slot)].push_back(slot);
  }
  return by_page;
}

TEST_CASE("a page that a full chunk gets back is used before another chunk is begun") {
  SlabAllocator slab;
  // Four chunks without a free page.
  auto by_page = fillPages(slab, 4 * 32);
  REQUIRE(by_page.size() == 4 * 32);
  // The first page of a size that runs empty would stay where it is.
  void* const partial = by_page.begin()->second.back();
  slab.deallocate(partial, 512);
  const auto returned = std::next(by_page.begin(), 50);
  for (void* slot : returned->second) slab.deallocate(slot, 512);
  CHECK(slab.pageBytes() == (4 * 32 - 1) * kPageBytes);
  void* const other = slab.allocate(8);
  CHECK(pageOf(other) == returned->first);
  CHECK(slab.pageBytes() == 4 * 32 * kPageBytes);
}

TEST_CASE("chunks are emptied and filled again in any order") {
  SeededRandom random("chunks are emptied and filled again in any order");
  CAPTURE(random.seed());
  SlabAllocator slab;
  auto by_page = fillPages(slab, 200);
  for (int round = 0; round < 10; ++round) {
    while (by_page.size() > 20) {
      const auto page = std::next(by_page.begin(), static_cast<int>(random.below(by_page.size())));
      for (void* slot : page->second) slab.deallocate(slot, 512);
      by_page.erase(page);
    }
    CHECK(slab.pageBytes() <= 21 * kPageBytes);
    for (auto& [page, slots] : fillPages(slab, 150)) {
      REQUIRE((by_page[page].empty() || by_page[page].size() + slots.size() <= 63));
      by_page[page].insert(by_page[page].end(), slots.begin(), slots.end());
    }
  }
  for (const auto& [page, slots] : by_page) {
    for (void* slot : slots) slab.deallocate(slot, 512);
  }
  CHECK(slab.usedBytes() == 0);
  CHECK(slab.pageBytes() == kPageBytes);
}

TEST_CASE("one slot taken and given back in turn keeps to its page") {
  SlabAllocator slab;
  void* const first = slab.allocate(40);
  slab.deallocate(first, 40);
  for (int i = 0; i < 100; ++i) {
    void* const again = slab.allocate(40);
    CHECK(again == first);
    slab.deallocate(again, 40);
  }
  CHECK(slab.pageBytes() == kPageBytes);
}

TEST_CASE("a slot is given back by any length that rounds to its size") {
  SlabAllocator slab;
  void* const slot = slab.allocate(33);
  CHECK(slab.usedBytes() == 40);
  slab.deallocate(slot, 40);
  CHECK(slab.usedBytes() == 0);
}

TEST_CASE("a block beyond the largest slot is passed on and counts in no page") {
  SlabAllocator slab;
  void* const large = slab.allocate(513);
  std::memset(large, 1, 513);
  CHECK(slab.usedBytes() == 0);
  CHECK(slab.pageBytes() == 0);
  slab.deallocate(large, 513);
}

TEST_CASE("used memory counts slots, and an allocator that goes takes its own away") {
  const int64_t before = usedMemory();
  {
    SlabAllocator slab;
    void* const kept = slab.allocate(56);
    // The first allocation also made a chunk; from here on only slots are added.
    const int64_t with_one = usedMemory();
    void* const second = slab.allocate(100);
    CHECK(usedMemory() == with_one + 104);
    slab.deallocate(second, 100);
    CHECK(usedMemory() == with_one);
    CHECK(kept != nullptr);
  }
  CHECK(usedMemory() == before);
}

struct Block {
  size_t bytes;
  unsigned char mark;
};

// Marks every byte of every block and remembers what was found wrong. Broken, a byte of the 50th
// block changes, as if another overlapped it.
class SlabWorld {
 public:
  explicit SlabWorld(bool broken) : broken_(broken) {}

  void allocate(size_t bytes, unsigned char mark) {
    auto* p = static_cast<unsigned char*>(slab_.allocate(bytes));
    if (reinterpret_cast<uintptr_t>(p) % 8 != 0) wrong_ = "not aligned to 8";
    const auto next = blocks_.lower_bound(p);
    if (next != blocks_.end() && p + bytes > next->first) wrong_ = "overlaps the next block";
    if (next != blocks_.begin()) {
      const auto& [start, block] = *std::prev(next);
      if (start + block.bytes > p) wrong_ = "overlaps the block before";
    }
    std::memset(p, mark, bytes);
    blocks_[p] = {bytes, mark};
    used_ += bytes > SlabAllocator::kSlotBytesMax ? 0 : SlabAllocator::slotBytes(bytes);
    if (++allocations_ == 50 && broken_) ++*p;
  }

  void deallocate(SeededRandom& random) {
    auto it = blocks_.lower_bound(
        blocks_.begin()->first +
        random.below(static_cast<uint64_t>(blocks_.rbegin()->first - blocks_.begin()->first) + 1));
    const auto [p, block] = *it;
    for (size_t i = 0; i < block.bytes; ++i) {
      if (p[i] != block.mark) wrong_ = "somebody wrote into a block";
    }
    used_ -= block.bytes > SlabAllocator::kSlotBytesMax ? 0 : SlabAllocator::slotBytes(block.bytes);
    slab_.deallocate(p, block.bytes);
    blocks_.erase(it);
  }

  std::string check() {
    if (slab_.usedBytes() != used_) wrong_ = "used bytes are not exact";
    if (slab_.usedBytes() > slab_.pageBytes()) wrong_ = "more used than in pages";
    // Each walk goes over all pages.
    if (++checks_ % 50 == 0) {
      if (const BrokenClaim broken = slab_.checkStructure()) wrong_ = broken->text();
    }
    return wrong_;
  }

  size_t size() const { return blocks_.size(); }
  size_t pageBytes() const { return slab_.pageBytes(); }

 private:
  SlabAllocator slab_;
  std::map<unsigned char*, Block> blocks_;
  size_t used_ = 0;
  int allocations_ = 0;
  int checks_ = 0;
  std::string wrong_;
  bool broken_;
};

std::string run(SeededRandom& random, int steps, bool broken) {
  SlabWorld world(broken);
  std::set<size_t> sizes;
  bool growing = true;
  std::string wrong;
  for (int i = 0; i < steps && wrong.empty(); ++i) {
    if (random.below(3000) == 0) growing = !growing;
    if (world.size() == 0 || random.below(100) < (growing ? 70U : 30U)) {
      // Few sizes at a time, so that pages fill; some beyond the largest slot.
      const size_t bytes = (random.below(8) * 80 + random.below(2) * random.below(20)) + 1;
      sizes.insert(SlabAllocator::slotBytes(bytes));
      world.allocate(bytes, static_cast<unsigned char>(random()));
    } else {
      world.deallocate(random);
    }
    wrong = world.check();
  }
  while (world.size() > 0) world.deallocate(random);
  if (wrong.empty()) wrong = world.check();
  if (world.pageBytes() > sizes.size() * kPageBytes) wrong = "empty pages are kept";
  return wrong;
}

TEST_CASE("random blocks never overlap, are never written to, and are counted exactly") {
  SeededRandom random("random blocks never overlap, are never written to, and are counted exactly");
  CAPTURE(random.seed());
  CHECK(run(random, 60000, false) == "");
}

TEST_CASE("canary: a byte written by somebody else is noticed") {
  SeededRandom random("canary: a byte written by somebody else is noticed");
  CHECK(run(random, 5000, true) == "somebody wrote into a block");
}

}  // namespace
}  // namespace inkstone::testing
