// Packed values of RDB files, taken apart: listpacks, and the ziplists and zipmaps of old files.
// All bytes may be anything.
//
// Ziplist, all integers little-endian:
//   header  total bytes (4), offset of the last entry (4), number of entries (2; 65535: unknown)
//   entry   length of the entry before (1 byte, or 254 and 4 bytes), encoding, data
//   end     0xff
// Encodings: 00xxxxxx string up to 63 bytes; 01xxxxxx + 1 byte string up to 16,383 bytes,
// big-endian; 0x80 + 4-byte big-endian length string; 0xc0, 0xd0, 0xe0 integers of 2, 4, 8 bytes;
// 0xf0 of 3 bytes; 0xfe of 1 byte; 0xf1 to 0xfd the integers 0 to 12.
//
// Zipmap: number of pairs (1 byte; 254 or 255: unknown), pairs, 0xff. Pair: length, field, length,
// number of unused bytes (1), value, unused bytes. Length: 1 byte, or 254 and 4 bytes
// (little-endian).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "storage/key_hash.h"
#include "storage/types/element.h"

namespace inkstone {

// Puts what `bytes` hold into `elements`, views into `bytes`. False if they are not of that form;
// `elements` is of no use then. Complexity: linear.
[[nodiscard]] bool unpackListpack(std::string_view bytes, std::vector<Element>& elements);
[[nodiscard]] bool unpackZiplist(std::string_view bytes, std::vector<Element>& elements);
// Fields and values by turns.
[[nodiscard]] bool unpackZipmap(std::string_view bytes, std::vector<Element>& elements);

// Whether all that are texts of integers are integers: what our own listpacks hold, so that an
// element has one form only.
[[nodiscard]] bool areCanonical(const std::vector<Element>& elements);
// The longest text.
size_t longestText(const std::vector<Element>& elements);

// Finds out whether packed elements differ from each other: lookups in a damaged value would find
// one of two.
class RdbDuplicates {
 public:
  // Whether two of elements[0], elements[step], elements[2 * step] ... are equal. None of those
  // that are bytes may be the text of an integer. Complexity: linear.
  bool among(std::span<const Element> elements, size_t step, const KeyHasher& hasher);

 private:
  // 1 + index of an element, 0 for none; open addressing.
  std::vector<uint32_t> slots_;
};

}  // namespace inkstone
