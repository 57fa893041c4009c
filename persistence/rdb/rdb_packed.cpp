#include "persistence/rdb/rdb_packed.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <span>

#include "storage/string_value.h"
#include "storage/types/listpack.h"

namespace inkstone {
namespace {

constexpr uint8_t kEnd = 0xff;
// It stands in the place of a length that follows in four bytes.
constexpr uint8_t kWide = 254;

// Takes pieces off the front of bytes; one that is not there whole ends it.
class Cursor {
 public:
  explicit Cursor(std::string_view bytes) : left_(bytes) {}

  size_t left() const { return left_.size(); }
  bool take(size_t length, std::string_view& piece) {
    if (length > left_.size()) return false;
    piece = left_.substr(0, length);
    left_.remove_prefix(length);
    return true;
  }
  template <class Integer>
  bool take(Integer& value) {
    std::string_view piece;
    if (!take(sizeof value, piece)) return false;
    std::memcpy(&value, piece.data(), sizeof value);
    return true;
  }
  // One byte, or four behind kWide.
  bool takeLength(size_t& length) {
    uint8_t first;
    if (!take(first) || first == kEnd) return false;
    uint32_t wide = first;
    if (first == kWide && !take(wide)) return false;
    length = wide;
    return true;
  }

 private:
  std::string_view left_;
};

template <class Integer>
bool takeInteger(Cursor& from, Element& element) {
  Integer value;
  if (!from.take(value)) return false;
  element = Element(int64_t{value});
  return true;
}

bool takeInteger24(Cursor& from, Element& element) {
  std::string_view bytes;
  if (!from.take(3, bytes)) return false;
  uint32_t bits = 0;
  std::memcpy(&bits, bytes.data(), bytes.size());
  // The sign stands in bit 23.
  element = Element(int64_t{static_cast<int32_t>(bits << 8) >> 8});
  return true;
}

bool takeString(Cursor& from, size_t length, Element& element) {
  std::string_view bytes;
  if (!from.take(length, bytes)) return false;
  element = Element(bytes);
  return true;
}

bool takeZiplistString(Cursor& from, uint8_t first, Element& element) {
  size_t length = first & 0x3f;
  if (first >= 0x80) {
    uint32_t wide;
    if (first != 0x80 || !from.take(wide)) return false;
    length = __builtin_bswap32(wide);
  } else if (first >= 0x40) {
    uint8_t second;
    if (!from.take(second)) return false;
    length = length << 8 | second;
  }
  return takeString(from, length, element);
}

// Encoding and data of an entry.
bool takeZiplistData(Cursor& from, Element& element) {
  constexpr uint8_t kImmediateFirst = 0xf1;
  constexpr uint8_t kImmediateLast = 0xfd;
  uint8_t first;
  if (!from.take(first)) return false;
  if (first < 0xc0) return takeZiplistString(from, first, element);
  if (first >= kImmediateFirst && first <= kImmediateLast) {
    element = Element(int64_t{first} - kImmediateFirst);
    return true;
  }
  switch (first) {
    case 0xc0:
      return takeInteger<int16_t>(from, element);
    case 0xd0:
      return takeInteger<int32_t>(from, element);
    case 0xe0:
      return takeInteger<int64_t>(from, element);
    case 0xf0:
      return takeInteger24(from, element);
    case 0xfe:
      return takeInteger<int8_t>(from, element);
    default:
      return false;
  }
}

struct ZiplistHeader {
  uint32_t bytes;
  uint32_t last_offset;
  uint16_t count;
};

constexpr size_t kZiplistHeaderBytes = 10;
constexpr uint16_t kZiplistCountUnknown = UINT16_MAX;

bool takeHeader(Cursor& from, size_t size, ZiplistHeader& header) {
  return from.take(header.bytes) && from.take(header.last_offset) && from.take(header.count) &&
         header.bytes == size;
}

// A length may take one byte or four, whether it needs them or not: Redis shortens none.
bool takePreviousLength(Cursor& from, size_t expected) {
  size_t previous;
  return from.takeLength(previous) && previous == expected;
}

// So few are compared with each other one by one.
constexpr size_t kPairwiseMax = 8;

bool equal(const Element& a, const Element& b) {
  if (a.isInteger() != b.isInteger()) return false;
  return a.isInteger() ? a.integer() == b.integer() : a.bytes() == b.bytes();
}

uint64_t hashOf(const Element& element, const KeyHasher& hasher) {
  if (!element.isInteger()) return hasher(element.bytes());
  const int64_t integer = element.integer();
  return hasher({reinterpret_cast<const char*>(&integer), sizeof integer});
}

bool pairwise(std::span<const Element> elements, size_t step) {
  for (size_t i = step; i < elements.size(); i += step) {
    for (size_t j = 0; j < i; j += step) {
      if (equal(elements[i], elements[j])) return true;
    }
  }
  return false;
}

}  // namespace

bool unpackListpack(std::string_view bytes, std::vector<Element>& elements) {
  elements.clear();
  const auto* data = reinterpret_cast<const uint8_t*>(bytes.data());
  if (!Listpack::isValid(std::span<const uint8_t>(data, bytes.size()))) return false;
  const Listpack pack(const_cast<uint8_t*>(data));
  for (auto at = pack.first(); at != nullptr; at = pack.next(at)) {
    elements.push_back(Listpack::get(at));
  }
  return true;
}

bool unpackZiplist(std::string_view bytes, std::vector<Element>& elements) {
  elements.clear();
  // The end byte has to be there, and is left out.
  if (bytes.size() <= kZiplistHeaderBytes) return false;
  if (static_cast<uint8_t>(bytes.back()) != kEnd) return false;
  Cursor from(bytes.substr(0, bytes.size() - 1));
  ZiplistHeader header;
  if (!takeHeader(from, bytes.size(), header)) return false;
  size_t previous = 0;
  while (from.left() > 0) {
    const size_t before = from.left();
    Element element;
    if (!takePreviousLength(from, previous) || !takeZiplistData(from, element)) return false;
    previous = before - from.left();
    elements.push_back(element);
  }
  const size_t last_offset = bytes.size() - 1 - previous;
  if (header.last_offset != last_offset) return false;
  return header.count == kZiplistCountUnknown || header.count == elements.size();
}

bool unpackZipmap(std::string_view bytes, std::vector<Element>& elements) {
  constexpr uint8_t kCountUnknown = 254;
  elements.clear();
  if (bytes.size() < 2 || static_cast<uint8_t>(bytes.back()) != kEnd) return false;
  Cursor from(bytes.substr(0, bytes.size() - 1));
  uint8_t count;
  if (!from.take(count)) return false;
  while (from.left() > 0) {
    Element field;
    Element value;
    size_t length;
    uint8_t unused;
    std::string_view gap;
    if (!from.takeLength(length) || !takeString(from, length, field)) return false;
    if (!from.takeLength(length) || !from.take(unused)) return false;
    if (!takeString(from, length, value) || !from.take(size_t{unused}, gap)) return false;
    elements.push_back(field);
    elements.push_back(value);
  }
  return count >= kCountUnknown || size_t{count} * 2 == elements.size();
}

bool areCanonical(const std::vector<Element>& elements) {
  return std::all_of(elements.begin(), elements.end(), [](const Element& element) {
    int64_t unused;
    return element.isInteger() || !integerFromText(element.bytes(), unused);
  });
}

size_t longestText(const std::vector<Element>& elements) {
  size_t longest = 0;
  for (const Element& element : elements) longest = std::max(longest, element.textLength());
  return longest;
}

bool RdbDuplicates::among(std::span<const Element> elements, size_t step, const KeyHasher& hasher) {
  const size_t count = elements.size() / step;
  if (count <= kPairwiseMax) return pairwise(elements, step);
  slots_.assign(std::bit_ceil(2 * count), 0);
  const size_t mask = slots_.size() - 1;
  for (size_t i = 0; i < elements.size(); i += step) {
    size_t slot = hashOf(elements[i], hasher) & mask;
    for (; slots_[slot] != 0; slot = (slot + 1) & mask) {
      if (equal(elements[i], elements[slots_[slot] - 1])) return true;
    }
    slots_[slot] = static_cast<uint32_t>(i + 1);
  }
  return false;
}

}  // namespace inkstone
