#include "persistence/files/data_folder_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace inkstone {
namespace {

// A file that was removed between opening and locking it is opened again so often.
constexpr int kAttempts = 100;
constexpr size_t kHolderBytesMax = 512;

std::error_code lastError() {
  return {errno, std::generic_category()};
}

int openLockFile(const std::string& path) {
  // No link is followed: who may write to the folder must not choose another file to be emptied.
  constexpr int kFlags = O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | kFlags, 0644);
  const int reason = errno;
  if (fd >= 0 || (reason != EACCES && reason != EROFS)) return fd;
  // One that another user left can be locked all the same.
  const int left = ::open(path.c_str(), O_RDONLY | kFlags);
  if (left < 0) errno = reason;
  return left;
}

int lockNow(int fd) {
  int result = ::flock(fd, LOCK_EX | LOCK_NB);
  while (result != 0 && errno == EINTR) result = ::flock(fd, LOCK_EX | LOCK_NB);
  return result;
}

// Its name may have been given up, and perhaps taken by another file, since it was opened.
bool stillHasItsName(int fd, const std::string& path) {
  struct stat opened {};
  struct stat named {};
  return ::fstat(fd, &opened) == 0 && ::lstat(path.c_str(), &named) == 0 &&
         opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

std::string readHolder(int fd) {
  std::array<char, kHolderBytesMax> bytes;
  const ssize_t length = ::pread(fd, bytes.data(), bytes.size(), 0);
  std::string text;
  for (ssize_t i = 0; i < length && bytes[static_cast<size_t>(i)] != '\n'; ++i) {
    const char byte = bytes[static_cast<size_t>(i)];
    text += byte >= ' ' && byte <= '~' ? byte : '?';
  }
  return text.empty() ? "a process that did not say who it is" : text;
}

// A lock that nobody can read about is a lock all the same.
void writeHolder(int fd, std::string_view holder) {
  const std::string line = std::string(holder.substr(0, kHolderBytesMax - 1)) + "\n";
  if (::ftruncate(fd, 0) != 0) return;
  [[maybe_unused]] const ssize_t written = ::pwrite(fd, line.data(), line.size(), 0);
}

std::string_view nameOf(DataFolderLock::File file) {
  return file == DataFolderLock::File::kLog ? "append only file" : "dump";
}

}  // namespace

std::string lockPathOf(const std::string& data_path) {
  const size_t slash = data_path.rfind('/');
  const size_t name = slash == std::string::npos ? 0 : slash + 1;
  return data_path.substr(0, name) + "." + data_path.substr(name) + ".lock";
}

DataFileLock::Result DataFileLock::take(const std::string& data_path, std::string_view holder) {
  const std::string path = lockPathOf(data_path);
  Result result;
  const auto unavailable = [&result] {
    result.text = lastError().message();
    return std::move(result);
  };
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const int fd = openLockFile(path);
    if (fd < 0) return unavailable();
    if (lockNow(fd) != 0) {
      const bool held = errno == EWOULDBLOCK;
      if (held) result.outcome = Outcome::kHeld;
      result.text = held ? readHolder(fd) : lastError().message();
      ::close(fd);
      return result;
    }
    if (stillHasItsName(fd, path)) {
      writeHolder(fd, holder);
      result.outcome = Outcome::kLocked;
      result.lock = DataFileLock(fd, path);
      return result;
    }
    ::close(fd);
  }
  errno = EAGAIN;
  return unavailable();
}

DataFileLock& DataFileLock::operator=(DataFileLock&& other) noexcept {
  if (this != &other) {
    release();
    fd_ = std::exchange(other.fd_, -1);
    path_ = std::move(other.path_);
  }
  return *this;
}

// Removed while it is locked: whoever opened it meanwhile sees that it has lost its name.
void DataFileLock::release() {
  if (fd_ < 0) return;
  if (stillHasItsName(fd_, path_)) ::unlink(path_.c_str());
  ::close(std::exchange(fd_, -1));
}

DataFolderLock::Answer DataFolderLock::lock(File file, const std::string& data_path,
                                            std::string_view holder) {
  Slot& slot = this->slot(file);
  if (slot.path == data_path) return {};
  DataFileLock::Result taken = DataFileLock::take(data_path, holder);
  if (taken.outcome == DataFileLock::Outcome::kHeld) {
    return {fmt::format("The {} {} is in use by another server: {}. One log or dump has one "
                        "server: stop that one, or give this one another dir or file name",
                        nameOf(file), data_path, taken.text),
            {}};
  }
  slot.path = data_path;
  slot.lock = std::move(taken.lock);
  if (taken.outcome == DataFileLock::Outcome::kLocked) return {};
  return {{},
          fmt::format("The {} {} cannot be locked: {} ({}). Nothing keeps a second server from "
                      "writing it; make sure that there is none",
                      nameOf(file), data_path, taken.text, lockPathOf(data_path))};
}

void DataFolderLock::unlock(File file) {
  slot(file) = {};
}

}  // namespace inkstone
