#include "storage/types/quicklist_node.h"

#include <lzf.h>

#include <algorithm>
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

QuicklistNode::QuicklistNode(size_t capacity) {
  const size_t bytes = blockBytes(capacity);
  setBuffer(allocate(bytes), kRoomy);
  room() = {kRoomBytes, static_cast<uint32_t>(bytes)};
  head()[Listpack::kHeaderBytes] = kEnd;
  setHeader(head(), Listpack::kEmptyBytes, 0);
}

QuicklistNode::QuicklistNode(Listpack pack) {
  keep(pack);
}

QuicklistNode::QuicklistNode(std::string_view plain) {
  StringBuffer* const copied = StringBuffer::create(plain.size(), plain.size());
  std::memcpy(copied->data(), plain.data(), plain.size());
  setBuffer(reinterpret_cast<uint8_t*>(copied), kPlain);
}

void QuicklistNode::replaceBuffer(uint8_t* buffer, Flags flags) {
  ::operator delete(this->buffer());
  setBuffer(buffer, flags);
}

QuicklistNode* QuicklistNode::copy(const QuicklistNode& other) {
  if (other.isCompressed()) {
    const size_t bytes = sizeof(CompressedHead) + other.compressedHead().bytes;
    auto node = std::make_unique<QuicklistNode>(bytes);
    std::memcpy(node->buffer(), other.buffer(), bytes);
    node->setBuffer(node->buffer(), kCompressed | (other.isPlain() ? kPlain : 0));
    return node.release();
  }
  if (other.isPlain()) return new QuicklistNode(stringBuffer(other.buffer())->view());
  return new QuicklistNode(Listpack::copy(other.pack()));
}

size_t QuicklistNode::byteCount() const {
  if (isCompressed()) return compressedHead().raw_bytes;
  return isPlain() ? stringBuffer(buffer())->length : pack().byteCount();
}

size_t QuicklistNode::capacity() const {
  return has(kRoomy) ? room().capacity : pack().memoryBytes();
}

size_t QuicklistNode::memoryBytes() const {
  const size_t own = blockBytes(sizeof(QuicklistNode));
  if (isCompressed()) return own + blockBytes(sizeof(CompressedHead) + compressedHead().bytes);
  return own + (isPlain() ? blockBytes(stringBuffer(buffer())->bytes()) : capacity());
}

const uint8_t* QuicklistNode::rawBytes() const {
  return isPlain() ? reinterpret_cast<const uint8_t*>(stringBuffer(buffer())->data()) : head();
}

Listpack QuicklistNode::release() {
  const Listpack pack = packToChange();
  tagged_ = nullptr;
  return pack;
}

// The listpack to `begin` in a buffer of that capacity, which may be the one it has.
void QuicklistNode::moveTo(size_t capacity, size_t begin) {
  const size_t bytes = pack().byteCount();
  if (capacity == this->capacity()) {
    std::memmove(buffer() + begin, head(), bytes);
    setBuffer(buffer(), kRoomy);
  } else {
    uint8_t* const moved = allocate(capacity);
    std::memcpy(moved + begin, head(), bytes);
    replaceBuffer(moved, kRoomy);
  }
  room() = {static_cast<uint32_t>(begin), static_cast<uint32_t>(capacity)};
}

// Within the buffer if that leaves half of it, so that moving is rare; else in one twice as long,
// up to what the longest node takes.
void QuicklistNode::makeRoom(size_t bytes, bool in_front, size_t bytes_max, bool alone) {
  const size_t needed = kRoomBytes + pack().byteCount() + bytes;
  size_t capacity = this->capacity();
  if (needed > capacity / 2) {
    const size_t doubled = std::min(blockBytes(2 * capacity), blockBytes(bytes_max));
    capacity = std::max({capacity, blockBytes(needed), doubled});
  }
  const size_t room = capacity - needed;
  const size_t room_at_other_end = alone ? room / 4 : 0;
  moveTo(capacity, kRoomBytes + (in_front ? bytes + room - room_at_other_end : room_at_other_end));
}

