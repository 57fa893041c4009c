// The lines of the log that carry a number: "*3" and "$5", each with its line end.
#pragma once

#include <array>
#include <charconv>
#include <cstddef>
#include <string_view>

namespace inkstone {

class RespHeader {
 public:
  // `type` is '*' (arguments of a command) or '$' (bytes of an argument).
  RespHeader(char type, size_t number) {
    text_[0] = type;
    char* end = std::to_chars(text_.data() + 1, text_.data() + text_.size() - 2, number).ptr;
    *end++ = '\r';
    *end++ = '\n';
    length_ = static_cast<size_t>(end - text_.data());
  }

  // Valid as long as this object.
  std::string_view view() const { return {text_.data(), length_}; }

 private:
  std::array<char, 24> text_;
  size_t length_;
};

}  // namespace inkstone
