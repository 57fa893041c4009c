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
#include "server/data/data_set.h"
#include "server/durability/data_files.h"
#include "server/durability/dump_comparison.h"
#include "server/durability/log_rewrite.h"
#include "server/process/file_errors.h"
#include "server/process/runtime.h"

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
  const SnapshotSettings snapshot = snapshotSettings(runtime_);
  removeSnapshotLeftovers(runtime_.files, snapshot, runtime_.logger);
  const bool log_is_on = runtime_.settings.appendonly;
  const AppendOnlySettings settings = logSettings(runtime_);
  if (log_is_on) removeRewriteLeftovers(runtime_.files, settings, runtime_.logger);
  const DataNames names = {runtime_.dataDirectory(),
                           runtime_.settings.appendfilename,
                           runtime_.settings.appenddirname,
                           runtime_.settings.dbfilename,
                           settings.path(),
                           snapshot.path()};
  const InventoryResult found = takeInventory(runtime_.files, names);
  if (!found.ok()) return cannotLookFor(found.path, found.error);
  const StartChoice choice = chooseData(found.inventory, names, log_is_on);
  if (choice.refused()) return refuse(names, found.inventory, choice);
  for (const std::string& note : choice.notes) runtime_.logger.warning("{}", note);
  return load(names, found.inventory, choice);
}

std::string DataLoader::load(const DataNames& names, const DataInventory& inventory,
                             const StartChoice& choice) {
  std::string error = loadSource(names, inventory, choice.source);
  if (!error.empty() || runtime_.stopping() || !choice.compare_dump) return error;
  return compareDump(names, inventory, choice);
}

std::string DataLoader::loadSource(const DataNames& names, const DataInventory& inventory,
                                   DataSource source) {
  if (source == DataSource::kLog) return loadFirstLog();
  if (runtime_.settings.appendonly) noteLostLog(inventory.log);
  switch (source) {
    case DataSource::kParts:
      foreign_source_ = names.folderPath();
      imported_ = inventory.parts.log;
      return loadParts(inventory.parts.log);
    case DataSource::kDump:
      if (runtime_.settings.appendonly) foreign_source_ = names.dumpPath();
      return loadSnapshot(ImageUse::kSnapshot);
    case DataSource::kLog:
    case DataSource::kNothing:
      break;
  }
  return {};
}

