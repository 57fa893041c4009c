// Access to data files, small enough for a test to stand in: a test fails the n-th call, writes
// less than asked, or throws away what was never synced
// (tests/unit/persistence/fault_file_system.h).
//
// Expected failures (no space, an I/O error, a missing file) are values, never exceptions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace inkstone {

// A value, or the reason why there is none. After an error the value still tells what was done,
// where the function says so.
template <typename T>
struct [[nodiscard]] IoResult {
  T value{};
  std::error_code error;

  bool ok() const { return !error; }
};

// What tells a file from a copy of it. Members that a file system does not know are 0.
struct FileIdentity {
  uint64_t device = 0;
  uint64_t inode = 0;
  // When it was created, in nanoseconds since 1970; nobody can set it.
  int64_t birth_ns = 0;

  bool operator==(const FileIdentity&) const = default;
};

// A file being read. Destroying it closes it.
class ReadFile {
 public:
  virtual ~ReadFile() = default;

  // Reads from `offset` until `target` is full or the file ends; the value is the number of bytes
  // read.
  virtual IoResult<size_t> readAt(uint64_t offset, std::span<char> target) = 0;
  virtual IoResult<uint64_t> size() = 0;
  // All 0 where nothing is known.
  virtual FileIdentity identity() { return {}; }
};

// A file that grows at its end. One thread appends; sync() may run in another thread at the same
// time. Destroying it closes it.
class AppendFile {
 public:
  virtual ~AppendFile() = default;

  // Appends all of `data` unless an error stops it. The value is the number of bytes that were
  // appended, also when there is an error, and then the file may end in a part of `data`. Less than
  // asked for always comes with an error: a file system that gives no reason is full.
  virtual IoResult<size_t> append(std::string_view data) = 0;

  // Writes `data` again over bytes the file already has, at `offset` from its start.
  [[nodiscard]] virtual std::error_code overwrite(uint64_t offset, std::string_view data) = 0;

  // Like ReadFile::readAt.
  virtual IoResult<size_t> readAt(uint64_t offset, std::span<char> target) = 0;

  // On success what was appended before the call is on the disk. After a failure the kernel may
  // have dropped the bytes and a later success says nothing about them: they have to be written
  // again first.
  [[nodiscard]] virtual std::error_code sync() = 0;

  [[nodiscard]] virtual std::error_code truncate(uint64_t size) = 0;

  // Takes room on the disk so that the file has `size` bytes, those it did not have being zeros,
  // before anything is written there. operation_not_supported: the file system does not set
  // anything aside. After any error a part of the room may be taken.
  [[nodiscard]] virtual std::error_code allocate([[maybe_unused]] uint64_t size) {
    return std::make_error_code(std::errc::operation_not_supported);
  }
  virtual IoResult<uint64_t> size() = 0;
  // Like ReadFile::identity.
  virtual FileIdentity identity() { return {}; }

  // Closes the file; every later call fails with EBADF.
  [[nodiscard]] virtual std::error_code close() = 0;
};

class FileSystem {
 public:
  virtual ~FileSystem() = default;

  // Opens for appending, creating the file when it is missing. Only syncDirectory() makes the
  // creation durable.
  virtual IoResult<std::shared_ptr<AppendFile>> openAppend(const std::string& path) = 0;
  virtual IoResult<std::unique_ptr<ReadFile>> openRead(const std::string& path) = 0;

  // A file without a name in `directory`, which is gone when it is closed, however the process
  // ends.
  virtual IoResult<std::shared_ptr<AppendFile>> openUnnamed(const std::string& directory) = 0;

  // Replaces `to` in one step. Only syncDirectory() makes it durable.
  [[nodiscard]] virtual std::error_code rename(const std::string& from, const std::string& to) = 0;
  [[nodiscard]] virtual std::error_code remove(const std::string& path) = 0;

  // Makes creations, renames and removals in `directory` durable.
  [[nodiscard]] virtual std::error_code syncDirectory(const std::string& directory) = 0;

  virtual IoResult<uint64_t> size(const std::string& path) = 0;
  virtual IoResult<bool> exists(const std::string& path) = 0;
  // When the contents were changed last: Unix time in milliseconds.
  virtual IoResult<int64_t> changedUnixMs(const std::string& path) = 0;

  // Bytes that may still be written to the file system of `directory`, as far as it can tell.
  virtual IoResult<uint64_t> freeBytes(const std::string& directory) = 0;

  // Names (not paths) in `directory`, without "." and "..", in no order.
  virtual IoResult<std::vector<std::string>> listDirectory(const std::string& directory) = 0;

  // Names the time since the machine was started: another one after each start. Empty where it is
  // not known.
  virtual std::string bootId() { return {}; }
};

}  // namespace inkstone
