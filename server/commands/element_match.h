// A text that is looked for among elements.
#pragma once

#include <string_view>

#include "base/numbers.h"
#include "storage/types/element.h"

namespace inkstone {

// Reads the text as an integer once, so that elements kept as integers are compared as such.
class ElementMatch {
 public:
  // The text must live as long.
  explicit ElementMatch(std::string_view text) : text_(text) {
    is_integer_ = parseInt64(text, integer_);
  }

  bool operator()(const Element& element) const {
    if (element.isInteger()) return is_integer_ && element.integer() == integer_;
    return element.bytes() == text_;
  }

 private:
  std::string_view text_;
  int64_t integer_ = 0;
  bool is_integer_;
};

}  // namespace inkstone
