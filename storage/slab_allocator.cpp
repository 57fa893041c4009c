#include "storage/slab_allocator.h"

#include <bit>
#include <cstdlib>
#include <new>
#include <utility>

#include "storage/memory_usage.h"

namespace inkstone {

struct SlabAllocator::Chunk {
  char* base = nullptr;
  uint32_t free_pages = kAllPages;  // bit i: page i is not in use
  size_t index = 0;                 // in chunks_
  // Chunks with a free page form a list.
  Chunk* previous = nullptr;
  Chunk* next = nullptr;

  static constexpr uint32_t kAllPages = ~uint32_t{0};
  static_assert(kPagesPerChunk == 32, "free_pages has one bit a page");
};

struct alignas(64) SlabAllocator::Page {
  Chunk* chunk;
  Page* previous;
  Page* next;
  void* free_slots;  // list through the first word of each
  uint32_t slot_bytes;
  uint32_t untouched;  // offset of the first slot never handed out
  uint32_t used_slots;

  bool full() const { return free_slots == nullptr && untouched + slot_bytes > kPageBytes; }
};

SlabAllocator::SlabAllocator() = default;

SlabAllocator::~SlabAllocator() {
  addUsedMemory(-static_cast<int64_t>(used_bytes_));
  for (const auto& chunk : chunks_) std::free(chunk->base);
}

void SlabAllocator::link(Page* page) {
  Page*& head = partial_[page->slot_bytes / kSlotGranularity];
  page->previous = nullptr;
  page->next = head;
  if (head != nullptr) head->previous = page;
  head = page;
}

void SlabAllocator::unlink(Page* page) {
  if (page->previous == nullptr) {
    partial_[page->slot_bytes / kSlotGranularity] = page->next;
  } else {
    page->previous->next = page->next;
  }
  if (page->next != nullptr) page->next->previous = page->previous;
}

void SlabAllocator::linkChunk(Chunk* chunk) {
  chunk->previous = nullptr;
  chunk->next = roomy_;
  if (roomy_ != nullptr) roomy_->previous = chunk;
  roomy_ = chunk;
}

void SlabAllocator::unlinkChunk(Chunk* chunk) {
  (chunk->previous == nullptr ? roomy_ : chunk->previous->next) = chunk->next;
  if (chunk->next != nullptr) chunk->next->previous = chunk->previous;
}

SlabAllocator::Chunk* SlabAllocator::addChunk() {
  auto chunk = std::make_unique<Chunk>();
  chunk->index = chunks_.size();
  chunks_.push_back(std::move(chunk));
  Chunk* const added = chunks_.back().get();
  added->base = static_cast<char*>(std::aligned_alloc(kChunkBytes, kChunkBytes));
  if (added->base == nullptr) {
    chunks_.pop_back();
    throw std::bad_alloc();
  }
  linkChunk(added);
  return added;
}

void SlabAllocator::releaseChunk(Chunk* chunk) {
  unlinkChunk(chunk);
  std::free(chunk->base);
  const size_t index = chunk->index;
  chunks_[index].swap(chunks_.back());
  chunks_[index]->index = index;
  chunks_.pop_back();
}

SlabAllocator::Page* SlabAllocator::addPage(size_t slot_bytes) {
  Chunk* const chunk = roomy_ != nullptr ? roomy_ : addChunk();
  const int index = std::countr_zero(chunk->free_pages);
  chunk->free_pages &= chunk->free_pages - 1;
  if (chunk->free_pages == 0) unlinkChunk(chunk);
  auto* page = reinterpret_cast<Page*>(chunk->base + static_cast<size_t>(index) * kPageBytes);
  *page = {chunk, nullptr, nullptr, nullptr, static_cast<uint32_t>(slot_bytes), sizeof(Page), 0};
  ++page_count_;
  link(page);
  return page;
}

void SlabAllocator::releasePage(Page* page) {
  unlink(page);
  --page_count_;
  Chunk* const chunk = page->chunk;
  const auto index = static_cast<size_t>(reinterpret_cast<char*>(page) - chunk->base) / kPageBytes;
  if (chunk->free_pages == 0) linkChunk(chunk);
  chunk->free_pages |= uint32_t{1} << index;
  if (chunk->free_pages == Chunk::kAllPages) releaseChunk(chunk);
}

void* SlabAllocator::allocate(size_t bytes) {
  const size_t slot_bytes = slotBytes(bytes);
  if (slot_bytes > kSlotBytesMax) return ::operator new(bytes);
  const ChangeCheck check(*this);
  Page* page = partial_[slot_bytes / kSlotGranularity];
  if (page == nullptr) page = addPage(slot_bytes);
  void* slot = page->free_slots;
  if (slot != nullptr) {
    page->free_slots = *static_cast<void**>(slot);
  } else {
    slot = reinterpret_cast<char*>(page) + page->untouched;
    page->untouched += page->slot_bytes;
  }
  ++page->used_slots;
  if (page->full()) unlink(page);
  used_bytes_ += slot_bytes;
  addUsedMemory(static_cast<int64_t>(slot_bytes));
  return slot;
}

void SlabAllocator::deallocate(void* p, size_t bytes) {
  const size_t slot_bytes = slotBytes(bytes);
  if (slot_bytes > kSlotBytesMax) return ::operator delete(p);
  const ChangeCheck check(*this);
  auto* page = reinterpret_cast<Page*>(reinterpret_cast<uintptr_t>(p) & ~(kPageBytes - 1));
  invariant(page->used_slots > 0 && page->slot_bytes == slot_bytes,
            "a slot is given back once, by its size", page->used_slots, page->slot_bytes, bytes);
  const bool was_full = page->full();
  *static_cast<void**>(p) = page->free_slots;
  page->free_slots = p;
  --page->used_slots;
  used_bytes_ -= slot_bytes;
  addUsedMemory(-static_cast<int64_t>(slot_bytes));
  if (was_full) link(page);
  // The last page of a size stays, so that one key set and deleted in turn does not map and unmap
  // memory.
  const bool is_only_page = page->previous == nullptr && page->next == nullptr;
  if (page->used_slots == 0 && !is_only_page) releasePage(page);
}

BrokenClaim SlabAllocator::checkPage(const Chunk* chunk, const Page* page) {
  if (page->chunk != chunk) return Claim("a page knows its chunk");
  const size_t slot_bytes = page->slot_bytes;
  if (slot_bytes == 0 || slot_bytes > kSlotBytesMax || slot_bytes % kSlotGranularity != 0) {
    return Claim("a page has slots of one of the sizes");
  }
  const size_t untouched = page->untouched;
  if (untouched < sizeof(Page) || untouched > kPageBytes ||
      (untouched - sizeof(Page)) % slot_bytes != 0) {
    return Claim("what a page never handed out begins with a slot");
  }
  const size_t touched = (untouched - sizeof(Page)) / slot_bytes;
  size_t free = 0;
  for (const void* slot = page->free_slots; slot != nullptr; ++free) {
    const size_t offset = reinterpret_cast<uintptr_t>(slot) - reinterpret_cast<uintptr_t>(page);
    if (offset < sizeof(Page) || offset >= untouched || (offset - sizeof(Page)) % slot_bytes != 0) {
      return Claim("a free slot is one of its page that was handed out before");
    }
    if (free == touched) return Claim("the free slots of a page form no circle");
    slot = *static_cast<void* const*>(slot);
  }
  if (free + page->used_slots != touched)
    return Claim("a page has as many slots in use as it says");
  return {};
}

BrokenClaim SlabAllocator::checkChunkList(size_t roomy_chunks) const {
  size_t linked = 0;
  const Chunk* previous = nullptr;
  for (const Chunk* chunk = roomy_; chunk != nullptr; chunk = chunk->next) {
    if (chunk->previous != previous) return Claim("chunks with a free page are linked both ways");
    if (chunk->free_pages == 0 || ++linked > roomy_chunks) break;
    previous = chunk;
  }
  if (linked != roomy_chunks) return Claim("all chunks with a free page are linked, and no others");
  return {};
}

BrokenClaim SlabAllocator::checkPageLists(size_t partial_pages) const {
  size_t linked = 0;
  for (size_t i = 0; i < partial_.size(); ++i) {
    const Page* previous = nullptr;
    for (const Page* page = partial_[i]; page != nullptr; page = page->next) {
      if (page->previous != previous) return Claim("pages with a free slot are linked both ways");
      if (page->slot_bytes != i * kSlotGranularity) return Claim("pages are listed by slot size");
      if (page->full() || ++linked > partial_pages) {
        return Claim("only pages with a free slot are linked");
      }
      previous = page;
    }
  }
  if (linked != partial_pages) return Claim("all pages with a free slot are linked");
  return {};
}

BrokenClaim SlabAllocator::checkStructure() const {
  size_t pages = 0;
  size_t partial_pages = 0;
  size_t roomy_chunks = 0;
  size_t used_bytes = 0;
  for (size_t i = 0; i < chunks_.size(); ++i) {
    const Chunk* const chunk = chunks_[i].get();
    if (chunk->index != i) return Claim("a chunk knows its place");
    if (chunk->free_pages != 0) ++roomy_chunks;
    for (size_t p = 0; p < kPagesPerChunk; ++p) {
      if ((chunk->free_pages >> p & 1) != 0) continue;
      const auto* const page = reinterpret_cast<const Page*>(chunk->base + p * kPageBytes);
      if (const BrokenClaim broken = checkPage(chunk, page)) return broken;
      ++pages;
      used_bytes += size_t{page->used_slots} * page->slot_bytes;
      if (!page->full()) ++partial_pages;
    }
  }
  if (pages != page_count_) return Claim("the allocator has as many pages as it says");
  if (used_bytes != used_bytes_) return Claim("the allocator handed out as many bytes as it says");
  if (const BrokenClaim broken = checkChunkList(roomy_chunks)) return broken;
  return checkPageLists(partial_pages);
}

}  // namespace inkstone
