#include "persistence/ledger_writer.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "persistence/range_hash.h"

namespace inkstone {

LedgerWriter::LedgerWriter(FileSystem& files, std::string path, std::string final_path,
                           const Ledger& ledger)
    : files_(files),
      path_(std::move(path)),
      final_path_(std::move(final_path)),
      id_(ledger.header.id),
      time_unix_ms_(ledger.timeUnixMs()),
      bytes_(ledger.ledgerBytes()),
      offset_(ledger.offset()),
      records_(ledger.entries.size()) {}

std::error_code LedgerWriter::beginEmpty(int64_t unix_ms) {
  if (const std::error_code error = openFile()) return stop(error);
  id_ = RangeHash::of({}, static_cast<uint64_t>(unix_ms));
  std::error_code error = appendWhole(encodeLedgerHeader({id_, {}}));
  if (!error) error = file_->sync();
  return error ? stop(error) : error;
}

std::error_code LedgerWriter::onDurable(AppendFile& log, uint64_t log_bytes, int64_t unix_ms) {
  if (stopped()) return {};
  // A restore to a moment looks for the last record that is as old: time must not go back.
  time_unix_ms_ = std::max(time_unix_ms_, unix_ms);
  std::error_code error = takeName();
  if (!error && log_bytes > offset()) error = addRecords(log, log_bytes);
  if (error && error != std::errc::no_space_on_device) return stop(error);
  return {};
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

std::error_code LedgerWriter::addRecords(AppendFile& log, uint64_t log_bytes) {
  if (file_ == nullptr) {
    if (const std::error_code error = openFile()) return error;
    catching_up_ = bytes_ == 0;
  }
  const uint64_t wanted = log_bytes;
  log_bytes = std::min(log_bytes, offset() + kCatchUpBytes);
  while (offset() < log_bytes) {
    const uint64_t end = std::min(log_bytes, offset() + kLedgerRangeMax);
    if (const std::error_code error = addRecord(log, end, time_unix_ms_)) return error;
  }
  if (!catching_up_ || offset() < wanted) return {};
  catching_up_ = false;
  return syncWithName();
}

std::error_code LedgerWriter::syncWithName() {
  if (const std::error_code error = file_->sync()) return error;
  return files_.syncDirectory(path_.substr(0, path_.rfind('/')));
}

std::error_code LedgerWriter::addRecord(AppendFile& log, uint64_t end, int64_t unix_ms) {
  const uint64_t begin = offset();
  const IoResult<std::optional<uint64_t>> hash = hashRange(log, begin, end);
  if (!hash.ok()) return hash.error;
  // The log is shorter than what is said to be on the disk.
  if (!hash.value) return std::make_error_code(std::errc::io_error);
  std::string bytes;
  // Only now is it known how the log begins.
  if (records() == 0) {
    IoResult<std::string> header = makeHeader(log, end, unix_ms);
    if (!header.ok()) return header.error;
    if (bytes_ == 0) {
      bytes = std::move(header.value);
    } else if (const std::error_code error = file_->overwrite(0, header.value)) {
      return error;
    }
  }
  bytes += encodeLedgerRecord({begin, end, unix_ms, *hash.value}, id_);
  if (const std::error_code error = appendWhole(bytes)) return error;
  offset_.store(end, std::memory_order_relaxed);
  records_.fetch_add(1, std::memory_order_relaxed);
  return {};
}

IoResult<std::string> LedgerWriter::makeHeader(AppendFile& log, uint64_t end, int64_t unix_ms) {
  std::string beginning(static_cast<size_t>(std::min(end, LogIdentity::kBytesMax)), '\0');
  const IoResult<size_t> read = log.readAt(0, beginning);
  if (!read.ok()) return {{}, read.error};
  beginning.resize(read.value);
  if (bytes_ == 0) id_ = RangeHash::of(beginning, static_cast<uint64_t>(unix_ms));
  return {encodeLedgerHeader({id_, identityOf(beginning)}), {}};
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

// The old name first: beside a new log it would be another log's ledger.
std::error_code LedgerWriter::stop(std::error_code error) {
  stopped_.store(true, std::memory_order_release);
  const std::error_code removed = files_.remove(final_path_);
  const bool gone = !removed || removed == std::errc::no_such_file_or_directory;
  if (gone && path_ != final_path_) static_cast<void>(files_.remove(path_));
  return error;
}

}  // namespace inkstone
