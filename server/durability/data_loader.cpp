#include "server/durability/data_loader.h"

#include <fmt/format.h>
#include <unistd.h>

#include <utility>
#include <vector>

#include "persistence/files/moment.h"
#include "persistence/files/rewrite_files.h"
#include "persistence/rdb/rdb_error.h"
#include "persistence/rewrite/log_base.h"
#include "persistence/start/imported_folder.h"
#include "server/durability/dump_comparison.h"
#include "server/process/file_errors.h"
#include "server/server.h"

namespace inkstone {
namespace {

double seconds(int64_t milliseconds) {
  return static_cast<double>(milliseconds) / 1000.0;
}

std::string cannotLookFor(const std::string& path, std::error_code error) {
  return fmt::format("Can't look for {}: {}", path, error.message());
}

// Sets what clients see while data are loaded.
class LoadingScope {
 public:
  LoadingScope(Loading& loading, uint64_t bytes) : loading_(loading) { loading_.begin(bytes); }
  ~LoadingScope() { loading_.end(); }
  LoadingScope(const LoadingScope&) = delete;
  LoadingScope& operator=(const LoadingScope&) = delete;

 private:
  Loading& loading_;
};

}  // namespace

std::string DataLoader::loadAtStart() {
  const SnapshotSettings snapshot = server_.snapshots.fileSettings();
  removeSnapshotLeftovers(server_.files, snapshot, server_.logger);
  const bool log_is_on = server_.settings.appendonly;
  const AppendOnlySettings settings = server_.logSettings();
  if (log_is_on) removeRewriteLeftovers(server_.files, settings, server_.logger);
  const DataNames names = {server_.dataDirectory(),
                           server_.settings.appendfilename,
                           server_.settings.appenddirname,
                           server_.settings.dbfilename,
                           settings.path(),
                           snapshot.path()};
  const InventoryResult found = takeInventory(server_.files, names);
  if (!found.ok()) return cannotLookFor(found.path, found.error);
  const StartChoice choice = chooseData(found.inventory, names, log_is_on);
  if (choice.refused()) return refuse(names, found.inventory, choice);
  for (const std::string& note : choice.notes) server_.logger.warning("{}", note);
  return load(names, found.inventory, choice);
}

std::string DataLoader::load(const DataNames& names, const DataInventory& inventory,
                             const StartChoice& choice) {
  std::string error = loadSource(names, inventory, choice.source);
  if (!error.empty() || server_.stopping() || !choice.compare_dump) return error;
  return compareDump(names, inventory, choice);
}

std::string DataLoader::loadSource(const DataNames& names, const DataInventory& inventory,
                                   DataSource source) {
  if (source == DataSource::kLog) return loadFirstLog();
  if (server_.settings.appendonly) noteLostLog(inventory.log);
  switch (source) {
    case DataSource::kParts:
      foreign_source_ = names.folderPath();
      imported_ = inventory.parts.log;
      return loadParts(inventory.parts.log);
    case DataSource::kDump:
      if (server_.settings.appendonly) foreign_source_ = names.dumpPath();
      return loadSnapshot(ImageUse::kSnapshot);
    case DataSource::kLog:
    case DataSource::kNothing:
      break;
  }
  return {};
}

// What was loaded is older than the dump. Mostly that is because a server saves when it ends.
std::string DataLoader::compareDump(const DataNames& names, const DataInventory& inventory,
                                    const StartChoice& choice) {
  const std::string loaded =
      choice.source == DataSource::kLog ? names.logPath() : names.folderPath();
  const DumpComparison dump =
      compareWithDump(server_.files, server_.keyspace, names.dumpPath(), server_.clock.unixMs());
  if (dump.same()) {
    server_.logger.notice("The dump {} is younger than {}, and holds the same {} keys",
                          names.dumpPath(), loaded, dump.keys);
    return {};
  }
  if (!dump.is_dump) {
    server_.logger.warning("{} is younger than {}, but is no dump: {}", names.dumpPath(), loaded,
                           dump.unreadable);
    return {};
  }
  StartChoice refusal = choice;
  refusal.rivals = {choice.source, DataSource::kDump};
  refusal.refusal =
      dump.unreadable.empty()
          ? fmt::format("The dump {} is younger than {}, and holds other data: {}",
                        names.dumpPath(), loaded, dump.difference)
          : fmt::format("The dump {} is younger than {}, and cannot be compared with it: {}",
                        names.dumpPath(), loaded, dump.unreadable);
  return refuse(names, inventory, refusal);
}

std::string DataLoader::refuse(const DataNames& names, const DataInventory& inventory,
                               const StartChoice& choice) {
  const std::vector<std::string> lines = describeRefusal(server_.files, inventory, names, choice);
  for (size_t i = 0; i + 1 < lines.size(); ++i) server_.logger.warning("{}", lines[i]);
  return lines.back();
}

std::string DataLoader::openLog() {
  if (!server_.settings.appendonly) return {};
  if (drops_ledger_) {
    // Only now that the start is not refused any more.
    drops_ledger_ = false;
    std::string unsettled = settle({});
    if (!unsettled.empty()) return unsettled;
  }
  if (foreign_source_) {
    std::string error = writeBase();
    if (!error.empty()) return error;
    markSource();
  }
  const AppendOnlySettings settings = server_.logSettings();
  const std::error_code error = server_.log.open(settings);
  if (!error) return {};
  return fmt::format("Can't open the append-only file {}: {}", settings.path(),
                     describeFileError(settings.directory, error));
}

std::string DataLoader::writeBase() {
  const RewriteRequest request = server_.log_rewrite.request();
  const std::string path = request.settings.path();
  server_.logger.notice("There is no append only file {}: it is written from the data of {}", path,
                        *foreign_source_);
  const LogBaseResult result =
      writeLogBase({server_.files, server_.log_clock, server_.latency, server_.log_rewrite.steps},
                   server_.keyspace, request, ::getpid());
  if (!result.ok()) {
    return fmt::format("Can't write the append only file {}: {} failed: {}", path, result.step,
                       describeFileError(request.settings.directory, result.error));
  }
  server_.logger.notice("Append only file written from the data set: {} keys, {} bytes",
                        result.keys, result.bytes);
  return {};
}

// Not before the log has all of it. A Redis that finds no folder takes a log in one file over.
void DataLoader::markSource() {
  const std::string source = *std::exchange(foreign_source_, std::nullopt);
  const std::string path = server_.logSettings().path();
  if (!imported_) {
    server_.logger.notice(
        "A Redis that is started here with appendonly yes would load {}; with appendonly no, the "
        "dump {}, which is as old as this import until the next save",
        path, source);
    return;
  }
  const ImportMark mark = markImported(server_.files, *imported_, server_.clock.unixSeconds());
  imported_.reset();
  if (!mark.rename_error) {
    server_.logger.notice(
        "{} was imported and is called {} now, which nobody needs any more. A Redis 7 that is "
        "started here with appendonly yes would load {} instead",
        source, mark.renamed_to, path);
    return;
  }
  server_.logger.warning(
      "{} was imported, but cannot be renamed: {}. A Redis 7 that is started here with appendonly "
      "yes would load it, and not {}: move it away before that",
      source, mark.rename_error.message(), path);
  if (mark.note_error) {
    server_.logger.warning("Nor can {}.imported be written, by which it would be known: {}", source,
                           mark.note_error.message());
  }
}

// The server goes on in it, so it must have its ledger beside it, and no other.
std::string DataLoader::loadFirstLog() {
  const LoadResult result = readLog();
  std::string error = conclude(result);
  if (!error.empty() || !result.ok()) return error;
  describeLedger(result);
  return settle(result);
}

std::string DataLoader::settle(const LoadResult& result) {
  const std::error_code error = settleLedger(server_.files, server_.logSettings(), result.ledger);
  if (!error) return {};
  return fmt::format("Can't put the checksum ledger of the append only file in place: {}",
                     error.message());
}

// There is no log, and what there is instead is younger than the one that the ledger tells of.
void DataLoader::noteLostLog(const FoundLog& log) {
  drops_ledger_ = true;
  if (log.ledger_bytes == 0) return;
  server_.logger.warning(
      "There is no append only file {}, though its checksum ledger tells of {} bytes that were on "
      "the disk at {}. What is loaded instead is younger, so the ledger is dropped",
      server_.logSettings().path(), log.ledger_bytes, momentText(log.ledger_time_ms));
}

void DataLoader::describeLedger(const LoadResult& result) {
  const LedgerChoice& choice = result.ledger;
  switch (choice.state) {
    case LedgerChoice::State::kFound:
      if (choice.copied) server_.logger.warning("{}", describeCopy(choice, result.bytes));
      if (choice.ledger.empty()) return;
      server_.logger.notice(
          "The append only file was compared with its checksum ledger: {} of {} bytes are what was "
          "on the disk at {}",
          choice.ledger.offset(), result.bytes, momentText(choice.ledger.timeUnixMs()));
      if (choice.ledger.damaged_records == 0) return;
      server_.logger.warning(
          "{} records of the checksum ledger cannot be read: what they tell of was loaded "
          "unverified",
          choice.ledger.damaged_records);
      return;
    case LedgerChoice::State::kForeign:
      server_.logger.warning(
          "The checksum ledger beside the append only file is of another log, and is dropped: the "
          "log was loaded unverified");
      return;
    case LedgerChoice::State::kUnreadable:
      server_.logger.warning(
          "The checksum ledger {} cannot be read: {}. The append only file was loaded without it, "
          "unverified. What stands there becomes {} and the log gets a new ledger, if it can be "
          "renamed",
          choice.path, choice.problem.message(), setAsideName(choice.path));
      return;
    case LedgerChoice::State::kNone:
      if (result.bytes == 0) return;
      server_.logger.notice(
          "The append only file has no checksum ledger: it was loaded unverified, and gets one "
          "now");
      return;
  }
}

std::string DataLoader::loadLog() {
  return conclude(readLog());
}

LoadResult DataLoader::readLog() {
  const AppendOnlySettings settings = server_.logSettings();
  const IoResult<uint64_t> size = server_.files.size(settings.path());
  const LoadingScope scope(server_.loading, size.ok() ? size.value : 0);
  return LogReplay(server_.files, server_.log_clock, server_.logger)
      .load(settings, server_.loading);
}

std::string DataLoader::conclude(const LoadResult& result) {
  server_.clock.refresh();
  if (result.status == LoadStatus::kNoFile || result.status == LoadStatus::kAborted) return {};
  if (!result.ok()) return result.message;
  if (!result.message.empty()) server_.logger.warning("{}", result.message);
  server_.logger.notice("DB loaded from append only file: {:.3f} seconds",
                        seconds(server_.loading.elapsedMs()));
  return {};
}

std::string DataLoader::loadParts(const MultiPartLog& log) {
  if (!log.error.empty()) return log.error;
  uint64_t bytes = 0;
  for (const std::string& name : log.files) {
    const IoResult<uint64_t> size = server_.files.size(log.directory + "/" + name);
    bytes += size.ok() ? size.value : 0;
  }
  server_.logger.notice("Importing the append only file in {}: {} files, {} bytes", log.directory,
                        log.files.size(), bytes);
  const LoadingScope scope(server_.loading, bytes);
  AppendOnlySettings settings = server_.logSettings();
  settings.directory = log.directory;
  for (size_t i = 0; i < log.files.size() && !server_.stopping(); ++i) {
    settings.filename = log.files[i];
    std::string error = loadPart(settings, i + 1 == log.files.size());
    if (!error.empty()) return error;
  }
  server_.clock.refresh();
  server_.logger.notice("DB loaded from append only file: {:.3f} seconds",
                        seconds(server_.loading.elapsedMs()));
  return {};
}

// Only what was written last can end within a command: a tear elsewhere means that something is
// missing in the middle.
std::string DataLoader::loadPart(const AppendOnlySettings& settings, bool is_last) {
  const TornEnd torn_end = is_last && settings.load_truncated ? TornEnd::kLeave : TornEnd::kRefuse;
  server_.loading.nextFile();
  const LoadResult result = LogReplay(server_.files, server_.log_clock, server_.logger)
                                .load(settings, server_.loading, torn_end);
  if (result.status == LoadStatus::kAborted) return {};
  if (result.status == LoadStatus::kNoFile) {
    return fmt::format("The append only file {} does not exist, though the manifest names it",
                       settings.path());
  }
  if (!result.ok()) return result.message;
  if (!result.message.empty()) server_.logger.warning("{}", result.message);
  // The next file counts from here.
  static_cast<void>(server_.loading.progress(result.bytes, result.commands));
  return {};
}

std::string DataLoader::loadSnapshot(ImageUse use) {
  const std::string path = server_.snapshots.fileSettings().path();
  const IoResult<std::unique_ptr<ReadFile>> file = server_.files.openRead(path);
  if (!file.ok()) return fmt::format("Can't open the RDB file {}: {}", path, file.error.message());
  const IoResult<uint64_t> size = file.value->size();
  if (!size.ok()) return fmt::format("Can't read the RDB file {}: {}", path, size.error.message());
  const LoadingScope scope(server_.loading, size.value);
  const ImageResult image = server_.loading.loadImage(*file.value, size.value, use);
  server_.clock.refresh();
  switch (image.status) {
    case ImageResult::Status::kLoaded:
      server_.logger.notice("DB loaded from disk: {:.3f} seconds",
                            seconds(server_.loading.elapsedMs()));
      return {};
    case ImageResult::Status::kAborted:
      return {};
    case ImageResult::Status::kFailed:
      break;
  }
  return describeRdbFailure("the RDB file", path, image.error);
}

}  // namespace inkstone
