// What stands in a table of members: a member of a set, or a field of a hash with its value.
//
// One block each. A text is its length (one byte; 255: eight more bytes hold it), then its bytes. A
// member is one text, a field two; the key is always the first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <string_view>

namespace inkstone {

// Reads and writes texts as they stand in nodes.
struct NodeText {
  static constexpr uint8_t kLong = 255;
  static constexpr size_t kLongHeadBytes = 1 + sizeof(uint64_t);

  static size_t bytesFor(size_t length) {
    return length + (length < kLong ? size_t{1} : kLongHeadBytes);
  }
  static std::string_view read(const uint8_t* at) {
    if (*at < kLong) return {reinterpret_cast<const char*>(at) + 1, *at};
    uint64_t length;
    std::memcpy(&length, at + 1, sizeof length);
    return {reinterpret_cast<const char*>(at) + kLongHeadBytes, length};
  }
  // Returns the place behind it.
  static uint8_t* write(uint8_t* at, std::string_view text) {
    if (text.size() < kLong) {
      *at++ = static_cast<uint8_t>(text.size());
    } else {
      *at = kLong;
      const uint64_t length = text.size();
      std::memcpy(at + 1, &length, sizeof length);
      at += kLongHeadBytes;
    }
    if (!text.empty()) std::memcpy(at, text.data(), text.size());
    return at + text.size();
  }
};

// A member of a set.
class Member {
 public:
  static size_t bytesFor(std::string_view key) { return NodeText::bytesFor(key.size()); }
  static Member* place(void* memory, std::string_view key) {
    NodeText::write(static_cast<uint8_t*>(memory), key);
    return static_cast<Member*>(memory);
  }

  std::string_view key() const { return NodeText::read(&first_); }
  size_t bytes() const { return bytesFor(key()); }

 private:
  uint8_t first_;
};

// A field of a hash and its value. The value stands behind the field however long it is: it is
// always written whole, so a buffer of its own would save no copying but that of the field.
class Field {
 public:
  static size_t bytesFor(std::string_view key, std::string_view value) {
    return NodeText::bytesFor(key.size()) + NodeText::bytesFor(value.size());
  }
  static Field* place(void* memory, std::string_view key, std::string_view value) {
    NodeText::write(NodeText::write(static_cast<uint8_t*>(memory), key), value);
    return static_cast<Field*>(memory);
  }

  std::string_view key() const { return NodeText::read(&first_); }
  std::string_view value() const {
    const std::string_view name = key();
    return NodeText::read(reinterpret_cast<const uint8_t*>(name.data() + name.size()));
  }
  size_t bytes() const { return bytesFor(key(), value()); }

 private:
  uint8_t first_;
};

}  // namespace inkstone
