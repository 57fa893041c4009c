#include "persistence/ledger_choice.h"

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "persistence/rewrite_files.h"

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

LedgerChoice found(Ledger ledger, std::string path) {
  return {LedgerChoice::State::kFound, std::move(ledger), std::move(path)};
}

}  // namespace

bool mayBeUnsynced(const LedgerChoice& choice, uint64_t bad_offset, uint64_t log_bytes) {
  if (choice.state != LedgerChoice::State::kFound) return false;
  const uint64_t covered = choice.ledger.offset();
  return bad_offset >= covered && log_bytes - covered <= kUnsyncedTailMax;
}

IoResult<LedgerChoice> ledgerBeside(FileSystem& files, const std::string& log_path, ReadFile& log) {
  const std::string path = ledgerPathOf(log_path);
  IoResult<Ledger> ledger = readLedger(files, path);
  if (!ledger.ok()) return {{}, ledger.error};
  if (!ledger.value.begun) return {};
  const IoResult<bool> belongs = belongsTo(ledger.value, log);
  if (!belongs.ok()) return {{}, belongs.error};
  if (belongs.value) return {found(std::move(ledger.value), path), {}};
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
  std::optional<LedgerChoice> best;
  for (const std::string& path : paths.value) {
    IoResult<Ledger> ledger = readLedger(files, path);
    if (!ledger.ok()) return {{}, ledger.error};
    // The ledger of an empty log tells of nothing.
    if (ledger.value.empty() && size.value > 0) continue;
    const IoResult<std::optional<LedgerRecord>> damage = firstDamage(log, ledger.value);
    if (!damage.ok()) return {{}, damage.error};
    const bool better = !best || ledger.value.offset() > best->ledger.offset();
    if (!damage.value && better) best = found(std::move(ledger.value), path);
  }
  if (!best) return ledgerBeside(files, settings.path(), log);
  if (best->ledger.empty()) return {};
  return {std::move(*best), {}};
}

std::error_code settleLedger(FileSystem& files, const AppendOnlySettings& settings,
                             const LedgerChoice& choice) {
  const std::string path = settings.ledgerPath();
  const IoResult<std::vector<std::string>> others = ledgersOfRewrites(files, settings);
  if (!others.ok()) return others.error;
  const bool wrong =
      choice.state == LedgerChoice::State::kFound ? choice.path != path : files.exists(path).value;
  if (!wrong && others.value.empty()) return {};
  // A power cut must not bring back another log when its ledger is gone.
  if (const std::error_code error = files.syncDirectory(settings.directory)) return error;
  if (choice.state == LedgerChoice::State::kFound && wrong) {
    if (const std::error_code error = files.rename(choice.path, path)) return error;
  } else if (wrong) {
    if (const std::error_code error = files.remove(path)) return error;
  }
  for (const std::string& other : others.value) {
    if (other == choice.path) continue;
    if (const std::error_code error = files.remove(other)) return error;
  }
  return {};
}

std::error_code cutLedger(FileSystem& files, LedgerChoice& choice, uint64_t log_bytes) {
  if (choice.ledger.offset() <= log_bytes) return {};
  choice.ledger.forgetFrom(log_bytes);
  const IoResult<std::shared_ptr<AppendFile>> file = files.openAppend(choice.path);
  if (!file.ok()) return file.error;
  if (const std::error_code error = file.value->truncate(choice.ledger.ledgerBytes())) return error;
  return file.value->sync();
}

}  // namespace inkstone
