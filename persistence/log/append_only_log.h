// The append-only file: takes the commands that changed data, brings them to the kernel and to the
// disk, and says how far they got. The text of the log is described in docs/aof-format.md.
//
// The promise to a client that has its reply:
//   always      its write is on the disk (fdatasync returned);
//   everysec    its write has reached the kernel, so it survives the death of this process at any
//               moment; of a dead machine at most about one second is lost, two when the disk is
//               stuck;
//   no          as everysec for a dead process; of a dead machine what the kernel had not written
//               by itself is lost.
// The server keeps it by calling flushAppendOnlyFile() before any reply of the turn leaves, and by
// keeping back the replies of a client whose last write ends beyond acknowledgeableOffset(). The
// loop does not wait for the disk, except to repair the log after an error, to close it, and where
// settings or a rewritten file change it under `always`. Nor does a reply wait for ever: where a
// write fails for a second, holdsAreOver().
//
// The work is done by the parts, each in its header: LogFeed gathers the text, LogOffsets counts,
// LogFile knows what of the file may be believed, LogHealth what a failing disk means for clients,
// LogCommit who writes and syncs, LedgerFollower the ledger, DiskReserve the room kept in reserve.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

#include "persistence/files/append_only_settings.h"
#include "persistence/log/log_commit.h"
#include "persistence/log/log_counters.h"

namespace inkstone {

// For the loop thread. The references given at construction must outlive the log.
class AppendOnlyLog {
 public:
  AppendOnlyLog(FileSystem& files, BackgroundSync& background, LogClock& clock, LogSink& sink,
                LatencyRecorder& latency);
  // Closes the file as it is, without writing or syncing; call close() first to keep what was fed.
  ~AppendOnlyLog();
  AppendOnlyLog(const AppendOnlyLog&) = delete;
  AppendOnlyLog& operator=(const AppendOnlyLog&) = delete;

  // From now on `writer` does what could make the loop wait; without it the loop does all itself.
  // It must outlive the log. Watch its completionFd() and call onCompletions().
  void useWriter(LogWriter& writer) { commit_.useWriter(writer); }
  // From the next open() on the log keeps a ledger beside itself. open() goes on in the one it
  // finds, which must be this log's (settleLedger).
  void keepLedger() { ledger_.enable(); }

  // Opens settings.path(), creating it when missing, and syncs the file and its directory: what a
  // predecessor wrote without syncing, or created without syncing, counts as durable only from here
  // on. The log must be off; it is on after success and off after an error.
  [[nodiscard]] std::error_code open(const AppendOnlySettings& settings);
  // Forced flush, then the log is off, also when the flush failed; the error says what may be lost.
  [[nodiscard]] std::error_code close();
  // Goes on in a file that was written from the data set as it is now, with everything that was
  // fed: what waited to be written is dropped, because the file has it, and errors of the old file
  // are over. The offsets go on; the next command is preceded by SELECT; the old file is closed in
  // the background. The log may be off, and is on afterwards.
  void adopt(const AppendOnlySettings& settings, RewrittenLog rewritten);
  bool isOn() const { return file_.isOpen(); }

  // fsync policy, no_fsync_on_rewrite and timestamp_enabled act at once; directory and filename at
  // the next open().
  void updateSettings(const AppendOnlySettings& settings);
  // What is in force; directory and filename are those of the open file.
  const AppendOnlySettings& settings() const { return settings_; }
  // True while a child process writes to the disk (no-appendfsync-on-rewrite,
  // aof-write-active-child).
  void setChildActive(bool active) { commit_.setChildActive(active); }

  // Appends one command executed in database `db` (the name and its arguments). A transaction is
  // fed as MULTI, its commands, EXEC. Nothing happens when the log is off.
  void feedAppendOnlyFile(int db, std::span<const std::string_view> args) {
    if (feeding()) feed_.addCommand(db, args);
  }
  // The same for a command whose text is already what feedAppendOnlyFile() would write
  // (ParseResult::canonical).
  void feedFrame(int db, std::string_view frame) {
    if (feeding()) feed_.addFrame(db, frame);
  }