void QuicklistNode::trim() {
  keep(packToChange());
}

Listpack QuicklistNode::packToChange() {
  if (has(kRoomy)) {
    const size_t bytes = pack().byteCount();
    const size_t capacity = blockBytes(bytes);
    if (capacity == this->capacity()) {
      std::memmove(buffer(), head(), bytes);
      setBuffer(buffer(), 0);
    } else {
      uint8_t* const moved = allocate(capacity);
      std::memcpy(moved, head(), bytes);
      replaceBuffer(moved, 0);
    }
  }
  return Listpack(buffer());
}

void QuicklistNode::eraseFront(size_t count) {
  const size_t bytes = pack().byteCount();
  const size_t left = this->count() - count;
  const uint8_t* const first = head() + Listpack::kHeaderBytes;
  const uint8_t* at = first;
  for (size_t i = 0; i < count; ++i) at = listpack_format::step(at);
  const auto erased = static_cast<size_t>(at - first);
  if (!has(kRoomy)) {
    // What goes leaves the place that tells of the room, or it is only a few bytes.
    if (erased < kRoomBytes) return erase(0, count);
    const size_t capacity = this->capacity();
    setBuffer(buffer(), kRoomy);
    room() = {0, static_cast<uint32_t>(capacity)};
  }
  room().begin += static_cast<uint32_t>(erased);
  setHeader(head(), bytes - erased, left);
}

void QuicklistNode::eraseBack(size_t count) {
  const size_t left = this->count() - count;
  const uint8_t* at = head() + pack().byteCount() - 1;
  for (size_t i = 0; i < count; ++i) at = listpack_format::stepBack(at);
  const size_t bytes = static_cast<size_t>(at - head()) + 1;
  const size_t capacity = this->capacity();
  if (!has(kRoomy) && kRoomBytes + bytes > capacity) return erase(left, count);
  head()[bytes - 1] = kEnd;
  setHeader(head(), bytes, left);
  if (has(kRoomy)) return;
  std::memmove(buffer() + kRoomBytes, buffer(), bytes);
  setBuffer(buffer(), kRoomy);
  room() = {kRoomBytes, static_cast<uint32_t>(capacity)};
}

void QuicklistNode::insert(size_t index, std::string_view text) {
  Listpack pack = packToChange();
  // Behind the last element there is none, which means the end.
  pack.insertBefore(pack.at(static_cast<int64_t>(index)), text);
  keep(pack);
}

bool QuicklistNode::replace(size_t index, std::string_view text, size_t bytes_max) {
  const uint8_t* const at = pack().at(static_cast<int64_t>(index));
  const auto removed = static_cast<size_t>(listpack_format::step(at) - at);
  const size_t added = Listpack::elementBytes(text);
  if (added > removed && pack().byteCount() - removed + added > bytes_max) return false;
  if (added == removed) {
    Encoded(text).write(const_cast<uint8_t*>(at));
    setBuffer(buffer(), has(kRoomy) ? kRoomy : 0);
    return true;
  }
  Listpack pack = packToChange();
  pack.replace(pack.at(static_cast<int64_t>(index)), text);
  keep(pack);
  return true;
}

void QuicklistNode::erase(size_t index, size_t count) {
  Listpack pack = packToChange();
  pack.erase(pack.at(static_cast<int64_t>(index)), count);
  keep(pack);
}

QuicklistNode* QuicklistNode::split(size_t index) {
  const uint8_t* const at = pack().at(static_cast<int64_t>(index));
  const auto moved = static_cast<size_t>(head() + pack().byteCount() - 1 - at);
  const size_t bytes = Listpack::kEmptyBytes + moved;
  Listpack right(allocate(blockBytes(bytes)));
  std::memcpy(right.bytes() + Listpack::kHeaderBytes, at, moved + 1);
  const size_t count = this->count() - index;
  setHeader(right.bytes(), bytes, count);
  auto* const node = new QuicklistNode(right);
  erase(index, count);
  return node;
}

