#include "storage/types/intset.h"

#include <new>

namespace inkstone {
namespace {

// Tells how many bytes an integer needs.
size_t widthOf(int64_t value) {
  if (value >= INT16_MIN && value <= INT16_MAX) return sizeof(int16_t);
  return value >= INT32_MIN && value <= INT32_MAX ? sizeof(int32_t) : sizeof(int64_t);
}

uint8_t* allocate(size_t bytes) {
  return static_cast<uint8_t*>(::operator new(blockBytes(bytes)));
}

void storeHeader(uint8_t* bytes, size_t width, size_t count) {
  const uint32_t words[] = {static_cast<uint32_t>(width), static_cast<uint32_t>(count)};
  std::memcpy(bytes, words, sizeof words);
}

}  // namespace

Intset Intset::create() {
  uint8_t* bytes = allocate(kHeaderBytes);
  storeHeader(bytes, sizeof(int16_t), 0);
  return Intset(bytes);
}

Intset Intset::copy(Intset other) {
  uint8_t* bytes = allocate(other.byteCount());
  std::memcpy(bytes, other.bytes(), other.byteCount());
  return Intset(bytes);
}

void Intset::destroy(uint8_t* bytes) {
  ::operator delete(bytes);
}

size_t Intset::lowerBound(int64_t value) const {
  const size_t count = size();
  // Ascending insertion is the usual one.
  if (count == 0 || at(count - 1) < value) return count;
  const uint8_t* const integers = bytes_ + kHeaderBytes;
  const size_t wide = width();
  size_t first = 0;
  for (size_t left = count; left > 0;) {
    const size_t half = left / 2;
    const bool below = at(integers, wide, first + half) < value;
    first = below ? first + half + 1 : first;
    left = below ? left - half - 1 : half;
  }
  return first;
}

bool Intset::contains(int64_t value) const {
  return widthOf(value) <= width() && isAt(lowerBound(value), value);
}

void Intset::put(size_t index, int64_t value) {
  // Little-endian: the low bytes come first.
  std::memcpy(bytes_ + kHeaderBytes + index * width(), &value, width());
}

// Sets the number of integers; what is behind the shorter of the two numbers is lost.
void Intset::setCount(size_t count) {
  const size_t bytes = kHeaderBytes + count * width();
  if (blockBytes(bytes) != memoryBytes()) {
    uint8_t* const moved = allocate(bytes);
    std::memcpy(moved, bytes_, bytes < byteCount() ? bytes : byteCount());
    destroy(bytes_);
    bytes_ = moved;
  }
  storeHeader(bytes_, width(), count);
}

void Intset::widen(size_t wider) {
  const size_t count = size();
  Intset widened(allocate(kHeaderBytes + count * wider));
  storeHeader(widened.bytes_, wider, count);
  for (size_t i = 0; i < count; ++i) widened.put(i, at(i));
  destroy(bytes_);
  bytes_ = widened.bytes_;
}

bool Intset::insert(int64_t value) {
  const ChangeCheck check(*this);
  const size_t count = size();
  if (widthOf(value) > width()) widen(widthOf(value));
  const size_t index = lowerBound(value);
  if (isAt(index, value)) return false;
  setCount(count + 1);
  uint8_t* const place = bytes_ + kHeaderBytes + index * width();
  std::memmove(place + width(), place, (count - index) * width());
  put(index, value);
  return true;
}

bool Intset::erase(int64_t value) {
  const size_t index = lowerBound(value);
  if (!isAt(index, value)) return false;
  eraseRange(index, 1);
  return true;
}

void Intset::eraseRange(size_t first, size_t count) {
  const ChangeCheck check(*this);
  invariant(first <= size() && count <= size() - first, "only integers of the set are erased",
            first, count, size());
  const size_t behind = size() - first - count;
  uint8_t* const place = bytes_ + kHeaderBytes + first * width();
  std::memmove(place, place + count * width(), behind * width());
  setCount(first + behind);
}

bool Intset::isValid(std::span<const uint8_t> bytes) {
  return !findBroken(bytes);
}

BrokenClaim Intset::findBroken(std::span<const uint8_t> bytes) {
  if (bytes.size() < kHeaderBytes) return Claim("an intset has a header");
  const size_t width = load<uint32_t>(bytes.data());
  const size_t count = load<uint32_t>(bytes.data() + sizeof(uint32_t));
  if (width != sizeof(int16_t) && width != sizeof(int32_t) && width != sizeof(int64_t)) {
    return Claim("an intset has one of three widths");
  }
  if (bytes.size() != kHeaderBytes + count * width) {
    return Claim("an intset has as many integers as it says");
  }
  const uint8_t* const integers = bytes.data() + kHeaderBytes;
  for (size_t i = 1; i < count; ++i) {
    if (at(integers, width, i - 1) >= at(integers, width, i)) {
      return Claim("the integers of an intset ascend");
    }
  }
  return {};
}

}  // namespace inkstone
