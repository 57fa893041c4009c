// A thread that does jobs in order and hands their results back to the loop.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "persistence/files/signals_blocked.h"

namespace inkstone {

// How a thread beside the loop tells the loop that something is done: an eventfd. Throws
// std::system_error when the machine has no descriptor left.
class CompletionEvent {
 public:
  CompletionEvent();
  ~CompletionEvent();
  CompletionEvent(const CompletionEvent&) = delete;
  CompletionEvent& operator=(const CompletionEvent&) = delete;

  int descriptor() const { return fd_; }
  // Makes it readable; from any thread.
  void raise();
  void clear();

 private:
  const int fd_;
};

// The loop submits, the thread works, the loop collects. The thread never calls into the loop: it
// makes completionFd() readable. All functions but doHere() are for the loop thread. A fork child
// must not touch the object: the thread may have held its lock at the fork.
template <typename Job, typename Result>
class JobThread {
 public:
  // Called in the thread. A job without a result has nothing to be collected; whatever a job refers
  // to must be let go before its result is returned, since the loop may then drop its own
  // reference.
  using Work = std::function<std::optional<Result>(Job)>;

  // `setup` runs first in the new thread (name, processor affinity); signals are blocked there.
  // Throws std::system_error when the machine has no descriptor or thread left.
  JobThread(Work work, std::function<void()> setup) : work_(std::move(work)) {
    const SignalsBlocked blocked;
    thread_ = std::thread([this, setup = std::move(setup)] {
      if (setup) setup();
      run();
    });
  }

  // Finishes what was submitted, then joins.
  ~JobThread() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
  }

  JobThread(const JobThread&) = delete;
  JobThread& operator=(const JobThread&) = delete;

  void submit(Job job) {
    {
      const std::lock_guard lock(mutex_);
      jobs_.push_back(std::move(job));
    }
    wake_.notify_one();
  }

  // Does the job in the calling thread instead, which may be one that is not the loop's any more
  // when it is done. Its result is collected like that of any other, and waitIdle() waits for it.
  // Nothing that must come first may be under way.
  void doHere(Job job) {
    std::unique_lock lock(mutex_);
    perform(std::move(job), lock);
  }

  // An eventfd, readable while there are results to drain. Watch it; do not read it.
  int completionFd() const { return completed_.descriptor(); }

  // Moves the results so far to the end of `out` and makes completionFd() unreadable. Costs one
  // atomic load when there are none.
  void drain(std::vector<Result>& out) {
    if (!has_results_.load(std::memory_order_acquire)) return;
    // Before the list is taken: a result that arrives in between makes it readable again.
    completed_.clear();
    const std::lock_guard lock(mutex_);
    out.insert(out.end(), std::make_move_iterator(results_.begin()),
               std::make_move_iterator(results_.end()));
    results_.clear();
    has_results_.store(false, std::memory_order_release);
  }

  // Blocks until everything submitted so far is done.
  void waitIdle() {
    std::unique_lock lock(mutex_);
    idle_.wait(lock, [this] { return jobs_.empty() && busy_ == 0; });
  }

 private:
  void run() {
    std::unique_lock lock(mutex_);
    for (;;) {
      wake_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
      if (jobs_.empty()) return;
      Job job = std::move(jobs_.front());
      jobs_.pop_front();
      perform(std::move(job), lock);
    }
  }

  // The job is done without the lock, which is held before and after.
  void perform(Job job, std::unique_lock<std::mutex>& lock) {
    ++busy_;
    lock.unlock();
    std::optional<Result> result = work_(std::move(job));
    lock.lock();
    --busy_;
    if (result) {
      results_.push_back(std::move(*result));
      has_results_.store(true, std::memory_order_release);
      completed_.raise();
    }
    if (jobs_.empty() && busy_ == 0) idle_.notify_all();
  }

  const Work work_;
  CompletionEvent completed_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable idle_;
  std::deque<Job> jobs_;
  std::vector<Result> results_;
  std::atomic<bool> has_results_ = false;
  // Jobs that are being done.
  int busy_ = 0;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace inkstone
