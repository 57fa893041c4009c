// Helpers for the tests of the AOF: a clock that stands still, sinks that remember, RESP text.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "persistence/files/log_hooks.h"

namespace inkstone::test {

class ManualClock final : public LogClock {
 public:
  int64_t monotonicUs() override { return now_ms * 1000; }
  int64_t unixMs() override { return unix_s * 1000; }
  void advance(int64_t milliseconds) { now_ms += milliseconds; }

  int64_t now_ms = 100'000;
  int64_t unix_s = 1'700'000'000;
};

class RecordingSink final : public LogSink {
 public:
  void write(Level level, std::string_view text) override { lines.emplace_back(level, text); }

  size_t countContaining(std::string_view part) const {
    size_t count = 0;
    for (const auto& line : lines) count += line.second.find(part) != std::string::npos ? 1 : 0;
    return count;
  }

  std::vector<std::pair<Level, std::string>> lines;
};

class RecordingLatency final : public LatencyRecorder {
 public:
  void record(std::string_view event, int64_t milliseconds) override {
    events.emplace_back(event, milliseconds);
  }

  std::vector<std::pair<std::string, int64_t>> events;
};

inline std::string resp(std::initializer_list<std::string_view> args) {
  std::string text = "*" + std::to_string(args.size()) + "\r\n";
  for (const std::string_view arg : args) {
    text += "$" + std::to_string(arg.size()) + "\r\n";
    text += arg;
    text += "\r\n";
  }
  return text;
}

inline const std::string kDirectory = "/data";
inline const std::string kPath = "/data/appendonly.aof";

}  // namespace inkstone::test
