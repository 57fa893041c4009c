#include "persistence/ledger/ledger_reader.h"

#include <algorithm>

#include "persistence/files/whole_file.h"
#include "persistence/ledger/range_hash.h"

namespace inkstone {
namespace {

// The record or note that `bytes` begin with; false when it is neither.
bool takeSlot(std::string_view bytes, uint64_t slot_end, Ledger& ledger) {
  const uint64_t id = ledger.header.id;
  if (const std::optional<ZeroRange> note = decodeLedgerNote(bytes, id)) {
    ledger.zeros.push_back(*note);
    return true;
  }
  const std::optional<LedgerRecord> record = decodeLedgerRecord(bytes, id);
  if (!record || record->begin < ledger.offset()) return false;
  ledger.entries.push_back({*record, slot_end});
  return true;
}

Ledger decodeLedger(std::string_view bytes) {
  Ledger ledger;
  const std::optional<LedgerHeader> header = decodeLedgerHeader(bytes);
  if (!header) return ledger;
  ledger.begun = true;
  ledger.header = *header;
  ledger.bytes = header->header_bytes;
  uint64_t unreadable = 0;
  for (size_t at = header->header_bytes; at + kLedgerRecordBytes <= bytes.size();
       at += kLedgerRecordBytes) {
    if (!takeSlot(bytes.substr(at), at + kLedgerRecordBytes, ledger)) {
      ++unreadable;
      continue;
    }
    ledger.bytes = at + kLedgerRecordBytes;
    ledger.damaged_records += unreadable;
    unreadable = 0;
  }
  return ledger;
}

}  // namespace

size_t Ledger::firstFrom(uint64_t log_offset) const {
  const auto first = std::partition_point(
      entries.begin(), entries.end(),
      [log_offset](const Entry& entry) { return entry.record.end <= log_offset; });
  return static_cast<size_t>(first - entries.begin());
}

void Ledger::forgetFrom(uint64_t log_bytes) {
  cutRanges(zeros, log_bytes);
  if (offset() <= log_bytes) return;
  while (offset() > log_bytes) entries.pop_back();
  bytes = empty() ? header.header_bytes : entries.back().ledger_bytes;
}

IoResult<Ledger> readLedger(FileSystem& files, const std::string& path) {
  const IoResult<std::string> bytes = readWhole(files, path, UINT64_MAX);
  if (bytes.error == std::errc::no_such_file_or_directory) return {};
  if (!bytes.ok()) return {{}, bytes.error};
  return {decodeLedger(bytes.value), {}};
}

IoResult<bool> recordHolds(ReadFile& log, const LedgerRecord& record) {
  const IoResult<uint64_t> size = log.size();
  if (!size.ok()) return {false, size.error};
  // A log cut short is seen at once, without reading.
  if (size.value < record.end) return {false, {}};
  const IoResult<std::optional<uint64_t>> found = hashRange(log, record.begin, record.end);
  return {found.value == record.checksum, found.error};
}

IoResult<std::optional<LedgerRecord>> firstDamage(ReadFile& log, const Ledger& ledger) {
  for (const Ledger::Entry& entry : ledger.entries) {
    const IoResult<bool> holds = recordHolds(log, entry.record);
    if (!holds.ok()) return {std::nullopt, holds.error};
    if (!holds.value) return {entry.record, {}};
  }
  return {};
}

IoResult<bool> belongsTo(const Ledger& ledger, ReadFile& log) {
  if (!ledger.empty()) {
    const IoResult<bool> first = recordHolds(log, ledger.entries.front().record);
    if (!first.ok() || first.value) return first;
  }
  const IoResult<std::string> beginning = readPiece(log, 0, LogIdentity::kBytesMax);
  if (!beginning.ok()) return {false, beginning.error};
  if (resembles(ledger.header.identity, beginning.value)) return {true, {}};
  for (const Ledger::Entry& entry : ledger.entries) {
    const IoResult<bool> holds = recordHolds(log, entry.record);
    if (!holds.ok() || holds.value) return holds;
  }
  return {false, {}};
}

IoResult<bool> belongsToCopy(const Ledger& ledger, ReadFile& log) {
  // So much text is not the same in two logs by chance.
  constexpr uint64_t kTellingBytes = 1024;
  const IoResult<uint64_t> size = log.size();
  if (!size.ok()) return {false, size.error};
  const LedgerHeader& header = ledger.header;
  uint64_t failing = 0;
  uint64_t holding_bytes = 0;
  bool beginning_holds = false;
  for (const Ledger::Entry& entry : ledger.entries) {
    const LedgerRecord& record = entry.record;
    if (record.end > size.value) break;
    const IoResult<bool> holds = recordHolds(log, record);
    if (!holds.ok()) return holds;
    if (!holds.value) {
      ++failing;
      continue;
    }
    // Another generation has other text there.
    if (record.begin > 0 && record.begin >= header.base) return {true, {}};
    beginning_holds = beginning_holds || record.begin == 0;
    holding_bytes += record.end - record.begin;
  }
  const bool all_hold = failing == 0 && holding_bytes > 0;
  if (all_hold || (header.preamble && beginning_holds)) return {true, {}};
  const IoResult<std::string> beginning = readPiece(log, 0, LogIdentity::kBytesMax);
  if (!beginning.ok()) return {false, beginning.error};
  if (failing == 0) return {resembles(header.identity, beginning.value), {}};
  if (!resemblesClosely(header.identity, beginning.value)) return {false, {}};
  if (header.base > 0) return {size.value == ledger.offset(), {}};
  return {failing == 1 || holding_bytes >= kTellingBytes, {}};
}

}  // namespace inkstone
