// Snapshots of the data set (RDB files): in the foreground, by a child, and by save points. Also
// knows the state of the last one.
#pragma once

#include <cstdint>
#include <string>

#include "persistence/rewrite/snapshot_file.h"
#include "server/durability/child_process.h"

namespace inkstone {

class AppendOnlyLog;
class DataLocks;
class DataSet;
class LogRewrite;
class Runtime;

class Snapshots {
 public:
  // All must outlive this object.
  Snapshots(Runtime& runtime, DataSet& data, AppendOnlyLog& log, ChildProcess& child,
            LogRewrite& log_rewrite, DataLocks& data_locks);

  // Writes a snapshot while all clients wait. Returns false when that failed; the server log says
  // why.
  [[nodiscard]] bool save();
  // Has a child write a snapshot. There must be no child. Returns false when it cannot be started;
  // the server log says why.
  [[nodiscard]] bool saveInBackground();
  // Does the same as soon as the running child has ended.
  void schedule() { scheduled_ = true; }

  // Call it every tick of serverCron: starts a scheduled snapshot, or one that a save point asks
  // for. After a failure it waits for kRetryMs.
  void onCron();

  // The data set was emptied on purpose, so a snapshot of the old data is of no use any more. With
  // save points an empty one is written at once; returns true if so.
  [[nodiscard]] bool onFlushAll();

  bool running() const;
  int64_t lastSaveUnixSeconds() const { return last_save_unix_s_; }
  bool lastBackgroundSaveOk() const;
  // The duration in seconds; -1 before the first one.
  int64_t lastBackgroundSaveSeconds() const { return last_background_s_; }
  int64_t currentBackgroundSaveSeconds() const;
  uint64_t saves() const { return saves_; }
  uint64_t lastCowBytes() const { return last_cow_bytes_; }

 private:
  static constexpr int64_t kRetryMs = 5000;

  // Whether no other server writes the same file. If one does, the server log says so.
  [[nodiscard]] bool mayWrite();
  void noteBackgroundEnd(bool ok);
  std::string logMark() const;
  bool mayTryAgain() const;
  bool savePointReached() const;
  int runChild(ChildReporter& reporter, const std::string& log_mark) const;
  void childEnded(const ChildEnd& end);

  Runtime& runtime_;
  DataSet& data_;
  AppendOnlyLog& log_;
  ChildProcess& child_;
  LogRewrite& log_rewrite_;
  DataLocks& data_locks_;
  int64_t last_save_unix_s_;
  int64_t last_background_s_ = -1;
  // The monotonic time of the last attempt in the background.
  int64_t last_try_ms_ = 0;
  uint64_t saves_ = 0;
  uint64_t last_cow_bytes_ = 0;
  bool scheduled_ = false;
  // The number of changes that the child's snapshot holds.
  uint64_t dirty_at_fork_ = 0;
};

}  // namespace inkstone
