#include "persistence/ledger/ledger_writer.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "persistence/files/paths.h"
#include "persistence/files/reserve_file.h"
#include "persistence/files/rewrite_files.h"
#include "persistence/files/whole_file.h"
#include "persistence/ledger/range_hash.h"

namespace inkstone {

LedgerWriter::LedgerWriter(FileSystem& files, std::string path, std::string final_path,
                           Ledger ledger)
    : files_(files),
      path_(std::move(path)),
      final_path_(std::move(final_path)),
      header_(ledger.header),
      old_(std::move(ledger)),
      time_unix_ms_(old_.timeUnixMs()),
      bytes_(old_.ledgerBytes()),
      offset_(old_.offset()),
      records_(old_.entries.size()) {
  // It is of an older version, and tells nothing.
  if (old_.empty() && header_.header_bytes != kLedgerHeaderBytes) bytes_ = 0;
}

std::error_code LedgerWriter::begin(AppendFile& log, uint64_t log_bytes, int64_t unix_ms) {
  const std::lock_guard lock(mutex_);
  const std::error_code error = beginHere(log, log_bytes, unix_ms);
  old_ = {};
  const bool tells_of_opening = bytes_ > 0 && header_.header_bytes == kLedgerHeaderBytes;
  if (!error || (isNoSpace(error) && !tells_of_opening)) return {};
  static_cast<void>(stop(error));
  // What stands there was never this log's ledger in this life of the server: no sync has to fail
  // for it.
  remains_ = {};
  return error;
}

std::error_code LedgerWriter::beginHere(AppendFile& log, uint64_t log_bytes, int64_t unix_ms) {
  if (bytes_ == 0) {
    if (const std::error_code error = beginAnew(log, log_bytes, unix_ms)) return error;
    catching_up_ = log_bytes > 0;
    const std::error_code error = file_->sync();
    // Who knows what of it is there.
    if (error) bytes_ = 0;
    return error;
  }
  LedgerHeader header = header_;
  header.file = log.identity();
  header.boot = bootOf(files_.bootId());
  header.opened = log_bytes;
  const bool stale_notes = std::any_of(old_.zeros.begin(), old_.zeros.end(),
                                       [&](const ZeroRange& r) { return r.end > log_bytes; });
  if (header.header_bytes != kLedgerHeaderBytes) return copyAnew(header, log_bytes);
  if (stale_notes) {
    const std::error_code error = copyAnew(header, log_bytes);
    // A note too many cuts nothing off, but what the header tells of an earlier opening would.
    if (!isNoSpace(error)) return error;
  }
  if (const std::error_code error = openFile()) return error;
  if (const std::error_code error = rewriteHeader(header)) return error;
  return file_->sync();
}

// All of a log with an RDB image is the base: how much of it was appended is not known here.
std::error_code LedgerWriter::beginAnew(AppendFile& log, uint64_t log_bytes, int64_t unix_ms) {
  const IoResult<std::string> beginning =
      readPiece(log, 0, std::min(log_bytes, LogIdentity::kBytesMax));
  if (!beginning.ok()) return beginning.error;
  LedgerHeader header;
  header.identity = identityOf(beginning.value);
  header.file = log.identity();
  header.boot = bootOf(files_.bootId());
  header.opened = log_bytes;
  header.preamble = beginning.value.starts_with("REDIS");
  header.base = header.preamble ? log_bytes : 0;
  header.id = RangeHash::of(beginning.value, static_cast<uint64_t>(unix_ms) ^ header.file.inode);
  std::string bytes = encodeLedgerHeader(header);
  for (const ZeroRange& range : owed_notes_) bytes += encodeLedgerNote(range, header.id);
  if (const std::error_code error = openFile()) return error;
  if (const std::error_code error = appendWhole(bytes)) return error;
  owed_notes_.clear();
  header_ = header;
  return {};
}

// It goes into another file, so that there is one of the two whatever happens.
std::error_code LedgerWriter::copyAnew(const LedgerHeader& header, uint64_t log_bytes) {
  LedgerHeader newer = header;
  newer.header_bytes = kLedgerHeaderBytes;
  std::string bytes = encodeLedgerHeader(newer);
  for (const Ledger::Entry& entry : old_.entries) {
    bytes += encodeLedgerRecord(entry.record, newer.id);
  }
  cutRanges(old_.zeros, log_bytes);
  for (const ZeroRange& range : old_.zeros) bytes += encodeLedgerNote(range, newer.id);
  // A start that finds it takes it for the ledger of a rewrite, which it may be.
  NewFile file(files_, rewriteLedgerPath(directoryOf(path_), 0));
  WriteOutcome outcome = file.open();
  if (outcome.ok()) outcome = file.write(bytes);
  if (outcome.ok()) outcome = file.rename(path_);
  if (!outcome.ok()) return outcome.error;
  file.keep();
  file_ = file.file();
  bytes_ = bytes.size();
  header_ = newer;
  return {};
}

std::error_code LedgerWriter::rewriteHeader(const LedgerHeader& header) {
  if (const std::error_code error = file_->overwrite(0, encodeLedgerHeader(header))) return error;
  header_ = header;
  return {};
}

std::error_code LedgerWriter::onDurable(AppendFile& log, uint64_t log_bytes, int64_t unix_ms) {
  const std::lock_guard lock(mutex_);
  if (stopped()) return {};
  // A restore to a moment looks for the last record that is as old: time must not go back.
  time_unix_ms_ = std::max(time_unix_ms_, unix_ms);
  std::error_code error = takeName();
  if (!error && log_bytes > offset()) error = addRecords(log, log_bytes, unix_ms);
  if (error && !isNoSpace(error)) return stop(error);
  return {};
}

std::error_code LedgerWriter::noteZeros(const std::vector<ZeroRange>& ranges) {
  const std::lock_guard lock(mutex_);
  if (stopped()) return remains_;
  if (bytes_ == 0) {
    owed_notes_.insert(owed_notes_.end(), ranges.begin(), ranges.end());
    return {};
  }
  std::string bytes;
  for (const ZeroRange& range : ranges) bytes += encodeLedgerNote(range, header_.id);
  std::error_code error;
  if (file_ == nullptr) error = openFile();
  if (!error) error = appendWhole(bytes);
  if (!error) error = file_->sync();
  if (!error) return {};
  // What has its name is the old log's.
  if (path_ != final_path_) return error;
  unsaid_ = stop(error);
  return remains_;
}

std::error_code LedgerWriter::takeStopError() {
  const std::lock_guard lock(mutex_);
  return std::exchange(unsaid_, {});
}

std::error_code LedgerWriter::takeName() {
  if (path_ == final_path_) return {};
  if (const std::error_code error = files_.rename(path_, final_path_)) return error;
  path_ = final_path_;
  return {};
}

std::error_code LedgerWriter::openFile() {
  IoResult<std::shared_ptr<AppendFile>> file = files_.openAppend(path_);
  if (!file.ok()) return file.error;
  if (const std::error_code error = file.value->truncate(bytes_)) return error;
  file_ = std::move(file.value);
  return {};
}

std::error_code LedgerWriter::addRecords(AppendFile& log, uint64_t log_bytes, int64_t unix_ms) {
  const uint64_t wanted = log_bytes;
  log_bytes = std::min(log_bytes, offset() + kCatchUpBytes);
  if (bytes_ == 0) {
    if (const std::error_code error = beginAnew(log, wanted, unix_ms)) return error;
    catching_up_ = true;
  } else if (file_ == nullptr) {
    if (const std::error_code error = openFile()) return error;
  }
  while (offset() < log_bytes) {
    if (const std::error_code error =
            addRecord(log, std::min(log_bytes, offset() + kLedgerRangeMax))) {
      return error;
    }
  }
  if (!catching_up_ || offset() < wanted) return {};
  catching_up_ = false;
  return syncWithName();
}

std::error_code LedgerWriter::syncWithName() {
  if (const std::error_code error = file_->sync()) return error;
  return files_.syncDirectory(directoryOf(path_));
}

std::error_code LedgerWriter::addRecord(AppendFile& log, uint64_t end) {
  const uint64_t begin = offset();
  const IoResult<std::optional<uint64_t>> hash = hashRange(log, begin, end);
  if (!hash.ok()) return hash.error;
  // The log is shorter than what is said to be on the disk.
  if (!hash.value) return std::make_error_code(std::errc::io_error);
  if (records() == 0 && header_.identity.bytes == 0) {
    if (const std::error_code error = identify(log, end)) return error;
  }
  const LedgerRecord record{begin, end, time_unix_ms_, *hash.value};
  if (const std::error_code error = appendWhole(encodeLedgerRecord(record, header_.id))) {
    return error;
  }
  offset_.store(end, std::memory_order_relaxed);
  records_.fetch_add(1, std::memory_order_relaxed);
  return {};
}

// The log was empty when the ledger was begun: only now is it known how it begins.
std::error_code LedgerWriter::identify(AppendFile& log, uint64_t end) {
  const IoResult<std::string> beginning = readPiece(log, 0, std::min(end, LogIdentity::kBytesMax));
  if (!beginning.ok()) return beginning.error;
  LedgerHeader header = header_;
  header.identity = identityOf(beginning.value);
  return rewriteHeader(header);
}

// A record in part would be taken for the torn end of a crash, but records behind it would not be
// found: they have their places.
std::error_code LedgerWriter::appendWhole(const std::string& bytes) {
  const IoResult<size_t> written = file_->append(bytes);
  if (written.ok()) {
    bytes_ += bytes.size();
    return {};
  }
  static_cast<void>(file_->truncate(bytes_));
  return written.error;
}

// The old name first: beside a new log it would be another log's ledger. Who sees that it is
// stopped may ask why, and does not wait for the disk.
std::error_code LedgerWriter::stop(std::error_code error) {
  if (!isReplaced()) {
    remains_ = files_.remove(final_path_);
    if (remains_ == std::errc::no_such_file_or_directory) remains_ = {};
    if (!remains_ && path_ != final_path_) static_cast<void>(files_.remove(path_));
    if (!remains_) remains_ = files_.syncDirectory(directoryOf(path_));
  }
  stopped_.store(true, std::memory_order_release);
  return error;
}

// The ledger of a rewritten log has taken the name from it.
bool LedgerWriter::isReplaced() const {
  if (path_ != final_path_ || file_ == nullptr) return false;
  const IoResult<std::unique_ptr<ReadFile>> named = files_.openRead(final_path_);
  return named.ok() && named.value->identity() != file_->identity();
}

}  // namespace inkstone
