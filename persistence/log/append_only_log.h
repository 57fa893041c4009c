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
// keeping back the replies of a client whose last write ends beyond acknowledgeableOffset().
//
// The loop thread does not wait for the disk, except to repair the log after an error, to close it,
// and where settings or a rewritten file change it under `always`. Under `always` a log-writer
// thread writes and syncs one group after the other, or the loop when it can be taken over
// meanwhile (log_writer.h). Otherwise the loop writes, which costs a system call a turn, but never
// while an fdatasync runs in the background or after a write failed: on many file systems such a
// write waits for the sync. Then the writer thread does it, and only the replies that depend on it
// wait.
//
// A reply does not wait for ever, though. A write that finds the disk full is given the room of the
// reserve (disk_reserve.h) and made again at once. Where that does not help, and under other
// errors, waiting is over after a second (holdsAreOver()): what was executed stays in the buffer
// and is tried again, and whoever waited learns how things are. A disk that is merely slow has not
// failed.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "persistence/files/append_only_settings.h"
#include "persistence/files/file.h"
#include "persistence/files/log_hooks.h"
#include "persistence/ledger/ledger_writer.h"
#include "persistence/ledger/unsynced_range.h"
#include "persistence/log/background_sync.h"
#include "persistence/log/disk_reserve.h"
#include "persistence/log/log_buffer.h"
#include "persistence/log/log_writer.h"
#include "persistence/log/rewrite_diff.h"

namespace inkstone {

enum class FlushMode : uint8_t {
  // Write what was fed; sync as the policy says.
  kNormal,
  // Write and sync now, whatever the policy and how long it may take: SHUTDOWN, switching the log
  // off, DEBUG LOADAOF.
  kForce,
};

enum class [[nodiscard]] FlushOutcome : uint8_t{
    // acknowledgeableOffset() == fedOffset(): every reply may leave (kForce: and everything is on
    // the disk).
    kFlushed,
    // The log could not take everything; replies whose write ends beyond acknowledgeableOffset()
    // must wait. Retried.
    kHeld,
    // Policy always, and the promise cannot be kept: exit with status 1 without sending a reply.
    // Already logged, and the answer to every later flush.
    kFatal,
};

// What was written in one piece, by the writer thread or the loop, and syncs of the log by
// whichever thread.
struct GroupCounters {
  uint64_t count = 0;
  uint64_t bytes = 0;
  uint64_t last_bytes = 0;
  uint64_t syncs = 0;
  int64_t last_sync_us = 0;
  int64_t max_sync_us = 0;
};

// Fields of INFO persistence.
struct AppendOnlyCounters {
  uint64_t current_size = 0;   // aof_current_size
  uint64_t base_size = 0;      // aof_base_size: size after the last rewrite, or when opened
  uint64_t buffer_length = 0;  // aof_buffer_length
  uint64_t buffer_memory = 0;  // mem_aof_buffer: bytes allocated for the buffer
  uint64_t pending_bio_fsync = 0;
  uint64_t delayed_fsync = 0;
  bool last_write_ok = true;  // aof_last_write_status
  GroupCounters groups;
  // Fed and not yet durable.
  uint64_t undurable_bytes = 0;
  // The reserve of disk space: bytes held, and how often they were given up.
  uint64_t reserve_bytes = 0;
  uint64_t reserve_given_up = 0;
  // What the ledger tells of: records, and bytes of the file.
  uint64_t ledger_records = 0;
  uint64_t ledger_offset = 0;
};

// A file that holds the whole data set and has the log's name.
struct RewrittenLog {
  std::shared_ptr<AppendFile> file;
  uint64_t size = 0;
  // The moment in the annotation the file begins with, if it does.
  std::optional<int64_t> annotation_unix_s;
  // Set when syncing the directory failed, so that a power cut may bring the old file back: the log
  // then counts as in error until it has synced the directory itself.
  std::error_code directory_error;
  // Its ledger; null for a log that keeps none.
  std::shared_ptr<LedgerWriter> ledger;
  // Its end that no sync has confirmed; null when all of it, with its name, is on the disk.
  // Otherwise syncing the file must make the name durable as well (NamedFile), and what the file
  // has durably must be at least what durableOffset() says: that stays where it is.
  UnsyncedRange* unsynced = nullptr;
};

// For the loop thread. The references given at construction must outlive the log.
class AppendOnlyLog {
 public:
  AppendOnlyLog(FileSystem& files, BackgroundSync& background, LogClock& clock, LogSink& sink,
                LatencyRecorder& latency);

