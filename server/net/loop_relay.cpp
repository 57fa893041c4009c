#include "server/net/loop_relay.h"

#include <sys/resource.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <cerrno>
#include <exception>
#include <system_error>
#include <thread>
#include <utility>

#include "server/process/clock.h"

namespace inkstone {

namespace {

constexpr int64_t kNsPerUs = 1000;

int createTimer() {
  const int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
  if (fd < 0) throw std::system_error(errno, std::generic_category(), "timerfd_create");
  return fd;
}

int64_t microseconds(const timeval& time) {
  return int64_t{time.tv_sec} * 1'000'000 + time.tv_usec;
}

LoopRelay::CpuTime cpuTimeOfThread() {
  rusage usage{};
  getrusage(RUSAGE_THREAD, &usage);
  return {microseconds(usage.ru_utime), microseconds(usage.ru_stime)};
}

}  // namespace

LoopRelay::LoopRelay() : timer_(createTimer()) {}

LoopRelay::~LoopRelay() {
  ::close(timer_);
}

void LoopRelay::run(std::function<bool()> loop) {
  loop_ = std::move(loop);
  std::thread second([this] { attend(kSecond, false); });
  attend(kFirst, true);
  second.join();
}

// An exception ends the process: no thread could go on with a loop that was left at an unknown
// place.
void LoopRelay::attend(Runner self, bool has_loop) noexcept {
  while (has_loop || standBy(self)) {
    if (loop_()) {
      state_.store(State::kOver, std::memory_order_release);
      return setTimer(1);
    }
    has_loop = false;
  }
}

// Returns false when the loop is over.
bool LoopRelay::standBy(Runner self) {
  for (;;) {
    uint64_t expirations = 0;
    if (::read(timer_, &expirations, sizeof expirations) < 0 && errno != EINTR) std::terminate();
    State state = state_.load(std::memory_order_acquire);
    if (state == State::kOver) return false;
    // The timer was set for a call that is over.
    const int64_t since_ns = Clock::readMonotonicNs() - lent_at_ns_.load(std::memory_order_relaxed);
    if (since_ns < kPatienceUs * kNsPerUs) continue;
    state = lentBy(otherThan(self));
    if (state_.compare_exchange_strong(state, State::kRuns, std::memory_order_acq_rel)) {
      runner_ = self;
      ++takeovers_;
      return true;
    }
  }
}

void LoopRelay::offer(Runner self) {
  // So the thread that takes the loop over never reports less than was reported before.
  noteCpuTime(self);
  lent_at_ns_.store(Clock::readMonotonicNs(), std::memory_order_relaxed);
  state_.store(lentBy(self), std::memory_order_release);
  setTimer(kPatienceUs * kNsPerUs);
}

bool LoopRelay::takeBack(Runner self) {
  State state = lentBy(self);
  if (state_.compare_exchange_strong(state, State::kRuns, std::memory_order_acq_rel)) return true;
  noteCpuTime(self);
  return false;
}

void LoopRelay::noteCpuTime(Runner self) {
  const CpuTime now = cpuTimeOfThread();
  const std::lock_guard lock(cpu_mutex_);
  cpu_[self] = now;
}

void LoopRelay::setTimer(int64_t ns) {
  itimerspec timer{};
  timer.it_value.tv_nsec = ns;
  timerfd_settime(timer_, 0, &timer, nullptr);
}

LoopRelay::CpuTime LoopRelay::cpuTime() const {
  const CpuTime own = cpuTimeOfThread();
  const std::lock_guard lock(cpu_mutex_);
  const CpuTime& other = cpu_[otherThan(runner_)];
  return {own.user_us + other.user_us, own.system_us + other.system_us};
}

}  // namespace inkstone
