// The log text that has been fed and not yet written (aof_buf).
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>

namespace inkstone {

// Contiguous, so that one write() takes it all. Every command that changes data passes through
// append(): it is one comparison and one memcpy.
class LogBuffer {
 public:
  // A buffer that grew past this is given back once empty; smaller ones are reused. A busy turn of
  // the loop logs some ten KB; giving those back would cost an allocation and its growth every
  // turn.
  static constexpr size_t kReuseBytesMax = 256 * 1024;

  void append(std::string_view text) {
    if (text.size() > capacity_ - size_) grow(text.size());
    if (!text.empty()) std::memcpy(data_.get() + size_, text.data(), text.size());
    size_ += text.size();
  }

  std::string_view view() const { return {data_.get(), size_}; }
  size_t size() const { return size_; }
  size_t capacity() const { return capacity_; }
  bool empty() const { return size_ == 0; }

  // Makes room for `bytes` more.
  void reserve(size_t bytes) {
    if (bytes > capacity_ - size_) grow(bytes);
  }

  // Drops the first `bytes`.
  void consume(size_t bytes);

 private:
  void grow(size_t bytes);

  std::unique_ptr<char[]> data_;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

}  // namespace inkstone
