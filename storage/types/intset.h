// A set of integers: sorted, without gaps, in the width that the widest needs.
//
// Format, the same bytes as in RDB files, little-endian: width in bytes (4; 2, 4 or 8), number of
// integers (4), integers ascending.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace inkstone {

// A handle as Listpack is: it does not own the block.
class Intset {
 public:
  static Intset create();
  static Intset copy(Intset other);
  static void destroy(uint8_t* bytes);
  explicit Intset(void* bytes) : bytes_(static_cast<uint8_t*>(bytes)) {}

  uint8_t* bytes() const { return bytes_; }
  std::span<const uint8_t> view() const;
  size_t memoryBytes() const;

  size_t size() const;
  int64_t at(size_t index) const;
  bool contains(int64_t value) const;
  // False if it was there already. Throws std::bad_alloc.
  bool insert(int64_t value);
  // False if it was not there.
  bool erase(int64_t value);
  // Drops `count` integers from index `first` on.
  void eraseRange(size_t first, size_t count);

  // Whether the bytes are an intset: width, length, order. For bytes from outside.
  [[nodiscard]] static bool isValid(std::span<const uint8_t> bytes);

 private:
  uint8_t* bytes_;
};

}  // namespace inkstone