  // From now on `writer` does what could make the loop wait; without it the loop does all itself.
  // It must outlive the log. Watch its completionFd() and call onCompletions().
  void useWriter(LogWriter& writer) { writer_ = &writer; }

  // From the next open() on the log keeps a ledger (docs/ledger-format.md) beside itself, which
  // follows what is durable within a second or kLedgerBytes. It is written in the background
  // thread. open() goes on in the one it finds, which must be this log's (settleLedger).
  void keepLedger() { keeps_ledger_ = true; }
  static constexpr uint64_t kLedgerBytes = 64 * 1024;

  // Closes the file as it is, without writing or syncing; call close() first to keep what was fed.
  ~AppendOnlyLog();

  AppendOnlyLog(const AppendOnlyLog&) = delete;
  AppendOnlyLog& operator=(const AppendOnlyLog&) = delete;

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

  bool isOn() const { return file_ != nullptr; }

  // From now on all that is fed goes to `diff` as well, beginning with a SELECT: the text that has
  // to follow the data set as it is now. The log may be off; what is fed then goes to `diff` only,
  // and counts as written. `diff` must live until endDiff() or adopt().
  void beginDiff(RewriteDiff& diff);
  // Brings `diff` up to fedOffset(). Flushing does it as well.
  void feedDiff();
  // Under always with a writer: from here to endDiff() or adopt() no group goes to the file, so
  // that durableOffset() stays behind what `diff` has got. Those who write wait meanwhile.
  void holdGroups() { groups_held_ = true; }
  void endDiff();

  // fsync policy, no_fsync_on_rewrite and timestamp_enabled act at once; directory and filename at
  // the next open().
  void updateSettings(const AppendOnlySettings& settings);

  // What is in force; directory and filename are those of the open file.
  const AppendOnlySettings& settings() const { return settings_; }

  // True while a child process writes to the disk (no-appendfsync-on-rewrite,
  // aof-write-active-child).
  void setChildActive(bool active) { child_active_ = active; }

  // Appends one command executed in database `db` (the name and its arguments). A transaction is
  // fed as MULTI, its commands, EXEC. Nothing happens when the log is off.
  void feedAppendOnlyFile(int db, std::span<const std::string_view> args);

  // The same for a command whose text is already what feedAppendOnlyFile() would write
  // (ParseResult::canonical).
  void feedFrame(int db, std::string_view frame) {
    if (!feeding()) return;
    if (db != logged_db_ || timestamp_enabled_) feedPrefix(db);
    ++fed_commands_;
    buffer_.append(frame);
  }

  // Writes what was fed, in one write, and syncs as policy and mode say. Call it from beforeSleep,
  // before any reply leaves. With nothing to do it costs two comparisons and a clock read.
  FlushOutcome flushAppendOnlyFile(FlushMode mode);

  // Call every tick of serverCron: syncs what is due and retries what failed (a failed write each
  // second).
  FlushOutcome onCron();

  // Call when BackgroundSync::completionFd() or LogWriter::completionFd() is readable. What was
  // completed is acknowledged, or what failed answered, by the next flush.
  void onCompletions();

  // Positions in the stream of everything fed since this object was made, in bytes; they only grow.
  // durableOffset() <= writtenOffset() <= fedOffset(). A client that wrote remembers fedOffset()
  // after its command.
  uint64_t fedOffset() const { return gatheringFrom() + buffer_.size(); }
  uint64_t writtenOffset() const { return written_offset_; }
  uint64_t durableOffset() const { return durable_offset_; }
  // Commands that were fed since this object was made.
  uint64_t fedCommands() const { return fed_commands_; }
  // What is fed from here on reaches the file in one piece, and is acknowledged together.
  uint64_t gatheringFrom() const { return written_offset_ + group_bytes_; }

  // Under always a group waits for those who were answered just now and may write again, or they
  // would share no sync with those who are waiting already: until this moment of
  // LogClock::monotonicUs(), at which the log is to be flushed. Nothing when nobody is waited for.
  std::optional<int64_t> gathersUntilUs() const { return gathers_until_us_; }
  // Of the sync before, so that what is gained is worth it; and at most so long.
  static constexpr int64_t kGatherShare = 4;
  static constexpr int64_t kGatherUsMax = 2000;

  // So much waits for the disk that nothing more should be accepted until there is less: the server
  // stops reading from its clients. Not after an error, when writes are refused.
  bool queueFull() const {
    return (writing() || groups_held_) && lastWriteOk() &&
           group_bytes_ + buffer_.size() >= kQueueBytesMax;
  }
  static constexpr uint64_t kQueueBytesMax = 64 * 1024 * 1024;

