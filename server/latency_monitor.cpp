#include "server/latency_monitor.h"

#include <algorithm>
#include <ctime>

namespace inkstone {

void LatencyMonitor::record(std::string_view event, int64_t milliseconds) {
  if (threshold_ms_ == 0 || milliseconds < threshold_ms_) return;
  auto found = events_.find(event);
  if (found == events_.end()) found = events_.emplace(event, Event()).first;
  Event& history = found->second;
  history.longest_ms = std::max(history.longest_ms, milliseconds);
  const int64_t now = std::time(nullptr);
  Sample& last = history.samples[(history.next + Event::kSamples - 1) % Event::kSamples];
  if (history.count > 0 && last.unix_seconds == now) {
    last.milliseconds = std::max(last.milliseconds, milliseconds);
    return;
  }
  history.samples[history.next] = {now, milliseconds};
  history.next = (history.next + 1) % Event::kSamples;
  history.count = std::min(history.count + 1, Event::kSamples);
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
