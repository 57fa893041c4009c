// The log-writer thread: appends to the log what the loop hands over, and syncs it where the policy
// is `always`, so that the loop never waits for the disk.
//
// Group commit: while one group is being written and synced, the loop goes on executing commands
// and the text of the next group gathers in its buffer.
//
// A loop that has nothing else to do meanwhile, on a disk that syncs quickly, is better off without
// the two wake-ups that the thread costs: where it has said that it can (useLoop), it is given such
// a group back to commit it itself. Whether it has is seen in the groups that the thread commits,
// which some always are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include "persistence/files/file.h"
#include "persistence/files/job_thread.h"
#include "persistence/log/log_buffer.h"

namespace inkstone {

// All functions are for the loop thread; see JobThread.
class LogWriter {
 public:
  struct Group {
    std::shared_ptr<AppendFile> file;
    // May be empty, when only a sync is owed.
    std::shared_ptr<const LogBuffer> text;
    bool sync = false;
    uint64_t token = 0;
  };
  struct Result {
    uint64_t token = 0;
    // Whether a sync was asked for.
    bool sync = false;
    // Less than was handed over when there is a `write_error`; then nothing was synced.
    size_t written = 0;
    std::error_code write_error;
    std::error_code sync_error;
    int64_t write_us = 0;
    int64_t sync_us = 0;
  };

  // `thread_setup` runs first in the new thread.
  explicit LogWriter(std::function<void()> thread_setup = {});

  // Finishes what was submitted.
  ~LogWriter() { submitDeferred(); }

  // At most one group of a file may be under way. Nobody else may append to the file meanwhile;
  // syncing it is allowed.
  void submit(Group group);

  // From now on submit() may defer a group: before it sleeps the loop takes it and calls commit(),
  // or gives it to the thread after all.
  void useLoop() { may_defer_ = true; }
  bool hasDeferred() const { return deferred_.has_value(); }
  std::optional<Group> takeDeferred() { return std::exchange(deferred_, std::nullopt); }
  void submitDeferred();
  // Does in any thread what the log-writer thread would do; drain() gives the result.
  void commit(Group group) { thread_.doHere(std::move(group)); }
  // How many were deferred.
  uint64_t deferredGroups() const { return deferred_groups_; }
  // How much the loop has done for others than those who write, in any unit; it may shrink, too.
  // Call it before submit() and before drain().
  void noteOtherWork(int64_t done) { other_work_ = done; }
  // A disk is a quick one where the last syncs took less than this on average.
  static constexpr int64_t kQuickSyncUs = 1000;
  // One group of so many is committed by the thread although the loop could.
  static constexpr int kProbeGroups = 32;

  int completionFd() const { return thread_.completionFd(); }
  void drain(std::vector<Result>& out);
  void waitIdle() {
    submitDeferred();
    thread_.waitIdle();
  }

 private:
  bool loopPays();
  void submitToThread(Group group);

  JobThread<Group, Result> thread_;
  bool may_defer_ = false;
  std::optional<Group> deferred_;
  int64_t sync_us_ = 0;
  int64_t other_work_ = 0;
  // When the thread was given its last group; nothing when it has none or the loop was given one.
  std::optional<int64_t> other_work_at_submit_;
  // While the thread was at its last group the loop had nothing else to do.
  bool loop_idles_ = false;
  int deferred_in_a_row_ = 0;
  uint64_t deferred_groups_ = 0;
};

}  // namespace inkstone