  // Replies that depend on text up to here may leave: what policy `always` has synced, what others
  // have written. Everything that was fed when the log is off.
  uint64_t acknowledgeableOffset() const;

  // False from a failed write or sync until the log has caught up: the server refuses commands that
  // write with writeError() and serves all others.
  bool lastWriteOk() const { return !write_error_; }

  // "MISCONF Errors writing to the AOF file: <reason>". Only meaningful when lastWriteOk() is
  // false.
  std::string writeError() const;

  // A write has been failing for a second and replies have waited for it, so that they may leave
  // now although what they tell of is not in the log: those of writes as unloggedError(). Never
  // under always. Until the text is written after all.
  bool holdsAreOver() const { return holds_over_; }
  static constexpr int64_t kHoldMsMax = 1000;
  // A write fails and replies wait for it: the log is to be flushed at this moment of
  // LogClock::monotonicMs(), to try again or to end the waiting.
  std::optional<int64_t> failureDueMs() const;
  // "MISCONF The write is applied in memory and is not in the AOF file: <reason>"
  std::string unloggedError() const;

  // A write has found the disk full since this was asked last: whoever can free some should.
  bool takeSpaceWanted() { return std::exchange(space_wanted_, false); }

  // True when a failed sync left bytes that cannot be read back from the file, so that only a
  // rewrite from memory heals the log, or when syncs of this file go on failing, so that another
  // file is worth trying: adopt(). Writes stay refused (lastWriteOk() false) until then, or until
  // a sync succeeds after all.
  bool needsRewrite() const { return bytes_lost_ || sync_failures_ >= kSyncFailuresMax; }

  AppendOnlyCounters counters() const;

 private:
  bool feeding() const { return isOn() || diff_ != nullptr; }
  void dropBuffer();
  void feedPrefix(int db);
  void appendArray(std::span<const std::string_view> args);

  FlushOutcome flushAlways(int64_t now_ms);
  FlushOutcome flushAlwaysInline(int64_t now_ms);
  FlushOutcome flushForced(int64_t now_ms);
  FlushOutcome fatal(uint64_t keep_offset);
  FlushOutcome outcome() const;

  bool retryLater(int64_t now_ms) const;
  void writeGathered(int64_t now_ms);
  [[nodiscard]] bool writeBuffer(int64_t now_ms);
  [[nodiscard]] bool writeWithReserve(int64_t now_ms);
  void writeSucceeded(int64_t now_ms);
  void noteFailing(int64_t now_ms);
  void makeRoom(std::error_code error);
  uint64_t wantedReserve() const {
    return settings_.fsync == FsyncPolicy::kAlways ? 0 : settings_.disk_reserve_bytes;
  }
  void noteGroup(uint64_t bytes);
  void noteSync(int64_t elapsed_us);
  void writeFailed(size_t written, size_t expected, std::error_code error);
  void grewBy(uint64_t bytes);
  void accepted(std::string_view text);
  void synced(uint64_t offset);

  // A group is with the writer thread.
  bool writing() const { return group_token_ != 0; }
  void submitGroup(bool sync);
  void gatherNext(int64_t sync_us);
  bool stillGathers();
  uint64_t gatheredCommands() const { return fed_commands_ - submitted_commands_; }
  void onGroupDone(const LogWriter::Result& result);
  void groupFailed();
  void releaseGroup();
  void takeBackGroup();
  void settleWriter();
  void recordWriteLatency(int64_t elapsed_us);
  void recordLatency(std::string_view event, int64_t elapsed_us);

  void syncInBackground(int64_t now_ms);
  void noteDelayedSync(int64_t now_ms);
  [[nodiscard]] bool syncInline();
  void onBackgroundDone(const BackgroundSync::Completion& completion);
  void onSyncDone(const BackgroundSync::Completion& completion);
  void settleBackgroundSync();
  void syncFailed(std::error_code error);
  [[nodiscard]] bool heal();
  [[nodiscard]] bool writeSuspectAgain();
  [[nodiscard]] bool syncDirectory();
  void directoryFailed(std::error_code error);
  void enterError(std::error_code error, std::string text);
  void leaveErrorIfHealed();

  void openLedger(const AppendOnlySettings& settings, std::shared_ptr<AppendFile>& file,
                  uint64_t log_bytes);
  void followWithLedger();
  void finishLedger();
  void onLedgerDone(std::error_code error);
  // Of the file, not of the stream; nothing that counts while the name is not durable.
  uint64_t durableFileBytes() const {
    return adopted_unsynced_ || directory_unsynced_ ? 0 : fileOffset(durable_offset_);
  }

