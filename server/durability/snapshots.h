// Snapshots of the data set (RDB files): in the foreground, by a child, by save points; and what is
// known about the last one.
#pragma once

#include <cstdint>
#include <string>

#include "persistence/rewrite/snapshot_file.h"
#include "server/durability/child_process.h"

namespace inkstone {

class Server;

class Snapshots {
 public:
  // `server` must outlive this object.
  explicit Snapshots(Server& server);

  // Writes a snapshot while everybody waits. False when that failed, which is logged.
  [[nodiscard]] bool save();
  // Has a child write one. There must be no child. False when it cannot be started, which is
  // logged.
  [[nodiscard]] bool saveInBackground();
  // The same as soon as the child that runs now has ended.
  void schedule() { scheduled_ = true; }

  // Call every tick of serverCron: starts what is scheduled, or what a save point asks for. After a
  // failure, not before kRetryMs have passed.
  void onCron();

  // The data set was emptied on purpose: a snapshot of what was there is of no use any more, and
  // with save points an empty one takes its place at once: true if it does.
  [[nodiscard]] bool onFlushAll();

  bool running() const;
  int64_t lastSaveUnixSeconds() const { return last_save_unix_s_; }
  bool lastBackgroundSaveOk() const { return last_background_ok_; }
  // Seconds; -1 before the first.
  int64_t lastBackgroundSaveSeconds() const { return last_background_s_; }
  int64_t currentBackgroundSaveSeconds() const;
  uint64_t saves() const { return saves_; }
  uint64_t lastCowBytes() const { return last_cow_bytes_; }

  // stop-writes-on-bgsave-error: whether a failed save forbids writing. Never while the log keeps
  // what is written.
  bool forbidsWrites() const;

  // Where the snapshot is now.
  SnapshotSettings fileSettings() const;
  // What an image of the data set tells about itself, and how it is written.
  RdbSaveRequest request() const;

 private:
  static constexpr int64_t kRetryMs = 5000;

  // No other server writes the same file; logged.
  [[nodiscard]] bool mayWrite();
  std::string logMark() const;
  bool mayTryAgain() const;
  bool savePointReached() const;
  int runChild(ChildReporter& reporter, const std::string& log_mark) const;
  void childEnded(const ChildEnd& end);

  Server& server_;
  int64_t last_save_unix_s_;
  bool last_background_ok_ = true;
  int64_t last_background_s_ = -1;
  // Monotonic; of the last attempt in the background.
  int64_t last_try_ms_ = 0;
  uint64_t saves_ = 0;
  uint64_t last_cow_bytes_ = 0;
  bool scheduled_ = false;
  // Changes that the child's snapshot holds.
  uint64_t dirty_at_fork_ = 0;
};

}  // namespace inkstone
