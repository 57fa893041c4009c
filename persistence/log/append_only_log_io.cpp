// The half of AppendOnlyLog that writes and syncs.
#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "persistence/log/append_only_log.h"

namespace inkstone {

namespace {

constexpr int64_t kSyncIntervalMs = 1000;
constexpr int64_t kSyncDelayedMs = 2000;

}  // namespace

// This is where the durability promise is kept: the server calls it after the commands of a turn
// and before their replies leave. Guarded by the tests "under always a reply may leave only when
// its text is on the disk" and "under everysec a reply may leave only when its text is in the
// kernel".
FlushOutcome AppendOnlyLog::flushAppendOnlyFile(FlushMode mode) {
  feedDiff();
  if (!isOn()) return FlushOutcome::kFlushed;
  if (given_up_) return FlushOutcome::kFatal;
  onCompletions();
  if (group_failed_) return fatal(acknowledgeableOffset());
  const int64_t now_ms = clock_.monotonicMs();
  if (mode == FlushMode::kForce) return flushForced(now_ms);
  if (settings_.fsync == FsyncPolicy::kAlways) return flushAlways(now_ms);

  if (!buffer_.empty() && !writing() && !retryLater(now_ms)) writeGathered(now_ms);
  noteFailing(now_ms);
  // Also after a failed write: what is in the file already is owed its sync.
  const bool sync_wanted = settings_.fsync == FsyncPolicy::kEverySecond || errorNeedsSync();
  if (sync_wanted) syncInBackground(now_ms);
  leaveErrorIfHealed();
  return outcome();
}

FlushOutcome AppendOnlyLog::onCron() {
  const FlushOutcome outcome = flushAppendOnlyFile(FlushMode::kNormal);
  followWithLedger();
  if (isOn()) reserve_.onCron(write_failed_);
  return outcome;
}

// What is rare and needs the file for itself, the repair after an error or a change of the policy,
// is done here and now.
FlushOutcome AppendOnlyLog::flushAlways(int64_t now_ms) {
  if (writer_ == nullptr || write_failed_ || suspect_ || directory_unsynced_) {
    return flushAlwaysInline(now_ms);
  }
  const bool sync = !syncSuppressed();
  const bool idle = !writing() && !groups_held_ && (sync_token_ == 0 || !sync);
  const bool wanted = !buffer_.empty() || (sync && syncOwed());
  const bool gathers = stillGathers();
  if (idle && wanted && !gathers) submitGroup(sync);
  leaveErrorIfHealed();
  return outcome();
}

FlushOutcome AppendOnlyLog::flushAlwaysInline(int64_t now_ms) {
  settleWriter();
  if (group_failed_) return fatal(acknowledgeableOffset());
  const uint64_t replied_offset = written_offset_;
  if (!buffer_.empty() && !writeBuffer(now_ms)) return fatal(replied_offset);
  // What a rewrite has put in place has cost nobody anything yet: those who wrote since go on
  // waiting, and it is tried again.
  const bool retry_later =
      adopted_unsynced_ && suspect_ && now_ms - last_sync_ms_ < kSyncIntervalMs;
  if (syncOwed() && !syncSuppressed() && !retry_later && !syncInline() && !adopted_unsynced_) {
    return fatal(replied_offset);
  }
  leaveErrorIfHealed();
  return outcome();
}

FlushOutcome AppendOnlyLog::flushForced(int64_t now_ms) {
  settleWriter();
  if (group_failed_) return fatal(acknowledgeableOffset());
  const uint64_t replied_offset = written_offset_;
  const bool written = buffer_.empty() || writeWithReserve(now_ms);
  const bool synced = !syncOwed() || syncInline();
  leaveErrorIfHealed();
  finishLedger();
  if (written && synced) return FlushOutcome::kFlushed;
  const bool always = settings_.fsync == FsyncPolicy::kAlways;
  return always ? fatal(replied_offset) : FlushOutcome::kHeld;
}

// The disk holds less than was promised, so the replies of this turn cannot be sent. Their text is
// cut off again: after a failed sync the page cache may show bytes that are not on the disk, and a
// restart would build on them.
FlushOutcome AppendOnlyLog::fatal(uint64_t replied_offset) {
  sink_.write(LogSink::Level::kWarning,
              fmt::format("Can't recover from AOF write error when the AOF fsync policy is "
                          "'always': {}. Exiting...",
                          write_error_.message()));
  given_up_ = true;
  const uint64_t keep = std::max(replied_offset, durable_offset_);
  if (keep == written_offset_) return FlushOutcome::kFatal;
  const uint64_t size = fileOffset(keep);
  std::error_code error = file_->truncate(size);
  if (!error) error = file_->sync();
  if (error) {
    sink_.write(
        LogSink::Level::kWarning,
        fmt::format("Could not cut the AOF file back to {} bytes: {}", size, error.message()));
  }
  return FlushOutcome::kFatal;
}

FlushOutcome AppendOnlyLog::outcome() const {
  return acknowledgeableOffset() == fedOffset() ? FlushOutcome::kFlushed : FlushOutcome::kHeld;
}

bool AppendOnlyLog::writeBuffer(int64_t now_ms) {
  last_write_ms_ = now_ms;
  retry_at_once_ = false;
  const std::string_view text = buffer_.view();
  const int64_t started_us = clock_.monotonicUs();
  const IoResult<size_t> result = file_->append(text);
  recordWriteLatency(clock_.monotonicUs() - started_us);
  if (!result.ok()) {
    writeFailed(result.value, text.size(), result.error);
    return false;
  }
  accepted(text);
  noteGroup(text.size());
  buffer_.consume(text.size());
  writeSucceeded(now_ms);
  return true;
}

void AppendOnlyLog::accepted(std::string_view text) {
  unsynced_.add(text);
  grewBy(text.size());
}

void AppendOnlyLog::grewBy(uint64_t bytes) {
  file_size_ += bytes;
  written_offset_ += bytes;
}

void AppendOnlyLog::recordWriteLatency(int64_t elapsed_us) {
  recordLatency("aof-write", elapsed_us);
  if (sync_token_ != 0) {
    recordLatency("aof-write-pending-fsync", elapsed_us);
  } else if (child_active_) {
    recordLatency("aof-write-active-child", elapsed_us);
  } else {
    recordLatency("aof-write-alone", elapsed_us);
  }
}

void AppendOnlyLog::recordLatency(std::string_view event, int64_t elapsed_us) {
  if (elapsed_us >= 1000) latency_.record(event, elapsed_us / 1000);
}

void AppendOnlyLog::syncInBackground(int64_t now_ms) {
  if (sync_token_ != 0) {
    noteDelayedSync(now_ms);
    return;
  }
  if (!syncOwed() || syncSuppressed()) return;
  if (now_ms - last_sync_ms_ < kSyncIntervalMs) return;
  // To heal takes a file that nobody else writes; and the next turn is soon enough.
  if (writing() && (group_syncs_ || suspect_ || directory_unsynced_)) return;
  last_sync_ms_ = delay_counted_ms_ = now_ms;
  if (!heal()) return;
  sync_token_ = next_token_++;
  sync_covers_ = written_offset_;
  unsynced_.beginSync();
  background_.submitSync(file_, sync_token_);
}

void AppendOnlyLog::noteDelayedSync(int64_t now_ms) {
  if (written_offset_ == sync_covers_ || now_ms - delay_counted_ms_ < kSyncDelayedMs) return;
  delay_counted_ms_ = now_ms;
  ++delayed_fsync_;
  sink_.write(
      LogSink::Level::kNotice,
      "Asynchronous AOF fsync is taking too long (disk is busy?). The AOF buffer is written "
      "without waiting for it; replies to writes may be late.");
}

void AppendOnlyLog::onCompletions() {
  background_.drainCompletions(completions_);
  for (const BackgroundSync::Completion& completion : completions_) onBackgroundDone(completion);
  if (writer_ != nullptr) writer_->drain(results_);
  for (const LogWriter::Result& result : results_) onGroupDone(result);
  if (!completions_.empty() || !results_.empty()) leaveErrorIfHealed();
  completions_.clear();
  results_.clear();
}

// Any other token is of a file that was closed since.
void AppendOnlyLog::onBackgroundDone(const BackgroundSync::Completion& completion) {
  if (completion.token == sync_token_) return onSyncDone(completion);
  if (completion.token == ledger_token_) return onLedgerDone(completion.error);
  // It came too late for a write that has failed meanwhile.
  if (reserve_.onCompletion(completion) && write_failed_) makeRoom(write_error_);
}

void AppendOnlyLog::onSyncDone(const BackgroundSync::Completion& completion) {
  sync_token_ = 0;
  if (completion.error) return syncFailed(completion.error);
  noteSync(completion.elapsed_us);
  unsynced_.syncSucceeded();
  // A group that was synced meanwhile may have got further.
  synced(std::max(durable_offset_, sync_covers_));
}

void AppendOnlyLog::synced(uint64_t offset) {
  sync_failures_ = 0;
  adopted_unsynced_ = false;
  durable_offset_ = offset;
  followWithLedger();
}

bool AppendOnlyLog::syncInline() {
  settleBackgroundSync();
  if (!heal()) return false;
  const int64_t started_us = clock_.monotonicUs();
  const std::error_code error = file_->sync();
  const int64_t elapsed_us = clock_.monotonicUs() - started_us;
  if (settings_.fsync == FsyncPolicy::kAlways) recordLatency("aof-fsync-always", elapsed_us);
  last_sync_ms_ = started_us / 1000;
  if (error) {
    syncFailed(error);
    return false;
  }
  noteSync(elapsed_us);
  unsynced_.clear();
  synced(written_offset_);
  return true;
}

void AppendOnlyLog::settleBackgroundSync() {
  if (sync_token_ == 0) return;
  background_.waitIdle();
  onCompletions();
}

void AppendOnlyLog::syncFailed(std::error_code error) {
  suspect_ = true;
  ++sync_failures_;
  resync_offset_ = written_offset_;
  enterError(error, fmt::format("Error syncing the AOF file: {}", error.message()));
  // Network file systems tell of a full disk here.
  makeRoom(error);
}

// Makes true what a sync that follows will be taken to say.
bool AppendOnlyLog::heal() {
  if (suspect_ && !writeSuspectAgain()) return false;
  return !directory_unsynced_ || syncDirectory();
}

bool AppendOnlyLog::syncDirectory() {
  if (const std::error_code error = files_.syncDirectory(settings_.directory)) {
    directoryFailed(error);
    return false;
  }
  directory_unsynced_ = false;
  return true;
}

void AppendOnlyLog::directoryFailed(std::error_code error) {
  enterError(error,
             fmt::format("Error syncing the directory of the AOF file: {}", error.message()));
}

bool AppendOnlyLog::writeSuspectAgain() {
  const UnsyncedRange::RewriteResult result =
      unsynced_.rewrite(*file_, file_size_ - unsynced_.size());
  bytes_lost_ = result.status == UnsyncedRange::RewriteStatus::kLost;
  if (result.status == UnsyncedRange::RewriteStatus::kRewritten) {
    suspect_ = false;
    return true;
  }
  if (bytes_lost_) {
    enterError(std::make_error_code(std::errc::io_error),
               "A failed sync of the AOF file lost bytes that cannot be read back; the data set is "
               "complete in memory only, rewrite the log");
  } else {
    ++sync_failures_;
    enterError(result.error,
               fmt::format("Error writing again what was not synced to the AOF file: {}",
                           result.error.message()));
  }
  return false;
}

}  // namespace inkstone