  // no-appendfsync-on-rewrite holds syncs back, but not the one that ends an error.
  bool syncSuppressed() const {
    return settings_.no_fsync_on_rewrite && child_active_ && !errorNeedsSync();
  }
  bool errorNeedsSync() const {
    return durable_offset_ < resync_offset_ || directory_unsynced_ || adopted_unsynced_;
  }
  bool syncOwed() const {
    return durable_offset_ < written_offset_ || directory_unsynced_ || adopted_unsynced_;
  }
  uint64_t fileOffset(uint64_t log_offset) const {
    return file_size_ - (written_offset_ - log_offset);
  }

  FileSystem& files_;
  BackgroundSync& background_;
  LogClock& clock_;
  LogSink& sink_;
  LatencyRecorder& latency_;

  AppendOnlySettings settings_;
  std::shared_ptr<AppendFile> file_;
  LogBuffer buffer_;
  RewriteDiff* diff_ = nullptr;
  // What diff_ has.
  uint64_t diff_offset_ = 0;
  bool groups_held_ = false;
  // Database of the last command in the log; -1 = unknown, the next command is preceded by SELECT.
  int logged_db_ = -1;
  bool timestamp_enabled_ = false;
  bool child_active_ = false;
  int64_t last_timestamp_ = 0;

  uint64_t file_size_ = 0;
  uint64_t base_size_ = 0;
  uint64_t written_offset_ = 0;
  uint64_t durable_offset_ = 0;

  // Bytes between durable_offset_ and written_offset_.
  UnsyncedRange unsynced_;
  // A sync failed and its bytes have not been written again since: no sync may be believed before.
  bool suspect_ = false;
  // They cannot be read back.
  bool bytes_lost_ = false;
  // In a row; at about one a second. A disk that only hiccups is back before so many.
  static constexpr int kSyncFailuresMax = 5;
  int sync_failures_ = 0;
  // The file has its name only until a power cut.
  bool directory_unsynced_ = false;
  // The file was adopted with an end, or a name, that no sync has confirmed yet.
  bool adopted_unsynced_ = false;
  // The error of a failed sync lasts until this offset is durable.
  uint64_t resync_offset_ = 0;

  // The sync under way: its token (0 = none), the offset it covers, when it started and was last
  // counted as delayed.
  uint64_t sync_token_ = 0;
  uint64_t next_token_ = 1;
  uint64_t sync_covers_ = 0;
  int64_t last_sync_ms_ = 0;
  int64_t delay_counted_ms_ = 0;
  uint64_t delayed_fsync_ = 0;
  std::vector<BackgroundSync::Completion> completions_;

  LogWriter* writer_ = nullptr;
  // What the writer thread has: the text from written_offset_ on. Kept for the case that it fails.
  std::shared_ptr<LogBuffer> group_;
  uint64_t group_bytes_ = 0;
  uint64_t group_token_ = 0;
  // Commands of it, and up to its end.
  uint64_t group_commands_ = 0;
  uint64_t submitted_commands_ = 0;
  uint64_t fed_commands_ = 0;
  std::optional<int64_t> gathers_until_us_;
  // As many commands are all that can be expected.
  uint64_t gather_goal_ = 0;
  // Two syncs at once could each report what the other has lost.
  bool group_syncs_ = false;
  // Under `always`: a group failed, which the next flush answers with kFatal.
  bool group_failed_ = false;
  // A buffer to gather in, kept from the last group.
  std::shared_ptr<LogBuffer> spare_;
  std::vector<LogWriter::Result> results_;
  GroupCounters group_counters_;

  bool keeps_ledger_ = false;
  // Null: none is kept.
  std::shared_ptr<LedgerWriter> ledger_;
  // The background thread is at it; 0 = it is not.
  uint64_t ledger_token_ = 0;
  int64_t last_ledger_ms_ = 0;
  // It still has its temporary name.
  bool ledger_unnamed_ = false;

  // kFatal was returned: the file is as it is to be left, and nothing is written any more.
  bool given_up_ = false;
  // What INFO and MISCONF tell; none = all is well.
  std::error_code write_error_;
  // The last write failed and the buffer holds what it could not place.
  bool write_failed_ = false;
  // Since when: the begin of the first write that failed.
  int64_t failing_since_ms_ = 0;
  // Room was made since it failed.
  bool retry_at_once_ = false;
  bool holds_over_ = false;
  bool space_wanted_ = false;
  DiskReserve reserve_;
  int64_t last_write_ms_ = 0;
  // The last line about an error, to keep them apart; and whether the present error has had one.
  std::optional<int64_t> last_error_logged_ms_;
  bool error_announced_ = false;
};

}  // namespace inkstone
