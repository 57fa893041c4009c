// The value of string keys: an integer, bytes behind the key, or a buffer of its own that can grow.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "storage/entry.h"

namespace inkstone {

// The bytes of a string that is too long for its entry, or has been changed in place. They are one
// allocation: this header, then `capacity` bytes.
struct StringBuffer {
  size_t length;
  size_t capacity;

  char* data() { return reinterpret_cast<char*>(this + 1); }
  const char* data() const { return reinterpret_cast<const char*>(this + 1); }
  std::string_view view() const { return {data(), length}; }
  size_t bytes() const { return sizeof(StringBuffer) + capacity; }

  // Throws std::bad_alloc. The bytes are not initialised.
  static StringBuffer* create(size_t length, size_t capacity);
  static void destroy(StringBuffer* buffer);
};

// Text of an integer, or the bytes themselves, without a copy. For integers the text is written to
// its own storage, so the view lives as long as both this and the entry.
class StringView {
 public:
  explicit StringView(const Entry& entry);
  StringView(const StringView&) = delete;
  StringView& operator=(const StringView&) = delete;

  std::string_view view() const { return view_; }

 private:
  char text_[24];
  std::string_view view_;
};

// Tells the length alone.
size_t stringLength(const Entry& entry);

// Tells whether `text` is what an int64_t prints as, and which.
[[nodiscard]] bool integerFromText(std::string_view text, int64_t& value);

}  // namespace inkstone
