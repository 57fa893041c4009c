// This library is loaded into a server by LD_PRELOAD. For the files in the folder named by
// DISK_FOLDER it reads these variables:
//   DISK_TRACE=<file>   every change and every sync is appended to the file, by all processes of
//                       the server, as records that power_cut.py reads;
//   DISK_FAIL_CALL=<n>  the n-th call that opens for writing, writes, syncs, renames, removes,
//                       truncates or sets space aside fails with errno DISK_FAIL_ERRNO. A child
//                       goes on counting where its parent was when it was forked;
//   DISK_CALLS=<file>   the number of such calls is written there, by the process that made most.
//
// For all files it reads these variables, so that a copy of a disk passes for the disk itself, and
// a start passes for one after the machine was started anew:
//   DISK_INODES=<file>  pairs of numbers, "is was" in each line: the number of an inode, and the
//                       number that programs shall see. When the variable is set and the file does
//                       not exist, the library only hides when files were born;
//   DISK_BOOT=<file>    the text that is read as the boot id of the machine.
//
// A change is recorded when it is done. A sync is recorded twice, when it begins and when it has
// succeeded: it covers the changes that were recorded before it began.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstdarg>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>
#include <string_view>

namespace {

struct Record {
  char type;
  char padding[3];
  uint32_t name_length;
  uint64_t payload_length;
  uint64_t time_us;
  uint64_t inode;
  // The offset of a write or truncation, or the number of a sync.
  uint64_t offset;
};

std::atomic<uint64_t> calls = 0;
std::atomic<uint64_t> syncs = 0;

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : value;
}

uint64_t number(std::string_view text) {
  uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

bool inFolder(std::string_view path) {
  const std::string_view folder = variable("DISK_FOLDER");
  return !folder.empty() && path.starts_with(folder);
}

std::string pathOf(int descriptor) {
  std::array<char, 4096> target;
  const std::string link = "/proc/self/fd/" + std::to_string(descriptor);
  const ssize_t length = ::readlink(link.c_str(), target.data(), target.size());
  return {target.data(), length > 0 ? static_cast<size_t>(length) : 0};
}

uint64_t microseconds() {
  timespec now;
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000 + static_cast<uint64_t>(now.tv_nsec) / 1000;
}

uint64_t inodeOf(int descriptor) {
  struct stat status;
  return ::fstat(descriptor, &status) == 0 ? status.st_ino : 0;
}

// The file is opened for each record, because a child closes descriptors that it does not know.
void appendTo(std::string_view file, std::string_view bytes, int flags) {
  const std::string path(file);
  const auto fd = static_cast<int>(
      ::syscall(SYS_openat, AT_FDCWD, path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0644));
  if (fd < 0) return;
  [[maybe_unused]] const long written = ::syscall(SYS_write, fd, bytes.data(), bytes.size());
  ::syscall(SYS_close, fd);
}

void record(char type, uint64_t inode, uint64_t offset, std::string_view name,
            std::string_view payload) {
  const std::string_view trace = variable("DISK_TRACE");
  if (trace.empty()) return;
  const int error = errno;
  Record head{};
  head.type = type;
  head.name_length = static_cast<uint32_t>(name.size());
  head.payload_length = payload.size();
  head.time_us = microseconds();
  head.inode = inode;
  head.offset = offset;
  std::string bytes(reinterpret_cast<const char*>(&head), sizeof(head));
  bytes += name;
  bytes += payload;
  appendTo(trace, bytes, O_APPEND);
  errno = error;
}

// Whether this call shall fail. If so, errno is set.
bool fails() {
  const uint64_t call = ++calls;
  if (const std::string_view file = variable("DISK_CALLS"); !file.empty()) {
    appendTo(file, std::to_string(call) + "\n", O_APPEND);
  }
  const std::string_view wanted = variable("DISK_FAIL_CALL");
  if (wanted.empty() || call != number(wanted)) return false;
  errno = static_cast<int>(number(variable("DISK_FAIL_ERRNO")));
  return true;
}

// The number that programs shall see for `inode`, by the file `inodes`.
uint64_t inodeSaid(std::string_view inodes, uint64_t inode) {
  const auto fd =
      static_cast<int>(::syscall(SYS_openat, AT_FDCWD, inodes.data(), O_RDONLY | O_CLOEXEC, 0));
  if (fd < 0) return inode;
  std::array<char, 4096> bytes;
  const ssize_t length = ::syscall(SYS_read, fd, bytes.data(), bytes.size());
  ::syscall(SYS_close, fd);
  std::string_view text(bytes.data(), length > 0 ? static_cast<size_t>(length) : 0);
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const size_t space = line.find(' ');
    if (space == std::string_view::npos) break;
    if (number(line.substr(0, space)) == inode) return number(line.substr(space + 1));
  }
  return inode;
}

