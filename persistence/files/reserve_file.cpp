#include "persistence/files/reserve_file.h"

#include <algorithm>
#include <cerrno>

namespace inkstone {

bool isNoSpace(const std::error_code& error) {
  // A quota has no name among std::errc.
  return error == std::errc::no_space_on_device ||
         (error.category() == std::generic_category() && error.value() == EDQUOT);
}

std::error_code ReserveFile::hold(uint64_t bytes, Amount amount, uint64_t asked_at) {
  const std::lock_guard lock(mutex_);
  if (asked_at != times_given_up_) return std::make_error_code(std::errc::operation_canceled);
  if (bytes == 0) return release();
  if (file_ == nullptr) {
    IoResult<std::shared_ptr<AppendFile>> file = files_.openUnnamed(directory_);
    if (!file.ok()) return file.error;
    file_ = std::move(file.value);
  }
  const IoResult<uint64_t> free = files_.freeBytes(directory_);
  if (!free.ok()) return free.error;
  const uint64_t room = free.value + held_bytes_;
  if (amount == Amount::kFitting) {
    bytes = std::min<uint64_t>(bytes, std::max<uint64_t>(room / 4, held_bytes_));
  } else if (room < bytes + bytes / 4) {
    return std::make_error_code(std::errc::no_space_on_device);
  }
  bytes -= bytes % kBytesMin;
  if (bytes == 0) return std::make_error_code(std::errc::no_space_on_device);
  return resize(bytes);
}

std::error_code ReserveFile::resize(uint64_t bytes) {
  std::error_code error;
  if (bytes < held_bytes_) {
    error = file_->truncate(bytes);
  } else if (bytes > held_bytes_) {
    error = file_->allocate(bytes);
  }
  if (!error) {
    held_bytes_ = bytes;
  } else {
    // A part of it may be there.
    static_cast<void>(release());
  }
  return error;
}

std::error_code ReserveFile::giveUp() {
  const std::unique_lock lock(mutex_, std::try_to_lock);
  if (!lock.owns_lock()) return std::make_error_code(std::errc::resource_unavailable_try_again);
  ++times_given_up_;
  return release();
}

std::error_code ReserveFile::release() {
  held_bytes_ = 0;
  return file_ == nullptr ? std::error_code{} : file_->truncate(0);
}

}  // namespace inkstone
