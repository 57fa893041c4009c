// Who writes the log and who syncs it, by the policy and the state of the disk:
//
//   everysec, no    the loop writes, once a turn; but never while a sync runs in the background or
//                   after a failed write, when a write may have to wait: then the writer thread
//                   does it. Syncs are the background thread's.
//   always          the writer thread writes and syncs one group after the other (group_commit.h),
//                   or the loop by itself, when it can be taken over meanwhile (log_writer.h).
//   repair, force   the loop does it here and now; without a writer thread it always does.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <system_error>
#include <vector>

#include "persistence/files/append_only_settings.h"
#include "persistence/files/log_hooks.h"
#include "persistence/log/background_sync.h"
#include "persistence/log/disk_reserve.h"
#include "persistence/log/group_commit.h"
#include "persistence/log/ledger_follower.h"
#include "persistence/log/log_feed.h"
#include "persistence/log/log_file.h"
#include "persistence/log/log_health.h"
#include "persistence/log/log_offsets.h"
#include "persistence/log/log_sync.h"

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

// For the loop thread, while the log is on. The references must outlive the object.
class LogCommit {
 public:
  // What the parts of a log share.
  struct Parts {
    const AppendOnlySettings& settings;
    LogOffsets& offsets;
    LogFeed& feed;
    LogFile& file;
    LogHealth& health;
    LedgerFollower& ledger;
    DiskReserve& reserve;
  };
  // What was written in one piece, by the writer thread or the loop.
  struct Counters {
    uint64_t count = 0;
    uint64_t bytes = 0;
    uint64_t last_bytes = 0;
  };
  static constexpr uint64_t kQueueBytesMax = 64 * 1024 * 1024;

  LogCommit(const Parts& parts, BackgroundSync& background, LogClock& clock, LogSink& sink,
            LatencyRecorder& latency);
  LogCommit(const LogCommit&) = delete;
  LogCommit& operator=(const LogCommit&) = delete;

  void useWriter(LogWriter& writer) { groups_.useWriter(writer); }

  // A child process writes to the disk (no-appendfsync-on-rewrite, aof-write-active-child).
  void setChildActive(bool active) { child_active_ = active; }
  // Under always with a writer no group goes to the file while they are held.
  void holdGroups(bool held) { groups_held_ = held; }

  FlushOutcome flush(FlushMode mode);
  // Lets ledger and reserve do what is due.
  void onCron();
  // Takes what the threads have completed.
  void onCompletions();
  // What waits to be written is dropped and counts as written, and nothing that is under way says
  // anything about what follows: the file is left.
  void drop();
  // The log goes on in another file, whose first sync is due at once or a second from now.
  void beginFile(bool sync_at_once) { sync_.beginFile(sync_at_once); }

  // Only what is on the disk is acknowledged.
  bool needsDisk() const { return settings_.fsync == FsyncPolicy::kAlways && !syncSuppressed(); }
  // So much waits for the disk that nothing more should be accepted until there is less. Not after
  // an error, when writes are refused.
  bool queueFull() const {
    return (groups_.underWay() || groups_held_) && health_.sound() &&
           offsets_.fed() - offsets_.written() >= kQueueBytesMax;
  }
  // These say when the log is to be flushed; see AppendOnlyLog.
  std::optional<int64_t> gathersUntilUs() const { return groups_.untilUs(); }
  std::optional<int64_t> failureDueMs() const { return health_.dueMs(groups_.underWay()); }

  const Counters& counters() const { return counters_; }
  const LogSync::Counters& syncCounters() const { return sync_.counters(); }
  bool syncUnderWay() const { return sync_.underWay(); }
  uint64_t groupMemory() const { return groups_.memory(); }

 private:
  FlushOutcome flushAlways(int64_t now_ms);
  FlushOutcome flushAlwaysInline(int64_t now_ms);
  FlushOutcome flushForced(int64_t now_ms);
  FlushOutcome outcome() const;
  FlushOutcome fatal(uint64_t replied_offset);

  void writeGathered(int64_t now_ms);
  [[nodiscard]] bool writeInline(int64_t now_ms);
  [[nodiscard]] bool writeWithReserve(int64_t now_ms);
  void writeFailed(size_t written, size_t expected, std::error_code error);
  void noteWrite(uint64_t bytes, int64_t elapsed_us);
  void recordWrite(int64_t elapsed_us);

  void syncInBackground(int64_t now_ms);
  [[nodiscard]] bool syncNow();

  void submitGroup(bool sync);
  void onGroupDone(const LogWriter::Result& result);
  void settleGroup();
  void settleSync();
  void settleHealth() { health_.settle(!file_.inDoubt()); }
  void finishLedger();

  uint64_t acknowledgeable() const { return needsDisk() ? offsets_.durable() : offsets_.written(); }
  // no-appendfsync-on-rewrite holds syncs back, but not the one that ends an error.
  bool syncSuppressed() const {
    return settings_.no_fsync_on_rewrite && child_active_ && !file_.inDoubt();
  }

  const AppendOnlySettings& settings_;
  LogOffsets& offsets_;
  LogFeed& feed_;
  LogFile& file_;
  LogHealth& health_;
  LedgerFollower& ledger_;
  DiskReserve& reserve_;
  BackgroundSync& background_;
  LogClock& clock_;
  LogSink& sink_;
  LatencyRecorder& latency_;

  LogSync sync_;
  GroupCommit groups_;
  bool child_active_ = false;
  bool groups_held_ = false;
  Counters counters_;
  std::vector<BackgroundSync::Completion> completions_;
};

}  // namespace inkstone