int syncWith(long call, int descriptor, bool directory) {
  const uint64_t id = (static_cast<uint64_t>(::getpid()) << 32) | ++syncs;
  const uint64_t inode = inodeOf(descriptor);
  record(directory ? 'D' : 'B', inode, id, {}, {});
  const auto result = static_cast<int>(::syscall(call, descriptor));
  if (result == 0) record(directory ? 'd' : 'E', inode, id, {}, {});
  return result;
}

}  // namespace

extern "C" {

int statx(int descriptor, const char* path, int flags, unsigned mask, struct statx* status) {
  const auto result = static_cast<int>(::syscall(SYS_statx, descriptor, path, flags, mask, status));
  const std::string_view inodes = variable("DISK_INODES");
  if (result != 0 || inodes.empty()) return result;
  status->stx_mask &= ~static_cast<unsigned>(STATX_BTIME);
  status->stx_ino = inodeSaid(inodes, status->stx_ino);
  return result;
}

int open(const char* path, int flags, ...) {
  if (const std::string_view boot = variable("DISK_BOOT");
      !boot.empty() && std::string_view(path) == "/proc/sys/kernel/random/boot_id") {
    path = boot.data();
  }
  mode_t mode = 0;
  if ((flags & O_CREAT) != 0) {
    va_list rest;
    va_start(rest, flags);
    mode = va_arg(rest, mode_t);
    va_end(rest);
  }
  const bool changes = (flags & O_CREAT) != 0 && inFolder(path);
  if (changes && fails()) return -1;
  const bool existed = changes && ::access(path, F_OK) == 0;
  const auto fd = static_cast<int>(::syscall(SYS_openat, AT_FDCWD, path, flags, mode));
  if (changes && !existed && fd >= 0) record('C', inodeOf(fd), 0, path, {});
  return fd;
}

ssize_t write(int descriptor, const void* bytes, size_t count) {
  const bool ours = inFolder(pathOf(descriptor));
  if (ours && fails()) return -1;
  const ssize_t done = ::syscall(SYS_write, descriptor, bytes, count);
  if (ours && done > 0) {
    const auto length = static_cast<size_t>(done);
    const auto end = static_cast<uint64_t>(::lseek(descriptor, 0, SEEK_CUR));
    record('W', inodeOf(descriptor), end - length, {}, {static_cast<const char*>(bytes), length});
  }
  return done;
}

ssize_t pwrite(int descriptor, const void* bytes, size_t count, off_t offset) {
  const bool ours = inFolder(pathOf(descriptor));
  if (ours && fails()) return -1;
  const ssize_t done = ::syscall(SYS_pwrite64, descriptor, bytes, count, offset);
  if (ours && done > 0) {
    record('W', inodeOf(descriptor), static_cast<uint64_t>(offset), {},
           {static_cast<const char*>(bytes), static_cast<size_t>(done)});
  }
  return done;
}

int ftruncate(int descriptor, off_t length) {
  const bool ours = inFolder(pathOf(descriptor));
  if (ours && fails()) return -1;
  const auto result = static_cast<int>(::syscall(SYS_ftruncate, descriptor, length));
  if (ours && result == 0) {
    record('T', inodeOf(descriptor), static_cast<uint64_t>(length), {}, {});
  }
  return result;
}

int fallocate(int descriptor, int mode, off_t offset, off_t length) {
  if (inFolder(pathOf(descriptor)) && fails()) return -1;
  return static_cast<int>(::syscall(SYS_fallocate, descriptor, mode, offset, length));
}

int fdatasync(int descriptor) {
  if (!inFolder(pathOf(descriptor))) {
    return static_cast<int>(::syscall(SYS_fdatasync, descriptor));
  }
  return fails() ? -1 : syncWith(SYS_fdatasync, descriptor, false);
}

int fsync(int descriptor) {
  const std::string path = pathOf(descriptor);
  if (!inFolder(path)) return static_cast<int>(::syscall(SYS_fsync, descriptor));
  struct stat status;
  const bool directory = ::fstat(descriptor, &status) == 0 && S_ISDIR(status.st_mode);
  return fails() ? -1 : syncWith(SYS_fsync, descriptor, directory);
}

int rename(const char* from, const char* to) {
  const bool ours = inFolder(from);
  if (ours && fails()) return -1;
  const auto result = static_cast<int>(::syscall(SYS_rename, from, to));
  if (ours && result == 0) record('R', 0, 0, std::string(from) + '\n' + to, {});
  return result;
}

int unlink(const char* path) {
  const bool ours = inFolder(path);
  if (ours && fails()) return -1;
  const auto result = static_cast<int>(::syscall(SYS_unlink, path));
  if (ours && result == 0) record('U', 0, 0, path, {});
  return result;
}

}  // extern "C"
