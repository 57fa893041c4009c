#include "storage/types/member_arena.h"

#include <cstring>
#include <new>

namespace inkstone {

MemberArena::~MemberArena() {
  for (Page* list : roomy_) destroyPages(list);
  destroyPages(full_);
}

void* MemberArena::allocate(size_t bytes) {
  if (isLong(bytes)) return allocateLong(bytes);
  const ChangeCheck check(*this);
  Page*& roomy = roomy_[classOf(bytes)];
  if (roomy == nullptr) addPage(capacity(bytes));
  Page* page = roomy;
  uint8_t* slot;
  if (page->free != 0) {
    slot = page->at(page->free);
    std::memcpy(&page->free, slot, sizeof page->free);
  } else {
    slot = page->at(page->fresh);
    page->fresh = static_cast<uint16_t>(page->fresh + page->slot_bytes);
  }
  ++page->used;
  if (page->full()) {
    unlink(roomy, page);
    link(full_, page);
  }
  return slot;
}

void MemberArena::deallocate(void* block, size_t bytes) {
  if (isLong(bytes)) {
    --long_blocks_;
    long_bytes_ -= capacity(bytes);
    ::operator delete(block);
    return;
  }
  const ChangeCheck check(*this);
  Page* page = pageOf(block);
  invariant(page->used > 0 && page->slot_bytes == capacity(bytes),
            "a slot is given back once, by its size", page->used, page->slot_bytes, bytes);
  Page*& roomy = roomy_[classOf(bytes)];
  if (page->full()) {
    unlink(full_, page);
    link(roomy, page);
  }
  if (--page->used == 0) {
    unlink(roomy, page);
    --pages_;
    ::operator delete (page, std::align_val_t{kPageBytes});
    return;
  }
  std::memcpy(block, &page->free, sizeof page->free);
  page->free = static_cast<uint16_t>(static_cast<uint8_t*>(block) - page->at(0));
}

void MemberArena::link(Page*& list, Page* page) {
  page->previous = nullptr;
  page->next = list;
  if (list != nullptr) list->previous = page;
  list = page;
}

void MemberArena::unlink(Page*& list, Page* page) {
  (page->previous == nullptr ? list : page->previous->next) = page->next;
  if (page->next != nullptr) page->next->previous = page->previous;
}

void MemberArena::destroyPages(Page* list) {
  while (list != nullptr) {
    Page* const next = list->next;
    ::operator delete (list, std::align_val_t{kPageBytes});
    list = next;
  }
}

void MemberArena::addPage(size_t slot_bytes) {
  void* memory = ::operator new (kPageBytes, std::align_val_t{kPageBytes});
  auto* page =
      new (memory) Page{nullptr, nullptr, static_cast<uint16_t>(slot_bytes), 0, 0, sizeof(Page)};
  link(roomy_[classOf(slot_bytes)], page);
  ++pages_;
}

void* MemberArena::allocateLong(size_t bytes) {
  void* block = ::operator new(capacity(bytes));
  ++long_blocks_;
  long_bytes_ += capacity(bytes);
  return block;
}

BrokenClaim MemberArena::Page::checkStructure() const {
  if (fresh < sizeof(Page) || fresh > kPageBytes || (fresh - sizeof(Page)) % slot_bytes != 0) {
    return Claim("what a page never handed out begins with a slot");
  }
  const size_t touched = (fresh - sizeof(Page)) / slot_bytes;
  size_t free_slots = 0;
  for (uint16_t offset = free; offset != 0; ++free_slots) {
    if (offset < sizeof(Page) || offset >= fresh || (offset - sizeof(Page)) % slot_bytes != 0) {
      return Claim("a free slot is one of its page that was handed out before");
    }
    if (free_slots == touched) return Claim("the free slots of a page form no circle");
    std::memcpy(&offset, at(offset), sizeof offset);
  }
  if (free_slots + used != touched) return Claim("a page has as many slots in use as it says");
  return {};
}

BrokenClaim MemberArena::checkStructure() const {
  size_t pages = 0;
  for (size_t i = 0; i <= kClasses; ++i) {
    const bool full = i == kClasses;
    const Page* previous = nullptr;
    for (const Page* page = full ? full_ : roomy_[i]; page != nullptr; page = page->next) {
      if (page->previous != previous) return Claim("pages are linked both ways");
      if (++pages > pages_) return Claim("no more pages are linked than there are");
      if (!full && page->slot_bytes != (i + 1) * kSlotStep) {
        return Claim("pages with room are listed by slot size");
      }
      if (const BrokenClaim broken = page->checkStructure()) return broken;
      if (page->full() != full) return Claim("full pages are listed apart");
      if (page->used == 0) return Claim("a page that runs empty is given back");
      previous = page;
    }
  }
  if (pages != pages_) return Claim("all pages are linked");
  return {};
}

}  // namespace inkstone