  // From now on all that is fed goes to `diff` as well, beginning with a SELECT: the text that has
  // to follow the data set as it is now. The log may be off; what is fed then goes to `diff` only,
  // and counts as written. `diff` must live until endDiff() or adopt().
  void beginDiff(RewriteDiff& diff) { feed_.beginDiff(diff); }
  // Brings `diff` up to fedOffset(). Flushing does it as well.
  void feedDiff();
  // Under always with a writer: from here to endDiff() or adopt() no group goes to the file, so
  // that durableOffset() stays behind what `diff` has got. Those who write wait meanwhile.
  void holdGroups() { commit_.holdGroups(true); }
  void endDiff();

  // Writes what was fed, in one write, and syncs as policy and mode say. Call it from beforeSleep,
  // before any reply leaves. With nothing to do it costs two comparisons and a clock read.
  FlushOutcome flushAppendOnlyFile(FlushMode mode);
  // Call every tick of serverCron: syncs what is due and retries what failed (a failed write each
  // second).
  FlushOutcome onCron();
  // Call when BackgroundSync::completionFd() or LogWriter::completionFd() is readable. What was
  // completed is acknowledged, or what failed answered, by the next flush.
  void onCompletions() { commit_.onCompletions(); }

  // Positions in the stream of everything fed (log_offsets.h). A client that wrote remembers
  // fedOffset() after its command. What is fed from gatheringFrom() on reaches the file in one
  // piece, and is acknowledged together.
  uint64_t fedOffset() const { return offsets_.fed(); }
  uint64_t gatheringFrom() const { return offsets_.gatheringFrom(); }
  uint64_t writtenOffset() const { return offsets_.written(); }
  uint64_t durableOffset() const { return offsets_.durable(); }
  // Replies that depend on text up to here may leave: what policy `always` has synced, what others
  // have written. Everything that was fed when the log is off.
  uint64_t acknowledgeableOffset() const {
    if (!isOn()) return offsets_.fed();
    return commit_.needsDisk() ? offsets_.durable() : offsets_.written();
  }
  // Commands that were fed since this object was made.
  uint64_t fedCommands() const { return feed_.commands(); }

  // Under always the next group waits for those who may write again soon (GroupCommit::gatherNext):
  // until this moment of LogClock::monotonicUs(), at which the log is to be flushed. Nothing when
  // nobody is waited for.
  std::optional<int64_t> gathersUntilUs() const { return commit_.gathersUntilUs(); }
  // So much waits for the disk that nothing more should be accepted until there is less: the server
  // stops reading from its clients. Not after an error, when writes are refused.
  bool queueFull() const { return commit_.queueFull(); }

  // False from a failed write or sync until the log has caught up: the server refuses commands that
  // write with writeError() and serves all others.
  bool lastWriteOk() const { return health_.sound(); }
  // "MISCONF Errors writing to the AOF file: <reason>". Only meaningful when lastWriteOk() is
  // false.
  std::string writeError() const;
  // A write has been failing for a second and replies have waited for it, so that they may leave
  // now although what they tell of is not in the log: those of writes as unloggedError(). Never
  // under always. Until the text is written after all.
  bool holdsAreOver() const { return health_.state() == LogHealth::State::kHoldsOver; }
  // A write fails and replies wait for it: the log is to be flushed at this moment of
  // LogClock::monotonicMs(), to try again or to end the waiting.
  std::optional<int64_t> failureDueMs() const { return commit_.failureDueMs(); }
  // "MISCONF The write is applied in memory and is not in the AOF file: <reason>"
  std::string unloggedError() const;
  // A write has found the disk full since this was asked last: whoever can free some should.
  bool takeSpaceWanted() { return health_.takeSpaceWanted(); }
  // Only a rewrite from memory heals the log, or another file is worth trying: adopt(). Writes stay
  // refused until then, or until a sync succeeds after all.
  bool needsRewrite() const { return file_.needsRewrite(); }

  AppendOnlyCounters counters() const;

 private:
  bool feeding() const { return isOn() || feed_.hasDiff(); }

  FileSystem& files_;
  BackgroundSync& background_;
  LogClock& clock_;
  LatencyRecorder& latency_;

  AppendOnlySettings settings_;
  LogOffsets offsets_;
  LogFeed feed_;
  LogFile file_;
  DiskReserve reserve_;
  LogHealth health_;
  LedgerFollower ledger_;
  LogCommit commit_;
};

}  // namespace inkstone
