// Bytes of requests that have not arrived completely. An empty buffer holds no memory.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

namespace inkstone {

class QueryBuffer {
 public:
  bool empty() const { return size_ == 0; }
  size_t size() const { return size_; }
  size_t capacity() const { return capacity_; }
  std::string_view view() const { return {data_.get(), size_}; }

  void append(std::string_view bytes) {
    makeRoom(bytes.size());
    std::memcpy(data_.get() + size_, bytes.data(), bytes.size());
    size_ += bytes.size();
  }

  // Room to receive into: at least kReadBytes, and more when it is known that `expected_size` bytes
  // in all will come. So a big bulk string is read straight to the place where it is parsed.
  // Received bytes count after commit(). The buffer never grows beyond `size_max`, and must hold
  // less.
  std::span<char> writable(size_t expected_size, size_t size_max = SIZE_MAX) {
    const size_t missing = expected_size > size_ ? expected_size - size_ : 0;
    // A client may announce more than it sends, so memory grows with the bytes that have come.
    const size_t wanted = std::max(kReadBytes, std::min(missing, std::max(size_, kTrustedBytes)));
    makeRoom(std::min(wanted, size_max - size_));
    return {data_.get() + size_, capacity_ - size_};
  }
  void commit(size_t bytes) { size_ += bytes; }

  void consume(size_t bytes) {
    if (bytes == size_) {
      size_ = capacity_ = 0;
      data_.reset();
      return;
    }
    size_ -= bytes;
    if (capacity_ > kKeptBytes && size_ < capacity_ / 4) return moveToSmaller(bytes);
    std::memmove(data_.get(), data_.get() + bytes, size_);
  }

 private:
  static constexpr size_t kReadBytes = 16 * 1024;
  static constexpr size_t kTrustedBytes = 1024 * 1024;

  // Memory beyond this, for one long request, is not kept for those behind it.
  static constexpr size_t kKeptBytes = 4 * 1024 * 1024;

  void moveToSmaller(size_t begin) {
    auto data = std::make_unique_for_overwrite<char[]>(size_);
    std::memcpy(data.get(), data_.get() + begin, size_);
    data_ = std::move(data);
    capacity_ = size_;
  }

  void makeRoom(size_t bytes) {
    if (capacity_ - size_ >= bytes) return;
    const size_t capacity = size_ + bytes;
    auto data = std::make_unique_for_overwrite<char[]>(capacity);
    if (size_ > 0) std::memcpy(data.get(), data_.get(), size_);
    data_ = std::move(data);
    capacity_ = capacity;
  }

  std::unique_ptr<char[]> data_;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

}  // namespace inkstone
