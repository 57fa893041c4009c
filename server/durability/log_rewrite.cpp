#include "server/durability/log_rewrite.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "persistence/files/posix_file_system.h"
#include "server/data/data_set.h"
#include "server/durability/data_files.h"
#include "server/durability/data_locks.h"
#include "server/durability/save_observer.h"
#include "server/execution/executor.h"
#include "server/execution/propagation.h"
#include "server/process/process.h"
#include "server/process/runtime.h"
#include "storage/memory_usage.h"

namespace inkstone {
namespace {

constexpr int64_t kRetryMs = 1000;
// This is long enough that a disk which stays broken is not filled again and again.
constexpr int64_t kRetryMaxMs = 60 * 1000;
// A full pipe is tried again this often: a child that reads makes room in that time.
constexpr int64_t kBlockedMs = 1;

double megabytes(uint64_t bytes) {
  return static_cast<double>(bytes) / (1024 * 1024);
}

}  // namespace

LogRewrite::LogRewrite(Runtime& runtime, DataSet& data, AppendOnlyLog& log, Executor& executor,
                       ChildProcess& child, DataLocks& data_locks)
    : runtime_(runtime),
      data_(data),
      log_(log),
      executor_(executor),
      child_(child),
      data_locks_(data_locks),
      rewrite_({runtime.files, log, runtime.log_clock, runtime.logger, runtime.latency, steps,
                [cpulist = runtime.settings.bio_cpulist] {
                  static_cast<void>(setCpuAffinity(cpulist));
                }}),
      retry_(kRetryMs, kRetryMaxMs),
      data_pipe_(runtime.io),
      ack_pipe_(runtime.io),
      synced_(runtime.io) {}

LogRewrite::~LogRewrite() {
  unwatchChannel();
  if (synced_.is_open()) synced_.release();
}

LogRewrite::Start LogRewrite::start() {
  if (inProgress()) return Start::kAlreadyRunning;
  if (mustWait()) {
    scheduled_ = true;
    return Start::kScheduled;
  }
  return startChild() ? Start::kStarted : Start::kFailed;
}

// During a transaction the child's data set would have one half of it, and the text that follows
// the other half.
bool LogRewrite::mustWait() const {
  return child_.active() || executor_.inTransaction();
}

// While the log is off and is not to be switched on, another server may have its file.
void LogRewrite::unlockIdleLog() {
  if (!log_.isOn() && !waiting_) data_locks_.unlockLog();
}

bool LogRewrite::startChild() {
  scheduled_ = false;
  ++stats_.started;
  RewritePipes pipes;
  RewriteRequest wanted = request();
  if (const std::string refusal = data_locks_.lockLog(wanted.settings.path()); !refusal.empty()) {
    runtime_.logger.warning("{}", refusal);
    finished(false);
    return false;
  }
  std::error_code error = pipes.open();
  if (!error) {
    ChildPlan plan;
    plan.kind = ChildKind::kRewrite;
    plan.title = "inkstone-aof-rewrite";
    plan.cpulist = runtime_.settings.aof_rewrite_cpulist;
    plan.keys_total = data_.keyspace.keyCount();
    const auto ends = std::make_shared<RewriteChannel>(std::move(pipes.child));
    for (const int fd : ends->descriptors()) plan.keep.push_back(fd);
    plan.work = [this, wanted, ends](ChildReporter& reporter) {
      return runChild(wanted, *ends, reporter);
    };
    plan.on_end = [this, directory = wanted.settings.directory](const ChildEnd& end) {
      onChildEnd(end, directory);
    };
    error = child_.start(std::move(plan));
  }
  if (error) {
    runtime_.logger.warning("Can't rewrite append only file in background: fork: {}",
                            error.message());
    finished(false);
    return false;
  }
  pid_ = child_.pid();
  started_ms_ = runtime_.clock.monotonicMs();
  runtime_.logger.notice("Background append only file rewriting started by pid {}", pid_);
  rewrite_.begin(wanted.settings, std::move(pipes.parent), log_.isOn() || waiting_,
                 wanted.annotation_unix_s);
  watchChannel();
  return true;
}

RewriteRequest LogRewrite::request() const {
  RewriteRequest request;
  request.settings = logSettings(runtime_);
  // The place is that of the open log, not where the configuration would open one.
  if (log_.isOn()) {
    request.settings.directory = log_.settings().directory;
    request.settings.filename = log_.settings().filename;
  }
  request.preamble = runtime_.settings.aof_use_rdb_preamble;
  request.image = imageRequest(runtime_, data_);
  request.image.info.aof_base = true;
  if (runtime_.settings.aof_timestamp_enabled) {
    request.annotation_unix_s = runtime_.clock.unixSeconds();
  }
  return request;
}

// Runs in the child, which has no descriptor and no thread of the server.
int LogRewrite::runChild(RewriteRequest request, const RewriteChannel& channel,
                         ChildReporter& reporter) {
  SaveObserver observer(runtime_.settings, &reporter);
  request.observer = &observer;
  PosixFileSystem files;
  SystemLogClock clock;
  const RewriteOutcome outcome =
      RewriteChild(files, clock, steps, channel).run(data_.keyspace, request, ::getpid());
  if (outcome.error) {
    reporter.write(LogSink::Level::kWarning,
                   fmt::format("Writing the append only file anew failed while {}: {}",
                               outcome.step, outcome.error.message()));
    return 1;
  }
  reporter.write(LogSink::Level::kNotice,
                 fmt::format("Append only file written from the data set: {} keys, {} bytes, {} of "
                             "them logged meanwhile",
                             outcome.keys, outcome.bytes, outcome.diff_bytes));
  const uint64_t copied = privateDirtyBytes();
  reporter.write(
      LogSink::Level::kNotice,
      fmt::format("AOF rewrite: {:.0f} MB of memory used by copy-on-write", megabytes(copied)));
  reporter.finish({outcome.keys, outcome.bytes, outcome.diff_bytes});
  return 0;
}

void LogRewrite::watchChannel() {
  data_pipe_.assign(rewrite_.channel().data.get());
  ack_pipe_.assign(rewrite_.channel().ack_in.get());
  // The child asks once; after that, or when it is gone, there is nothing to wait for.
  ack_pipe_.async_wait(asio::posix::stream_descriptor::wait_read,
                       [this](const asio::error_code& error) {
                         if (!error) rewrite_.onAck();
                       });
}

// The descriptors belong to rewrite_, which closes them.
void LogRewrite::unwatchChannel() {
  if (data_pipe_.is_open()) data_pipe_.release();
  if (ack_pipe_.is_open()) ack_pipe_.release();
  waiting_to_send_ = false;
}

// A sync that ends begins a turn, which advances the rewrite.
void LogRewrite::watchSync() {
  const int fd = rewrite_.syncCompletionFd();
  if (fd < 0 || waiting_for_sync_) return;
  if (!synced_.is_open()) synced_.assign(fd);
  waiting_for_sync_ = true;
  synced_.async_wait(asio::posix::stream_descriptor::wait_read,
                     [this](const asio::error_code&) { waiting_for_sync_ = false; });
}

void LogRewrite::send() {
  if (rewrite_.phase() != BackgroundRewrite::Phase::kWriting) return;
  const int64_t now_ms = runtime_.clock.monotonicMs();
  if (waiting_to_send_ && now_ms - blocked_ms_ < kBlockedMs) return;
  if (!rewrite_.send()) return;
  blocked_ms_ = now_ms;
  if (waiting_to_send_) return;
  waiting_to_send_ = true;
  data_pipe_.async_wait(asio::posix::stream_descriptor::wait_write,
                        [this](const asio::error_code& error) {
                          if (error) return;
                          waiting_to_send_ = false;
                          send();
                        });
}

void LogRewrite::onTurn() {
  if (log_.takeSpaceWanted()) giveWay();
  if (!inProgress()) return;
  send();
  advance();
}

void LogRewrite::onChildEnd(const ChildEnd& end, const std::string& directory) {
  if (end.pid != pid_ || rewrite_.phase() != BackgroundRewrite::Phase::kWriting) {
    // Its rewrite was given up before the child ended.
    rewrite_.removeFiles(directory, end.pid);
    return;
  }
  unwatchChannel();
  stats_.last_cow_bytes = end.cow_bytes;
  if (end.ok()) {
    runtime_.logger.notice("Background AOF rewrite terminated with success");
    rewrite_.childDone(end.pid, end.result.bytes);
    return advance();
  }
  rewrite_.abandon(end.pid);
  if (end.stoppedOnPurpose()) {
    runtime_.logger.notice("Background AOF rewrite stopped");
    return;
  }
  if (end.signal != 0) {
    runtime_.logger.warning("Background AOF rewrite terminated by signal {}", end.signal);
  } else {
    runtime_.logger.warning("Background AOF rewrite terminated with error");
  }
  finished(false);
}

void LogRewrite::advance() {
  switch (rewrite_.advance()) {
    case BackgroundRewrite::Result::kPending:
      return watchSync();
    case BackgroundRewrite::Result::kInstalled:
      runtime_.logger.notice("Background AOF rewrite finished successfully");
      return finished(true);
    case BackgroundRewrite::Result::kFailed:
      return finished(false);
  }
}

void LogRewrite::finished(bool ok) {
  const int64_t now_ms = runtime_.clock.monotonicMs();
  stats_.last_ok = ok;
  if (pid_ != 0) stats_.last_seconds = (now_ms - started_ms_) / 1000;
  pid_ = 0;
  if (ok) {
    stats_.consecutive_failures = 0;
    retry_.succeeded(now_ms);
    waiting_ = scheduled_ = false;
    return unlockIdleLog();
  }
  unlockIdleLog();
  ++stats_.consecutive_failures;
  const int64_t wait_ms = retry_.failed(now_ms);
  runtime_.logger.warning(
      "The append only file was not rewritten. The next attempt that nobody asks "
      "for is made in {} seconds at the earliest",
      wait_ms / 1000);
}

int64_t LogRewrite::currentSeconds() const {
  return inProgress() ? (runtime_.clock.monotonicMs() - started_ms_) / 1000 : -1;
}

bool LogRewrite::switchOn() {
  waiting_ = true;
  // A rewrite that was begun with the AOF off gathers no diff.
  if (inProgress()) {
    runtime_.logger.warning(
        "AOF was enabled but there is already an AOF rewriting in background. Stopping background "
        "AOF and starting a rewrite now.");
    abandon();
  }
  if (mustWait()) {
    runtime_.logger.notice(
        "AOF was enabled but there is already another background operation. An AOF background was "
        "scheduled to start when possible.");
    scheduled_ = true;
    return true;
  }
  if (startChild()) return true;
  runtime_.logger.warning(
      "The AOF cannot be switched on, because no background rewriting can be started.");
  waiting_ = false;
  return false;
}

void LogRewrite::switchOff() {
  waiting_ = scheduled_ = false;
  if (inProgress()) abandon();
  executor_.propagation().closeBlock();
  if (const std::error_code error = log_.close()) {
    runtime_.logger.warning("Closing the append-only file: {}", error.message());
  }
}

// The child may take a while to end, so its files are removed once more then.
void LogRewrite::abandon() {
  unwatchChannel();
  rewrite_.abandon(pid_);
  if (child_.pid() == pid_) {
    // Both are phrases that monitoring of stock servers looks for.
    runtime_.logger.notice("Killing AOF child. Killing running AOF rewrite child: {}", pid_);
    child_.stop();
  }
  pid_ = 0;
  unlockIdleLog();
}

// Executed commands must reach the AOF, and the file of a child that still writes takes the space.
// The child would most likely meet the full disk itself. A file that is being put in place stays,
// because it frees the old AOF.
void LogRewrite::giveWay() {
  if (rewrite_.phase() != BackgroundRewrite::Phase::kWriting) return;
  runtime_.logger.warning(
      "The disk is full: the rewrite of the append only file is given up for the log's sake");
  abandon();
  finished(false);
}

bool LogRewrite::prepareShutdown(bool force) {
  if (waiting_) {
    if (!force) {
      runtime_.logger.warning("Writing initial AOF, can't exit.");
      return false;
    }
    runtime_.logger.warning("Writing initial AOF. Exit anyway.");
  }
  if (inProgress()) abandon();
  return true;
}

void LogRewrite::onCron() {
  advance();
  if (inProgress() || child_.active() || runtime_.conditions.has(Conditions::kLoading)) return;
  if (!scheduled_) {
    const std::string reason = reasonToStart();
    if (reason.empty() || !enoughSpace()) return;
    runtime_.logger.notice("{}", reason);
  }
  static_cast<void>(startChild());
}

std::string LogRewrite::reasonToStart() const {
  if (!retry_.due(runtime_.clock.monotonicMs())) return {};
  if (waiting_) return "Starting the rewrite by which the append only file is switched on";
  if (log_.needsRewrite()) {
    return "Writing the append only file anew from the data set: it cannot be brought to the disk "
           "as it is";
  }
  const auto percentage = static_cast<uint64_t>(runtime_.settings.auto_aof_rewrite_percentage);
  if (!log_.isOn() || percentage == 0) return {};
  const AppendOnlyCounters counters = log_.counters();
  if (counters.current_size <= runtime_.settings.auto_aof_rewrite_min_size) return {};
  const uint64_t relation = counters.current_size * 100 / std::max<uint64_t>(counters.base_size, 1);
  if (relation < 100 + percentage) return {};
  return fmt::format("Starting automatic rewriting of AOF on {}% growth", relation - 100);
}

// In the form of commands the data set is about as long as it is large in memory, and as an image
// it is shorter. An AOF that is longer than that has more text than is needed.
uint64_t LogRewrite::estimatedBytes() const {
  const int64_t data = std::max<int64_t>(usedMemory() - runtime_.started_memory, 0);
  const uint64_t current = log_.counters().current_size;
  return log_.isOn() ? std::min<uint64_t>(static_cast<uint64_t>(data), current)
                     : static_cast<uint64_t>(data);
}

bool LogRewrite::enoughSpace() {
  const std::string directory = request().settings.directory;
  const IoResult<uint64_t> free = runtime_.files.freeBytes(directory);
  const uint64_t needed = estimatedBytes();
  if (!free.ok() || free.value >= needed) {
    space_warned_ = false;
    return true;
  }
  retry_.failed(runtime_.clock.monotonicMs());
  if (!space_warned_) {
    runtime_.logger.warning(
        "The append only file is not rewritten: that takes about {:.0f} MB, and {} has {:.0f} MB "
        "free",
        megabytes(needed), directory, megabytes(free.value));
  }
  space_warned_ = true;
  return false;
}

}  // namespace inkstone
