// What a disk in trouble means for those who are served: whether writes are accepted, how long
// replies wait, when to try again, and what is told about it.
//
//                 write fails                    a second without success
//   kSound ------------------------> kFailing ------------------------------> kHoldsOver
//     |  ^                             |   ^                                    |
//     |  | settle()                    |   | write fails                        |
//     |  |                             v   |                                    |
//     |  +------------------------ kRecovering <--------------------------------+
//     |        a sync fails             ^             a write succeeds
//     +---------------------------------+
//
// Under appendfsync always a failed group leads to kPromiseBroken instead, from where only the
// end, kGivenUp, or another file leads away.
//
// This is about those who are served. What may be believed about the bytes of the file after a
// failed sync is the file's own affair (log_file.h) and goes with the file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include "persistence/files/append_only_settings.h"
#include "persistence/files/log_hooks.h"
#include "persistence/log/disk_reserve.h"

namespace inkstone {

// For the loop thread. The references must outlive the object.
class LogHealth {
 public:
  enum class State : uint8_t {
    kSound,
    // Writes succeed again, or never failed; but a sync has to confirm what a failed one left, or
    // the reserve of disk space is to be made again. Writes are refused until then.
    kRecovering,
    // Writes fail since failing_since_ms_. What they held is gathered and tried again; replies
    // wait.
    kFailing,
    // The same for so long that replies wait no more.
    kHoldsOver,
    // Under always: those who wait for a group cannot be told that it is durable. The next flush
    // ends the log.
    kPromiseBroken,
    // The log has ended: the file is as it is to be left, and nothing is written any more.
    kGivenUp,
  };

  // A write has been failing for so long that replies leave.
  static constexpr int64_t kHoldMsMax = 1000;

  LogHealth(const AppendOnlySettings& settings, LogClock& clock, LogSink& sink,
            LatencyRecorder& latency, DiskReserve& reserve)
      : settings_(settings), clock_(clock), sink_(sink), latency_(latency), reserve_(reserve) {}

  State state() const { return state_; }
  bool sound() const { return state_ == State::kSound; }
  bool writesFail() const { return state_ == State::kFailing || state_ == State::kHoldsOver; }
  // Why it is not sound; of the last thing that failed.
  std::error_code error() const { return error_; }

  // A write begins at `now_ms` of LogClock::monotonicMs().
  void writeBegun(int64_t now_ms);
  void writeSucceeded(int64_t now_ms);
  // The write that has begun last failed; `text` says so for the server log.
  void writeFailed(std::error_code error, std::string text);
  // A sync of the file failed.
  void syncFailed(std::error_code error, std::string text);
  // What a sync needs first failed: writing again what another one left, or the directory's sync.
  void repairFailed(std::error_code error, std::string text) { enter(error, std::move(text)); }
  // A completion of the background thread came; if it is the reserve's, room may have come too late
  // for a write that has failed meanwhile.
  void onCompletion(const BackgroundSync::Completion& completion);

  // The failed write is not due to be tried again.
  bool retryLater(int64_t now_ms) const;
  // Room was made since the last write began, so that it is worth to be tried at once.
  bool roomMade() const { return room_made_; }
  // Ends the waiting of replies when its time has come. Call it after each attempt. Nothing that
  // was fed is dropped for it: whoever is told that a write is not in the log sees it there when
  // the disk is back.
  void noteTime(int64_t now_ms);
  // When the log is to be flushed to try again or to end the waiting, in LogClock::monotonicMs().
  // `writing`: the writer thread is at it. Nothing when nobody waits for that.
  std::optional<int64_t> dueMs(bool writing) const;

  // Under always: the promise to those who wait for a group cannot be kept.
  void breakPromise();
  void giveUp() { state_ = State::kGivenUp; }
  // Ends the trouble if writes succeed, `file_confirmed` says that no sync is owed for it, and no
  // room is.
  void settle(bool file_confirmed);
  // Another file takes over: what the old one's writes met is over.
  void beginFile();
  // The log is off.
  void reset();

  // A write has found the disk full since this was asked last: whoever can free some should.
  bool takeSpaceWanted() { return std::exchange(space_wanted_, false); }

 private:
  void enter(std::error_code error, std::string text);
  void makeRoom(std::error_code error);

  const AppendOnlySettings& settings_;
  LogClock& clock_;
  LogSink& sink_;
  LatencyRecorder& latency_;
  DiskReserve& reserve_;

  State state_ = State::kSound;
  std::error_code error_;
  // kFailing, kHoldsOver: the begin of the first write that failed, or when room was made last.
  int64_t failing_since_ms_ = 0;
  // The begin of the last write.
  int64_t write_begun_ms_ = 0;
  bool room_made_ = false;
  bool space_wanted_ = false;
  // The last line about an error, to keep them apart; and whether the present error has had one.
  std::optional<int64_t> last_line_ms_;
  bool announced_ = false;
};

}  // namespace inkstone
