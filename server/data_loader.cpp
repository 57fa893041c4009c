#include "server/data_loader.h"

#include <fmt/format.h>
#include <unistd.h>

#include "persistence/log_base.h"
#include "persistence/rdb_failure.h"
#include "persistence/rewrite_files.h"
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
  if (!server_.settings.appendonly) return loadInitialSnapshot();
  const AppendOnlySettings settings = server_.logSettings();
  removeRewriteLeftovers(server_.files, settings, server_.logger);
  const IoResult<bool> found = server_.files.exists(settings.path());
  if (!found.ok()) return cannotLookFor(settings.path(), found.error);
  if (found.value) return loadFirstLog();
  std::string unsettled = dropLedger();
  if (!unsettled.empty()) return unsettled;

  // In the order of what Redis prefers.
  const MultiPartLog parts =
      readMultiPartLog(server_.files, server_.dataDirectory(), server_.settings.appenddirname,
                       server_.settings.appendfilename);
  if (parts.found) {
    foreign_source_ = parts.directory;
    return loadParts(parts);
  }
  const IoResult<bool> dump = server_.files.exists(snapshot.path());
  if (!dump.ok()) return cannotLookFor(snapshot.path(), dump.error);
  if (!dump.value) return {};
  foreign_source_ = snapshot.path();
  return loadInitialSnapshot();
}

std::string DataLoader::openLog() {
  if (!server_.settings.appendonly) return {};
  if (foreign_source_) {
    std::string error = writeBase();
    if (!error.empty()) return error;
  }
  const AppendOnlySettings settings = server_.logSettings();
  const std::error_code error = server_.log.open(settings);
  if (!error) return {};
  return fmt::format("Can't open the append-only file {}: {}", settings.filename, error.message());
}

std::string DataLoader::writeBase() {
  const RewriteRequest request = server_.log_rewrite.request();
  const std::string path = request.settings.path();
  server_.logger.notice(
      "There is no append only file {}: it is written from the data of {}, which stays as it is",
      path, *foreign_source_);
  foreign_source_.reset();
  const LogBaseResult result =
      writeLogBase({server_.files, server_.log_clock, server_.latency, server_.log_rewrite.steps},
                   server_.keyspace, request, ::getpid());
  if (!result.ok()) {
    return fmt::format("Can't write the append only file {}: {} failed: {}", path, result.step,
                       result.error.message());
  }
  server_.logger.notice("Append only file written from the data set: {} keys, {} bytes",
                        result.keys, result.bytes);
  return {};
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

// There is no log. Somebody may have removed it on purpose.
std::string DataLoader::dropLedger() {
  const AppendOnlySettings settings = server_.logSettings();
  const IoResult<Ledger> ledger = readLedger(server_.files, settings.ledgerPath());
  if (!ledger.value.empty()) {
    server_.logger.warning(
        "There is no append only file {}, though its checksum ledger tells of {} bytes that were "
        "on the disk at {}. Starting without them",
        settings.path(), ledger.value.offset(), momentText(ledger.value.timeUnixMs()));
  }
  return settle({});
}

void DataLoader::describeLedger(const LoadResult& result) {
  const LedgerChoice& choice = result.ledger;
  switch (choice.state) {
    case LedgerChoice::State::kFound:
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
  return LogLoader(server_.files, server_.log_clock, server_.logger)
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
  const LoadResult result = LogLoader(server_.files, server_.log_clock, server_.logger)
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

std::string DataLoader::loadInitialSnapshot() {
  const std::string path = server_.snapshots.fileSettings().path();
  const IoResult<bool> found = server_.files.exists(path);
  if (!found.ok()) return cannotLookFor(path, found.error);
  return found.value ? loadSnapshot(ImageUse::kSnapshot) : std::string();
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
