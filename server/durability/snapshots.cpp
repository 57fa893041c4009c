#include "server/durability/snapshots.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "persistence/files/posix_file_system.h"
#include "persistence/log/append_only_log.h"
#include "persistence/rdb/log_mark.h"
#include "server/data/data_set.h"
#include "server/durability/data_files.h"
#include "server/durability/data_locks.h"
#include "server/durability/log_rewrite.h"
#include "server/durability/save_observer.h"
#include "server/process/file_errors.h"
#include "server/process/runtime.h"

namespace inkstone {
namespace {

std::string failureText(const SnapshotSettings& settings, const SnapshotResult& result) {
  return fmt::format("Saving the DB on disk failed while {}: {}", result.step,
                     describeFileError(settings.directory, result.error));
}

}  // namespace

Snapshots::Snapshots(Runtime& runtime, DataSet& data, AppendOnlyLog& log, ChildProcess& child,
                     LogRewrite& log_rewrite, DataLocks& data_locks)
    : runtime_(runtime),
      data_(data),
      log_(log),
      child_(child),
      log_rewrite_(log_rewrite),
      data_locks_(data_locks),
      last_save_unix_s_(runtime.clock.unixSeconds()) {}

// Everything in the AOF's file now is in the data set too; text that was fed and not written yet is
// not counted. While an AOF is about to replace another, or does not exist yet, the dump may
// outlive the one that could be marked.
std::string Snapshots::logMark() const {
  if (log_rewrite_.inProgress() || log_rewrite_.waiting()) {
    return std::string(kLogMarkAny);
  }
  if (!log_.isOn()) return std::string(kLogMarkOff);
  return logMarkOf(runtime_.files, log_.settings().path());
}

bool Snapshots::mayWrite() {
  const std::string refusal = data_locks_.lockSnapshot();
  if (!refusal.empty()) runtime_.logger.warning("{}", refusal);
  return refusal.empty();
}

bool Snapshots::save() {
  if (!mayWrite()) return false;
  // A child's snapshot is older than the one that is to be written now, and must not take its
  // place.
  if (running()) child_.stopAndWait();
  ++saves_;
  SaveObserver observer(runtime_.settings, nullptr);
  RdbSaveRequest saving = imageRequest(runtime_, data_);
  saving.observer = &observer;
  saving.info.log_mark = logMark();
  const SnapshotResult result = writeSnapshotFile(runtime_.files, data_.keyspace,
                                                  snapshotSettings(runtime_), saving, ::getpid());
  runtime_.clock.refresh();
  if (!result.ok()) {
    runtime_.logger.warning("{}", failureText(snapshotSettings(runtime_), result));
    return false;
  }
  runtime_.logger.notice("DB saved on disk");
  data_.dirty = 0;
  last_save_unix_s_ = runtime_.clock.unixSeconds();
  noteBackgroundEnd(true);
  return true;
}

bool Snapshots::saveInBackground() {
  ++saves_;
  dirty_at_fork_ = data_.dirty;
  last_try_ms_ = runtime_.clock.monotonicMs();
  if (!mayWrite()) {
    noteBackgroundEnd(false);
    return false;
  }
  ChildPlan plan;
  plan.kind = ChildKind::kSave;
  plan.title = "inkstone-rdb-bgsave";
  plan.cpulist = runtime_.settings.bgsave_cpulist;
  plan.keys_total = data_.keyspace.keyCount();
  // The mark is taken here, because the log goes on growing after the fork, and the dump does not.
  // Guarded by the test "testTheMarkOfABackgroundSaveIsOfTheFork".
  plan.work = [this, mark = logMark()](ChildReporter& reporter) {
    return runChild(reporter, mark);
  };
  plan.on_end = [this](const ChildEnd& end) { childEnded(end); };
  if (const std::error_code error = child_.start(std::move(plan))) {
    noteBackgroundEnd(false);
    runtime_.logger.warning("Can't save in background: fork: {}", error.message());
    return false;
  }
  runtime_.logger.notice("Background saving started by pid {}", child_.pid());
  return true;
}

int Snapshots::runChild(ChildReporter& reporter, const std::string& log_mark) const {
  SaveObserver observer(runtime_.settings, &reporter);
  RdbSaveRequest saving = imageRequest(runtime_, data_);
  saving.observer = &observer;
  // The child has no descriptor of the server, so it uses a file system that keeps none.
  PosixFileSystem files;
  saving.info.log_mark = log_mark;
  const SnapshotResult result =
      writeSnapshotFile(files, data_.keyspace, snapshotSettings(runtime_), saving, ::getpid());
  if (!result.ok()) {
    reporter.write(LogSink::Level::kWarning, failureText(snapshotSettings(runtime_), result));
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
    runtime_.logger.notice("Background saving terminated with success");
    data_.dirty -= std::min(data_.dirty, dirty_at_fork_);
    last_save_unix_s_ = runtime_.clock.unixSeconds();
    noteBackgroundEnd(true);
    return;
  }
  if (end.signal == 0) {
    runtime_.logger.warning("Background saving error");
    noteBackgroundEnd(false);
    return;
  }
  runtime_.logger.warning("Background saving terminated by signal {}", end.signal);
  const std::string left = snapshotTempPath(snapshotSettings(runtime_).directory, end.pid);
  static_cast<void>(runtime_.files.remove(left));
  if (!end.stoppedOnPurpose()) noteBackgroundEnd(false);
}

bool Snapshots::lastBackgroundSaveOk() const {
  return !runtime_.conditions.has(Conditions::kSnapshotFailed);
}

void Snapshots::noteBackgroundEnd(bool ok) {
  runtime_.conditions.set(Conditions::kSnapshotFailed, !ok);
}

bool Snapshots::running() const {
  return child_.kind() == ChildKind::kSave;
}

int64_t Snapshots::currentBackgroundSaveSeconds() const {
  return running() ? child_.runningSeconds() : -1;
}

bool Snapshots::mayTryAgain() const {
  return lastBackgroundSaveOk() || runtime_.clock.monotonicMs() - last_try_ms_ > kRetryMs;
}

bool Snapshots::savePointReached() const {
  const int64_t passed_s = runtime_.clock.unixSeconds() - last_save_unix_s_;
  for (const SavePoint& point : runtime_.settings.save) {
    if (data_.dirty < static_cast<uint64_t>(point.changes) || passed_s <= point.seconds) continue;
    runtime_.logger.notice("{} changes in {} seconds. Saving...", point.changes, point.seconds);
    return true;
  }
  return false;
}

void Snapshots::onCron() {
  if (child_.active() || !mayTryAgain()) return;
  if (savePointReached()) {
    static_cast<void>(saveInBackground());
  } else if (scheduled_) {
    scheduled_ = !saveInBackground();
  }
}

bool Snapshots::onFlushAll() {
  if (running()) child_.stopAndWait();
  return !runtime_.settings.save.empty() && save();
}

}  // namespace inkstone
