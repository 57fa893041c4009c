// One thread that does to files what may take long: fdatasync and the close of a big deleted file.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include "persistence/file.h"

namespace inkstone {

// The loop submits, the thread works in order, the loop collects. The thread never calls into the
// loop: it makes completionFd() readable. All functions are for the loop thread. A fork child must
// not touch this object: the thread may have held its lock at the fork.
class BackgroundSync {
 public:
  struct Completion {
    uint64_t token;
    std::error_code error;
  };

  // `thread_setup` runs first in the new thread (name, processor affinity); signals are blocked
  // there. Throws std::system_error when the machine has no descriptor or thread left.
  explicit BackgroundSync(std::function<void()> thread_setup = {});

  // Finishes what was submitted, then joins.
  ~BackgroundSync();

  BackgroundSync(const BackgroundSync&) = delete;
  BackgroundSync& operator=(const BackgroundSync&) = delete;

  // Calls file->sync(); its result comes back as a Completion with this token.
  void submitSync(std::shared_ptr<AppendFile> file, uint64_t token);

  // Drops the reference in the thread, so that the last one closes (and frees a deleted file)
  // there. No completion.
  void submitClose(std::shared_ptr<AppendFile> file);

  // An eventfd, readable while there are completions to drain. Watch it; do not read it.
  int completionFd() const { return event_fd_; }

  // Moves the completions so far to the end of `out` and makes completionFd() unreadable. Costs one
  // atomic load when there are none.
  void drainCompletions(std::vector<Completion>& out);

  // Blocks until everything submitted so far is done.
  void waitIdle();

 private:
  struct Job {
    std::shared_ptr<AppendFile> file;
    uint64_t token = 0;
    bool sync = false;
  };

  void run();
  void submit(Job job);
  void perform(Job job);

  int event_fd_ = -1;
  std::mutex mutex_;
  std::condition_variable work_;
  std::condition_variable idle_;
  std::deque<Job> jobs_;
  std::vector<Completion> completions_;
  std::atomic<bool> has_completions_ = false;
  bool busy_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace inkstone
