// Remembers events that took long (latency-monitor-threshold), as the LATENCY command shows them.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "persistence/files/log_hooks.h"

namespace inkstone {

class LatencyMonitor final : public LatencyRecorder {
 public:
  struct Sample {
    int64_t unix_seconds = 0;
    int64_t milliseconds = 0;
  };
  // The last samples of one event. There is at most one for each second: the longest of that
  // second.
  class Event {
   public:
    void add(const Sample& sample);
    // The oldest sample is the first; there is always one.
    std::vector<Sample> samples() const;
    // The longest duration since the last reset.
    int64_t longestMs() const { return longest_ms_; }

   private:
    static constexpr size_t kSamples = 160;
    std::array<Sample, kSamples> ring_{};
    size_t next_ = 0;
    size_t count_ = 0;
    int64_t longest_ms_ = 0;
  };

  explicit LatencyMonitor(const int64_t& threshold_ms) : threshold_ms_(threshold_ms) {}

  // Notes `milliseconds` if monitoring is on and they reach the threshold.
  void record(std::string_view event, int64_t milliseconds) override;

  const std::map<std::string, Event, std::less<>>& events() const { return events_; }
  // The event of that name; null if there is none.
  const Event* find(std::string_view event) const;
  // Forgets one event; false if there was none.
  bool reset(std::string_view event);
  // Forgets all events. Returns how many there were.
  size_t resetAll();

 private:
  const int64_t& threshold_ms_;
  std::map<std::string, Event, std::less<>> events_;
};

}  // namespace inkstone
