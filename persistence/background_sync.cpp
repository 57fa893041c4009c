#include "persistence/background_sync.h"

#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace inkstone {

namespace {

// Signals belong to the loop thread; a new thread inherits the mask of its creator.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &previous_);
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &previous_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t previous_{};
};

}  // namespace

BackgroundSync::BackgroundSync(std::function<void()> thread_setup)
    : event_fd_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  if (event_fd_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
  try {
    const SignalsBlocked blocked;
    thread_ = std::thread([this, setup = std::move(thread_setup)] {
      if (setup) setup();
      run();
    });
  } catch (...) {
    ::close(event_fd_);
    throw;
  }
}

BackgroundSync::~BackgroundSync() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  work_.notify_one();
  thread_.join();
  ::close(event_fd_);
}

void BackgroundSync::submitSync(std::shared_ptr<AppendFile> file, uint64_t token) {
  submit({std::move(file), token, true});
}

void BackgroundSync::submitClose(std::shared_ptr<AppendFile> file) {
  submit({std::move(file), 0, false});
}

void BackgroundSync::submit(Job job) {
  {
    const std::lock_guard lock(mutex_);
    jobs_.push_back(std::move(job));
  }
  work_.notify_one();
}

void BackgroundSync::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    work_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
    if (jobs_.empty()) return;
    Job job = std::move(jobs_.front());
    jobs_.pop_front();
    busy_ = true;
    lock.unlock();
    perform(std::move(job));
    lock.lock();
    busy_ = false;
    if (jobs_.empty()) idle_.notify_all();
  }
}

void BackgroundSync::perform(Job job) {
  if (!job.sync) {
    job.file.reset();
    return;
  }
  const std::error_code error = job.file->sync();
  // Let go before the completion is seen: a loop that then drops its own reference closes the file
  // itself.
  job.file.reset();
  {
    const std::lock_guard lock(mutex_);
    completions_.push_back({job.token, error});
    has_completions_.store(true, std::memory_order_release);
  }
  // The counter cannot overflow and the descriptor is ours, so this write cannot fail.
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(event_fd_, &one, sizeof(one));
}

void BackgroundSync::drainCompletions(std::vector<Completion>& out) {
  if (!has_completions_.load(std::memory_order_acquire)) return;
  // Emptied before the list is taken: a completion that arrives in between makes it readable again.
  uint64_t count = 0;
  [[maybe_unused]] const ssize_t bytes = ::read(event_fd_, &count, sizeof(count));
  const std::lock_guard lock(mutex_);
  out.insert(out.end(), completions_.begin(), completions_.end());
  completions_.clear();
  has_completions_.store(false, std::memory_order_release);
}

void BackgroundSync::waitIdle() {
  std::unique_lock lock(mutex_);
  idle_.wait(lock, [this] { return jobs_.empty() && !busy_; });
}

}  // namespace inkstone
