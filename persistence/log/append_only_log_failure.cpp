// The part of AppendOnlyLog that meets a disk in trouble: makes room, tries again, ends the waiting
// of replies, and says how things are.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "persistence/log/append_only_log.h"

namespace inkstone {

namespace {

constexpr int64_t kRetryIntervalMs = 1000;
// While replies wait for it.
constexpr int64_t kHoldRetryMs = 250;
constexpr int64_t kErrorLogIntervalMs = 30 * 1000;

}  // namespace

bool AppendOnlyLog::retryLater(int64_t now_ms) const {
  if (!write_failed_ || retry_at_once_) return false;
  return now_ms - last_write_ms_ < (holds_over_ ? kRetryIntervalMs : kHoldRetryMs);
}

// What may wait for the disk is the writer thread's: a write beside a sync, and one after a
// failure, also the one that finds the room of the reserve, which file systems may have to bring
// to the disk first.
void AppendOnlyLog::writeGathered(int64_t now_ms) {
  if (writer_ == nullptr) return static_cast<void>(writeWithReserve(now_ms));
  const bool may_wait = sync_token_ != 0 || write_failed_;
  if (!may_wait && (writeBuffer(now_ms) || !retry_at_once_)) return;
  submitGroup(false);
}

bool AppendOnlyLog::writeWithReserve(int64_t now_ms) {
  return writeBuffer(now_ms) || (retry_at_once_ && writeBuffer(now_ms));
}

void AppendOnlyLog::writeSucceeded(int64_t now_ms) {
  if (!write_failed_) return;
  if (!holds_over_) recordLatency("aof-reply-hold", (now_ms - failing_since_ms_) * 1000);
  write_failed_ = holds_over_ = false;
}

void AppendOnlyLog::writeFailed(size_t written, size_t expected, std::error_code error) {
  std::string text = fmt::format("Error writing to the AOF file: {}", error.message());
  if (written > 0) {
    text = fmt::format("Short write while writing to the AOF file: {} (written {} of {} bytes)",
                       error.message(), written, expected);
    // A process that dies now is to leave a log that ends with a whole command.
    if (const std::error_code cut = file_->truncate(file_size_)) {
      text += fmt::format("; could not cut it back: {}", cut.message());
      accepted(buffer_.view().substr(0, written));
      buffer_.consume(written);
    }
  }
  if (!write_failed_) failing_since_ms_ = last_write_ms_;
  write_failed_ = true;
  enterError(error, std::move(text));
  makeRoom(error);
}

// Nothing that was fed is dropped for it: whoever is told that a write is not in the log sees it
// there when the disk is back.
void AppendOnlyLog::noteFailing(int64_t now_ms) {
  if (!write_failed_ || holds_over_ || now_ms - failing_since_ms_ < kHoldMsMax) return;
  holds_over_ = true;
  recordLatency("aof-reply-hold", (now_ms - failing_since_ms_) * 1000);
}

std::optional<int64_t> AppendOnlyLog::failureDueMs() const {
  if (!write_failed_ || holds_over_ || settings_.fsync == FsyncPolicy::kAlways) return {};
  const int64_t end_ms = failing_since_ms_ + kHoldMsMax;
  return writing() ? end_ms : std::min(end_ms, last_write_ms_ + kHoldRetryMs);
}

// Under always the promise cannot be kept, whatever becomes free later.
void AppendOnlyLog::makeRoom(std::error_code error) {
  if (!isNoSpace(error) || settings_.fsync == FsyncPolicy::kAlways) return;
  space_wanted_ = true;
  if (!reserve_.giveUp()) return;
  retry_at_once_ = true;
  // Whoever waits has a second from here on, for a write that will most likely succeed.
  failing_since_ms_ = clock_.monotonicMs();
}

void AppendOnlyLog::enterError(std::error_code error, std::string text) {
  if (!write_error_) error_announced_ = false;
  write_error_ = error;
  const int64_t now_ms = clock_.monotonicMs();
  if (last_error_logged_ms_ && now_ms - *last_error_logged_ms_ < kErrorLogIntervalMs) return;
  last_error_logged_ms_ = now_ms;
  // The reserve says so itself.
  const bool reserve_helps = isNoSpace(error) && reserve_.heldBytes() > 0;
  const bool refuses =
      !error_announced_ && !reserve_helps && settings_.fsync != FsyncPolicy::kAlways;
  if (refuses) text += ". Writes are refused from here on, reads are served";
  error_announced_ = true;
  sink_.write(LogSink::Level::kWarning, text);
}

// A write that works again says nothing about the bytes a failed sync left behind: those are waited
// for as well.
void AppendOnlyLog::leaveErrorIfHealed() {
  if (!write_error_ || write_failed_ || errorNeedsSync() || reserve_.owed()) return;
  write_error_ = {};
  if (!error_announced_) return;
  sink_.write(LogSink::Level::kWarning,
              "AOF write error looks solved, the server can write again.");
}

}  // namespace inkstone
