#include "storage/types/quicklist_node.h"

#include <lzf.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <memory>
#include <new>

#include "storage/string_value.h"

namespace inkstone {
namespace {

using listpack_format::Encoded;
using listpack_format::kEnd;

// Fewer bytes are not worth trying to compress.
constexpr size_t kCompressedMin = 48;
constexpr size_t kSavedMin = 8;

uint8_t* allocate(size_t bytes) {
  return static_cast<uint8_t*>(::operator new(bytes));
}

StringBuffer* stringBuffer(uint8_t* buffer) {
  return reinterpret_cast<StringBuffer*>(buffer);
}

}  // namespace

QuicklistNode::QuicklistNode(size_t capacity)
    : buffer_(allocate(blockBytes(capacity))),
      capacity_(static_cast<uint32_t>(blockBytes(capacity))) {
  buffer_[Listpack::kHeaderBytes] = kEnd;
  setHeader(Listpack::kEmptyBytes, 0);
}

QuicklistNode::QuicklistNode(Listpack pack)
    : buffer_(pack.bytes()),
      capacity_(static_cast<uint32_t>(pack.memoryBytes())),
      count_(static_cast<uint32_t>(pack.size())) {}

QuicklistNode::QuicklistNode(std::string_view plain) : count_(1), plain_(true) {
  StringBuffer* const copied = StringBuffer::create(plain.size(), plain.size());
  std::memcpy(copied->data(), plain.data(), plain.size());
  buffer_ = reinterpret_cast<uint8_t*>(copied);
}

void QuicklistNode::freeBuffer() {
  if (buffer_ != nullptr) ::operator delete(buffer_);
}

QuicklistNode* QuicklistNode::copy(const QuicklistNode& other) {
  const size_t bytes = other.byteCount();
  if (!other.plain_) {
    auto node = std::make_unique<QuicklistNode>(bytes);
    node->count_ = other.count_;
    if (other.compressed_) {
      other.decompressTo(node->buffer_);
      node->compress();
    } else {
      std::memcpy(node->buffer_, other.head(), bytes);
    }
    return node.release();
  }
  if (!other.compressed_) return new QuicklistNode(stringBuffer(other.buffer_)->view());
  const auto raw = std::make_unique<char[]>(bytes);
  other.decompressTo(reinterpret_cast<uint8_t*>(raw.get()));
  auto node = std::make_unique<QuicklistNode>(std::string_view(raw.get(), bytes));
  node->compress();
  return node.release();
}

size_t QuicklistNode::byteCount() const {
  if (compressed_) return compressedHead().raw_bytes;
  return plain_ ? stringBuffer(buffer_)->length : pack().byteCount();
}

size_t QuicklistNode::memoryBytes() const {
  const size_t own = blockBytes(sizeof(QuicklistNode));
  if (compressed_) return own + blockBytes(sizeof(CompressedHead) + compressedHead().bytes);
  return own + (plain_ ? blockBytes(stringBuffer(buffer_)->bytes()) : capacity_);
}

const uint8_t* QuicklistNode::rawBytes() const {
  return plain_ ? reinterpret_cast<const uint8_t*>(stringBuffer(buffer_)->data()) : head();
}

Listpack QuicklistNode::release() {
  trim();
  uint8_t* const block = buffer_;
  buffer_ = nullptr;
  return Listpack(block);
}

// The listpack to `begin` in a buffer of that capacity, which may be the one it has.
void QuicklistNode::moveTo(size_t capacity, size_t begin) {
  if (capacity == capacity_) {
    std::memmove(buffer_ + begin, head(), pack().byteCount());
  } else {
    uint8_t* const buffer = allocate(capacity);
    std::memcpy(buffer + begin, head(), pack().byteCount());
    freeBuffer();
    buffer_ = buffer;
    capacity_ = static_cast<uint32_t>(capacity);
  }
  begin_ = static_cast<uint32_t>(begin);
}

// Within the buffer if that leaves half of it, so that moving is rare; else in one twice as long,
// up to what the longest node takes.
void QuicklistNode::makeRoom(size_t bytes, bool in_front, size_t bytes_max, bool alone) {
  const size_t needed = pack().byteCount() + bytes;
  size_t capacity = capacity_;
  if (needed > capacity / 2) {
    const size_t doubled = std::min(blockBytes(2 * capacity), blockBytes(bytes_max));
    capacity = std::max({capacity, blockBytes(needed), doubled});
  }
  const size_t room = capacity - needed;
  const size_t room_at_other_end = alone ? room / 4 : 0;
  moveTo(capacity, in_front ? bytes + room - room_at_other_end : room_at_other_end);
}

void QuicklistNode::trim() {
  incompressible_ = false;
  const size_t capacity = blockBytes(pack().byteCount());
  if (capacity != capacity_ || begin_ != 0) moveTo(capacity, 0);
}

// Makes `removed` bytes give way to `inserted` bytes, moving what stands on the shorter side if
// there is room. The header is left behind as it was.
uint8_t* QuicklistNode::splice(const uint8_t* at, size_t removed, size_t inserted) {
  size_t before = static_cast<size_t>(at - head());
  const size_t bytes = pack().byteCount();
  const size_t behind = bytes - before - removed;
  const size_t added = inserted > removed ? inserted - removed : 0;
  bool move_front = before < behind && begin_ >= added;
  if (!move_front && roomBehind() < added) {
    move_front = begin_ >= added;
    if (!move_front) makeRoom(added, false, bytes + added, false);
  }
  uint8_t* const place = head() + before;
  if (!move_front) {
    std::memmove(place + inserted, place + removed, behind);
    return place;
  }
  uint8_t* const header = head() + removed - inserted;
  std::memmove(header, head(), before);
  begin_ = static_cast<uint32_t>(header - buffer_);
  return header + before;
}

void QuicklistNode::eraseFront(size_t count) {
  const size_t bytes = pack().byteCount();
  const uint8_t* const first = head() + Listpack::kHeaderBytes;
  const uint8_t* at = first;
  for (size_t i = 0; i < count; ++i) at = listpack_format::step(at);
  const auto erased = static_cast<size_t>(at - first);
  begin_ += static_cast<uint32_t>(erased);
  setHeader(bytes - erased, count_ - count);
}

void QuicklistNode::eraseBack(size_t count) {
  const size_t bytes = pack().byteCount();
  uint8_t* const last = head() + bytes - 1;
  const uint8_t* at = last;
  for (size_t i = 0; i < count; ++i) at = listpack_format::stepBack(at);
  const auto erased = static_cast<size_t>(last - at);
  last[-static_cast<std::ptrdiff_t>(erased)] = kEnd;
  setHeader(bytes - erased, count_ - count);
}

void QuicklistNode::insert(size_t index, std::string_view text) {
  const Encoded element(text);
  const size_t bytes = pack().byteCount() + element.bytes();
  const uint8_t* const at = index == count_ ? end() : pack().at(static_cast<int64_t>(index));
  element.write(splice(at, 0, element.bytes()));
  setHeader(bytes, count_ + 1);
}

bool QuicklistNode::replace(size_t index, std::string_view text, size_t bytes_max) {
  const Encoded element(text);
  const uint8_t* const at = pack().at(static_cast<int64_t>(index));
  const auto removed = static_cast<size_t>(listpack_format::step(at) - at);
  const size_t bytes = pack().byteCount() - removed + element.bytes();
  if (element.bytes() > removed && bytes > bytes_max) return false;
  element.write(splice(at, removed, element.bytes()));
  setHeader(bytes, count_);
  return true;
}

void QuicklistNode::erase(size_t index, size_t count) {
  const uint8_t* const at = pack().at(static_cast<int64_t>(index));
  const uint8_t* behind = at;
  for (size_t i = 0; i < count; ++i) behind = listpack_format::step(behind);
  const auto removed = static_cast<size_t>(behind - at);
  const size_t bytes = pack().byteCount() - removed;
  splice(at, removed, 0);
  setHeader(bytes, count_ - count);
}

QuicklistNode* QuicklistNode::split(size_t index) {
  const uint8_t* const at = pack().at(static_cast<int64_t>(index));
  const auto moved = static_cast<size_t>(end() - at);
  auto right = std::make_unique<QuicklistNode>(Listpack::kEmptyBytes + moved);
  std::memcpy(right->head() + Listpack::kHeaderBytes, at, moved + 1);
  right->setHeader(Listpack::kEmptyBytes + moved, count_ - index);
  eraseBack(count_ - index);
  return right.release();
}

void QuicklistNode::append(const QuicklistNode& other) {
  const size_t bytes = pack().byteCount();
  const size_t added = other.pack().byteCount() - Listpack::kEmptyBytes;
  uint8_t* const place = splice(end(), 0, added);
  std::memcpy(place, other.head() + Listpack::kHeaderBytes, added);
  setHeader(bytes + added, count_ + other.count_);
}

void QuicklistNode::compress() {
  const size_t raw_bytes = byteCount();
  if (compressed_ || incompressible_ || raw_bytes < kCompressedMin) return;
  if (raw_bytes > std::numeric_limits<uint32_t>::max()) return;
  const size_t kept_max = raw_bytes - kSavedMin;
  const auto kept = std::make_unique<uint8_t[]>(kept_max);
  const size_t bytes = lzf_compress(rawBytes(), static_cast<unsigned>(raw_bytes), kept.get(),
                                    static_cast<unsigned>(kept_max));
  if (bytes == 0) {
    incompressible_ = true;
    return;
  }
  uint8_t* const buffer = allocate(sizeof(CompressedHead) + bytes);
  const CompressedHead head = {static_cast<uint32_t>(bytes), static_cast<uint32_t>(raw_bytes)};
  std::memcpy(buffer, &head, sizeof head);
  std::memcpy(buffer + sizeof head, kept.get(), bytes);
  freeBuffer();
  buffer_ = buffer;
  compressed_ = true;
}

void QuicklistNode::decompressTo(uint8_t* to) const {
  const CompressedHead& head = compressedHead();
  if (lzf_decompress(buffer_ + sizeof head, head.bytes, to, head.raw_bytes) != head.raw_bytes) {
    std::fprintf(stderr, "quicklist_node.cpp: %u compressed bytes do not become %u bytes\n",
                 head.bytes, head.raw_bytes);
    std::abort();
  }
}

void QuicklistNode::decompress() {
  if (!compressed_) return;
  const size_t bytes = byteCount();
  uint8_t* buffer;
  if (plain_) {
    StringBuffer* const string = StringBuffer::create(bytes, bytes);
    decompressTo(reinterpret_cast<uint8_t*>(string->data()));
    buffer = reinterpret_cast<uint8_t*>(string);
  } else {
    begin_ = 0;
    capacity_ = static_cast<uint32_t>(blockBytes(bytes));
    buffer = allocate(capacity_);
    decompressTo(buffer);
  }
  freeBuffer();
  buffer_ = buffer;
  compressed_ = false;
}

}  // namespace inkstone
