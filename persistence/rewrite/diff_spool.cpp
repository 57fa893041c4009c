#include "persistence/rewrite/diff_spool.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <span>
#include <utility>

namespace inkstone {

DiffSpool::DiffSpool(FileSystem& files, std::string path, int pipe_fd)
    : files_(files),
      path_(std::move(path)),
      pipe_fd_(pipe_fd),
      piece_(std::make_unique_for_overwrite<char[]>(kPieceBytes)) {}

std::string_view DiffSpool::take() {
  while (!error_) {
    const ssize_t length = ::read(pipe_fd_, piece_.get(), kPieceBytes);
    if (length > 0) {
      bytes_ += static_cast<uint64_t>(length);
      return {piece_.get(), static_cast<size_t>(length)};
    }
    if (length == 0) {
      error_ = std::make_error_code(std::errc::broken_pipe);
    } else if (errno == EAGAIN) {
      break;
    } else if (errno != EINTR) {
      error_ = {errno, std::generic_category()};
    }
  }
  return {};
}

void DiffSpool::drain() {
  for (std::string_view text = take(); !text.empty(); text = take()) append(text);
}

void DiffSpool::append(std::string_view text) {
  if (file_ == nullptr) {
    IoResult<std::shared_ptr<AppendFile>> file = files_.openAppend(path_);
    error_ = file.error;
    if (!error_) error_ = files_.remove(path_);
    if (error_) return;
    file_ = std::move(file.value);
    // A file of that name is from a process that had our number.
    error_ = file_->truncate(0);
    if (error_) return;
  }
  const IoResult<size_t> result = file_->append(text);
  error_ = result.error;
  spooled_ += result.value;
}

void DiffSpool::moveTo(BulkWriter& out) {
  drain();
  const auto piece = std::make_unique_for_overwrite<char[]>(kPieceBytes);
  for (uint64_t moved = 0; moved < spooled_ && !error_ && !out.error();) {
    const size_t length = static_cast<size_t>(std::min<uint64_t>(kPieceBytes, spooled_ - moved));
    const IoResult<size_t> read = file_->readAt(moved, std::span(piece.get(), length));
    error_ = read.error;
    if (!error_ && read.value < length) error_ = std::make_error_code(std::errc::io_error);
    if (error_) return;
    out.append({piece.get(), length});
    moved += length;
    drain();
  }
  file_.reset();
  spooled_ = 0;
}

uint64_t DiffSpool::drainTo(BulkWriter& out) {
  const uint64_t before = bytes_;
  for (std::string_view text = take(); !text.empty(); text = take()) out.append(text);
  return bytes_ - before;
}

bool DiffSpool::wait(int timeout_ms) const {
  pollfd waited{pipe_fd_, POLLIN, 0};
  return ::poll(&waited, 1, timeout_ms) > 0;
}

}  // namespace inkstone
