// What persistence needs from the server: where messages go, where latencies go, what time it is.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

namespace inkstone {

class LogSink {
 public:
  enum class Level : uint8_t { kDebug, kVerbose, kNotice, kWarning };

  virtual ~LogSink() = default;

  // One line without line end. Called by the loop thread only.
  virtual void write(Level level, std::string_view text) = 0;
};

class LatencyRecorder {
 public:
  virtual ~LatencyRecorder() = default;

  // `event` is one of the names of LATENCY (aof-write, aof-fsync-always, ...). Not called for less
  // than 1 ms; the threshold (latency-monitor-threshold) is the recorder's business.
  virtual void record(std::string_view event, int64_t milliseconds) = 0;

  // Records what took so many microseconds, unless that is less than 1 ms.
  void recordUs(std::string_view event, int64_t microseconds) {
    if (microseconds >= 1000) record(event, microseconds / 1000);
  }
};

class LogClock {
 public:
  virtual ~LogClock() = default;

  // Never goes back; its zero has no meaning.
  virtual int64_t monotonicUs() = 0;
  virtual int64_t unixMs() = 0;

  int64_t monotonicMs() { return monotonicUs() / 1000; }
  int64_t unixSeconds() { return unixMs() / 1000; }
};

// The clocks of the machine.
class SystemLogClock final : public LogClock {
 public:
  int64_t monotonicUs() override {
    return count<std::chrono::microseconds, std::chrono::steady_clock>();
  }
  int64_t unixMs() override {
    return count<std::chrono::milliseconds, std::chrono::system_clock>();
  }

 private:
  template <class Unit, class Clock>
  static int64_t count() {
    return std::chrono::duration_cast<Unit>(Clock::now().time_since_epoch()).count();
  }
};

}  // namespace inkstone
