// The file the log is in, and what may be believed about it: which of its bytes no sync has
// confirmed, whether a failed sync has made them suspect, and whether its name is on the disk.
//
// After a failed fdatasync no later success may be believed until the bytes in question have been
// written again (unsynced_range.h). The same holds for the name: a file that was renamed over
// another one counts only when its directory is synced.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include "persistence/files/file.h"
#include "persistence/ledger/ledger_writer.h"
#include "persistence/ledger/unsynced_range.h"
#include "persistence/log/log_offsets.h"

namespace inkstone {

// A file that holds the whole data set and has the log's name.
struct RewrittenLog {
  std::shared_ptr<AppendFile> file;
  uint64_t size = 0;
  // The moment in the annotation the file begins with, if it does.
  std::optional<int64_t> annotation_unix_s;
  // Set when syncing the directory failed, so that a power cut may bring the old file back: the log
  // then counts as in error until it has synced the directory itself.
  std::error_code directory_error;
  // Its ledger; null for a log that keeps none.
  std::shared_ptr<LedgerWriter> ledger;
  // Its end that no sync has confirmed; null when all of it, with its name, is on the disk.
  // Otherwise syncing the file must make the name durable as well (NamedFile), and what the file
  // has durably must be at least what durableOffset() says: that stays where it is.
  UnsyncedRange* unsynced = nullptr;
};

// What went wrong, in words for the server log; no error: nothing did.
struct [[nodiscard]] FileTrouble {
  std::error_code error;
  std::string text;

  explicit operator bool() const { return static_cast<bool>(error); }
};

// For the loop thread. The references must outlive the object.
class LogFile {
 public:
  LogFile(FileSystem& files, LogOffsets& offsets) : files_(files), offsets_(offsets) {}
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;

  bool isOpen() const { return file_ != nullptr; }
  const std::shared_ptr<AppendFile>& file() const { return file_; }
  uint64_t size() const { return size_; }
  // Its size when it was opened, or was adopted.
  uint64_t baseSize() const { return base_size_; }

  // The log goes on in `file`, which lies in `directory` and has `size` bytes; all of them and its
  // name are on the disk. No file is open, and nothing is gathered or with a group.
  void open(std::shared_ptr<AppendFile> file, const std::string& directory, uint64_t size);
  // The same with a file that a rewrite has put in place: what of it is durable it says itself.
  // Trouble that it has from the start is returned.
  FileTrouble adopt(const RewrittenLog& rewritten, const std::string& directory);
  // Gives the file away; what was known of it is forgotten.
  std::shared_ptr<AppendFile> release();

  // The file has `text` more, which no sync has confirmed.
  void grow(std::string_view text);
  // The file has `bytes` more, and a sync has confirmed them.
  void growSynced(uint64_t bytes) { size_ += bytes; }
  // Cuts off what a failed write has left behind the end.
  [[nodiscard]] std::error_code cutTorn() { return file_->truncate(size_); }
  // Cuts off the text from this position of the stream on, and syncs.
  [[nodiscard]] std::error_code cutBack(uint64_t offset);
  // Where in the file a position of the stream is.
  uint64_t placeOf(uint64_t offset) const { return size_ - (offsets_.written() - offset); }
  // So much of the file is on the disk; 0 while its name is not.
  uint64_t durableBytes() const;

  // There is something that only a sync can confirm.
  bool syncOwed() const { return offsets_.durable() < offsets_.written() || !nameDurable(); }
  // A sync has failed, or another one must succeed before the file counts.
  bool inDoubt() const { return offsets_.durable() < doubt_until_ || !nameDurable(); }
  // No sync may be believed before repair() was there, for which nobody else may write to the file.
  bool needsRepair() const { return bytes_ != Bytes::kBelieved || name_ == Name::kDirectoryOwed; }
  bool isSuspect() const { return bytes_ != Bytes::kBelieved; }
  // Nothing that came with the adopted file has been confirmed yet.
  bool adoptedUnsynced() const { return name_ == Name::kWithNextSync; }
  // A failed sync left bytes that cannot be read back, or syncs go on failing: another file is
  // worth trying.
  bool needsRewrite() const { return bytes_ == Bytes::kLost || sync_failures_ >= kSyncFailuresMax; }

  // Makes true what a sync that follows will be taken to say.
  FileTrouble repair();
  // A sync of all that was written begins, during which more may be written.
  void syncBegun() { unsynced_.beginSync(); }
  // It has succeeded: everything up to `offset`, and the name, is on the disk.
  void syncSucceeded(uint64_t offset);
  // A sync has succeeded during which nothing was written.
  void wholeSynced();
  // A sync has failed.
  void syncFailed();

 private:
  // What of the unsynced bytes a sync may be believed about.
  enum class Bytes : uint8_t {
    kBelieved,
    // A sync failed, and they have not been written again since.
    kSuspect,
    // They are suspect, and cannot be read back.
    kLost,
  };
  enum class Name : uint8_t {
    kDurable,
    // The file was adopted with an end, or a name, that no sync has confirmed yet; its next sync
    // does both.
    kWithNextSync,
    // The directory's sync failed, so that the file has its name only until a power cut.
    kDirectoryOwed,
  };
  // So many syncs fail in a row, at about one a second. A disk that only hiccups is back before.
  static constexpr int kSyncFailuresMax = 5;

  bool nameDurable() const { return name_ == Name::kDurable; }
  void confirmed(uint64_t offset);
  FileTrouble writeSuspectAgain();
  static FileTrouble directoryTrouble(std::error_code error);

  FileSystem& files_;
  LogOffsets& offsets_;
  std::shared_ptr<AppendFile> file_;
  std::string directory_;
  uint64_t size_ = 0;
  uint64_t base_size_ = 0;
  // Bytes between LogOffsets::durable() and written().
  UnsyncedRange unsynced_;
  Bytes bytes_ = Bytes::kBelieved;
  Name name_ = Name::kDurable;
  int sync_failures_ = 0;
  // The doubt of a failed sync lasts until this offset is durable.
  uint64_t doubt_until_ = 0;
};

}  // namespace inkstone
