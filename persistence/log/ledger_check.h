// Says whether a log would load, as log_check.h does, and compares it with its ledger.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <system_error>

#include "persistence/files/file.h"
#include "persistence/ledger/ledger_choice.h"
#include "persistence/log/log_check.h"

namespace inkstone {

struct [[nodiscard]] LedgerCheckResult {
  // The log's. Where a recorded range is not what it was, kNotValid with ok_up_to in front of it,
  // or, if the log only ends too early, where the log itself allows. With up_to_second and a log
  // without annotations, what the ledger says was written by then.
  LogCheckResult log;
  LedgerChoice ledger;
  // The first range that is not what was on the disk.
  std::optional<LedgerRecord> damage;
  // What makes the log's end a torn one although its grammar does not: the server cuts it off, but
  // not under appendfsync no.
  bool torn_by_ledger = false;
  // With up_to_second: the record that decided.
  std::optional<LedgerRecord> decided;
  // Reading the ledger, or the log once more, failed with it.
  std::error_code error;
};

// Reads what is covered once more than checkLog() does.
LedgerCheckResult checkLogWithLedger(FileSystem& files, const std::string& path, ReadFile& file,
                                     const LogCheckSettings& settings, CommandJudge& judge);

}  // namespace inkstone
