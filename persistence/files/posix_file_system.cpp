#include "persistence/files/posix_file_system.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace inkstone {

namespace {

std::error_code lastError() {
  return {errno, std::generic_category()};
}

template <typename Call>
auto retryInterrupted(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

// An open descriptor, closed with its owner.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

IoResult<size_t> readFully(int fd, uint64_t offset, std::span<char> target) {
  size_t done = 0;
  while (done < target.size()) {
    const ssize_t n = retryInterrupted([&] {
      return ::pread(fd, target.data() + done, target.size() - done,
                     static_cast<off_t>(offset + done));
    });
    if (n < 0) return {done, lastError()};
    if (n == 0) break;
    done += static_cast<size_t>(n);
  }
  return {done, {}};
}

IoResult<uint64_t> sizeOf(int fd) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) return {0, lastError()};
  return {static_cast<uint64_t>(status.st_size), {}};
}

FileIdentity identityOf(int fd) {
  constexpr int64_t kNsPerSecond = 1'000'000'000;
  struct statx more {};
  if (::statx(fd, "", AT_EMPTY_PATH, STATX_INO | STATX_BTIME, &more) == 0) {
    FileIdentity identity{::makedev(more.stx_dev_major, more.stx_dev_minor), more.stx_ino, 0};
    if ((more.stx_mask & STATX_BTIME) != 0) {
      identity.birth_ns = more.stx_btime.tv_sec * kNsPerSecond + more.stx_btime.tv_nsec;
    }
    return identity;
  }
  // Some containers forbid it.
  struct stat status {};
  if (::fstat(fd, &status) != 0) return {};
  return {status.st_dev, status.st_ino, 0};
}

class PosixReadFile final : public ReadFile {
 public:
  explicit PosixReadFile(int fd) : fd_(fd) {}

  IoResult<size_t> readAt(uint64_t offset, std::span<char> target) override {
    return readFully(fd_.get(), offset, target);
  }
  IoResult<uint64_t> size() override { return sizeOf(fd_.get()); }
  FileIdentity identity() override { return identityOf(fd_.get()); }

 private:
  Descriptor fd_;
};

class PosixAppendFile final : public AppendFile {
 public:
  explicit PosixAppendFile(int fd) : fd_(fd) {}

  IoResult<size_t> append(std::string_view data) override {
    size_t done = 0;
    while (done < data.size()) {
      const ssize_t n = retryInterrupted(
          [&] { return ::write(fd_.get(), data.data() + done, data.size() - done); });
      if (n < 0) return {done, lastError()};
      if (n == 0) return {done, std::make_error_code(std::errc::no_space_on_device)};
      done += static_cast<size_t>(n);
    }
    return {done, {}};
  }

  std::error_code overwrite(uint64_t offset, std::string_view data) override {
    // On Linux pwrite() appends when O_APPEND is set, whatever its offset.
    const int flags = ::fcntl(fd_.get(), F_GETFL);
    if (flags < 0 || ::fcntl(fd_.get(), F_SETFL, flags & ~O_APPEND) != 0) return lastError();
    const std::error_code error = writeAt(offset, data);
    if (::fcntl(fd_.get(), F_SETFL, flags) != 0) return lastError();
    return error;
  }

  IoResult<size_t> readAt(uint64_t offset, std::span<char> target) override {
    return readFully(fd_.get(), offset, target);
  }

  // It is not repeated after an interruption: a failed sync must be seen as one.
  std::error_code sync() override {
    return ::fdatasync(fd_.get()) == 0 ? std::error_code{} : lastError();
  }

  std::error_code truncate(uint64_t size) override {
    const int result =
        retryInterrupted([&] { return ::ftruncate(fd_.get(), static_cast<off_t>(size)); });
    return result == 0 ? std::error_code{} : lastError();
  }

  std::error_code allocate(uint64_t size) override {
    const int result =
        retryInterrupted([&] { return ::fallocate(fd_.get(), 0, 0, static_cast<off_t>(size)); });
    if (result != 0) return lastError();
    // Some file systems that never write in place say yes and take nothing.
    constexpr uint64_t kBlockUnit = 512;
    struct stat status {};
    if (::fstat(fd_.get(), &status) != 0) return lastError();
    if (static_cast<uint64_t>(status.st_blocks) * kBlockUnit >= size) return {};
    return std::make_error_code(std::errc::operation_not_supported);
  }

  IoResult<uint64_t> size() override { return sizeOf(fd_.get()); }
  FileIdentity identity() override { return identityOf(fd_.get()); }

