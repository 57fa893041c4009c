#include "persistence/ledger/verified_file.h"

namespace inkstone {

IoResult<size_t> VerifiedFile::readAt(uint64_t offset, std::span<char> target) {
  const std::vector<Ledger::Entry>& entries = ledger_.entries;
  const uint64_t end = offset + target.size();
  for (size_t i = ledger_.firstFrom(offset); i < entries.size() && entries[i].record.begin < end;
       ++i) {
    if (const std::error_code error = verify(i)) return {0, error};
  }
  return file_.readAt(offset, target);
}

std::error_code VerifiedFile::verify(size_t entry) {
  if (verified_[entry]) return {};
  const LedgerRecord& record = ledger_.entries[entry].record;
  const IoResult<bool> holds = recordHolds(file_, record);
  if (!holds.ok()) return holds.error;
  if (!holds.value) {
    damage_ = record;
    return std::make_error_code(std::errc::io_error);
  }
  verified_[entry] = true;
  return {};
}

}  // namespace inkstone
