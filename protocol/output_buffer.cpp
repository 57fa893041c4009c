#include "protocol/output_buffer.h"

#include <algorithm>
#include <new>

namespace inkstone {

OutputBlockPool::~OutputBlockPool() {
  while (kept_ != nullptr) {
    OutputBlock* next = kept_->next;
    ::operator delete(kept_);
    kept_ = next;
  }
}

OutputBlock* OutputBlockPool::take(size_t bytes) {
  const size_t capacity = std::max(bytes, kBlockBytes);
  if (capacity != kBlockBytes || kept_ == nullptr) return make(capacity);
  OutputBlock* block = kept_;
  kept_ = block->next;
  unused_count_ = std::min(unused_count_, --kept_count_);
  *block = {nullptr, 0, 0, capacity};
  return block;
}

void OutputBlockPool::trim() {
  for (size_t left = (unused_count_ + 1) / 2; left > 0; --left) {
    OutputBlock* const block = kept_;
    kept_ = block->next;
    --kept_count_;
    ::operator delete(block);
  }
  unused_count_ = kept_count_;
}

OutputBlock* OutputBlockPool::make(size_t capacity) {
  auto* block = static_cast<OutputBlock*>(::operator new(sizeof(OutputBlock) + capacity));
  *block = {nullptr, 0, 0, capacity};
  return block;
}

void OutputBlockPool::giveBack(OutputBlock* block) {
  if (block->capacity != kBlockBytes || kept_count_ == kKeptBlocksMax) {
    ::operator delete(block);
    return;
  }
  block->next = kept_;
  kept_ = block;
  ++kept_count_;
}

void OutputBuffer::sealTail() {
  if (tail_ == nullptr) return;
  tail_->end = static_cast<size_t>(cursor_ - tail_->data());
  sealed_bytes_ += tail_->end - tail_->begin;
}

// Tells whether so many more bytes may wait; if not, the buffer overflows, and nothing waits any
// more.
bool OutputBuffer::admits(size_t bytes) {
  if (!overflowed_) {
    const bool first_block = tail_ == nullptr && bytes <= OutputBlockPool::kBlockBytes;
    if (bound_ == nullptr || first_block) return true;
    const size_t waiting = size();
    overflowed_ = !bound_->allowsOutput(waiting + std::min(bytes, SIZE_MAX - waiting));
    if (!overflowed_) return true;
  }
  clear();
  return false;
}

// What was reserved needs a place even if it is dropped.
void OutputBuffer::addBlock(size_t bytes) {
  static_cast<void>(admits(bytes));
  useBlock(pool_.take(bytes));
}

void OutputBuffer::addMessageBlock() {
  useBlock(pool_.takeForMessage());
}

void OutputBuffer::useBlock(OutputBlock* block) {
  sealTail();
  (tail_ == nullptr ? head_ : tail_->next) = block;
  tail_ = block;
  cursor_ = block->data();
  limit_ = cursor_ + block->capacity;
  memory_bytes_ += sizeof(OutputBlock) + block->capacity;
  ++block_count_;
}

void OutputBuffer::appendAcross(std::string_view bytes) {
  if (!admits(bytes.size())) {
    consumed_ += bytes.size();
    return;
  }
  const size_t room = static_cast<size_t>(limit_ - cursor_);
  if (room > 0) {
    std::memcpy(cursor_, bytes.data(), room);
    cursor_ += room;
    bytes.remove_prefix(room);
  }
  useBlock(pool_.take(bytes.size()));
  std::memcpy(cursor_, bytes.data(), bytes.size());
  cursor_ += bytes.size();
}

int OutputBuffer::gather(iovec* pieces, int count_max, size_t bytes_max) {
  int count = 0;
  for (OutputBlock* block = head_; block != nullptr && count < count_max && bytes_max > 0;
       block = block->next) {
    const size_t end = block == tail_ ? static_cast<size_t>(cursor_ - block->data()) : block->end;
    if (end == block->begin) continue;
    const size_t bytes = std::min(end - block->begin, bytes_max);
    pieces[count++] = {block->data() + block->begin, bytes};
    bytes_max -= bytes;
  }
  return count;
}

void OutputBuffer::dropHead() {
  OutputBlock* block = head_;
  head_ = block->next;
  if (head_ == nullptr) {
    tail_ = nullptr;
    cursor_ = limit_ = nullptr;
  }
  memory_bytes_ -= sizeof(OutputBlock) + block->capacity;
  --block_count_;
  pool_.giveBack(block);
}

void OutputBuffer::consume(size_t bytes) {
  consumed_ += bytes;
  while (bytes > 0) {
    const bool is_tail = head_ == tail_;
    const size_t waiting = is_tail ? tailBytes() : head_->end - head_->begin;
    const size_t taken = std::min(bytes, waiting);
    head_->begin += taken;
    if (!is_tail) sealed_bytes_ -= taken;
    bytes -= taken;
    if (taken == waiting) dropHead();
  }
}

std::string OutputBuffer::takeAll() {
  std::string bytes;
  bytes.reserve(size());
  iovec piece;
  while (gather(&piece, 1) == 1) {
    bytes.append(static_cast<const char*>(piece.iov_base), piece.iov_len);
    consume(piece.iov_len);
  }
  return bytes;
}

void OutputBuffer::clear() {
  consumed_ += size();
  while (head_ != nullptr) dropHead();
  sealed_bytes_ = 0;
}

}  // namespace inkstone
