// A log that is compared with its ledger while it is read: what the ledger covers is handed out
// only after it was found to be what was on the disk.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "persistence/files/file.h"
#include "persistence/ledger/ledger_reader.h"

namespace inkstone {

class VerifiedFile final : public ReadFile {
 public:
  // Both must outlive the object.
  VerifiedFile(ReadFile& file, const Ledger& ledger)
      : file_(file), ledger_(ledger), verified_(ledger.entries.size()) {}

  // Fails with std::errc::io_error at a range that is not what its record says; damage() is set
  // then. Reads each range once more than asked for, at its first touch.
  IoResult<size_t> readAt(uint64_t offset, std::span<char> target) override {
    const std::vector<Ledger::Entry>& entries = ledger_.entries;
    const uint64_t end = offset + target.size();
    for (size_t i = ledger_.firstFrom(offset); i < entries.size() && entries[i].record.begin < end;
         ++i) {
      if (const std::error_code error = verify(i)) return {0, error};
    }
    return file_.readAt(offset, target);
  }
  IoResult<uint64_t> size() override { return file_.size(); }

  const std::optional<LedgerRecord>& damage() const { return damage_; }

 private:
  std::error_code verify(size_t entry) {
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

  ReadFile& file_;
  const Ledger& ledger_;
  std::vector<bool> verified_;
  std::optional<LedgerRecord> damage_;
};

}  // namespace inkstone
