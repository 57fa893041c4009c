#include "server/data/lazy_free.h"

#include <pthread.h>

#include <utility>

#include "persistence/files/signals_blocked.h"

namespace inkstone {

LazyFree::~LazyFree() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  work_.notify_one();
  thread_.join();
}

void LazyFree::submit(std::unique_ptr<Database::Contents> contents) {
  const uint64_t keys = contents->table.size();
  submitJob(std::move(contents), keys);
}

void LazyFree::submit(const Value& value) {
  submitJob(OwnedValue(value), 1);
}

void LazyFree::submitJob(Garbage garbage, uint64_t objects) {
  pending_.fetch_add(objects, std::memory_order_relaxed);
  {
    const std::lock_guard lock(mutex_);
    jobs_.push_back({std::move(garbage), objects});
  }
  if (!thread_.joinable()) {
    const SignalsBlocked blocked;
    thread_ = std::thread([this] { run(); });
    pthread_setname_np(thread_.native_handle(), "lazy_free");
  }
  work_.notify_one();
}

void LazyFree::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    work_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
    if (jobs_.empty()) return;
    std::vector<Job> jobs = std::exchange(jobs_, {});
    lock.unlock();
    for (Job& job : jobs) {
      { const Garbage garbage = std::move(job.garbage); }
      pending_.fetch_sub(job.objects, std::memory_order_relaxed);
      freed_.fetch_add(job.objects, std::memory_order_relaxed);
    }
    lock.lock();
  }
}

}  // namespace inkstone
