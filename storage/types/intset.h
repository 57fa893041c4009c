// A set of integers: sorted, without gaps, in the width that the widest needs.
//
// Format, the same bytes as in RDB files, little-endian: width in bytes (4; 2, 4 or 8), number of
// integers (4), integers ascending.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "base/structure_check.h"
#include "storage/memory_cost.h"

namespace inkstone {

// A handle as Listpack is: it does not own the block, whose capacity is a function of its length
// alone (memory_cost.h) and whose place may be another one after a change.
class Intset {
 public:
  static constexpr size_t kHeaderBytes = 8;

  static Intset create();
  static Intset copy(Intset other);
  static void destroy(uint8_t* bytes);
  explicit Intset(void* bytes) : bytes_(static_cast<uint8_t*>(bytes)) {}

  uint8_t* bytes() const { return bytes_; }
  std::span<const uint8_t> view() const { return {bytes_, byteCount()}; }
  size_t byteCount() const { return kHeaderBytes + size() * width(); }
  // Tells what the block takes in memory.
  size_t memoryBytes() const { return blockBytes(byteCount()); }

  size_t size() const { return load<uint32_t>(bytes_ + sizeof(uint32_t)); }
  int64_t at(size_t index) const { return at(bytes_ + kHeaderBytes, width(), index); }
  // Takes O(log n).
  bool contains(int64_t value) const;
  // visit(int64_t) -> bool, ascending, while it returns true.
  template <class Visit>
  void forEachWhile(Visit visit) const;
  // Gives false if it was there already. Takes O(n), less at the end. Throws std::bad_alloc.
  bool insert(int64_t value);
  // Gives false if it was not there. The width stays. Takes O(n).
  bool erase(int64_t value);
  // Drops `count` integers from index `first` on.
  void eraseRange(size_t first, size_t count);

  // Tells whether the bytes are an intset: width, length, order. It is for bytes from outside.
  [[nodiscard]] static bool isValid(std::span<const uint8_t> bytes);
  // Finds a claim about these that is broken. The number of integers in front is believed.
  BrokenClaim checkStructure() const { return findBroken(view()); }
  size_t checkSteps() const { return size(); }

 private:
  static BrokenClaim findBroken(std::span<const uint8_t> bytes);
  template <class Integer>
  static Integer load(const uint8_t* from) {
    Integer value;
    std::memcpy(&value, from, sizeof value);
    return value;
  }
  static int64_t at(const uint8_t* integers, size_t width, size_t index) {
    const uint8_t* const from = integers + index * width;
    if (width == sizeof(int16_t)) return load<int16_t>(from);
    return width == sizeof(int32_t) ? load<int32_t>(from) : load<int64_t>(from);
  }
  template <class Integer, class Visit>
  void visitAllWhile(Visit& visit) const {
    const uint8_t* from = bytes_ + kHeaderBytes;
    for (size_t left = size(); left > 0; --left, from += sizeof(Integer)) {
      if (!visit(int64_t{load<Integer>(from)})) return;
    }
  }

  size_t width() const { return load<uint32_t>(bytes_); }
  // Index of the first integer that is not below `value`.
  size_t lowerBound(int64_t value) const;
  bool isAt(size_t index, int64_t value) const { return index < size() && at(index) == value; }
  void put(size_t index, int64_t value);
  void setCount(size_t count);
  void widen(size_t wider);

  uint8_t* bytes_;
};

template <class Visit>
void Intset::forEachWhile(Visit visit) const {
  if (width() == sizeof(int16_t)) return visitAllWhile<int16_t>(visit);
  if (width() == sizeof(int32_t)) return visitAllWhile<int32_t>(visit);
  visitAllWhile<int64_t>(visit);
}

}  // namespace inkstone
