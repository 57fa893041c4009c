// What is done several times a second (`hz`), whether or not anybody asks: time of access bits,
// rates, limits that depend on time, the log's second, children, save points.
#pragma once

#include <asio/steady_timer.hpp>
#include <cstdint>

#include "server/execution/server_parts.h"

namespace inkstone {

class AppendOnlyLog;

class Cron {
 public:
  // Both must outlive this object.
  Cron(const ServerParts& parts, AppendOnlyLog& log);

  void start();

 private:
  void tick();
  void sampleRates();

  const ServerParts& parts_;
  AppendOnlyLog& log_;
  asio::steady_timer timer_;
  // Monotonic.
  int64_t last_sample_ms_ = 0;
  int64_t last_limit_check_ms_ = 0;
};

}  // namespace inkstone
