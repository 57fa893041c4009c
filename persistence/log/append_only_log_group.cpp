// The part of AppendOnlyLog that hands groups to the writer thread and takes their results.
#include <algorithm>
#include <memory>
#include <utility>

#include "persistence/log/append_only_log.h"

namespace inkstone {

void AppendOnlyLog::submitGroup(bool sync) {
  group_ = spare_ != nullptr ? std::move(spare_) : std::make_shared<LogBuffer>();
  std::swap(*group_, buffer_);
  group_bytes_ = group_->size();
  group_commands_ = gatheredCommands();
  submitted_commands_ = fed_commands_;
  gathers_until_us_.reset();
  group_token_ = next_token_++;
  group_syncs_ = sync;
  last_write_ms_ = clock_.monotonicMs();
  retry_at_once_ = false;
  writer_->submit({file_, group_, sync, group_token_});
}

void AppendOnlyLog::onGroupDone(const LogWriter::Result& result) {
  // Of a file that was closed since.
  if (result.token != group_token_) return;
  recordWriteLatency(result.write_us);
  if (result.write_error) {
    const auto expected = static_cast<size_t>(group_bytes_);
    takeBackGroup();
    writeFailed(result.written, expected, result.write_error);
    return groupFailed();
  }
  noteGroup(group_bytes_);
  writeSucceeded(clock_.monotonicMs());
  if (!result.sync || result.sync_error) {
    accepted(group_->view());
    releaseGroup();
    if (!result.sync_error) return;
    syncFailed(result.sync_error);
    // See flushAlwaysInline().
    if (!adopted_unsynced_) groupFailed();
    return;
  }
  recordLatency("aof-fsync-always", result.sync_us);
  noteSync(result.sync_us);
  grewBy(group_bytes_);
  releaseGroup();
  unsynced_.clear();
  last_sync_ms_ = clock_.monotonicMs();
  synced(written_offset_);
  gatherNext(result.sync_us);
}

void AppendOnlyLog::gatherNext(int64_t sync_us) {
  // A disk that is faster costs less than the waiting.
  constexpr int64_t kSlowSyncUs = 2000;
  gathers_until_us_.reset();
  if (sync_us < kSlowSyncUs) return;
  gather_goal_ = gatheredCommands() + group_commands_;
  gathers_until_us_ = clock_.monotonicUs() + std::min(sync_us / kGatherShare, kGatherUsMax);
}

bool AppendOnlyLog::stillGathers() {
  if (!gathers_until_us_) return false;
  const bool over =
      gatheredCommands() >= gather_goal_ || clock_.monotonicUs() >= *gathers_until_us_;
  if (over) gathers_until_us_.reset();
  return !over;
}

void AppendOnlyLog::noteGroup(uint64_t bytes) {
  ++group_counters_.count;
  group_counters_.bytes += bytes;
  group_counters_.last_bytes = bytes;
}

void AppendOnlyLog::noteSync(int64_t elapsed_us) {
  ++group_counters_.syncs;
  group_counters_.last_sync_us = elapsed_us;
  group_counters_.max_sync_us = std::max(group_counters_.max_sync_us, elapsed_us);
}

// Those who wait for the group must not be told that it is durable.
void AppendOnlyLog::groupFailed() {
  group_failed_ = settings_.fsync == FsyncPolicy::kAlways;
}

void AppendOnlyLog::releaseGroup() {
  group_->consume(group_->size());
  spare_ = std::move(group_);
  group_bytes_ = group_token_ = 0;
  group_syncs_ = false;
}

// In front of what was fed since.
void AppendOnlyLog::takeBackGroup() {
  group_->append(buffer_.view());
  std::swap(*group_, buffer_);
  releaseGroup();
}

void AppendOnlyLog::settleWriter() {
  if (!writing()) return;
  writer_->waitIdle();
  onCompletions();
}

}  // namespace inkstone
