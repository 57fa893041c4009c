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
  auto* page = reinterpret_cast<Page*>(reinterpret_cast<uintptr_t>(p) & ~(kPageBytes - 1));
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

}  // namespace inkstone
