// Reads a ledger, and compares a log with it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "persistence/files/file.h"
#include "persistence/ledger/ledger_format.h"

namespace inkstone {

// A ledger as far as it can be believed.
struct Ledger {
  struct Entry {
    LedgerRecord record;
    // Where in the ledger it ends.
    uint64_t ledger_bytes = 0;
  };

  // There is one, with a sound header. Without, all the rest is empty.
  bool begun = false;
  LedgerHeader header;
  // In the order of the log, without overlap; bytes between two of them are not covered.
  std::vector<Entry> entries;
  // Ranges of the log in which zeros are no hole.
  std::vector<ZeroRange> zeros;
  // Unreadable records that have readable ones behind them. Those at the end are the torn end that
  // every crash may leave, and do not count.
  uint64_t damaged_records = 0;
  // Where in the file its last sound part ends.
  uint64_t bytes = 0;

  bool empty() const { return entries.empty(); }
  // Where the log was durable at least, and since when.
  uint64_t offset() const { return empty() ? 0 : entries.back().record.end; }
  int64_t timeUnixMs() const { return empty() ? 0 : entries.back().record.time_unix_ms; }
  // How much the log is known to have had on the disk: also when it was opened.
  uint64_t durable() const { return std::max(offset(), header.opened); }
  uint64_t ledgerBytes() const { return bytes; }
  // Index of the first record that covers something from `log_offset` on, or the number of records.
  size_t firstFrom(uint64_t log_offset) const;
  // Drops what is not about the first `log_bytes` of the log.
  void forgetFrom(uint64_t log_bytes);
};

// A file that does not exist, or has no sound header, is a ledger that is not begun and no error: a
// power cut may leave anything. Complexity: linear in the ledger, which is held in memory: 40 bytes
// for at least 64 KB, or for each second.
IoResult<Ledger> readLedger(FileSystem& files, const std::string& path);

// Whether the record's bytes in the log are what it says.
IoResult<bool> recordHolds(ReadFile& log, const LedgerRecord& record);

// The first record that does not hold; reads all that is covered.
IoResult<std::optional<LedgerRecord>> firstDamage(ReadFile& log, const Ledger& ledger);

// Whether the ledger, which is begun, is about this log, which may be damaged. It is when the
// first record holds, when the log begins as the header says for the most part, or when any other
// record holds. Reads the first record's bytes, and only in the last case all.
IoResult<bool> belongsTo(const Ledger& ledger, ReadFile& log);

// The same where the ledger was written for another file, and the log is a copy of that or of
// another generation of it: nobody knows which of the two was copied first, and a rewrite may have
// come between. What the log does not reach tells nothing. When some of the rest does not hold, the
// log is damaged and the ledger its own only where that is sure; docs/ledger-format.md has the
// rules. Reads all that is covered.
IoResult<bool> belongsToCopy(const Ledger& ledger, ReadFile& log);

}  // namespace inkstone
