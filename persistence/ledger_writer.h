// Writes the ledger of a log that is being appended to.
//
// Nothing acknowledged depends on it, so its records are not synced: those that a power cut takes
// away only make the verified part of the log shorter. A record is written when its bytes are on
// the disk, never before; that is the caller's to know. Guarded by the test "a record never claims
// what a power cut can take".
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <system_error>

#include "persistence/file.h"
#include "persistence/ledger_reader.h"

namespace inkstone {

// Of one log file. onDurable() is for one thread at a time, which may change; the rest for any.
class LedgerWriter {
 public:
  // The file system must outlive the writer. Goes on in the ledger at `path`, whose content is
  // `ledger`: what stands behind its last record is cut off. An empty one is begun anew, and what
  // stands at `path` is dropped; the file is then made with the first record. The first call of
  // onDurable() gives the file the name `final_path`.
  LedgerWriter(FileSystem& files, std::string path, std::string final_path, const Ledger& ledger);

  // Begins the ledger of a log that is empty, and syncs it; the caller syncs the directory. From
  // then on nothing that a power cut leaves of the log is taken for damage to what was on the disk.
  std::error_code beginEmpty(int64_t unix_ms);

  // The first `log_bytes` of `log` are on the disk, and so is its name. Reads what is new back, at
  // most kCatchUpBytes, and adds records about it: when offset() is below log_bytes afterwards,
  // call again. A full disk is no error, and what could not be recorded is with a later call. Any
  // other error stops the ledger for good and is returned once; the file is removed then, so that
  // nobody takes what stands behind its last record for what was never synced.
  std::error_code onDurable(AppendFile& log, uint64_t log_bytes, int64_t unix_ms);

  // What is recorded: INFO's aof_ledger_offset and aof_ledger_records.
  uint64_t offset() const { return offset_.load(std::memory_order_relaxed); }
  uint64_t records() const { return records_.load(std::memory_order_relaxed); }
  bool stopped() const { return stopped_.load(std::memory_order_acquire); }

  // Behind a log that was never recorded, so that the thread is soon back at its other work.
  static constexpr uint64_t kCatchUpBytes = 256 * 1024 * 1024;

 private:
  std::error_code takeName();
  std::error_code openFile();
  std::error_code addRecords(AppendFile& log, uint64_t log_bytes);
  std::error_code addRecord(AppendFile& log, uint64_t end, int64_t unix_ms);
  std::error_code syncWithName();
  IoResult<std::string> makeHeader(AppendFile& log, uint64_t end, int64_t unix_ms);
  std::error_code appendWhole(const std::string& bytes);
  std::error_code stop(std::error_code error);

  FileSystem& files_;
  std::string path_;
  const std::string final_path_;
  std::shared_ptr<AppendFile> file_;
  uint64_t id_;
  int64_t time_unix_ms_;
  // Length of the ledger; 0 = to be begun anew.
  uint64_t bytes_;
  // What it tells of is older than it: it is synced once, when it has caught up.
  bool catching_up_ = false;
  std::atomic<uint64_t> offset_;
  std::atomic<uint64_t> records_;
  std::atomic<bool> stopped_ = false;
};

}  // namespace inkstone
