// A listpack: many small elements packed one behind the other into one block of bytes. It can be
// walked both ways, and elements that look like integers are kept as such.
//
// Format (https://github.com/antirez/listpack/blob/master/listpack.md; all integers little-endian),
// the same bytes as in RDB files:
//
//   header    total bytes (4), number of elements (2; 65535: unknown, count them)
//   element   encoding and data, then the length of those two, written to be read from the right:
//             7 bits a byte, most significant first, every byte but the first with bit 7 set
//   end       0xff
//
//   encoding and data of an element
//   0xxxxxxx                 an unsigned integer of 7 bits
//   10xxxxxx, bytes          a string of up to 63 bytes, their number in the x
//   110xxxxx xxxxxxxx        a signed integer of 13 bits
//   1110xxxx xxxxxxxx, bytes a string of up to 4,095 bytes, their number in the x
//   0xf0, 4 bytes, bytes     a string, the number of its bytes in front of them
//   0xf1 to 0xf4, bytes      a signed integer of 2, 3, 4 or 8 bytes
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/structure_check.h"
#include "storage/types/element.h"

namespace inkstone {

// A handle to the block, which it does not own: whoever keeps bytes() has to keep them anew after
// each change, and to destroy() them in the end. The block's capacity is a function of its length
// alone (memory_cost.h), so appending mostly stays in place.
class Listpack {
 public:
  // An element's place; null behind the last and before the first. Void after any change.
  using Cursor = const uint8_t*;

  static constexpr size_t kHeaderBytes = 6;
  static constexpr size_t kEmptyBytes = kHeaderBytes + 1;
  // More bytes than this are refused by canAdd(), far below what the format could hold.
  static constexpr size_t kBytesMax = size_t{1} << 30;

  // Makes an empty listpack.
  static Listpack create();
  static Listpack copy(Listpack other);
  static void destroy(uint8_t* bytes);
  explicit Listpack(void* bytes) : bytes_(static_cast<uint8_t*>(bytes)) {}

  uint8_t* bytes() const { return bytes_; }
  std::span<const uint8_t> view() const { return {bytes_, byteCount()}; }
  size_t byteCount() const;
  // Tells what the block takes in memory.
  size_t memoryBytes() const;
  // Number of elements. Constant until there were 65,535 at once, then counted.
  size_t size() const;
  bool empty() const { return byteCount() == kEmptyBytes; }
  bool canAdd(size_t bytes) const { return byteCount() + bytes <= kBytesMax; }
  // Tells how many bytes an element of this text takes.
  static size_t elementBytes(std::string_view text);

  Cursor first() const;
  Cursor last() const;
  Cursor next(Cursor at) const;
  Cursor previous(Cursor at) const;
  // Finds an element by its index, which is negative from the end; gives null when there is none.
  // Walks from the nearer end.
  Cursor at(int64_t index) const;
  static Element get(Cursor at);
  static bool equals(Cursor at, std::string_view text);
  // The first element from `from` on that equals `text`, looking at every (skip + 1)th; null if
  // none.
  Cursor find(Cursor from, std::string_view text, size_t skip = 0) const;

  // Changes return the place of the element that was written, or of the one behind what was erased
  // (null at the end). `text` must not point into this listpack. Throws std::bad_alloc.
  Cursor append(std::string_view text);
  Cursor append(int64_t integer);
  Cursor prepend(std::string_view text);
  // Null stands for the end.
  Cursor insertBefore(Cursor at, std::string_view text);
  Cursor insertAfter(Cursor at, std::string_view text);
  Cursor replace(Cursor at, std::string_view text);
  Cursor erase(Cursor at) { return erase(at, 1); }
  Cursor erase(Cursor at, size_t count);

  // Tells whether the bytes are a listpack: lengths, both ways, and the number of elements. It is
  // for bytes from outside; everything else takes it for granted.
  [[nodiscard]] static bool isValid(std::span<const uint8_t> bytes);
  // Finds a claim about these that is broken. The number of bytes in front is believed.
  BrokenClaim checkStructure() const { return findBroken(view()); }
  size_t checkSteps() const { return byteCount() / 4; }

 private:
  static BrokenClaim findBroken(std::span<const uint8_t> bytes);
  const uint8_t* end() const { return bytes_ + byteCount() - 1; }
  uint8_t* splice(size_t offset, size_t removed, size_t inserted);
  uint8_t* move(size_t bytes, size_t offset, size_t removed, size_t inserted);
  void addToCount(int64_t difference);
  template <class Value>
  Cursor insertAt(size_t offset, Value value);

  uint8_t* bytes_;
};

}  // namespace inkstone

#include "storage/types/listpack_impl.h"
