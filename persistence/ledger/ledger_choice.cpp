#include "persistence/ledger/ledger_choice.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "persistence/files/moment.h"
#include "persistence/files/paths.h"
#include "persistence/files/rewrite_files.h"
#include "persistence/files/whole_file.h"

namespace inkstone {
namespace {

IoResult<std::vector<std::string>> ledgersOfRewrites(FileSystem& files,
                                                     const AppendOnlySettings& settings) {
  IoResult<std::vector<std::string>> names = files.listDirectory(settings.directory);
  if (!names.ok()) return {{}, names.error};
  std::vector<std::string> paths;
  for (const std::string& name : names.value) {
    // Somebody may have named the log itself like that.
    if (!isRewriteLedgerName(name) || name == settings.filename) continue;
    paths.push_back(settings.directory + "/" + name);
  }
  return {std::move(paths), {}};
}

LedgerChoice unreadable(std::string path, std::error_code problem) {
  LedgerChoice choice;
  choice.state = LedgerChoice::State::kUnreadable;
  choice.path = std::move(path);
  choice.problem = problem;
  return choice;
}

// So little is left of the log that nothing the ledger tells can be compared with it: not an older
// copy, but a copy that failed.
bool tellsNothing(const Ledger& ledger, uint64_t log_bytes) {
  if (ledger.empty() || ledger.entries.front().record.end <= log_bytes) return false;
  return !hasWholePiece(ledger.header.identity, log_bytes);
}

// Nothing if that cannot be known.
std::optional<bool> isOfFile(FileSystem& files, const Ledger& ledger, ReadFile& log) {
  const bool same_boot = bootOf(files.bootId()) == ledger.header.boot;
  return sameFile(ledger.header.file, log.identity(), same_boot);
}

// A ledger that is known to be the log's, and what it makes of the log's end.
IoResult<LedgerChoice> found(FileSystem& files, Ledger ledger, std::string path, ReadFile& log) {
  LedgerChoice choice;
  choice.state = LedgerChoice::State::kFound;
  choice.path = std::move(path);
  choice.ledger = std::move(ledger);
  const LedgerHeader& header = choice.ledger.header;
  const uint64_t boot = bootOf(files.bootId());
  const std::optional<bool> same = isOfFile(files, choice.ledger, log);
  choice.copied = same == false;
  const IoResult<uint64_t> size = log.size();
  if (!size.ok()) return {{}, size.error};
  if (tellsNothing(choice.ledger, size.value)) choice.copied = false;
  if (choice.copied && choice.ledger.offset() > size.value) {
    choice.lacks = choice.ledger.entries.back().record;
    choice.ledger.forgetFrom(size.value);
  }
  const bool restarted = same == true && header.boot != 0 && boot != 0 && boot != header.boot;
  const uint64_t durable = choice.ledger.durable();
  if (!restarted || durable >= size.value || size.value - durable > kUnsyncedTailMax) {
    return {std::move(choice), {}};
  }
  const IoResult<std::optional<uint64_t>> hole =
      firstZeroBlock(log, durable, size.value, choice.ledger.zeros);
  choice.hole = hole.value;
  return {std::move(choice), hole.error};
}

// It goes into another file, because a truncation may reach the disk without the notes behind it.
std::error_code writeShortened(FileSystem& files, const LedgerChoice& choice) {
  const Ledger& ledger = choice.ledger;
  const IoResult<std::unique_ptr<ReadFile>> old = files.openRead(choice.path);
  if (!old.ok()) return old.error;
  IoResult<std::string> kept = readPiece(*old.value, 0, ledger.ledgerBytes());
  if (!kept.ok()) return kept.error;
  std::string bytes = std::move(kept.value);
  if (bytes.size() != ledger.ledgerBytes()) return std::make_error_code(std::errc::io_error);
  for (const ZeroRange& range : ledger.zeros) bytes += encodeLedgerNote(range, ledger.header.id);
  const std::string directory = directoryOf(choice.path);
  // A start that finds it may take it for the ledger of a rewrite.
  std::string temp = rewriteLedgerPath(directory, 0);
  if (temp == choice.path) temp = rewriteLedgerPath(directory, 1);
  NewFile file(files, temp);
  WriteOutcome outcome = file.open();
  if (outcome.ok()) outcome = file.write(bytes);
  if (outcome.ok()) outcome = file.rename(choice.path);
  if (!outcome.ok()) return outcome.error;
  file.keep();
  return file.syncDirectory().error;
}

// Shortens it to what `choice` has of it. Notes about blocks that remain may stand behind its last
// record.
std::error_code shortenLedger(FileSystem& files, const LedgerChoice& choice) {
  if (!choice.ledger.zeros.empty()) return writeShortened(files, choice);
  const IoResult<std::shared_ptr<AppendFile>> file = files.openAppend(choice.path);
  if (!file.ok()) return file.error;
  if (const std::error_code error = file.value->truncate(choice.ledger.ledgerBytes())) return error;
  return file.value->sync();
}

// What cannot even be renamed is said by who writes the ledger.
void clearPlace(FileSystem& files, const std::string& path, bool readable) {
  if (readable && !files.remove(path)) return;
  static_cast<void>(files.rename(path, setAsideName(path)));
}

IoResult<bool> isAbout(FileSystem& files, const Ledger& ledger, ReadFile& log) {
  return isOfFile(files, ledger, log) == false ? belongsToCopy(ledger, log)
                                               : belongsTo(ledger, log);
}

}  // namespace

std::string describeCopy(const LedgerChoice& choice, uint64_t log_bytes) {
  std::string text = "The log is a copy: its ledger was written for another file";
  if (!choice.lacks) return text;
  return text + fmt::format(
                    ", and tells of {} bytes, on the disk at {}, of which the copy has {}; its end "
                    "lacks {}",
                    choice.lacks->end, momentText(choice.lacks->time_unix_ms), log_bytes,
                    choice.lacks->end - log_bytes);
}

std::optional<bool> sameFile(const FileIdentity& then, const FileIdentity& now, bool same_boot) {
  if (then.inode == 0 || now.inode == 0) return std::nullopt;
  if (then.inode != now.inode) return false;
  if (then.birth_ns != 0 && now.birth_ns != 0) return then.birth_ns == now.birth_ns;
  return !same_boot || then.device == now.device;
}

bool mayBeUnsynced(const LedgerChoice& choice, uint64_t bad_offset, uint64_t log_bytes) {
  if (choice.state != LedgerChoice::State::kFound) return false;
  const uint64_t durable = std::min(choice.ledger.durable(), log_bytes);
  return bad_offset >= durable && log_bytes - durable <= kUnsyncedTailMax;
}

IoResult<LedgerChoice> ledgerBeside(FileSystem& files, const std::string& log_path, ReadFile& log) {
  const std::string path = ledgerPathOf(log_path);
  IoResult<Ledger> ledger = readLedger(files, path);
  if (!ledger.ok()) return {unreadable(path, ledger.error), {}};
  if (!ledger.value.begun) return {};
  const IoResult<bool> belongs = isAbout(files, ledger.value, log);
  if (!belongs.ok()) return {{}, belongs.error};
  if (belongs.value) return found(files, std::move(ledger.value), path, log);
  LedgerChoice choice;
  choice.state = LedgerChoice::State::kForeign;
  return {std::move(choice), {}};
}

IoResult<LedgerChoice> chooseLedger(FileSystem& files, const AppendOnlySettings& settings,
                                    ReadFile& log) {
  IoResult<std::vector<std::string>> paths = ledgersOfRewrites(files, settings);
  if (!paths.ok()) return {{}, paths.error};
  if (paths.value.empty()) return ledgerBeside(files, settings.path(), log);
  const IoResult<uint64_t> size = log.size();
  if (!size.ok()) return {{}, size.error};
  paths.value.push_back(settings.ledgerPath());
  Ledger best;
  std::string best_path;
  int best_rank = 0;
  for (const std::string& path : paths.value) {
    IoResult<Ledger> ledger = readLedger(files, path);
    if (!ledger.ok()) continue;
    const std::optional<bool> same = isOfFile(files, ledger.value, log);
    // The ledger of an empty log is an empty file, and tells of nothing.
    if (same != true && ledger.value.empty() && size.value > 0) continue;
    const IoResult<std::optional<LedgerRecord>> damage = firstDamage(log, ledger.value);
    if (!damage.ok()) return {{}, damage.error};
    // Another file may begin with the same text, such as the one that a rewrite has replaced.
    const int rank = same ? (*same ? 2 : 0) : 1;
    const bool better = best_path.empty() || std::pair(rank, ledger.value.offset()) >
                                                 std::pair(best_rank, best.offset());
    if (damage.value || !better) continue;
    best = std::move(ledger.value);
    best_path = path;
    best_rank = rank;
  }
  if (best_path.empty()) return ledgerBeside(files, settings.path(), log);
  if (size.value == 0 && best.empty()) return {};
  return found(files, std::move(best), best_path, log);
}

std::string setAsideName(const std::string& path) {
  return path + ".unreadable";
}

std::error_code settleLedger(FileSystem& files, const AppendOnlySettings& settings,
                             const LedgerChoice& choice) {
  const std::string path = settings.ledgerPath();
  const IoResult<std::vector<std::string>> others = ledgersOfRewrites(files, settings);
  if (!others.ok()) return others.error;
  const bool is_found = choice.state == LedgerChoice::State::kFound;
  const bool wrong = is_found ? choice.path != path : files.exists(path).value;
  if (choice.lacks) {
    if (const std::error_code error = shortenLedger(files, choice)) return error;
  }
  if (!wrong && others.value.empty()) return {};
  // A power cut must not bring back another log when its ledger is gone.
  if (const std::error_code error = files.syncDirectory(settings.directory)) return error;
  if (is_found && wrong) {
    if (const std::error_code error = files.rename(choice.path, path)) return error;
  } else if (wrong) {
    clearPlace(files, path, choice.state != LedgerChoice::State::kUnreadable);
  }
  for (const std::string& other : others.value) {
    if (other == choice.path) continue;
    if (const std::error_code error = files.remove(other)) return error;
  }
  return {};
}

std::error_code cutLedger(FileSystem& files, LedgerChoice& choice, uint64_t log_bytes) {
  if (choice.ledger.offset() <= log_bytes && !choice.lacks) return {};
  choice.ledger.forgetFrom(log_bytes);
  return shortenLedger(files, choice);
}

}  // namespace inkstone
