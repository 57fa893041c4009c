// The work that is done several times a second (`hz`), whether or not a client asks for something:
// the time of access bits, rates, limits that depend on time, the second of the log, children, save
// points.
#pragma once

#include <asio/steady_timer.hpp>
#include <cstdint>

#include "server/execution/server_parts.h"

namespace inkstone {

class Cron {
 public:
  // `parts` must outlive this object.
  explicit Cron(const ServerParts& parts);

  void start();

 private:
  void tick();
  void sampleRates();

  const ServerParts& parts_;
  asio::steady_timer timer_;
  // Both are monotonic.
  int64_t last_sample_ms_ = 0;
  int64_t last_limit_check_ms_ = 0;
};

}  // namespace inkstone
