// Memory for the members of one big value, which owns it: so the value can change its database and
// its thread without being touched, and is destroyed page by page instead of member by member.
//
// Pages of 1 KB, aligned to their size, are cut into slots of one size; the page of a slot is found
// by masking its address. Pages are that small because a value of a few hundred members may have
// several sizes of them. A page that runs empty is given back at once.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/structure_check.h"
#include "storage/memory_cost.h"

namespace inkstone {

class MemberArena {
 public:
  // Longer blocks have an allocation each: of longer slots a page would waste more than the
  // allocator's size classes do.
  static constexpr size_t kSlotBytesMax = 120;
  static constexpr size_t kSlotStep = 8;
  static constexpr size_t kPageBytes = 1024;

  MemberArena() = default;
  // Gives all slots back. Long blocks must have been deallocated before.
  ~MemberArena();
  MemberArena(const MemberArena&) = delete;
  MemberArena& operator=(const MemberArena&) = delete;

  // Gives at least `bytes` (not 0), aligned to 8. Throws std::bad_alloc.
  void* allocate(size_t bytes);
  // `bytes` is what allocate() was asked for, or any number with the same capacity().
  void deallocate(void* block, size_t bytes);

  // Tells what a block of `bytes` can hold: two requests with the same answer may share one block.
  static constexpr size_t capacity(size_t bytes) {
    if (bytes > kSlotBytesMax) return blockBytes(bytes);
    return (bytes + kSlotStep - 1) / kSlotStep * kSlotStep;
  }
  static constexpr bool isLong(size_t bytes) { return bytes > kSlotBytesMax; }

  size_t longBlocks() const { return long_blocks_; }
  // Pieces of memory to be given back in the end.
  size_t pieces() const { return pages_ + long_blocks_; }
  // Counts the bytes of pages and long blocks.
  size_t memoryBytes() const { return pages_ * kPageBytes + long_bytes_; }

  // Finds a claim about pages, their free slots and the counts that is broken. Slots in use and
  // long blocks are not looked into.
  BrokenClaim checkStructure() const;
  size_t checkSteps() const { return pages_ * kPageBytes / kSlotStep; }

 private:
  // Stands in front of the slots of a page. A free slot begins with the offset of the next one.
  struct Page {
    Page* next;
    Page* previous;
    uint16_t slot_bytes;
    uint16_t used;
    uint16_t free;   // offset of the first slot that was freed, 0 when there is none
    uint16_t fresh;  // offset of the first slot that was never used

    BrokenClaim checkStructure() const;
    bool full() const { return free == 0 && fresh + size_t{slot_bytes} > kPageBytes; }
    const uint8_t* at(size_t offset) const {
      return reinterpret_cast<const uint8_t*>(this) + offset;
    }
    uint8_t* at(size_t offset) { return reinterpret_cast<uint8_t*>(this) + offset; }
  };
  static_assert(sizeof(Page) == 24);

  static constexpr size_t kClasses = kSlotBytesMax / kSlotStep;
  static size_t classOf(size_t bytes) { return (bytes - 1) / kSlotStep; }

  static Page* pageOf(void* slot) {
    return reinterpret_cast<Page*>(reinterpret_cast<uintptr_t>(slot) & ~(kPageBytes - 1));
  }
  static void link(Page*& list, Page* page);
  static void unlink(Page*& list, Page* page);
  static void destroyPages(Page* list);
  void addPage(size_t slot_bytes);
  void* allocateLong(size_t bytes);

  // Pages with room, by slot size, and all others.
  std::array<Page*, kClasses> roomy_{};
  Page* full_ = nullptr;
  size_t pages_ = 0;
  size_t long_blocks_ = 0;
  size_t long_bytes_ = 0;
};

}  // namespace inkstone
