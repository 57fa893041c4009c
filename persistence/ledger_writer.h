// Writes the ledger of a log that is being appended to.
//
// Nothing acknowledged depends on it, so it is never synced: records that a power cut takes away
// only make the verified part of the log shorter. A record is written when its bytes are on the
// disk, never before; that is the caller's to know. Guarded by the test "a record never claims what
// a power cut can take".
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
  // stands at `path` is dropped; the file is then made with the first record.
  LedgerWriter(FileSystem& files, std::string path, const Ledger& ledger);

  // Opens the file now, so that it may be renamed from here on. The error stops the ledger.
  std::error_code openNow();

  // The first `log_bytes` of `log` are on the disk. Reads what is new back, at most kCatchUpBytes,
  // and adds records about it: when offset() is below log_bytes afterwards, call again. The first
  // error stops the ledger for good, with its last whole record, and is returned once.
  std::error_code onDurable(AppendFile& log, uint64_t log_bytes, int64_t unix_ms);

  // What is recorded: INFO's aof_ledger_offset and aof_ledger_records.
  uint64_t offset() const { return offset_.load(std::memory_order_relaxed); }
  uint64_t records() const { return records_.load(std::memory_order_relaxed); }
  bool stopped() const { return stopped_.load(std::memory_order_acquire); }
  // Why; only when stopped().
  std::error_code error() const { return error_; }
  const std::string& path() const { return path_; }

  // Behind a log that was never recorded, so that the thread is soon back at its other work.
  static constexpr uint64_t kCatchUpBytes = 256 * 1024 * 1024;

 private:
  std::error_code addRecord(AppendFile& log, uint64_t end, int64_t unix_ms);
  IoResult<std::string> makeHeader(AppendFile& log, uint64_t end, int64_t unix_ms);
  std::error_code appendWhole(const std::string& bytes);
  std::error_code stop(std::error_code error);

  FileSystem& files_;
  const std::string path_;
  std::shared_ptr<AppendFile> file_;
  uint64_t id_;
  int64_t time_unix_ms_;
  // Length of the ledger; 0 = to be begun anew.
  uint64_t bytes_;
  std::atomic<uint64_t> offset_;
  std::atomic<uint64_t> records_;
  std::error_code error_;
  std::atomic<bool> stopped_ = false;
};

}  // namespace inkstone
