#include "persistence/log/append_only_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

namespace inkstone {

AppendOnlyLog::AppendOnlyLog(FileSystem& files, BackgroundSync& background, LogClock& clock,
                             LogSink& sink, LatencyRecorder& latency)
    : files_(files),
      background_(background),
      clock_(clock),
      latency_(latency),
      feed_(clock, offsets_),
      file_(files, offsets_),
      reserve_(files, background, clock, sink),
      health_(settings_, clock, sink, latency, reserve_),
      ledger_(files, background, clock, sink),
      commit_({settings_, offsets_, feed_, file_, health_, ledger_, reserve_}, background, clock,
              sink, latency) {}

// A sync under way keeps the file by its own reference.
AppendOnlyLog::~AppendOnlyLog() = default;

std::error_code AppendOnlyLog::open(const AppendOnlySettings& settings) {
  IoResult<std::shared_ptr<AppendFile>> file = files_.openAppend(settings.path());
  if (!file.ok()) return file.error;
  const int64_t started_us = clock_.monotonicUs();
  const IoResult<uint64_t> size = file.value->size();
  latency_.recordUs("aof-fstat", clock_.monotonicUs() - started_us);
  if (!size.ok()) return size.error;
  // The directory last: a name that survives a power cut must not lead to bytes that did not.
  if (const std::error_code error = file.value->sync()) return error;
  ledger_.open(settings, file.value, size.value);
  if (const std::error_code error = files_.syncDirectory(settings.directory)) return error;

  updateSettings(settings);
  commit_.beginFile(false);
  file_.open(std::move(file.value), settings_.directory, size.value);
  feed_.beginFile({});
  reserve_.useDirectory(settings_.directory);
  reserve_.make();
  return {};
}

std::error_code AppendOnlyLog::close() {
  if (!isOn()) return {};
  const bool flushed = flushAppendOnlyFile(FlushMode::kForce) == FlushOutcome::kFlushed;
  std::error_code error = flushed ? std::error_code{} : health_.error();
  ledger_.leave();
  reserve_.remove();
  const std::error_code close_error = file_.release()->close();
  if (!error) error = close_error;
  // The stream of offsets goes on behind what was lost, so that nobody waits for it for ever.
  commit_.drop();
  offsets_.confirm(offsets_.written());
  health_.reset();
  return error;
}

void AppendOnlyLog::adopt(const AppendOnlySettings& settings, RewrittenLog rewritten) {
  // Freeing a big file that has lost its name takes long.
  if (isOn()) background_.submitClose(file_.release());
  updateSettings(settings);
  feed_.endDiff();
  commit_.drop();
  // Until it is synced a power cut may bring the old file back, so it is synced at once.
  commit_.beginFile(rewritten.unsynced != nullptr);
  feed_.beginFile(std::max(feed_.lastTimestamp(), rewritten.annotation_unix_s.value_or(0)));
  FileTrouble trouble = file_.adopt(rewritten, settings_.directory);
  ledger_.adopt(std::move(rewritten.ledger));
  reserve_.useDirectory(settings_.directory);
  health_.beginFile();
  if (trouble) health_.repairFailed(trouble.error, std::move(trouble.text));
  health_.settle(!file_.inDoubt());
}

void AppendOnlyLog::feedDiff() {
  feed_.feedDiff();
  if (isOn() || !feed_.hasDiff()) return;
  feed_.drop();
  offsets_.confirm(offsets_.written());
}

void AppendOnlyLog::endDiff() {
  feedDiff();
  feed_.endDiff();
  commit_.holdGroups(false);
}

void AppendOnlyLog::updateSettings(const AppendOnlySettings& settings) {
  std::string directory = std::move(settings_.directory);
  std::string filename = std::move(settings_.filename);
  settings_ = settings;
  if (isOn()) {
    settings_.directory = std::move(directory);
    settings_.filename = std::move(filename);
  }
  feed_.setTimestamps(settings.timestamp_enabled);
  // Under always no reply waits for a write that fails, so there is nothing to keep room for.
  reserve_.want(settings.fsync == FsyncPolicy::kAlways ? 0 : settings.disk_reserve_bytes);
}

FlushOutcome AppendOnlyLog::flushAppendOnlyFile(FlushMode mode) {
  feedDiff();
  return isOn() ? commit_.flush(mode) : FlushOutcome::kFlushed;
}

FlushOutcome AppendOnlyLog::onCron() {
  const FlushOutcome outcome = flushAppendOnlyFile(FlushMode::kNormal);
  if (isOn()) commit_.onCron();
  return outcome;
}

std::string AppendOnlyLog::writeError() const {
  return fmt::format("MISCONF Errors writing to the AOF file: {}", health_.error().message());
}

std::string AppendOnlyLog::unloggedError() const {
  return fmt::format("MISCONF The write is applied in memory and is not in the AOF file: {}",
                     health_.error().message());
}

AppendOnlyCounters AppendOnlyLog::counters() const {
  const LogCommit::Counters& writes = commit_.counters();
  const LogSync::Counters& syncs = commit_.syncCounters();
  AppendOnlyCounters counters;
  counters.current_size = file_.size();
  counters.base_size = file_.baseSize();
  counters.buffer_length = offsets_.fed() - offsets_.written();
  counters.buffer_memory = feed_.memory() + commit_.groupMemory();
  counters.pending_bio_fsync = commit_.syncUnderWay() ? 1 : 0;
  counters.delayed_fsync = syncs.delayed;
  counters.last_write_ok = lastWriteOk();
  counters.groups = {writes.count, writes.bytes,  writes.last_bytes,
                     syncs.count,  syncs.last_us, syncs.max_us};
  counters.undurable_bytes = offsets_.fed() - offsets_.durable();
  counters.reserve_bytes = reserve_.heldBytes();
  counters.reserve_given_up = reserve_.timesGivenUp();
  counters.ledger_records = ledger_.records();
  counters.ledger_offset = ledger_.offset();
  return counters;
}

}  // namespace inkstone
