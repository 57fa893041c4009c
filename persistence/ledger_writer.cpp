#include "persistence/ledger_writer.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "persistence/range_hash.h"

namespace inkstone {

LedgerWriter::LedgerWriter(FileSystem& files, std::string path, const Ledger& ledger)
    : files_(files),
      path_(std::move(path)),
      id_(ledger.header.id),
      time_unix_ms_(ledger.timeUnixMs()),
      bytes_(ledger.ledgerBytes()),
      offset_(ledger.offset()),
      records_(ledger.entries.size()) {}

std::error_code LedgerWriter::openNow() {
  IoResult<std::shared_ptr<AppendFile>> file = files_.openAppend(path_);
  if (!file.ok()) return stop(file.error);
  if (const std::error_code error = file.value->truncate(bytes_)) return stop(error);
  file_ = std::move(file.value);
  return {};
}

std::error_code LedgerWriter::onDurable(AppendFile& log, uint64_t log_bytes, int64_t unix_ms) {
  if (stopped() || log_bytes <= offset()) return {};
  if (file_ == nullptr) {
    if (const std::error_code error = openNow()) return error;
  }
  // A restore to a moment looks for the last record that is as old: time must not go back.
  time_unix_ms_ = std::max(time_unix_ms_, unix_ms);
  log_bytes = std::min(log_bytes, offset() + kCatchUpBytes);
  while (offset() < log_bytes) {
    const uint64_t end = std::min(log_bytes, offset() + kLedgerRangeMax);
    if (const std::error_code error = addRecord(log, end, time_unix_ms_)) return stop(error);
  }
  return {};
}

std::error_code LedgerWriter::addRecord(AppendFile& log, uint64_t end, int64_t unix_ms) {
  const uint64_t begin = offset();
  const IoResult<std::optional<uint64_t>> hash = hashRange(log, begin, end);
  if (!hash.ok()) return hash.error;
  // The log is shorter than what is said to be on the disk.
  if (!hash.value) return std::make_error_code(std::errc::io_error);
  std::string bytes;
  if (bytes_ == 0) {
    IoResult<std::string> header = makeHeader(log, end, unix_ms);
    if (!header.ok()) return header.error;
    bytes = std::move(header.value);
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
  id_ = RangeHash::of(beginning, static_cast<uint64_t>(unix_ms));
  return {encodeLedgerHeader({id_, identityOf(beginning)}), {}};
}

// A record in part would be taken for the torn end of a crash, but records behind it would not be
// found: they have their places.
std::error_code LedgerWriter::appendWhole(const std::string& bytes) {
  const IoResult<size_t> written = file_->append(bytes);
  if (written.ok() && written.value == bytes.size()) {
    bytes_ += bytes.size();
    return {};
  }
  static_cast<void>(file_->truncate(bytes_));
  return written.ok() ? std::make_error_code(std::errc::no_space_on_device) : written.error;
}

std::error_code LedgerWriter::stop(std::error_code error) {
  error_ = error;
  stopped_.store(true, std::memory_order_release);
  return error;
}

}  // namespace inkstone
