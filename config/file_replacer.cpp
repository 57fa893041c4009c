#include "config/file_replacer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>

namespace inkstone {
namespace {

std::error_code lastError() {
  return {errno, std::generic_category()};
}

// Closes a descriptor at the end of its scope.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }

 private:
  int fd_;
};

// Errors that concern the directory or the mount and not the file: writing into the file may still
// work.
bool isRefusal(const std::error_code& error) {
  constexpr std::array<int, 5> kRefusals = {EBUSY, EXDEV, EPERM, EACCES, EROFS};
  for (const int refusal : kRefusals) {
    if (error.value() == refusal) return true;
  }
  return false;
}

std::error_code readBack(int fd, std::string& content) {
  std::array<char, 16384> chunk;
  while (true) {
    const ssize_t size =
        ::pread(fd, chunk.data(), chunk.size(), static_cast<off_t>(content.size()));
    if (size == 0) return {};
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return lastError();
    content.append(chunk.data(), static_cast<size_t>(size));
  }
}

}  // namespace

int FileCalls::open(const char* path, int flags, unsigned mode) {
  return ::open(path, flags, static_cast<mode_t>(mode));
}
ssize_t FileCalls::write(int fd, const char* data, size_t size) {
  return ::write(fd, data, size);
}
int FileCalls::allocate(int fd, size_t size) {
  return ::fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, static_cast<off_t>(size));
}
int FileCalls::truncate(int fd, size_t size) {
  return ::ftruncate(fd, static_cast<off_t>(size));
}
int FileCalls::sync(int fd) {
  return ::fsync(fd);
}
int FileCalls::rename(const char* from, const char* to) {
  return ::rename(from, to);
}

ReplaceResult FileReplacer::replace(const std::string& path, std::string_view content) {
  std::error_code ignored;
  const std::filesystem::path resolved = std::filesystem::canonical(path, ignored);
  const std::string target = resolved.empty() ? path : resolved.string();
  const std::string temporary = target + ".tmp-" + std::to_string(::getpid());

  std::error_code error = writeTemporary(temporary, target, content);
  if (!error && calls_.rename(temporary.c_str(), target.c_str()) != 0) error = lastError();
  if (!error) return {syncDirectory(target), false};
  if (!isRefusal(error)) {
    ::unlink(temporary.c_str());
    return {error, false};
  }
  // The temporary file, if there is one, stays until the other file is written: a crash in between
  // leaves it whole.
  error = overwrite(target, content);
  ::unlink(temporary.c_str());
  return {error, true};
}

std::error_code FileReplacer::writeAll(int fd, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = calls_.write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return lastError();
    if (written == 0) return std::make_error_code(std::errc::io_error);
    content.remove_prefix(static_cast<size_t>(written));
  }
  return {};
}

std::error_code FileReplacer::writeTemporary(const std::string& temporary,
                                             const std::string& target, std::string_view content) {
  struct stat status {};
  const bool exists = ::stat(target.c_str(), &status) == 0;
  ::unlink(temporary.c_str());
  const Descriptor file(
      calls_.open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file.valid()) return lastError();
  if (exists) {
    // Only root can give a file away. Where that is not possible, writing in place keeps the owner.
    const bool same_owner = status.st_uid == ::geteuid() && status.st_gid == ::getegid();
    if (!same_owner && ::fchown(file.get(), status.st_uid, status.st_gid) != 0) return lastError();
  }
  if (::fchmod(file.get(), exists ? status.st_mode & 07777U : 0644U) != 0) return lastError();
  if (const auto error = writeAll(file.get(), content)) return error;
  if (calls_.sync(file.get()) != 0) return lastError();
  return {};
}

std::error_code FileReplacer::syncDirectory(const std::string& target) {
  const std::string parent = std::filesystem::path(target).parent_path().string();
  const Descriptor directory(
      calls_.open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0));
  if (!directory.valid() || calls_.sync(directory.get()) != 0) return lastError();
  return {};
}

std::error_code FileReplacer::overwrite(const std::string& target, std::string_view content) {
  const Descriptor file(calls_.open(target.c_str(), O_RDWR | O_CLOEXEC, 0));
  if (!file.valid()) return lastError();
  std::string old_content;
  if (const auto error = readBack(file.get(), old_content)) return error;
  // With its space reserved the write cannot run out of space halfway. Some file systems cannot
  // reserve space.
  if (!content.empty() && calls_.allocate(file.get(), content.size()) != 0 && errno != EOPNOTSUPP &&
      errno != ENOSYS) {
    return lastError();
  }
  std::error_code error = fill(file.get(), content);
  if (error && fill(file.get(), old_content)) return std::make_error_code(std::errc::io_error);
  return error;
}

std::error_code FileReplacer::fill(int fd, std::string_view content) {
  if (::lseek(fd, 0, SEEK_SET) != 0) return lastError();
  if (const auto error = writeAll(fd, content)) return error;
  if (calls_.truncate(fd, content.size()) != 0) return lastError();
  return calls_.sync(fd) == 0 ? std::error_code() : lastError();
}

}  // namespace inkstone
