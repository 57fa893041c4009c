#include "persistence/log/append_only_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "persistence/files/resp_header.h"

namespace inkstone {

AppendOnlyLog::AppendOnlyLog(FileSystem& files, BackgroundSync& background, LogClock& clock,
                             LogSink& sink, LatencyRecorder& latency)
    : files_(files),
      background_(background),
      clock_(clock),
      sink_(sink),
      latency_(latency),
      reserve_(files, background, clock, sink) {}

AppendOnlyLog::~AppendOnlyLog() {
  // A sync under way keeps the file by its own reference.
  file_.reset();
}

std::error_code AppendOnlyLog::open(const AppendOnlySettings& settings) {
  IoResult<std::shared_ptr<AppendFile>> file = files_.openAppend(settings.path());
  if (!file.ok()) return file.error;
  const int64_t started_us = clock_.monotonicUs();
  const IoResult<uint64_t> size = file.value->size();
  recordLatency("aof-fstat", clock_.monotonicUs() - started_us);
  if (!size.ok()) return size.error;
  // The directory last: a name that survives a power cut must not lead to bytes that did not.
  if (const std::error_code error = file.value->sync()) return error;
  if (keeps_ledger_) openLedger(settings, file.value, size.value);
  if (const std::error_code error = files_.syncDirectory(settings.directory)) return error;

  updateSettings(settings);
  file_ = std::move(file.value);
  file_size_ = base_size_ = size.value;
  durable_offset_ = written_offset_;
  logged_db_ = -1;
  last_timestamp_ = 0;
  last_sync_ms_ = clock_.monotonicMs();
  reserve_.useDirectory(settings_.directory);
  reserve_.make();
  return {};
}

std::error_code AppendOnlyLog::close() {
  if (!isOn()) return {};
  const bool flushed = flushAppendOnlyFile(FlushMode::kForce) == FlushOutcome::kFlushed;
  std::error_code error = flushed ? std::error_code{} : write_error_;
  // The background thread reads what it records from the file.
  if (ledger_token_ != 0) background_.waitIdle();
  ledger_.reset();
  ledger_token_ = 0;
  reserve_.remove();
  const std::error_code close_error = file_->close();
  if (!error) error = close_error;
  file_.reset();
  // The stream of offsets goes on behind what was lost, so that nobody waits for it for ever.
  dropBuffer();
  durable_offset_ = written_offset_;
  unsynced_.clear();
  suspect_ = bytes_lost_ = directory_unsynced_ = adopted_unsynced_ = false;
  write_failed_ = holds_over_ = given_up_ = false;
  sync_failures_ = 0;
  write_error_ = {};
  return error;
}

void AppendOnlyLog::adopt(const AppendOnlySettings& settings, RewrittenLog rewritten) {
  // Freeing a big file that has lost its name takes long.
  if (file_ != nullptr) background_.submitClose(std::move(file_));
  file_.reset();
  updateSettings(settings);
  file_ = std::move(rewritten.file);
  ledger_ = std::move(rewritten.ledger);
  ledger_token_ = 0;
  ledger_unnamed_ = ledger_ != nullptr;
  reserve_.useDirectory(settings_.directory);
  file_size_ = base_size_ = rewritten.size;
  logged_db_ = -1;
  // Of what the file ends with.
  last_timestamp_ = std::max(last_timestamp_, rewritten.annotation_unix_s.value_or(0));
  last_sync_ms_ = clock_.monotonicMs();

  diff_ = nullptr;
  groups_held_ = false;
  dropBuffer();
  resync_offset_ = written_offset_;
  unsynced_.clear();
  // A sync of the old file that is under way says nothing about the new one.
  sync_token_ = 0;
  suspect_ = bytes_lost_ = write_failed_ = holds_over_ = false;
  sync_failures_ = 0;
  directory_unsynced_ = static_cast<bool>(rewritten.directory_error);
  adopted_unsynced_ = rewritten.unsynced != nullptr;
  if (adopted_unsynced_) {
    unsynced_.takeFrom(*rewritten.unsynced);
    // At once: until then a power cut may bring the old file back.
    last_sync_ms_ = 0;
  } else if (directory_unsynced_) {
    directoryFailed(rewritten.directory_error);
  } else {
    durable_offset_ = written_offset_;
    leaveErrorIfHealed();
  }
}

void AppendOnlyLog::dropBuffer() {
  written_offset_ = fedOffset();
  buffer_.consume(buffer_.size());
  // Its result will say nothing about the file that follows.
  group_.reset();
  group_bytes_ = group_token_ = 0;
  group_syncs_ = group_failed_ = false;
  submitted_commands_ = fed_commands_;
  group_commands_ = 0;
  gathers_until_us_.reset();
}

void AppendOnlyLog::beginDiff(RewriteDiff& diff) {
  diff_ = &diff;
  diff_offset_ = fedOffset();
  logged_db_ = -1;
}

void AppendOnlyLog::feedDiff() {
  if (diff_ == nullptr) return;
  diff_->append(buffer_.view().substr(static_cast<size_t>(diff_offset_ - gatheringFrom())));
  diff_offset_ = fedOffset();
  if (isOn()) return;
  dropBuffer();
  durable_offset_ = written_offset_;
}

void AppendOnlyLog::endDiff() {
  feedDiff();
  diff_ = nullptr;
  groups_held_ = false;
}

void AppendOnlyLog::updateSettings(const AppendOnlySettings& settings) {
  std::string directory = std::move(settings_.directory);
  std::string filename = std::move(settings_.filename);
  settings_ = settings;
  if (isOn()) {
    settings_.directory = std::move(directory);
    settings_.filename = std::move(filename);
  }
  timestamp_enabled_ = settings.timestamp_enabled;
  reserve_.want(wantedReserve());
}

void AppendOnlyLog::feedAppendOnlyFile(int db, std::span<const std::string_view> args) {
  if (!feeding()) return;
  if (db != logged_db_ || timestamp_enabled_) feedPrefix(db);
  ++fed_commands_;
  appendArray(args);
}

void AppendOnlyLog::appendArray(std::span<const std::string_view> args) {
  buffer_.append(RespHeader('*', args.size()).view());
  for (const std::string_view arg : args) {
    const RespHeader header('$', arg.size());
    buffer_.reserve(header.view().size() + arg.size() + 2);
    buffer_.append(header.view());
    buffer_.append(arg);
    buffer_.append("\r\n");
  }
}

void AppendOnlyLog::feedPrefix(int db) {
  if (timestamp_enabled_) {
    const int64_t now = clock_.unixSeconds();
    // Only forward, so that a restore to a moment can stop at the first annotation past it.
    if (now > last_timestamp_) {
      last_timestamp_ = now;
      buffer_.append(fmt::format("#TS:{}\r\n", now));
    }
  }
  if (db != logged_db_) {
    const std::string number = std::to_string(db);
    const std::array<std::string_view, 2> select = {"SELECT", number};
    appendArray(select);
    logged_db_ = db;
  }
}

uint64_t AppendOnlyLog::acknowledgeableOffset() const {
  if (!isOn()) return fedOffset();
  const bool needs_disk = settings_.fsync == FsyncPolicy::kAlways && !syncSuppressed();
  return needs_disk ? durable_offset_ : written_offset_;
}

std::string AppendOnlyLog::writeError() const {
  return fmt::format("MISCONF Errors writing to the AOF file: {}", write_error_.message());
}

std::string AppendOnlyLog::unloggedError() const {
  return fmt::format("MISCONF The write is applied in memory and is not in the AOF file: {}",
                     write_error_.message());
}

AppendOnlyCounters AppendOnlyLog::counters() const {
  AppendOnlyCounters counters;
  counters.groups = group_counters_;
  counters.current_size = file_size_;
  counters.base_size = base_size_;
  counters.buffer_length = group_bytes_ + buffer_.size();
  counters.buffer_memory = buffer_.capacity();
  if (group_ != nullptr) counters.buffer_memory += group_->capacity();
  if (spare_ != nullptr) counters.buffer_memory += spare_->capacity();
  counters.undurable_bytes = fedOffset() - durable_offset_;
  counters.reserve_bytes = reserve_.heldBytes();
  counters.reserve_given_up = reserve_.timesGivenUp();
  if (ledger_ != nullptr) {
    counters.ledger_records = ledger_->records();
    counters.ledger_offset = ledger_->offset();
  }
  counters.pending_bio_fsync = sync_token_ == 0 ? 0 : 1;
  counters.delayed_fsync = delayed_fsync_;
  counters.last_write_ok = lastWriteOk();
  return counters;
}

}  // namespace inkstone