  std::error_code close() override {
    const int fd = fd_.release();
    if (fd < 0) return std::make_error_code(std::errc::bad_file_descriptor);
    return ::close(fd) == 0 ? std::error_code{} : lastError();
  }

 private:
  std::error_code writeAt(uint64_t offset, std::string_view data) {
    size_t done = 0;
    while (done < data.size()) {
      const ssize_t n = retryInterrupted([&] {
        return ::pwrite(fd_.get(), data.data() + done, data.size() - done,
                        static_cast<off_t>(offset + done));
      });
      if (n < 0) return lastError();
      done += static_cast<size_t>(n);
    }
    return {};
  }

  Descriptor fd_;
};

}  // namespace

IoResult<std::shared_ptr<AppendFile>> PosixFileSystem::openAppend(const std::string& path) {
  const int fd = retryInterrupted(
      [&] { return ::open(path.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0644); });
  if (fd < 0) return {nullptr, lastError()};
  return {std::make_shared<PosixAppendFile>(fd), {}};
}

IoResult<std::unique_ptr<ReadFile>> PosixFileSystem::openRead(const std::string& path) {
  const int fd = retryInterrupted([&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC); });
  if (fd < 0) return {nullptr, lastError()};
  ::posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
  return {std::make_unique<PosixReadFile>(fd), {}};
}

IoResult<std::shared_ptr<AppendFile>> PosixFileSystem::openUnnamed(const std::string& directory) {
  const int fd = retryInterrupted(
      [&] { return ::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600); });
  if (fd >= 0) return {std::make_shared<PosixAppendFile>(fd), {}};
  // What a kernel or file system says that knows no such files.
  if (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT) return {nullptr, lastError()};
  std::string path = directory + "/temp-unnamed-XXXXXX";
  const int named = ::mkostemp(path.data(), O_CLOEXEC);
  if (named < 0) return {nullptr, lastError()};
  auto file = std::make_shared<PosixAppendFile>(named);
  if (::unlink(path.c_str()) != 0) return {nullptr, lastError()};
  return {std::move(file), {}};
}

std::error_code PosixFileSystem::rename(const std::string& from, const std::string& to) {
  return ::rename(from.c_str(), to.c_str()) == 0 ? std::error_code{} : lastError();
}

std::error_code PosixFileSystem::remove(const std::string& path) {
  return ::unlink(path.c_str()) == 0 ? std::error_code{} : lastError();
}

std::error_code PosixFileSystem::syncDirectory(const std::string& directory) {
  const Descriptor fd(retryInterrupted(
      [&] { return ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); }));
  if (fd.get() < 0) return lastError();
  if (::fsync(fd.get()) == 0) return {};
  // Some network file systems have no directories to sync and say so; their renames are
  // synchronous.
  if (errno == EINVAL || errno == ENOTSUP) return {};
  return lastError();
}

IoResult<uint64_t> PosixFileSystem::size(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return {0, lastError()};
  return {static_cast<uint64_t>(status.st_size), {}};
}

IoResult<uint64_t> PosixFileSystem::freeBytes(const std::string& directory) {
  struct statvfs status {};
  if (::statvfs(directory.c_str(), &status) != 0) return {0, lastError()};
  return {uint64_t{status.f_bavail} * status.f_frsize, {}};
}

IoResult<bool> PosixFileSystem::exists(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0) return {true, {}};
  if (errno == ENOENT || errno == ENOTDIR) return {false, {}};
  return {false, lastError()};
}

IoResult<int64_t> PosixFileSystem::changedUnixMs(const std::string& path) {
  constexpr int64_t kMsPerSecond = 1000;
  constexpr int64_t kNsPerMs = 1'000'000;
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return {0, lastError()};
  return {status.st_mtim.tv_sec * kMsPerSecond + status.st_mtim.tv_nsec / kNsPerMs, {}};
}

IoResult<std::vector<std::string>> PosixFileSystem::listDirectory(const std::string& directory) {
  const std::unique_ptr<DIR, int (*)(DIR*)> handle(::opendir(directory.c_str()), ::closedir);
  if (!handle) return {{}, lastError()};
  std::vector<std::string> names;
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(handle.get());
    if (entry == nullptr) break;
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  if (errno != 0) return {{}, lastError()};
  return {std::move(names), {}};
}

std::string PosixFileSystem::bootId() {
  const Descriptor fd(retryInterrupted(
      [] { return ::open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC); }));
  if (fd.get() < 0) return {};
  std::array<char, 64> text{};
  const IoResult<size_t> read = readFully(fd.get(), 0, text);
  return read.ok() ? std::string(text.data(), read.value) : std::string();
}

}  // namespace inkstone
