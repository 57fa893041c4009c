#include "persistence/log/log_buffer.h"

#include <algorithm>
#include <bit>

namespace inkstone {

namespace {
constexpr size_t kCapacityMin = 4096;
}

void LogBuffer::grow(size_t bytes) {
  const size_t capacity = std::bit_ceil(std::max(size_ + bytes, kCapacityMin));
  auto data = std::make_unique_for_overwrite<char[]>(capacity);
  if (size_ > 0) std::memcpy(data.get(), data_.get(), size_);
  data_ = std::move(data);
  capacity_ = capacity;
}

void LogBuffer::consume(size_t bytes) {
  size_ -= bytes;
  if (size_ > 0) {
    std::memmove(data_.get(), data_.get() + bytes, size_);
  } else if (capacity_ > kReuseBytesMax) {
    data_.reset();
    capacity_ = 0;
  }
}

}  // namespace inkstone
