// One thread that does to files what may take long: fdatasync, the close of a big deleted file,
// reading back what the ledger records, setting disk space aside.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <system_error>
#include <vector>

#include "persistence/files/file.h"
#include "persistence/files/job_thread.h"

namespace inkstone {

// All functions are for the loop thread; see JobThread.
class BackgroundSync {
 public:
  struct Completion {
    // What submit() gave for the job.
    uint64_t token;
    std::error_code error;
    // How long the job took.
    int64_t elapsed_us;
  };

  // `thread_setup` runs first in the new thread.
  explicit BackgroundSync(std::function<void()> thread_setup = {});

  // Calls work() in the thread. Its result comes back as a Completion with the token that is
  // returned: never 0, and never given twice by one object. What `work` holds is let go before.
  [[nodiscard]] uint64_t submit(std::function<std::error_code()> work);

  // Calls file->sync() in the thread.
  [[nodiscard]] uint64_t submitSync(std::shared_ptr<AppendFile> file);

  // Drops the reference in the thread, so that the last one closes (and frees a deleted file)
  // there. There is no completion.
  void submitClose(std::shared_ptr<AppendFile> file);

  int completionFd() const { return thread_.completionFd(); }
  void drainCompletions(std::vector<Completion>& out) { thread_.drain(out); }
  void waitIdle() { thread_.waitIdle(); }

 private:
  struct Job {
    std::function<std::error_code()> work;
    // 0: nobody waits for the result.
    uint64_t token = 0;
  };

  JobThread<Job, Completion> thread_;
  uint64_t last_token_ = 0;
};

}  // namespace inkstone
