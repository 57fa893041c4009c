// The time, which is read once for each command.
#pragma once

#include <chrono>
#include <cstdint>

namespace inkstone {

// Time stands still while a command is executed, so expiry, access bits and replies of one command
// agree. The end of one command is the start of the next, so timing costs one clock read for each
// command. Between two refresh() calls, of which the loop makes one in each turn, wall-clock time
// follows the monotonic clock.
class Clock {
 public:
  Clock() { refresh(); }

  void refresh() {
    monotonic_ns_ = readMonotonicNs();
    unix_ns_ = std::chrono::duration_cast<std::chrono::nanoseconds>(
                   std::chrono::system_clock::now().time_since_epoch())
                   .count();
  }

  // Moves the time on to now. Returns the nanoseconds since the last move.
  int64_t advance() {
    const int64_t now = readMonotonicNs();
    const int64_t passed = now - monotonic_ns_;
    monotonic_ns_ = now;
    unix_ns_ += passed;
    return passed;
  }

  // A moment of wall-clock time, for standAt() and goOnFrom().
  struct Moment {
    int64_t monotonic_ns;
    int64_t unix_ns;
  };
  Moment moment() const { return {monotonic_ns_, unix_ns_}; }
  // Sets wall-clock time back to that moment, for commands that are executed as if they were one.
  void standAt(const Moment& moment) { unix_ns_ = moment.unix_ns; }
  // Lets wall-clock time follow the monotonic clock again, counted from that moment.
  void goOnFrom(const Moment& moment) {
    unix_ns_ = moment.unix_ns + (monotonic_ns_ - moment.monotonic_ns);
  }

  int64_t monotonicNs() const { return monotonic_ns_; }
  int64_t monotonicMs() const { return monotonic_ns_ / 1'000'000; }
  int64_t unixUs() const { return unix_ns_ / 1'000; }
  int64_t unixMs() const { return unix_ns_ / 1'000'000; }
  int64_t unixSeconds() const { return unix_ns_ / 1'000'000'000; }

  // Reads the clock itself, for measuring what takes longer than a command.
  static int64_t readMonotonicNs() {
    return std::chrono::steady_clock::now().time_since_epoch().count();
  }

 private:
  int64_t monotonic_ns_ = 0;
  int64_t unix_ns_ = 0;
};

}  // namespace inkstone
