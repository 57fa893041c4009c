// One element of a value as it is kept: bytes, or an integer whose decimal text it stands for.
#pragma once

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace inkstone {

// Room for the decimal text of any int64_t.
using ElementText = std::array<char, 24>;

// A view: valid until the value it came from is changed.
class Element {
 public:
  Element() : Element(int64_t{0}) {}
  explicit Element(std::string_view bytes)
      : data_(bytes.data() == nullptr ? "" : bytes.data()), length_(bytes.size()) {}
  explicit Element(int64_t integer) : data_(nullptr), integer_(integer) {}

  bool isInteger() const { return data_ == nullptr; }
  int64_t integer() const { return integer_; }                 // only if isInteger()
  std::string_view bytes() const { return {data_, length_}; }  // only if not

  // The text either way; that of an integer is written to `room`, which has to live as long.
  std::string_view text(ElementText& room) const {
    if (!isInteger()) return bytes();
    const auto end = std::to_chars(room.data(), room.data() + room.size(), integer_).ptr;
    return {room.data(), static_cast<size_t>(end - room.data())};
  }
  std::string toString() const {
    ElementText room;
    return std::string(text(room));
  }
  size_t textLength() const {
    ElementText room;
    return text(room).size();
  }

 private:
  const char* data_;
  union {
    size_t length_;
    int64_t integer_;
  };
};

}  // namespace inkstone