// The loaded data are older than the dump. Mostly that is because a server saves when it ends.
std::string DataLoader::compareDump(const DataNames& names, const DataInventory& inventory,
                                    const StartChoice& choice) {
  const std::string loaded =
      choice.source == DataSource::kLog ? names.logPath() : names.folderPath();
  const DumpComparison dump =
      compareWithDump(runtime_.files, data_.keyspace, names.dumpPath(), runtime_.clock.unixMs());
  if (dump.same()) {
    runtime_.logger.notice("The dump {} is younger than {}, and holds the same {} keys",
                           names.dumpPath(), loaded, dump.keys);
    return {};
  }
  if (!dump.is_dump) {
    runtime_.logger.warning("{} is younger than {}, but is no dump: {}", names.dumpPath(), loaded,
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
  const std::vector<std::string> lines = describeRefusal(runtime_.files, inventory, names, choice);
  for (size_t i = 0; i + 1 < lines.size(); ++i) runtime_.logger.warning("{}", lines[i]);
  return lines.back();
}

std::string DataLoader::openLog() {
  if (!runtime_.settings.appendonly) return {};
  if (drops_ledger_) {
    // Only now is it certain that the start is not refused.
    drops_ledger_ = false;
    std::string unsettled = settle({});
    if (!unsettled.empty()) return unsettled;
  }
  if (foreign_source_) {
    std::string error = writeBase();
    if (!error.empty()) return error;
    markSource();
  }
  const AppendOnlySettings settings = logSettings(runtime_);
  const std::error_code error = log_.open(settings);
  if (!error) return {};
  return fmt::format("Can't open the append-only file {}: {}", settings.path(),
                     describeFileError(settings.directory, error));
}

std::string DataLoader::writeBase() {
  const RewriteRequest request = log_rewrite_.request();
  const std::string path = request.settings.path();
  runtime_.logger.notice("There is no append only file {}: it is written from the data of {}", path,
                         *foreign_source_);
  const LogBaseResult result =
      writeLogBase({runtime_.files, runtime_.log_clock, runtime_.latency, log_rewrite_.steps},
                   data_.keyspace, request, ::getpid());
  if (!result.ok()) {
    return fmt::format("Can't write the append only file {}: {} failed: {}", path, result.step,
                       describeFileError(request.settings.directory, result.error));
  }
  runtime_.logger.notice("Append only file written from the data set: {} keys, {} bytes",
                         result.keys, result.bytes);
  return {};
}

// The AOF must hold all of the data before. A Redis that finds no folder goes on in the one file.
void DataLoader::markSource() {
  const std::string source = *std::exchange(foreign_source_, std::nullopt);
  const std::string path = logSettings(runtime_).path();
  if (!imported_) {
    runtime_.logger.notice(
        "A Redis that is started here with appendonly yes would load {}; with appendonly no, the "
        "dump {}, which is as old as this import until the next save",
        path, source);
    return;
  }
  const ImportMark mark = markImported(runtime_.files, *imported_, runtime_.clock.unixSeconds());
  imported_.reset();
  if (!mark.rename_error) {
    runtime_.logger.notice(
        "{} was imported and is called {} now, which nobody needs any more. A Redis 7 that is "
        "started here with appendonly yes would load {} instead",
        source, mark.renamed_to, path);
    return;
  }
  runtime_.logger.warning(
      "{} was imported, but cannot be renamed: {}. A Redis 7 that is started here with appendonly "
      "yes would load it, and not {}: move it away before that",
      source, mark.rename_error.message(), path);
  if (mark.note_error) {
    runtime_.logger.warning("Nor can {}.imported be written, by which it would be known: {}",
                            source, mark.note_error.message());
  }
}

// The server goes on in this AOF, so its ledger must be beside it, and no other ledger.
std::string DataLoader::loadFirstLog() {
  const LoadResult result = readLog();
  std::string error = conclude(result);
  if (!error.empty() || !result.ok()) return error;
  describeLedger(result);
  return settle(result);
}

std::string DataLoader::settle(const LoadResult& result) {
  const std::error_code error = settleLedger(runtime_.files, logSettings(runtime_), result.ledger);
  if (!error) return {};
  return fmt::format("Can't put the checksum ledger of the append only file in place: {}",
                     error.message());
}

// There is no AOF, and the data that are there instead are younger than the AOF that the ledger is
// about.
void DataLoader::noteLostLog(const FoundLog& log) {
  drops_ledger_ = true;
  if (log.ledger_bytes == 0) return;
  runtime_.logger.warning(
      "There is no append only file {}, though its checksum ledger tells of {} bytes that were on "
      "the disk at {}. What is loaded instead is younger, so the ledger is dropped",
      logSettings(runtime_).path(), log.ledger_bytes, momentText(log.ledger_time_ms));
}

void DataLoader::describeLedger(const LoadResult& result) {
  const LedgerChoice& choice = result.ledger;
  switch (choice.state) {
    case LedgerChoice::State::kFound:
      if (choice.copied) runtime_.logger.warning("{}", describeCopy(choice, result.bytes));
      if (choice.ledger.empty()) return;
      runtime_.logger.notice(
          "The append only file was compared with its checksum ledger: {} of {} bytes are what was "
          "on the disk at {}",
          choice.ledger.offset(), result.bytes, momentText(choice.ledger.timeUnixMs()));
      if (choice.ledger.damaged_records == 0) return;
      runtime_.logger.warning(
          "{} records of the checksum ledger cannot be read: what they tell of was loaded "
          "unverified",
          choice.ledger.damaged_records);
      return;
    case LedgerChoice::State::kForeign:
      runtime_.logger.warning(
          "The checksum ledger beside the append only file is of another log, and is dropped: the "
          "log was loaded unverified");
      return;
    case LedgerChoice::State::kUnreadable:
      runtime_.logger.warning(
          "The checksum ledger {} cannot be read: {}. The append only file was loaded without it, "
          "unverified. What stands there becomes {} and the log gets a new ledger, if it can be "
          "renamed",
          choice.path, choice.problem.message(), setAsideName(choice.path));
      return;
    case LedgerChoice::State::kNone:
      if (result.bytes == 0) return;
      runtime_.logger.notice(
          "The append only file has no checksum ledger: it was loaded unverified, and gets one "
          "now");
      return;
  }
}

std::string DataLoader::loadLog() {
  return conclude(readLog());
}

LoadResult DataLoader::readLog() {
  const AppendOnlySettings settings = logSettings(runtime_);
  const IoResult<uint64_t> size = runtime_.files.size(settings.path());
  const LoadingScope scope(loading_, size.ok() ? size.value : 0);
  return LogReplay(runtime_.files, runtime_.log_clock, runtime_.logger).load(settings, loading_);
}

std::string DataLoader::conclude(const LoadResult& result) {
  runtime_.clock.refresh();
  if (result.status == LoadStatus::kNoFile || result.status == LoadStatus::kAborted) return {};
  if (!result.ok()) return result.message;
  if (!result.message.empty()) runtime_.logger.warning("{}", result.message);
  runtime_.logger.notice("DB loaded from append only file: {:.3f} seconds",
                         seconds(loading_.elapsedMs()));
  return {};
}

std::string DataLoader::loadParts(const MultiPartLog& log) {
  if (!log.error.empty()) return log.error;
  uint64_t bytes = 0;
  for (const std::string& name : log.files) {
    const IoResult<uint64_t> size = runtime_.files.size(log.directory + "/" + name);
    bytes += size.ok() ? size.value : 0;
  }
  runtime_.logger.notice("Importing the append only file in {}: {} files, {} bytes", log.directory,
                         log.files.size(), bytes);
  const LoadingScope scope(loading_, bytes);
  AppendOnlySettings settings = logSettings(runtime_);
  settings.directory = log.directory;
  for (size_t i = 0; i < log.files.size() && !runtime_.stopping(); ++i) {
    settings.filename = log.files[i];
    std::string error = loadPart(settings, i + 1 == log.files.size());
    if (!error.empty()) return error;
  }
  runtime_.clock.refresh();
  runtime_.logger.notice("DB loaded from append only file: {:.3f} seconds",
                         seconds(loading_.elapsedMs()));
  return {};
}

// Only the file that was written last can end within a command. In another file a torn end means
// that something is missing in the middle.
std::string DataLoader::loadPart(const AppendOnlySettings& settings, bool is_last) {
  const TornEnd torn_end = is_last && settings.load_truncated ? TornEnd::kLeave : TornEnd::kRefuse;
  loading_.nextFile();
  const LoadResult result = LogReplay(runtime_.files, runtime_.log_clock, runtime_.logger)
                                .load(settings, loading_, torn_end);
  if (result.status == LoadStatus::kAborted) return {};
  if (result.status == LoadStatus::kNoFile) {
    return fmt::format("The append only file {} does not exist, though the manifest names it",
                       settings.path());
  }
  if (!result.ok()) return result.message;
  if (!result.message.empty()) runtime_.logger.warning("{}", result.message);
  // The next file counts from here.
  static_cast<void>(loading_.progress(result.bytes, result.commands));
  return {};
}

std::string DataLoader::loadSnapshot(ImageUse use) {
  const std::string path = snapshotSettings(runtime_).path();
  const IoResult<std::unique_ptr<ReadFile>> file = runtime_.files.openRead(path);
  if (!file.ok()) return fmt::format("Can't open the RDB file {}: {}", path, file.error.message());
  const IoResult<uint64_t> size = file.value->size();
  if (!size.ok()) return fmt::format("Can't read the RDB file {}: {}", path, size.error.message());
  const LoadingScope scope(loading_, size.value);
  const ImageResult image = loading_.loadImage(*file.value, size.value, use);
  runtime_.clock.refresh();
  switch (image.status) {
    case ImageResult::Status::kLoaded:
      runtime_.logger.notice("DB loaded from disk: {:.3f} seconds", seconds(loading_.elapsedMs()));
      return {};
    case ImageResult::Status::kAborted:
      return {};
    case ImageResult::Status::kFailed:
      break;
  }
  return describeRdbFailure("the RDB file", path, image.error);
}

}  // namespace inkstone
