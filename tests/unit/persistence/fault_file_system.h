// A file system in memory that fails when told to and forgets at a power cut what was never synced.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "persistence/files/file.h"

namespace inkstone::test {

enum class Call : uint8_t {
  kOpenAppend,
  kOpenRead,
  kAppend,
  kOverwrite,
  kRead,
  kSync,
  kTruncate,
  kRename,
  kRemove,
  kSyncDirectory,
  kAllocate,
};

// The state of bytes that were written and not synced, after a power cut.
enum class Unsynced : uint8_t {
  kLost,
  kWritten,
  // The first half of such bytes at the end of a file is written.
  kHalfWritten,
  // The file has its length, and zeros in place of such bytes.
  kZeroed,
};

// All files at one moment: what programs see of them, and what is on the disk.
class DiskMoment {
 public:
  // The contents of the files after a power cut at this moment. With `names_written` creations,
  // renames and removals are on the disk although their directory was not synced.
  std::map<std::string, std::string> afterPowerCut(Unsynced unsynced, bool names_written) const;
  // The inode numbers of these files.
  std::map<std::string, uint64_t> inodes(bool names_written) const;

 private:
  friend class FaultFileSystem;
  struct File {
    std::string cached;
    std::string durable;
    std::vector<bool> dirty;
    uint64_t number = 0;
  };

  std::map<std::string, File> names_;
  std::map<std::string, File> durable_names_;
};

// Safe to use from two threads. Paths have one directory level that matters: everything before the
// last '/'.
class FaultFileSystem final : public FileSystem {
 public:
  // The n-th call of this kind from now on (1 = the next), and `times` from there, fails with
  // `error`.
  void failNth(Call call, int n, std::errc error, int times = 1);
  void failAlways(Call call, std::errc error) { failNth(call, 1, error, 1'000'000'000); }
  void heal();

  // The next append takes only this many bytes and then fails with `error`.
  void shortenNextAppend(size_t bytes, std::errc error);
  // Bytes that may still be added, in all files together; appends beyond are short with ENOSPC.
  // Bytes that are cut off may be added again, and those of an unnamed file when it is closed.
  void setSpace(std::optional<uint64_t> bytes);
  std::optional<uint64_t> space() const;
  // A failed sync always marks the bytes clean without writing them, as Linux does: only bytes
  // written again reach the disk by a later sync. With this set it also replaces them in the page
  // cache by what the disk has.
  void setFailedSyncDropsPages(bool drops) { drops_pages_ = drops; }

  // Syncs of files wait until they are released.
  void holdSyncs();
  void releaseSyncs();
  void waitUntilSyncHeld();

  // Asked at every call, in its thread, before anything is done; an error it returns fails the
  // call. It must not call back.
  void onCall(std::function<std::error_code(Call)> observer);

  // From now on the state before each call is kept; the first one kept is that of this moment.
  void keepMoments();
  // The states kept so far, in order. No more are kept.
  std::vector<DiskMoment> takeMoments();

  // Back to what is on the disk: contents synced and names whose directory was synced. Open files
  // are dead.
  void powerCut();

  std::string contents(const std::string& path) const;
  std::string durableContents(const std::string& path) const;
  // Writes into the existing file, or into a new one.
  void put(const std::string& path, std::string bytes);

  // From now on each file has an identity, which it keeps as long as it exists, whatever its name
  // is, and the machine has started with `boot_id`. Without this call neither is known.
  void knowFiles(std::string boot_id);
  void restartMachine(std::string boot_id) { knowFiles(std::move(boot_id)); }
  // Gives the existing file that inode number.
  void beInode(const std::string& path, uint64_t number);
  // Creates another file with the same bytes.
  void copy(const std::string& from, const std::string& to);
  int count(Call call) const;
  // Lowest offset that overwrite() was called with; the largest number there is when it never was.
  uint64_t overwrittenFrom() const;
  // The calls so far, in order.
  std::vector<Call> trace() const;
  void clearTrace();

  IoResult<std::shared_ptr<AppendFile>> openAppend(const std::string& path) override;
  IoResult<std::unique_ptr<ReadFile>> openRead(const std::string& path) override;
  IoResult<std::shared_ptr<AppendFile>> openUnnamed(const std::string& directory) override;
  [[nodiscard]] std::error_code rename(const std::string& from, const std::string& to) override;
  [[nodiscard]] std::error_code remove(const std::string& path) override;
  [[nodiscard]] std::error_code syncDirectory(const std::string& directory) override;
  IoResult<uint64_t> size(const std::string& path) override;
  IoResult<uint64_t> freeBytes(const std::string& directory) override;
  IoResult<bool> exists(const std::string& path) override;
  // There is no time in memory.
  IoResult<int64_t> changedUnixMs(const std::string&) override { return {0, {}}; }
  IoResult<std::vector<std::string>> listDirectory(const std::string& directory) override;
  std::string bootId() override;

 private:
  friend class FaultAppendFile;
  friend class FaultReadFile;

  // dirty[i]: cached[i] was written since the last sync, successful or not.
  using Inode = DiskMoment::File;
  struct Fault {
    int skip;
    int times;
    std::errc error;
  };
  using Names = std::map<std::string, std::shared_ptr<Inode>>;

  void keepMoment();
  std::shared_ptr<Inode> newInode();
  FileIdentity identityOf(const Inode& inode) const;
  std::error_code enter(Call call);
  IoResult<size_t> append(Inode& inode, std::string_view data);
  std::error_code overwrite(Inode& inode, uint64_t offset, std::string_view data);
  IoResult<size_t> read(const Inode& inode, uint64_t offset, std::span<char> target);
  std::error_code sync(Inode& inode);
  std::error_code truncate(Inode& inode, uint64_t size);
  std::error_code allocate(Inode& inode, uint64_t size);
  void freeUnnamed(const Inode& inode);

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Names names_;
  Names durable_names_;
  std::map<Call, Fault> faults_;
  std::vector<Call> trace_;
  bool keeps_moments_ = false;
  std::vector<DiskMoment> moments_;
  std::function<std::error_code(Call)> observer_;
  std::optional<std::pair<size_t, std::errc>> short_append_;
  std::optional<uint64_t> space_;
  uint64_t overwritten_from_ = UINT64_MAX;
  bool drops_pages_ = false;
  bool knows_files_ = false;
  std::string boot_id_;
  uint64_t last_number_ = 100;
  bool hold_syncs_ = false;
  int held_syncs_ = 0;
};

}  // namespace inkstone::test
