// The buffer that all connections receive into.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <utility>

namespace inkstone {

class ReadBuffer {
 public:
  // It holds many pipelined requests, and is small enough to stay in the cache. Longer bulk strings
  // have buffers of their own.
  static constexpr size_t kBytes = 64 * 1024;

 private:
  friend class ReadBufferLease;
  std::unique_ptr<char[]> spare_;
};

// The use of the buffer while the input of one connection is processed. When a command runs the
// loop meanwhile, other connections get a buffer of their own.
class ReadBufferLease {
 public:
  explicit ReadBufferLease(ReadBuffer& buffer) : buffer_(buffer), bytes_(std::move(buffer.spare_)) {
    if (bytes_ == nullptr) bytes_ = std::make_unique_for_overwrite<char[]>(ReadBuffer::kBytes);
  }
  ~ReadBufferLease() { buffer_.spare_ = std::move(bytes_); }
  ReadBufferLease(const ReadBufferLease&) = delete;
  ReadBufferLease& operator=(const ReadBufferLease&) = delete;

  std::span<char> bytes() const { return {bytes_.get(), ReadBuffer::kBytes}; }

 private:
  ReadBuffer& buffer_;
  std::unique_ptr<char[]> bytes_;
};

}  // namespace inkstone
