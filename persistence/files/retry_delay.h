// When to try again what failed, and is dear: each failure in a row doubles the wait.
#pragma once

#include <algorithm>
#include <cstdint>

namespace inkstone {

class RetryDelay {
 public:
  RetryDelay(int64_t first_ms, int64_t longest_ms)
      : first_ms_(first_ms), longest_ms_(longest_ms), delay_ms_(first_ms) {}

  // True from the start, and then once the wait after the last attempt is over.
  bool due(int64_t now_ms) const { return now_ms >= not_before_ms_; }

  // An attempt ended at `now_ms`. Returns the wait until the next may begin.
  int64_t failed(int64_t now_ms) {
    const int64_t wait_ms = delay_ms_;
    not_before_ms_ = now_ms + wait_ms;
    delay_ms_ = std::min(delay_ms_ * 2, longest_ms_);
    return wait_ms;
  }
  void succeeded(int64_t now_ms) {
    delay_ms_ = first_ms_;
    not_before_ms_ = now_ms + first_ms_;
  }

 private:
  const int64_t first_ms_;
  const int64_t longest_ms_;
  int64_t delay_ms_;
  int64_t not_before_ms_ = INT64_MIN;
};

}  // namespace inkstone
