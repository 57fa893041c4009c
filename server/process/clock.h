// What time it is, read once a command.
#pragma once

#include <chrono>
#include <cstdint>

namespace inkstone {

// Time stands still while a command runs: expiry, access bits and replies of one command agree. The
// end of one command is the start of the next, so timing them costs one clock read each. Wall-clock
// time follows the monotonic clock between two refresh() calls, which the loop makes each turn.
class Clock {
 public:
  Clock() { refresh(); }

  void refresh() {
    monotonic_ns_ = readMonotonicNs();
    unix_ns_ = std::chrono::duration_cast<std::chrono::nanoseconds>(
                   std::chrono::system_clock::now().time_since_epoch())
                   .count();
  }

  // Moves on to now; returns the nanoseconds since the last move.
  int64_t advance() {
    const int64_t now = readMonotonicNs();
    const int64_t passed = now - monotonic_ns_;
    monotonic_ns_ = now;
    unix_ns_ += passed;
    return passed;
  }

  // Wall-clock time as it is now, to be given to standAt() and goOnFrom().
  struct Moment {
    int64_t monotonic_ns;
    int64_t unix_ns;
  };
  Moment moment() const { return {monotonic_ns_, unix_ns_}; }
  // Wall-clock time goes back to that moment: for commands that run as if they were one.
  void standAt(const Moment& moment) { unix_ns_ = moment.unix_ns; }
  // Wall-clock time follows the monotonic clock again since that moment.
  void goOnFrom(const Moment& moment) {
    unix_ns_ = moment.unix_ns + (monotonic_ns_ - moment.monotonic_ns);
  }

  int64_t monotonicNs() const { return monotonic_ns_; }
  int64_t monotonicMs() const { return monotonic_ns_ / 1'000'000; }
  int64_t unixUs() const { return unix_ns_ / 1'000; }
  int64_t unixMs() const { return unix_ns_ / 1'000'000; }
  int64_t unixSeconds() const { return unix_ns_ / 1'000'000'000; }

  // The clock itself, for measuring what is longer than a command.
  static int64_t readMonotonicNs() {
    return std::chrono::steady_clock::now().time_since_epoch().count();
  }

 private:
  int64_t monotonic_ns_ = 0;
  int64_t unix_ns_ = 0;
};

}  // namespace inkstone
