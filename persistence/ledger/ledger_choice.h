// Which ledger is a log's. Mostly the one beside it; but a power cut in the course of a rewrite may
// leave the old log or the new one, each with two ledgers beside it (background_rewrite.h), and
// anybody may have put another log in the place of the one the ledger is about.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <system_error>

#include "persistence/files/append_only_settings.h"
#include "persistence/files/file.h"
#include "persistence/ledger/ledger_reader.h"

namespace inkstone {

struct LedgerChoice {
  enum class State : uint8_t {
    // There is none, or none that can be read.
    kNone,
    kFound,
    // There is one, of another log.
    kForeign,
    // Something of that name is no file that can be read.
    kUnreadable,
  };

  State state = State::kNone;
  // The log's, with kFound; otherwise it is not begun.
  Ledger ledger;
  std::string path;
  // With kFound: it was written for another file, of which the log is a copy.
  bool copied = false;
  // The last record, with `copied`, when the log does not reach its end: `ledger` is without the
  // records that it does not reach.
  std::optional<LedgerRecord> lacks;
  // With kFound: the machine was started anew since the log was opened, and a block of zeros that
  // no client has sent begins here, behind all that is known to have been on the disk. A power cut
  // leaves such a block, and what stands there is no part of a value.
  std::optional<uint64_t> hole;
  // kUnreadable: why.
  std::error_code problem;
};

// A tail behind the ledger's last record that is longer than this is not what a crash leaves: the
// ledger follows the log within a second.
inline constexpr uint64_t kUnsyncedTailMax = 256 * 1024 * 1024;

// For people, of a ledger that is found and `copied`: what the log of so many bytes is, and lacks.
std::string describeCopy(const LedgerChoice& choice, uint64_t log_bytes);

// Whether `now` is the file that was `then`; nothing when that is not known. Inode and moment of
// birth tell. Where there is no such moment, the device counts as well, but not after the machine
// was started anew: then it may have another number.
std::optional<bool> sameFile(const FileIdentity& then, const FileIdentity& now, bool same_boot);

// Whether damage at `bad_offset` of a log of `log_bytes` is behind all that is known to have been
// on the disk: what a power cut may leave of writes that no sync had confirmed.
bool mayBeUnsynced(const LedgerChoice& choice, uint64_t bad_offset, uint64_t log_bytes);

// Reads the first record's bytes of the log; of a copy all that is covered; and after a new start
// of the machine what no record covers. A ledger that cannot be read is no error. Where a rewrite
// has left a ledger of its own, reads all that is covered: of those that hold in full it is the one
// that tells most; when none does, only the one beside the log counts, because the other may be of
// a log that never got its name. `log` is settings.path().
IoResult<LedgerChoice> chooseLedger(FileSystem& files, const AppendOnlySettings& settings,
                                    ReadFile& log);

// The same for a log that no rewrite of ours can be at work on: only the ledger beside it counts.
IoResult<LedgerChoice> ledgerBeside(FileSystem& files, const std::string& log_path, ReadFile& log);

// Makes the chosen ledger the only one, under its name: what a start does when it knows that it
// will go on in the log. A ledger of another log is removed, and what cannot be read or removed is
// renamed to setAsideName(); should that fail too, it stays. After an error a later start chooses
// again.
[[nodiscard]] std::error_code settleLedger(FileSystem& files, const AppendOnlySettings& settings,
                                           const LedgerChoice& choice);

// What gives its place to a ledger: "<path>.unreadable".
std::string setAsideName(const std::string& path);

// Forgets what is not about the first `log_bytes` of the log, on the disk as well: to be called
// before the log is cut there, for a ledger that tells of more than there is means damage.
[[nodiscard]] std::error_code cutLedger(FileSystem& files, LedgerChoice& choice,
                                        uint64_t log_bytes);

}  // namespace inkstone
