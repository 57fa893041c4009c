#include "persistence/log/log_health.h"

#include <algorithm>

#include "persistence/files/reserve_file.h"

namespace inkstone {

namespace {

constexpr int64_t kRetryMs = 1000;
// It is tried so often while replies wait for it.
constexpr int64_t kHoldRetryMs = 250;
constexpr int64_t kLineIntervalMs = 30 * 1000;

}  // namespace

void LogHealth::writeBegun(int64_t now_ms) {
  write_begun_ms_ = now_ms;
  room_made_ = false;
}

void LogHealth::writeSucceeded(int64_t now_ms) {
  if (!writesFail()) return;
  if (state_ == State::kFailing) {
    latency_.recordUs("aof-reply-hold", (now_ms - failing_since_ms_) * 1000);
  }
  state_ = State::kRecovering;
}

void LogHealth::writeFailed(std::error_code error, std::string text) {
  enter(error, std::move(text));
  if (state_ == State::kRecovering) {
    state_ = State::kFailing;
    failing_since_ms_ = write_begun_ms_;
  }
  makeRoom(error);
}

void LogHealth::syncFailed(std::error_code error, std::string text) {
  enter(error, std::move(text));
  // Network file systems tell of a full disk here.
  makeRoom(error);
}

void LogHealth::onCompletion(const BackgroundSync::Completion& completion) {
  if (reserve_.onCompletion(completion) && writesFail()) makeRoom(error_);
}

bool LogHealth::retryLater(int64_t now_ms) const {
  if (!writesFail() || room_made_) return false;
  return now_ms - write_begun_ms_ < (state_ == State::kHoldsOver ? kRetryMs : kHoldRetryMs);
}

void LogHealth::noteTime(int64_t now_ms) {
  if (state_ != State::kFailing || now_ms - failing_since_ms_ < kHoldMsMax) return;
  state_ = State::kHoldsOver;
  latency_.recordUs("aof-reply-hold", (now_ms - failing_since_ms_) * 1000);
}

std::optional<int64_t> LogHealth::dueMs(bool writing) const {
  if (state_ != State::kFailing || settings_.fsync == FsyncPolicy::kAlways) return {};
  const int64_t end_ms = failing_since_ms_ + kHoldMsMax;
  return writing ? end_ms : std::min(end_ms, write_begun_ms_ + kHoldRetryMs);
}

void LogHealth::breakPromise() {
  if (settings_.fsync == FsyncPolicy::kAlways) state_ = State::kPromiseBroken;
}

void LogHealth::settle(bool file_confirmed) {
  if (state_ != State::kRecovering || !file_confirmed || reserve_.owed()) return;
  state_ = State::kSound;
  error_ = {};
  if (!announced_) return;
  sink_.write(LogSink::Level::kWarning,
              "AOF write error looks solved, the server can write again.");
}

void LogHealth::beginFile() {
  if (state_ != State::kSound && state_ != State::kGivenUp) state_ = State::kRecovering;
}

void LogHealth::reset() {
  state_ = State::kSound;
  error_ = {};
}

// Under always the promise cannot be kept, whatever becomes free later.
void LogHealth::makeRoom(std::error_code error) {
  if (!isNoSpace(error) || settings_.fsync == FsyncPolicy::kAlways) return;
  space_wanted_ = true;
  if (!reserve_.giveUp()) return;
  room_made_ = true;
  // Whoever waits has a second from here on, for a write that will most likely succeed.
  failing_since_ms_ = clock_.monotonicMs();
}

void LogHealth::enter(std::error_code error, std::string text) {
  if (state_ == State::kSound) {
    announced_ = false;
    state_ = State::kRecovering;
  }
  error_ = error;
  const int64_t now_ms = clock_.monotonicMs();
  if (last_line_ms_ && now_ms - *last_line_ms_ < kLineIntervalMs) return;
  last_line_ms_ = now_ms;
  // The reserve says so itself.
  const bool reserve_helps = isNoSpace(error) && reserve_.heldBytes() > 0;
  const bool refuses = !announced_ && !reserve_helps && settings_.fsync != FsyncPolicy::kAlways;
  if (refuses) text += ". Writes are refused from here on, reads are served";
  announced_ = true;
  sink_.write(LogSink::Level::kWarning, text);
}

}  // namespace inkstone
