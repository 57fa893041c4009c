// The elements of a listpack as bytes (format: listpack.h): reading one, and preparing one to be
// written. Everything here trusts its input but checkedStep().
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "storage/string_value.h"
#include "storage/types/element.h"

namespace inkstone::listpack_format {

constexpr uint8_t kEnd = 0xff;
constexpr size_t kLengthBackMax = 5;
// What stands in front of the bytes of a string, or a whole integer.
constexpr size_t kHeadBytesMax = 9;

template <class Integer>
Integer load(const uint8_t* from) {
  Integer value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

template <class Integer>
void store(uint8_t* to, Integer value) {
  std::memcpy(to, &value, sizeof value);
}

// The number of bytes that the length `encoded` of encoding and data takes behind them. The bounds
// are one short of what 7 bits a byte could hold, as in Redis.
inline size_t backLengthBytes(size_t encoded) {
  if (encoded <= 127) return 1;
  if (encoded < 16383) return 2;
  if (encoded < 2097151) return 3;
  return encoded < 268435455 ? 4 : kLengthBackMax;
}

inline void writeBackLength(uint8_t* to, size_t encoded) {
  const size_t bytes = backLengthBytes(encoded);
  for (size_t i = bytes; i-- > 0; encoded >>= 7) {
    to[i] = static_cast<uint8_t>((encoded & 127) | (i > 0 ? 128 : 0));
  }
}

// Reads leftwards from `last`, the byte in front of the next element.
inline size_t readBackLength(const uint8_t* last) {
  size_t length = *last & 127;
  for (unsigned shift = 7; (*last & 128) != 0; shift += 7) {
    --last;
    length |= static_cast<size_t>(*last & 127) << shift;
  }
  return length;
}

inline bool isShortString(uint8_t first) {
  return (first & 0xc0) == 0x80;
}

inline bool isString(uint8_t first) {
  return isShortString(first) || (first & 0xf0) == 0xe0 || first == 0xf0;
}

// The bytes of a string that is not a short one.
inline std::string_view longString(const uint8_t* at) {
  const auto* chars = reinterpret_cast<const char*>(at);
  if (*at == 0xf0) return {chars + 5, load<uint32_t>(at + 1)};
  return {chars + 2, (static_cast<size_t>(*at & 15) << 8) | at[1]};
}

// An integer of more than 7 bits.
inline int64_t longInteger(const uint8_t* at) {
  switch (*at) {
    case 0xf1:
      return load<int16_t>(at + 1);
    case 0xf2:
      return static_cast<int32_t>(load<uint16_t>(at + 1) | static_cast<uint32_t>(at[3]) << 16 |
                                  (at[3] >= 128 ? 0xff000000U : 0U));
    case 0xf3:
      return load<int32_t>(at + 1);
    case 0xf4:
      return load<int64_t>(at + 1);
    default: {
      const int64_t bits = (static_cast<int64_t>(*at & 31) << 8) | at[1];
      return bits < 4096 ? bits : bits - 8192;
    }
  }
}

inline int64_t integerAt(const uint8_t* at) {
  return *at < 128 ? *at : longInteger(at);
}

inline Element elementAt(const uint8_t* at) {
  const uint8_t first = *at;
  if (isShortString(first)) {
    return Element(std::string_view(reinterpret_cast<const char*>(at) + 1, first & 63));
  }
  if (first < 128) return Element(int64_t{first});
  return isString(first) ? Element(longString(at)) : Element(longInteger(at));
}

// Tells the bytes of an integer of more than 7 bits, 0 if the first byte is that of none.
inline size_t longIntegerBytes(uint8_t first) {
  if ((first & 0xe0) == 0xc0) return 2;
  constexpr std::array<uint8_t, 4> kBytes = {3, 4, 5, 9};
  return first >= 0xf1 && first <= 0xf4 ? kBytes[first - 0xf1U] : 0;
}

// Tells the bytes of encoding and data, without the length behind them.
inline size_t encodedBytes(const uint8_t* at) {
  const uint8_t first = *at;
  if (isShortString(first)) return 1 + size_t{first & 63U};
  if (first < 128) return 1;
  if (!isString(first)) return longIntegerBytes(first);
  return (first == 0xf0 ? 5U : 2U) + longString(at).size();
}

inline const uint8_t* step(const uint8_t* at) {
  const size_t encoded = encodedBytes(at);
  return at + encoded + backLengthBytes(encoded);
}

// The element in front of `at`, which may be the end byte.
inline const uint8_t* stepBack(const uint8_t* at) {
  const size_t encoded = readBackLength(at - 1);
  return at - encoded - backLengthBytes(encoded);
}

// Tells the bytes that the element at the start of `size` bytes takes, which may be anything; 0 if
// they are no element, or not a whole one.
inline size_t checkedStep(const uint8_t* at, size_t size) {
  if (size == 0) return 0;
  const uint8_t first = *at;
  if ((first == 0xf0 && size < 5) || ((first & 0xf0) == 0xe0 && size < 2)) return 0;
  const size_t encoded = encodedBytes(at);
  const size_t whole = encoded + backLengthBytes(encoded);
  if (encoded == 0 || whole > size) return 0;
  std::array<uint8_t, kLengthBackMax> back;
  writeBackLength(back.data(), encoded);
  return std::memcmp(at + encoded, back.data(), whole - encoded) == 0 ? whole : 0;
}

// An element ready to be written. The text has to live as long.
class Encoded {
 public:
  explicit Encoded(std::string_view text) {
    int64_t integer;
    if (integerFromText(text, integer)) {
      putInteger(integer);
    } else {
      putString(text);
    }
  }
  explicit Encoded(int64_t integer) { putInteger(integer); }

  // Counts all bytes that are written.
  size_t bytes() const { return encoded() + backLengthBytes(encoded()); }
  void write(uint8_t* to) const {
    std::memcpy(to, head_.data(), head_bytes_);
    if (!text_.empty()) std::memcpy(to + head_bytes_, text_.data(), text_.size());
    writeBackLength(to + encoded(), encoded());
  }

 private:
  size_t encoded() const { return head_bytes_ + text_.size(); }
  void putString(std::string_view text);
  void putInteger(int64_t integer);
  template <class Integer>
  void put(uint8_t first, int64_t integer, size_t head_bytes) {
    head_[0] = first;
    store(&head_[1], static_cast<Integer>(integer));
    head_bytes_ = head_bytes;
  }

  std::array<uint8_t, kHeadBytesMax> head_;
  size_t head_bytes_;
  std::string_view text_;
};

inline void Encoded::putString(std::string_view text) {
  text_ = text;
  const size_t length = text.size();
  if (length < 64) {
    head_[0] = static_cast<uint8_t>(0x80 | length);
    head_bytes_ = 1;
  } else if (length < 4096) {
    head_[0] = static_cast<uint8_t>(0xe0 | (length >> 8));
    head_[1] = static_cast<uint8_t>(length);
    head_bytes_ = 2;
  } else {
    head_[0] = 0xf0;
    store(&head_[1], static_cast<uint32_t>(length));
    head_bytes_ = 5;
  }
}

inline void Encoded::putInteger(int64_t integer) {
  if (integer >= 0 && integer <= 127) {
    head_[0] = static_cast<uint8_t>(integer);
    head_bytes_ = 1;
  } else if (integer >= -4096 && integer <= 4095) {
    head_[0] = static_cast<uint8_t>(0xc0 | ((integer >> 8) & 31));
    head_[1] = static_cast<uint8_t>(integer);
    head_bytes_ = 2;
  } else if (integer >= INT16_MIN && integer <= INT16_MAX) {
    put<int16_t>(0xf1, integer, 3);
  } else if (integer >= -(1 << 23) && integer < (1 << 23)) {
    put<int32_t>(0xf2, integer, 4);
  } else if (integer >= INT32_MIN && integer <= INT32_MAX) {
    put<int32_t>(0xf3, integer, 5);
  } else {
    put<int64_t>(0xf4, integer, 9);
  }
}

}  // namespace inkstone::listpack_format
