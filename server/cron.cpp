#include "server/cron.h"

#include <algorithm>
#include <chrono>

#include "server/clients/clients.h"
#include "server/data/data_set.h"
#include "server/durability/durability.h"
#include "server/net/network.h"
#include "server/process/runtime.h"
#include "storage/memory_usage.h"

namespace inkstone {

Cron::Cron(const ServerParts& parts) : parts_(parts), timer_(parts.runtime.io) {}

void Cron::start() {
  const int64_t hz = std::clamp<int64_t>(parts_.runtime.settings.hz, 1, 500);
  timer_.expires_after(std::chrono::milliseconds(1000 / hz));
  timer_.async_wait([this](const asio::error_code& error) {
    if (error) return;
    parts_.network.poller.noteWake();
    if (!parts_.runtime.debug.cron_paused) tick();
    start();
  });
}

void Cron::tick() {
  constexpr int64_t kSampleMs = 100;
  constexpr int64_t kLimitCheckMs = 1000;
  Runtime& runtime = parts_.runtime;
  parts_.data.access_clock.setTime(runtime.clock.unixMs());
  const int64_t now_ms = runtime.clock.monotonicMs();
  if (now_ms - last_sample_ms_ >= kSampleMs) {
    last_sample_ms_ = now_ms;
    sampleRates();
    parts_.clients.output_blocks.trim();
    if (!runtime.settings.jemalloc_bg_thread) decayFreeMemory();
  }
  if (now_ms - last_limit_check_ms_ >= kLimitCheckMs) {
    last_limit_check_ms_ = now_ms;
    parts_.network.connections.checkLimits();
  }
  if (parts_.durability.log.onCron() == FlushOutcome::kFatal) return runtime.stop(1);
  parts_.durability.child.onCron();
  parts_.durability.log_rewrite.onCron();
  parts_.durability.snapshots.onCron();
}

void Cron::sampleRates() {
  ServerStats& stats = parts_.runtime.stats;
  const int64_t now_ms = parts_.runtime.clock.monotonicMs();
  stats.commands_rate.sample(stats.commands_processed, now_ms);
  stats.input_rate.sample(stats.net_input_bytes, now_ms);
  stats.output_rate.sample(stats.net_output_bytes, now_ms);
  stats.turns_rate.sample(stats.loop_turns, now_ms);
  stats.loop_time_rate.sample(static_cast<uint64_t>(stats.loop_duration_ns), now_ms);
  stats.peak_memory = std::max(stats.peak_memory, usedMemory());
}

}  // namespace inkstone
