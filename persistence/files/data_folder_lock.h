// Who writes a data file holds a lock on its name, so that one log or snapshot has one server.
//
// The lock of <dir>/<name> is a file <dir>/.<name>.lock, locked by flock(2) and removed when it is
// given up. The kernel ends the lock with the process that holds it, however that ends, and knows
// it across containers that share a folder on one machine. It is on a name, not on the folder:
// servers with different file names may share one. It is not on the data file itself, which a
// rewrite or a save replaces. A child of fork holds it only until it closes the descriptors it was
// not promised (ChildProcess does that first).
//
// The file tells in one line of text who holds it; that counts only while it is locked.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace inkstone {

// <dir>/.<name>.lock of <dir>/<name>
std::string lockPathOf(const std::string& data_path);

// A lock on one data file, given up with its owner. Movable.
class DataFileLock {
 public:
  enum class Outcome : uint8_t {
    kLocked,
    // Another process holds it; `text` says who, as it said itself.
    kHeld,
    // The file system has no locks (some network and user space file systems, or NFS without its
    // lock service), or the lock's file cannot be made: nothing keeps a second server away. `text`
    // says why.
    kUnavailable,
  };
  struct Result;

  // Does not wait. `holder` is the line for whoever comes later ("pid 12, port 6379").
  static Result take(const std::string& data_path, std::string_view holder);

  DataFileLock() = default;
  ~DataFileLock() { release(); }
  DataFileLock(DataFileLock&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)), path_(std::move(other.path_)) {}
  DataFileLock& operator=(DataFileLock&& other) noexcept;
  DataFileLock(const DataFileLock&) = delete;
  DataFileLock& operator=(const DataFileLock&) = delete;

  bool held() const { return fd_ >= 0; }
  // Removes the lock's file and gives the lock up. Without a lock it does nothing.
  void release();

 private:
  DataFileLock(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}

  int fd_ = -1;
  std::string path_;
};

struct [[nodiscard]] DataFileLock::Result {
  Outcome outcome = Outcome::kUnavailable;
  DataFileLock lock;
  std::string text;
};

// The locks of a server: at most one on a log and one on a snapshot.
class DataFolderLock {
 public:
  // What a lock is for, as messages call it.
  enum class File : uint8_t { kLog, kSnapshot };

  struct [[nodiscard]] Answer {
    // Not empty: another server has the file, which must not be written. A whole sentence.
    std::string refusal;
    // Not empty: there is no lock, and why; to be said, once for each file.
    std::string warning;

    bool ok() const { return refusal.empty(); }
  };

  // Locks `data_path` unless that is done already, and gives up the lock on the file of the same
  // kind that was held before. A refusal changes nothing.
  Answer lock(File file, const std::string& data_path, std::string_view holder);
  void unlock(File file);
  // The path that was locked, or would have been if there were locks; empty: none.
  const std::string& pathOf(File file) const { return slot(file).path; }

 private:
  struct Slot {
    std::string path;
    DataFileLock lock;
  };
  Slot& slot(File file) { return file == File::kLog ? log_ : snapshot_; }
  const Slot& slot(File file) const { return file == File::kLog ? log_ : snapshot_; }

  Slot log_;
  Slot snapshot_;
};

}  // namespace inkstone
