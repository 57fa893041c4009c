#include "server/durability/snapshots.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "persistence/files/paths.h"
#include "persistence/rdb/log_mark.h"
#include "server/durability/save_observer.h"
#include "server/process/file_errors.h"
#include "server/process/version.h"
#include "server/server.h"
#include "storage/memory_usage.h"

namespace inkstone {
namespace {

// Access bits are of use to whoever loads the file only where keys are evicted by them.
RdbAccess accessSaved(MaxmemoryPolicy policy) {
  switch (policy) {
    case MaxmemoryPolicy::kAllkeysLru:
    case MaxmemoryPolicy::kVolatileLru:
      return RdbAccess::kIdleSeconds;
    case MaxmemoryPolicy::kAllkeysLfu:
    case MaxmemoryPolicy::kVolatileLfu:
      return RdbAccess::kFrequency;
    default:
      return RdbAccess::kNone;
  }
}

std::string failureText(const SnapshotSettings& settings, const SnapshotResult& result) {
  return fmt::format("Saving the DB on disk failed while {}: {}", result.step,
                     describeFileError(settings.directory, result.error));
}

}  // namespace

Snapshots::Snapshots(Server& server)
    : server_(server), last_save_unix_s_(server.clock.unixSeconds()) {}

SnapshotSettings Snapshots::fileSettings() const {
  SnapshotSettings settings;
  // A save puts the file where it is, even if its name is a link. Absolute, so that it goes where
  // it was begun when `dir` changes.
  const PathParts place =
      linkTargetParts(server_.dataDirectory() + "/" + server_.settings.dbfilename);
  settings.directory = place.directory;
  settings.filename = place.filename;
  settings.incremental_fsync = server_.settings.rdb_save_incremental_fsync;
  return settings;
}

RdbSaveRequest Snapshots::request() const {
  RdbSaveRequest request;
  request.info.redis_version = kRedisVersion;
  request.info.unix_seconds = server_.clock.unixSeconds();
  request.info.used_memory = static_cast<uint64_t>(std::max<int64_t>(usedMemory(), 0));
  request.settings.compress = server_.settings.rdbcompression;
  request.settings.checksum = server_.settings.rdbchecksum;
  request.access = accessSaved(server_.settings.maxmemory_policy);
  request.clock = &server_.access_clock;
  return request;
}

// What is in the log's file now is in the data set too; what was fed and not written yet is not
// counted. While a log is about to take another's place, or is not there yet, the dump may outlive
// the one that could be marked.
std::string Snapshots::logMark() const {
  if (server_.log_rewrite.inProgress() || server_.log_rewrite.waiting()) {
    return std::string(kLogMarkAny);
  }
  if (!server_.log.isOn()) return std::string(kLogMarkOff);
  return logMarkOf(server_.files, server_.log.settings().path());
}

bool Snapshots::mayWrite() {
  const std::string refusal = server_.data_locks.lockSnapshot();
  if (!refusal.empty()) server_.logger.warning("{}", refusal);
  return refusal.empty();
}

bool Snapshots::save() {
  if (!mayWrite()) return false;
  // What a child writes is older than what is to be written now, and must not take its place.
  if (running()) server_.child.stopAndWait();
  ++saves_;
  SaveObserver observer(server_.settings, nullptr);
  RdbSaveRequest saving = request();
  saving.observer = &observer;
  saving.info.log_mark = logMark();
  const SnapshotResult result =
      writeSnapshotFile(server_.files, server_.keyspace, fileSettings(), saving, ::getpid());
  server_.clock.refresh();
  if (!result.ok()) {
    server_.logger.warning("{}", failureText(fileSettings(), result));
    return false;
  }
  server_.logger.notice("DB saved on disk");
  server_.dirty = 0;
  last_save_unix_s_ = server_.clock.unixSeconds();
  last_background_ok_ = true;
  return true;
}

bool Snapshots::saveInBackground() {
  ++saves_;
  dirty_at_fork_ = server_.dirty;
  last_try_ms_ = server_.clock.monotonicMs();
  if (!mayWrite()) {
    last_background_ok_ = false;
    return false;
  }
  ChildPlan plan;
  plan.kind = ChildKind::kSave;
  plan.title = "inkstone-rdb-bgsave";
  plan.cpulist = server_.settings.bgsave_cpulist;
  plan.keys_total = server_.keyspace.keyCount();
  // Here, because the log goes on growing after the fork, and the dump does not. Guarded by the
  // test "testTheMarkOfABackgroundSaveIsOfTheFork".
  plan.work = [this, mark = logMark()](ChildReporter& reporter) {
    return runChild(reporter, mark);
  };
  plan.on_end = [this](const ChildEnd& end) { childEnded(end); };
  if (const std::error_code error = server_.child.start(std::move(plan))) {
    last_background_ok_ = false;
    server_.logger.warning("Can't save in background: fork: {}", error.message());
    return false;
  }
  server_.logger.notice("Background saving started by pid {}", server_.child.pid());
  return true;
}

int Snapshots::runChild(ChildReporter& reporter, const std::string& log_mark) const {
  SaveObserver observer(server_.settings, &reporter);
  RdbSaveRequest saving = request();
  saving.observer = &observer;
  // No descriptor of the server's is left: a file system that keeps none.
  PosixFileSystem files;
  saving.info.log_mark = log_mark;
  const SnapshotResult result =
      writeSnapshotFile(files, server_.keyspace, fileSettings(), saving, ::getpid());
  if (!result.ok()) {
    reporter.write(LogSink::Level::kWarning, failureText(fileSettings(), result));
    return 1;
  }
  reporter.write(LogSink::Level::kNotice, "DB saved on disk");
  reporter.finish({result.keys, result.bytes, 0});
  return 0;
}

void Snapshots::childEnded(const ChildEnd& end) {
  last_background_s_ = end.elapsed_ms / 1000;
  last_cow_bytes_ = end.cow_bytes;
  if (end.ok()) {
    server_.logger.notice("Background saving terminated with success");
    server_.dirty -= std::min(server_.dirty, dirty_at_fork_);
    last_save_unix_s_ = server_.clock.unixSeconds();
    last_background_ok_ = true;
    return;
  }
  if (end.signal == 0) {
    server_.logger.warning("Background saving error");
    last_background_ok_ = false;
    return;
  }
  server_.logger.warning("Background saving terminated by signal {}", end.signal);
  const std::string left = snapshotTempPath(fileSettings().directory, end.pid);
  static_cast<void>(server_.files.remove(left));
  if (!end.stoppedOnPurpose()) last_background_ok_ = false;
}

bool Snapshots::running() const {
  return server_.child.kind() == ChildKind::kSave;
}

int64_t Snapshots::currentBackgroundSaveSeconds() const {
  return running() ? server_.child.runningSeconds() : -1;
}

bool Snapshots::mayTryAgain() const {
  return last_background_ok_ || server_.clock.monotonicMs() - last_try_ms_ > kRetryMs;
}

bool Snapshots::savePointReached() const {
  const int64_t passed_s = server_.clock.unixSeconds() - last_save_unix_s_;
  for (const SavePoint& point : server_.settings.save) {
    if (server_.dirty < static_cast<uint64_t>(point.changes) || passed_s <= point.seconds) continue;
    server_.logger.notice("{} changes in {} seconds. Saving...", point.changes, point.seconds);
    return true;
  }
  return false;
}

void Snapshots::onCron() {
  if (server_.child.active() || !mayTryAgain()) return;
  if (savePointReached()) {
    static_cast<void>(saveInBackground());
  } else if (scheduled_) {
    scheduled_ = !saveInBackground();
  }
}

bool Snapshots::onFlushAll() {
  if (running()) server_.child.stopAndWait();
  return !server_.settings.save.empty() && save();
}

bool Snapshots::forbidsWrites() const {
  if (last_background_ok_ || !server_.settings.stop_writes_on_bgsave_error) return false;
  return !server_.settings.save.empty() && !server_.log.isOn();
}

}  // namespace inkstone
