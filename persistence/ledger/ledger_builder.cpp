#include "persistence/ledger/ledger_builder.h"

#include <algorithm>

#include "persistence/files/whole_file.h"

namespace inkstone {

void LedgerBuilder::add(std::string_view text) {
  if (beginning_.size() < LogIdentity::kBytesMax) {
    beginning_ += text.substr(0, LogIdentity::kBytesMax - beginning_.size());
  }
  while (!text.empty()) {
    const uint64_t room = kLedgerRangeMax - (bytes_ - range_begin_);
    const std::string_view piece = text.substr(0, std::min<uint64_t>(text.size(), room));
    hash_.add(piece);
    bytes_ += piece.size();
    text.remove_prefix(piece.size());
    if (bytes_ - range_begin_ == kLedgerRangeMax) closeRange();
  }
}

void LedgerBuilder::closeRange() {
  if (bytes_ == range_begin_) return;
  records_.push_back({range_begin_, bytes_, 0, hash_.value()});
  hash_.reset();
  range_begin_ = bytes_;
}

std::string LedgerBuilder::encode(LedgerHeader header, int64_t unix_ms) {
  closeRange();
  header.id = RangeHash::of(beginning_, static_cast<uint64_t>(unix_ms) ^ header.file.inode);
  header.identity = identityOf(beginning_);
  header.opened = header.base = bytes_;
  header.preamble = beginning_.starts_with("REDIS");
  std::string bytes = encodeLedgerHeader(header);
  for (LedgerRecord& record : records_) {
    record.time_unix_ms = unix_ms;
    bytes += encodeLedgerRecord(record, header.id);
  }
  return bytes;
}

std::error_code LedgerBuilder::write(FileSystem& files, const std::string& path, int64_t unix_ms,
                                     const FileIdentity& file_of_log) {
  LedgerHeader header;
  header.file = file_of_log;
  header.boot = bootOf(files.bootId());
  NewFile file(files, path);
  WriteOutcome outcome = file.open();
  if (outcome.ok()) outcome = file.write(encode(header, unix_ms));
  if (outcome.ok()) file.keep();
  return outcome.error;
}

}  // namespace inkstone
