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
  Page* page = pageOf(block);
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

}  // namespace inkstone
