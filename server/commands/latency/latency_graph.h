// LATENCY GRAPH: the samples of an event drawn in text.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "server/process/latency_monitor.h"

namespace inkstone {

// A headline with the extremes, then one column a sample, oldest first, four lines high: the scale
// goes from the smallest sample to the largest, and the top of a column ('_', 'o' or '#') tells
// the third of its line that it reaches. Below, read downwards, how long ago each was ("12s", "3m",
// "5h", "2d"). `samples` must not be empty.
std::string drawLatencyGraph(std::string_view event, int64_t all_time_high_ms,
                             std::span<const LatencyMonitor::Sample> samples, int64_t unix_seconds);

}  // namespace inkstone
