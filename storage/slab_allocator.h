// Memory for small entries, packed to 8 bytes. Debian's jemalloc rounds small sizes up to 16, which
// for the usual 56-byte entry is one byte in seven; here a page costs one header of 64 bytes in 32
// KB and the rest is slots.
//
// Shape: chunks of 1 MB are cut into pages of 32 KB; a page holds slots of one size; the page of a
// slot is found by masking its address. A page that runs empty goes back to its chunk, an empty
// chunk to the system allocator.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/structure_check.h"

namespace inkstone {

class SlabAllocator {
 public:
  // Larger blocks are passed on to operator new.
  static constexpr size_t kSlotBytesMax = 512;
  static constexpr size_t kSlotGranularity = 8;

  SlabAllocator();
  ~SlabAllocator();
  SlabAllocator(const SlabAllocator&) = delete;
  SlabAllocator& operator=(const SlabAllocator&) = delete;

  // Gives at least `bytes` (not 0), aligned to 8. Throws std::bad_alloc.
  void* allocate(size_t bytes);
  // `bytes` is what allocate() was asked for, or any value that rounds to the same slot size.
  void deallocate(void* p, size_t bytes);

  // Tells what a block of `bytes` takes: two requests with the same answer may share one block.
  static constexpr size_t slotBytes(size_t bytes) {
    return (bytes + kSlotGranularity - 1) & ~(kSlotGranularity - 1);
  }

  // These count the bytes in slots that are handed out, and in pages. The last page of a size is
  // kept when it runs empty.
  size_t usedBytes() const { return used_bytes_; }
  size_t pageBytes() const { return page_count_ * kPageBytes; }

  // Finds a claim that is broken: about chunks, pages, their free slots, the lists and the counts.
  // Slots in use are not looked into.
  BrokenClaim checkStructure() const;
  size_t checkSteps() const { return pageBytes() / 64; }

 private:
  static constexpr size_t kPageBytes = 32 * 1024;
  static constexpr size_t kChunkBytes = 1024 * 1024;
  static constexpr size_t kPagesPerChunk = kChunkBytes / kPageBytes;
  static constexpr size_t kClasses = kSlotBytesMax / kSlotGranularity + 1;

  struct Chunk;
  struct Page;

  Chunk* addChunk();
  void releaseChunk(Chunk* chunk);
  void linkChunk(Chunk* chunk);
  void unlinkChunk(Chunk* chunk);
  Page* addPage(size_t slot_bytes);
  void releasePage(Page* page);
  void link(Page* page);
  void unlink(Page* page);
  static BrokenClaim checkPage(const Chunk* chunk, const Page* page);
  BrokenClaim checkChunkList(size_t roomy_chunks) const;
  BrokenClaim checkPageLists(size_t partial_pages) const;

  // Pages with at least one free slot, by slot size / 8.
  std::array<Page*, kClasses> partial_{};
  std::vector<std::unique_ptr<Chunk>> chunks_;
  // Chunks with a free page, so that finding one takes no longer when there are thousands.
  Chunk* roomy_ = nullptr;
  size_t page_count_ = 0;
  size_t used_bytes_ = 0;
};

}  // namespace inkstone
