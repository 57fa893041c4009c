// Writes the ledger of a log that is being appended to.
//
// Nothing acknowledged depends on its records, so they are not synced: those that a power cut takes
// away only make the verified part of the log shorter. A record is written when its bytes are on
// the disk, never before; that is the caller's to know. Guarded by the test "a record never claims
// what a power cut can take". Notes are synced: without its note, a block of zeros behind the last
// record counts as a hole after a power cut.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <system_error>
#include <vector>

#include "persistence/files/file.h"
#include "persistence/ledger/ledger_reader.h"

namespace inkstone {

// The ledger of one log file. For any thread; a call waits for the one before.
class LedgerWriter {
 public:
  // The file system must outlive the writer. Goes on in the ledger at `path`, whose content is
  // `ledger`: what stands behind its last sound part is cut off. An empty one is begun anew, and
  // what stands at `path` is dropped. The first call of onDurable() gives the file the name
  // `final_path`.
  LedgerWriter(FileSystem& files, std::string path, std::string final_path, Ledger ledger);

  // The log, which has `log_bytes` and is synced, was opened just now: writes and syncs a header
  // that says so, with the log's file and the boot of the machine; the caller syncs the directory.
  // On a full disk a ledger that is new is begun by a later call of onDurable(), one of an older
  // version stays as it is, and one of this version may keep notes about what the log has no more;
  // all three are no error. Any other error stops the ledger: one that tells of an earlier opening
  // would let zeros that are known to be on the disk count as holes.
  std::error_code begin(AppendFile& log, uint64_t log_bytes, int64_t unix_ms);

  // The first `log_bytes` of `log` are on the disk, and so is its name. Reads what is new back, at
  // most kCatchUpBytes, and adds records about it: when offset() is below log_bytes afterwards,
  // call again. A full disk is no error, and what could not be recorded is with a later call. Any
  // other error stops the ledger for good and is returned once; the file is removed then, so that
  // nobody takes what stands behind its last record for what was never synced. If the ledger of a
  // rewritten log has taken the name meanwhile, that stays.
  std::error_code onDurable(AppendFile& log, uint64_t log_bytes, int64_t unix_ms);

  // Tells durably that zeros are meant to stand in these ranges of the log. Where that fails the
  // ledger stops, which is as good: without one, no zeros count as holes. An error means that
  // neither could be done, or that the ledger still has its temporary name.
  std::error_code noteZeros(const std::vector<ZeroRange>& ranges);

  // What is recorded: INFO's aof_ledger_offset and aof_ledger_records.
  uint64_t offset() const { return offset_.load(std::memory_order_relaxed); }
  uint64_t records() const { return records_.load(std::memory_order_relaxed); }
  bool stopped() const { return stopped_.load(std::memory_order_acquire); }
  // Why noteZeros() has stopped it; once.
  std::error_code takeStopError();

  // One call records no more than this of a log that was never recorded, so that the thread is
  // soon back at its other work.
  static constexpr uint64_t kCatchUpBytes = 256 * 1024 * 1024;

 private:
  std::error_code takeName();
  std::error_code openFile();
  std::error_code beginHere(AppendFile& log, uint64_t log_bytes, int64_t unix_ms);
  std::error_code beginAnew(AppendFile& log, uint64_t log_bytes, int64_t unix_ms);
  std::error_code copyAnew(const LedgerHeader& header, uint64_t log_bytes);
  std::error_code rewriteHeader(const LedgerHeader& header);
  std::error_code addRecords(AppendFile& log, uint64_t log_bytes, int64_t unix_ms);
  std::error_code addRecord(AppendFile& log, uint64_t end);
  std::error_code identify(AppendFile& log, uint64_t end);
  std::error_code syncWithName();
  std::error_code appendWhole(const std::string& bytes);
  std::error_code stop(std::error_code error);
  bool isReplaced() const;

  FileSystem& files_;
  std::mutex mutex_;
  std::string path_;
  const std::string final_path_;
  std::shared_ptr<AppendFile> file_;
  LedgerHeader header_;
  // The ledger as it was found, until begin() has done with it.
  Ledger old_;
  int64_t time_unix_ms_;
  // Length of the ledger; 0 = to be begun anew.
  uint64_t bytes_;
  // Ranges to be noted in a ledger that is not begun yet.
  std::vector<ZeroRange> owed_notes_;
  // What it tells of is older than it: it is synced once, when it has caught up.
  bool catching_up_ = false;
  // After stop(): why the file may come back.
  std::error_code remains_;
  std::error_code unsaid_;
  std::atomic<uint64_t> offset_;
  std::atomic<uint64_t> records_;
  std::atomic<bool> stopped_ = false;
};

}  // namespace inkstone
