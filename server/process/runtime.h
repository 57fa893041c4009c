// The things that the process gives to every part of the server: configuration, server log, event
// loop, time, randomness, counters, files, and the request to stop. They know nothing about keys or
// clients.
#pragma once

#include <asio/io_context.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "config/config.h"
#include "persistence/files/file.h"
#include "persistence/files/log_hooks.h"
#include "server/process/clock.h"
#include "server/process/conditions.h"
#include "server/process/latency_monitor.h"
#include "server/process/logger.h"
#include "server/process/random_engine.h"
#include "server/process/server_stats.h"

namespace inkstone {

// The outside world, which unit tests replace. Both objects must outlive the server.
struct Environment {
  FileSystem& files;
  LogClock& log_clock;
};

// The switches of DEBUG and of tests.
struct DebugSwitches {
  bool active_expire = true;
  bool cron_paused = false;
  // Whether the checksums of files and payloads are verified.
  bool verify_checksums = true;
  bool dict_resizing = true;
};

// For the loop thread.
class Runtime {
 public:
  // `config_in` is complete; all three must outlive this object.
  Runtime(Config& config_in, Logger& logger_in, Environment environment);
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;

  // Ends the server when this turn is over, with `status`; the first call counts.
  void stop(int status) {
    if (!exit_status_.has_value()) exit_status_ = status;
  }
  bool stopping() const { return exit_status_.has_value(); }
  std::optional<int> exitStatus() const { return exit_status_; }

  // `dir` as an absolute path, or "." if that folder is gone.
  std::string dataDirectory() const;

  Config& config;
  const ConfigValues& settings;
  Logger& logger;
  FileSystem& files;
  LogClock& log_clock;
  // The loop is single-threaded, though not always in the same thread (LoopRelay), so Asio takes no
  // locks. Other threads wake it through eventfds.
  asio::io_context io{ASIO_CONCURRENCY_HINT_UNSAFE};
  Clock clock;
  Conditions conditions;
  ServerStats stats;
  LatencyMonitor latency;
  RandomEngine random;
  DebugSwitches debug;
  // 40 hexadecimal digits, new with every start.
  const std::string run_id;
  const int64_t started_unix_s;
  // The bytes that the server had allocated before it held any key.
  int64_t started_memory = 0;

 private:
  std::optional<int> exit_status_;
};

}  // namespace inkstone
