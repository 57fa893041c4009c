// Runs the loop in one of two threads, while the other stands by: the leader/followers pattern.
//
// The thread that runs the loop may lend it out for a call that can wait for the disk. The call is
// nearly always over so soon that nobody notices, and the thread goes on without a wake-up or a
// switch of threads. When it is not, the other thread takes the loop over and goes on with it, and
// the first one stands by when its call is over.
//
// Only one thread runs the loop at any time, and what one has done is visible to the next; nothing
// of the loop may depend on which of the two it is. For Linux (timerfd).
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>

namespace inkstone {

class LoopRelay {
 public:
  // So long a call may keep the loop.
  static constexpr int64_t kPatienceUs = 1000;

  // Throws std::system_error when the machine has no descriptor left.
  LoopRelay();
  ~LoopRelay();
  LoopRelay(const LoopRelay&) = delete;
  LoopRelay& operator=(const LoopRelay&) = delete;

  // `loop` runs turns and returns true when the loop is over for good, false as soon as lend() has
  // said that it was taken over. Called in this thread first; returns, in this thread, when the
  // loop is over and no call to lend() is under way any more. Throws std::system_error when the
  // machine has no thread left.
  void run(std::function<bool()> loop);

  // In the thread that runs the loop. False when the loop was taken over meanwhile: the caller must
  // leave it at once and touch nothing that belongs to it; `work` must not have either. Outside
  // of run() it is never taken over.
  template <typename Work>
  [[nodiscard]] bool lend(Work work) {
    const Runner self = runner_;
    offer(self);
    work();
    return takeBack(self);
  }

  // In the thread that runs the loop. How often it was taken over.
  uint64_t takeovers() const { return takeovers_; }

  // Processor time of the two threads, in microseconds; it never shrinks. Of the one that does not
  // run the loop it is what it was when it lent it, or began to stand by.
  struct CpuTime {
    int64_t user_us = 0;
    int64_t system_us = 0;
  };
  CpuTime cpuTime() const;

 private:
  enum Runner : size_t { kFirst, kSecond };
  // Lent by the one or by the other, or not lent.
  enum class State : int { kLentByFirst, kLentBySecond, kRuns, kOver };
  static State lentBy(Runner runner) {
    return runner == kFirst ? State::kLentByFirst : State::kLentBySecond;
  }
  static Runner otherThan(Runner runner) { return runner == kFirst ? kSecond : kFirst; }

  void attend(Runner self, bool has_loop) noexcept;
  bool standBy(Runner self);
  void offer(Runner self);
  bool takeBack(Runner self);
  void noteCpuTime(Runner self);
  void setTimer(int64_t ns);

  // Wakes the thread that stands by. Set for each call that is lent and not stopped after it: while
  // one follows the other it never fires.
  const int timer_;
  std::atomic<State> state_ = State::kRuns;
  std::atomic<int64_t> lent_at_ns_ = 0;
  std::function<bool()> loop_;
  // Belong to the loop.
  Runner runner_ = kFirst;
  uint64_t takeovers_ = 0;

  mutable std::mutex cpu_mutex_;
  std::array<CpuTime, 2> cpu_;
};

}  // namespace inkstone
