#include "server/commands/latency/latency_graph.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace inkstone {
namespace {

using Sample = LatencyMonitor::Sample;

constexpr std::string_view kTops = "_o#";
constexpr int64_t kLines = 4;
constexpr int64_t kTopCount = kTops.size();
constexpr size_t kRuleWidth = 80;

std::string age(int64_t seconds) {
  constexpr int64_t kMinute = 60;
  constexpr int64_t kHour = 60 * kMinute;
  constexpr int64_t kDay = 24 * kHour;
  if (seconds < kMinute) return fmt::format("{}s", seconds);
  if (seconds < kHour) return fmt::format("{}m", seconds / kMinute);
  if (seconds < kDay) return fmt::format("{}h", seconds / kHour);
  return fmt::format("{}d", seconds / kDay);
}

// How high a sample's column is, in thirds of a line from 0.
int64_t heightOf(int64_t value, int64_t low, int64_t high) {
  const int64_t range = std::max<int64_t>(high - low, 1);
  const auto share = static_cast<double>(value - low) / static_cast<double>(range);
  constexpr int64_t kSteps = kLines * kTopCount;
  return std::min(static_cast<int64_t>(share * kSteps), kSteps - 1);
}

char cellOf(int64_t height, int64_t line) {
  if (height / kTopCount < line) return ' ';
  return height / kTopCount > line ? '|' : kTops[static_cast<size_t>(height % kTopCount)];
}

}  // namespace

std::string drawLatencyGraph(std::string_view event, int64_t all_time_high_ms,
                             std::span<const Sample> samples, int64_t unix_seconds) {
  const auto shorter = [](const Sample& a, const Sample& b) {
    return a.milliseconds < b.milliseconds;
  };
  const auto extremes = std::minmax_element(samples.begin(), samples.end(), shorter);
  const int64_t low = extremes.first->milliseconds;
  const int64_t high = extremes.second->milliseconds;
  std::string text = fmt::format("{} - high {} ms, low {} ms (all time high {} ms)\n{:-<{}}\n",
                                 event, high, low, all_time_high_ms, "", kRuleWidth);
  for (int64_t line = kLines - 1; line >= 0; --line) {
    for (const Sample& sample : samples) {
      text += cellOf(heightOf(sample.milliseconds, low, high), line);
    }
    text += '\n';
  }
  std::vector<std::string> labels;
  size_t longest = 0;
  for (const Sample& sample : samples) {
    labels.push_back(age(std::max<int64_t>(unix_seconds - sample.unix_seconds, 0)));
    longest = std::max(longest, labels.back().size());
  }
  text.append(labels.size(), ' ');
  text += '\n';
  for (size_t line = 0; line < longest; ++line) {
    for (const std::string& label : labels) text += line < label.size() ? label[line] : ' ';
    text += '\n';
  }
  return text;
}

}  // namespace inkstone