void QuicklistNode::append(const QuicklistNode& other) {
  const size_t bytes = pack().byteCount();
  const size_t added = other.pack().byteCount() - Listpack::kEmptyBytes;
  const size_t count = this->count() + other.count();
  uint8_t* const joined = allocate(blockBytes(bytes + added));
  std::memcpy(joined, head(), bytes - 1);
  std::memcpy(joined + bytes - 1, other.head() + Listpack::kHeaderBytes, added + 1);
  setHeader(joined, bytes + added, count);
  replaceBuffer(joined, 0);
}

void QuicklistNode::compress() {
  const size_t raw_bytes = byteCount();
  if (has(kCompressed | kIncompressible) || raw_bytes < kCompressedMin) return;
  if (raw_bytes > std::numeric_limits<uint32_t>::max()) return;
  const size_t kept_max = raw_bytes - kSavedMin;
  const auto kept = std::make_unique<uint8_t[]>(kept_max);
  const size_t bytes = lzf_compress(rawBytes(), static_cast<unsigned>(raw_bytes), kept.get(),
                                    static_cast<unsigned>(kept_max));
  if (bytes == 0) {
    tagged_ += kIncompressible;
    return;
  }
  uint8_t* const compressed = allocate(sizeof(CompressedHead) + bytes);
  const CompressedHead head = {static_cast<uint32_t>(bytes), static_cast<uint32_t>(raw_bytes),
                               static_cast<uint32_t>(count())};
  std::memcpy(compressed, &head, sizeof head);
  std::memcpy(compressed + sizeof head, kept.get(), bytes);
  replaceBuffer(compressed, kCompressed | (isPlain() ? kPlain : 0));
}

void QuicklistNode::decompressTo(uint8_t* to) const {
  const CompressedHead& head = compressedHead();
  const size_t bytes = lzf_decompress(buffer() + sizeof head, head.bytes, to, head.raw_bytes);
  invariant(bytes == head.raw_bytes, "a compressed node becomes what it was", head.bytes, bytes,
            head.raw_bytes);
}

void QuicklistNode::decompress() {
  if (!isCompressed()) return;
  const size_t bytes = byteCount();
  if (isPlain()) {
    StringBuffer* const string = StringBuffer::create(bytes, bytes);
    decompressTo(reinterpret_cast<uint8_t*>(string->data()));
    return replaceBuffer(reinterpret_cast<uint8_t*>(string), kPlain);
  }
  uint8_t* const raw = allocate(blockBytes(bytes));
  decompressTo(raw);
  replaceBuffer(raw, 0);
}

BrokenClaim QuicklistNode::checkCompressed() const {
  const CompressedHead& head = compressedHead();
  const auto raw = std::make_unique<uint8_t[]>(head.raw_bytes);
  if (lzf_decompress(buffer() + sizeof head, head.bytes, raw.get(), head.raw_bytes) !=
      head.raw_bytes) {
    return Claim("a compressed node becomes as many bytes as it says");
  }
  if (isPlain()) return {};
  if (Listpack(raw.get()).byteCount() != head.raw_bytes) {
    return Claim("a compressed node holds one listpack");
  }
  if (Listpack(raw.get()).size() != head.count) {
    return Claim("a compressed node holds as many elements as it says");
  }
  return Listpack(raw.get()).checkStructure();
}

BrokenClaim QuicklistNode::checkStructure() const {
  if (isCompressed()) return checkCompressed();
  if (isPlain()) {
    const StringBuffer& string = *stringBuffer(buffer());
    if (string.length > string.capacity) return Claim("a large element fits its buffer");
    return {};
  }
  if (has(kRoomy)) {
    if (room().begin < kRoomBytes || room().begin >= room().capacity) {
      return Claim("a listpack with room lies behind what tells of the room");
    }
    if (pack().byteCount() > room().capacity - room().begin) {
      return Claim("a listpack with room ends within its buffer");
    }
  }
  return pack().checkStructure();
}

}  // namespace inkstone
