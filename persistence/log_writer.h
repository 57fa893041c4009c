// The log-writer thread: appends to the log what the loop hands over, and syncs it where the policy
// is `always`, so that the loop never waits for the disk.
//
// Group commit: while one group is being written and synced, the loop goes on executing commands
// and the text of the next group gathers in its buffer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <system_error>
#include <vector>

#include "persistence/file.h"
#include "persistence/job_thread.h"
#include "persistence/log_buffer.h"

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
    // As asked for.
    bool sync = false;
    // Less than was handed over: `write_error` says why, or nothing (the file system is full), and
    // nothing was synced.
    size_t written = 0;
    std::error_code write_error;
    std::error_code sync_error;
    int64_t write_us = 0;
    int64_t sync_us = 0;
  };

  // `thread_setup` runs first in the new thread.
  explicit LogWriter(std::function<void()> thread_setup = {});

  // At most one group of a file may be under way. Nobody else may append to the file meanwhile;
  // syncing it is allowed.
  void submit(Group group) { thread_.submit(std::move(group)); }

  int completionFd() const { return thread_.completionFd(); }
  void drain(std::vector<Result>& out) { thread_.drain(out); }
  void waitIdle() { thread_.waitIdle(); }

 private:
  JobThread<Group, Result> thread_;
};

}  // namespace inkstone
