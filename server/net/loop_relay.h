// Runs the loop in one of two threads, while the other stands by: the leader/followers pattern.
//
// The thread that runs the loop may lend it out during a call that can wait for the disk. Nearly
// always the call is over before anybody notices, and the thread goes on without a wake-up or a
// switch of threads. When the call lasts, the other thread takes the loop over, and the first one
// stands by when its call is over.
//
// Only one thread runs the loop at any time, and what one thread has done is visible to the next.
// Nothing of the loop may depend on which of the two threads runs it. For Linux (timerfd).
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
  // The longest time that a call keeps the loop.
  static constexpr int64_t kPatienceUs = 1000;

  // Throws std::system_error when the machine has no descriptor left.
  LoopRelay();
  ~LoopRelay();
  LoopRelay(const LoopRelay&) = delete;
  LoopRelay& operator=(const LoopRelay&) = delete;

  // `loop` runs turns. It returns true when the loop is over for good, and false as soon as lend()
  // has said that the loop was taken over. It is called in this thread first. run() returns, in
  // this thread, when the loop is over and no call of lend() is under way any more. Throws
  // std::system_error when the machine has no thread left.
  void run(std::function<bool()> loop);

  // To be called in the thread that runs the loop. When it returns false the loop was taken over
  // meanwhile: the caller must leave it at once and touch nothing that belongs to it, and `work`
  // must not have touched anything either. Outside of run() the loop is never taken over.
  template <typename Work>
  [[nodiscard]] bool lend(Work work) {
    const Runner self = runner_;
    offer(self);
    work();
    return takeBack(self);
  }

  // How often the loop was taken over. To be called in the thread that runs the loop.
  uint64_t takeovers() const { return takeovers_; }

  // Processor time of the two threads, in microseconds; it never shrinks. The time of the thread
  // that does not run the loop is that of the moment when it lent the loop, or began to stand by.
  struct CpuTime {
    int64_t user_us = 0;
    int64_t system_us = 0;
  };
  CpuTime cpuTime() const;

 private:
  enum Runner : size_t { kFirst, kSecond };
  // Which thread has lent the loop, if one has.
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

  // Wakes the thread that stands by. The timer is set for each call that is lent, and not stopped
  // after it: while calls follow each other it never fires.
  const int timer_;
  std::atomic<State> state_ = State::kRuns;
  std::atomic<int64_t> lent_at_ns_ = 0;
  std::function<bool()> loop_;
  // These two belong to the loop.
  Runner runner_ = kFirst;
  uint64_t takeovers_ = 0;

  mutable std::mutex cpu_mutex_;
  std::array<CpuTime, 2> cpu_;
};

}  // namespace inkstone
