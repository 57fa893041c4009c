#include "server/process/latency_monitor.h"

#include <algorithm>
#include <ctime>

namespace inkstone {

void LatencyMonitor::Event::add(const Sample& sample) {
  longest_ms_ = std::max(longest_ms_, sample.milliseconds);
  Sample& last = ring_[(next_ + kSamples - 1) % kSamples];
  if (count_ > 0 && last.unix_seconds == sample.unix_seconds) {
    last.milliseconds = std::max(last.milliseconds, sample.milliseconds);
    return;
  }
  ring_[next_] = sample;
  next_ = (next_ + 1) % kSamples;
  count_ = std::min(count_ + 1, kSamples);
}

std::vector<LatencyMonitor::Sample> LatencyMonitor::Event::samples() const {
  std::vector<Sample> ordered;
  ordered.reserve(count_);
  for (size_t i = 0; i < count_; ++i) {
    ordered.push_back(ring_[(next_ + kSamples - count_ + i) % kSamples]);
  }
  return ordered;
}

void LatencyMonitor::record(std::string_view event, int64_t milliseconds) {
  if (threshold_ms_ == 0 || milliseconds < threshold_ms_) return;
  auto found = events_.find(event);
  if (found == events_.end()) found = events_.emplace(event, Event()).first;
  found->second.add({std::time(nullptr), milliseconds});
}

const LatencyMonitor::Event* LatencyMonitor::find(std::string_view event) const {
  const auto found = events_.find(event);
  return found == events_.end() ? nullptr : &found->second;
}

bool LatencyMonitor::reset(std::string_view event) {
  const auto found = events_.find(event);
  if (found == events_.end()) return false;
  events_.erase(found);
  return true;
}

size_t LatencyMonitor::resetAll() {
  const size_t count = events_.size();
  events_.clear();
  return count;
}

}  // namespace inkstone
