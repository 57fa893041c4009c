#include "persistence/foreground_rewrite.h"

#include <fmt/format.h>
#include <unistd.h>

#include <utility>

#include "persistence/bulk_writer.h"
#include "persistence/rewrite_files.h"
#include "persistence/snapshot_commands.h"

namespace inkstone {

namespace {

constexpr int64_t kHealDelayMs = 1000;
// Long enough that a disk which stays broken does not have everybody wait for it all the time.
constexpr int64_t kHealDelayMaxMs = 60 * 1000;

}  // namespace

struct ForegroundRewrite::Attempt {
  // Its file is null while the old log stands.
  RewrittenLog log;
  uint64_t keys = 0;
  int64_t elapsed_ms = 0;
  std::error_code error;
  // What `error` happened to.
  std::string_view step;

  void fail(std::string_view what, std::error_code why) {
    step = what;
    error = why;
  }
};

ForegroundRewrite::ForegroundRewrite(FileSystem& files, LogClock& clock, LogSink& sink,
                                     LatencyRecorder& latency)
    : files_(files),
      clock_(clock),
      sink_(sink),
      latency_(latency),
      heal_delay_(kHealDelayMs, kHealDelayMaxMs) {}

std::error_code ForegroundRewrite::switchOn(const Keyspace& keyspace,
                                            const AppendOnlySettings& settings,
                                            AppendOnlyLog& log) {
  Attempt attempt;
  rewrite(keyspace, settings, attempt);
  if (attempt.error) {
    sink_.write(LogSink::Level::kWarning,
                fmt::format("Writing the data set to a new append only file failed while {}: {}",
                            attempt.step, attempt.error.message()));
    return attempt.error;
  }
  log.adopt(settings, std::move(attempt.log));
  logDone(attempt);
  return {};
}

void ForegroundRewrite::heal(const Keyspace& keyspace, AppendOnlyLog& log) {
  if (!log.needsRewrite() || !heal_delay_.due(clock_.monotonicMs())) return;
  sink_.write(
      LogSink::Level::kNotice,
      "Writing the append only file anew from the data set: it cannot be brought to the disk "
      "as it is");
  const AppendOnlySettings settings = log.settings();
  Attempt attempt;
  rewrite(keyspace, settings, attempt);
  if (attempt.log.file == nullptr) {
    const int64_t wait_ms = heal_delay_.failed(clock_.monotonicMs());
    sink_.write(LogSink::Level::kWarning,
                fmt::format("Writing the append only file anew failed while {}: {}. Next attempt "
                            "in {} seconds",
                            attempt.step, attempt.error.message(), wait_ms / 1000));
    return;
  }
  heal_delay_.succeeded(clock_.monotonicMs());
  // Also when the directory could not be synced: the old file has no name any more.
  attempt.log.directory_error = attempt.error;
  log.adopt(settings, std::move(attempt.log));
  logDone(attempt);
}

void ForegroundRewrite::rewrite(const Keyspace& keyspace, const AppendOnlySettings& settings,
                                Attempt& attempt) {
  const int64_t started_ms = clock_.monotonicMs();
  const std::string path = rewriteTempPath(settings.directory, ::getpid());
  if (const std::error_code error = writeTemp(keyspace, settings, path, attempt)) {
    attempt.log.file.reset();
    static_cast<void>(files_.remove(path));
    return;
  }
  const InstallResult installed = installRewrittenLog(files_, clock_, latency_, settings, path);
  switch (installed.step) {
    case InstallStep::kInstalled:
      break;
    case InstallStep::kNotRenamed:
      attempt.log.file.reset();
      attempt.fail("renaming it", installed.error);
      break;
    case InstallStep::kDirectoryUnsynced:
      attempt.fail("syncing its directory", installed.error);
      break;
  }
  attempt.elapsed_ms = clock_.monotonicMs() - started_ms;
}

std::error_code ForegroundRewrite::writeTemp(const Keyspace& keyspace,
                                             const AppendOnlySettings& settings,
                                             const std::string& path, Attempt& attempt) {
  IoResult<std::shared_ptr<AppendFile>> file = files_.openAppend(path);
  attempt.fail("opening it", file.error);
  // A file of that name is from a process that had our number.
  if (file.ok()) attempt.fail("emptying it", file.value->truncate(0));
  if (attempt.error) return attempt.error;

  RewrittenLog& log = attempt.log;
  if (settings.timestamp_enabled) log.annotation_unix_s = clock_.unixSeconds();
  BulkWriter writer(*file.value, settings.incremental_fsync);
  attempt.keys = writeSnapshotCommands(keyspace, log.annotation_unix_s, writer);
  attempt.fail("writing it", writer.finish());
  if (attempt.error) return attempt.error;

  const IoResult<uint64_t> size = file.value->size();
  attempt.fail("reading its size", size.error);
  // Checked because the log's offsets are counted from it.
  if (size.ok() && size.value != writer.bytes()) {
    attempt.fail("checking its size", std::make_error_code(std::errc::io_error));
  }
  log.file = std::move(file.value);
  log.size = writer.bytes();
  return attempt.error;
}

void ForegroundRewrite::logDone(const Attempt& attempt) {
  sink_.write(LogSink::Level::kNotice,
              fmt::format("Append only file written from the data set: {} keys, {} bytes, {:.3f} "
                          "seconds, in which no command was served",
                          attempt.keys, attempt.log.size,
                          static_cast<double>(attempt.elapsed_ms) / 1000.0));
}

}  // namespace inkstone
