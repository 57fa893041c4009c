// Syncs the log's file: in the background thread, at most once a second, or here and now. What a
// success says goes to the file and the ledger, what a failure says to the file and the health.
#pragma once

#include <cstdint>
#include <string_view>
#include <system_error>

#include "persistence/files/log_hooks.h"
#include "persistence/log/background_sync.h"
#include "persistence/log/ledger_follower.h"
#include "persistence/log/log_file.h"
#include "persistence/log/log_health.h"
#include "persistence/log/log_offsets.h"

namespace inkstone {

// For the loop thread. The references must outlive the object.
class LogSync {
 public:
  struct Counters {
    // Syncs of the log, by whichever thread, and how long they took.
    uint64_t count = 0;
    int64_t last_us = 0;
    int64_t max_us = 0;
    // How often a sync in the background was found to take too long.
    uint64_t delayed = 0;
  };
  static constexpr int64_t kIntervalMs = 1000;

  LogSync(BackgroundSync& background, LogClock& clock, LogSink& sink, const LogOffsets& offsets,
          LogFile& file, LogHealth& health, LedgerFollower& ledger)
      : background_(background),
        clock_(clock),
        sink_(sink),
        offsets_(offsets),
        file_(file),
        health_(health),
        ledger_(ledger) {}
  LogSync(const LogSync&) = delete;
  LogSync& operator=(const LogSync&) = delete;

  // One runs in the background thread.
  bool underWay() const { return token_ != 0; }
  // A second has passed since the last one began.
  bool due(int64_t now_ms) const { return now_ms - last_ms_ >= kIntervalMs; }

  // Begins one in the background thread, where there is none; repairs the file first, for which
  // nobody else may write to it.
  void begin(int64_t now_ms);
  // One is under way: tells when it takes too long while there is more to sync.
  void noteDelay(int64_t now_ms);
  // Takes a completion of the background thread; false if it is not of this.
  bool onCompletion(const BackgroundSync::Completion& completion);
  // Repairs and syncs the file here and now; none may be under way in the background thread. True
  // on success. `elapsed_us` is how long the sync took, -1 if there was none.
  [[nodiscard]] bool runNow(int64_t& elapsed_us);
  // The writer thread has synced a group, behind which nothing is written.
  void groupSynced(int64_t elapsed_us);
  // A sync by whichever thread failed.
  void failed(std::error_code error);

  // What is under way says nothing about what follows: the file is left.
  void drop() { token_ = 0; }
  // The file is another one, whose first sync is due at once or a second from now.
  void beginFile(bool at_once) { last_ms_ = at_once ? 0 : clock_.monotonicMs(); }

  const Counters& counters() const { return counters_; }

 private:
  bool repair();
  void count(int64_t elapsed_us);
  void follow() { ledger_.follow(file_.file(), file_.durableBytes()); }

  BackgroundSync& background_;
  LogClock& clock_;
  LogSink& sink_;
  const LogOffsets& offsets_;
  LogFile& file_;
  LogHealth& health_;
  LedgerFollower& ledger_;

  // The one under way: its token (0: there is none), and the offset it covers.
  uint64_t token_ = 0;
  uint64_t covers_ = 0;
  // When the last one began, and was last counted as delayed.
  int64_t last_ms_ = 0;
  int64_t delay_counted_ms_ = 0;
  Counters counters_;
};

}  // namespace inkstone
