// Counters of INFO stats that belong to no single object.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace inkstone {

// The rate of a counter over the last samples, for the fields instantaneous_* as in Redis.
class RateSampler {
 public:
  static constexpr size_t kSamples = 16;

  // `total` is the value of the counter, `now_ms` is monotonic. Call it every 100 ms.
  void sample(uint64_t total, int64_t now_ms) {
    if (last_ms_ != 0 && now_ms > last_ms_) {
      samples_[next_] = (total - last_total_) * 1000 / static_cast<uint64_t>(now_ms - last_ms_);
      next_ = (next_ + 1) % kSamples;
    }
    last_total_ = total;
    last_ms_ = now_ms;
  }
  uint64_t perSecond() const {
    uint64_t sum = 0;
    for (uint64_t sample : samples_) sum += sample;
    return sum / kSamples;
  }
  void reset() { *this = RateSampler(); }

 private:
  std::array<uint64_t, kSamples> samples_{};
  size_t next_ = 0;
  uint64_t last_total_ = 0;
  int64_t last_ms_ = 0;
};

struct ServerStats {
  uint64_t connections_received = 0;
  uint64_t connections_rejected = 0;
  uint64_t commands_processed = 0;
  uint64_t net_input_bytes = 0;
  uint64_t net_output_bytes = 0;
  uint64_t reads_processed = 0;
  uint64_t writes_processed = 0;
  uint64_t expired_keys = 0;
  uint64_t expired_time_cap_reached = 0;
  int64_t expire_cycle_ns = 0;
  uint64_t keyspace_hits = 0;
  uint64_t keyspace_misses = 0;
  // Replies to writes that left as an error because the AOF did not take the write in time.
  uint64_t unlogged_replies = 0;
  uint64_t error_replies = 0;
  uint64_t unexpected_error_replies = 0;
  // Refusals by access control: failed authentication, and commands that were refused because of
  // themselves, of a key, or of a channel.
  uint64_t auth_failures = 0;
  uint64_t denied_commands = 0;
  uint64_t denied_keys = 0;
  uint64_t denied_channels = 0;
  uint64_t query_buffer_limit_disconnections = 0;
  uint64_t evicted_clients = 0;
  uint64_t output_buffer_limit_disconnections = 0;
  // The clients among them that had not authenticated.
  uint64_t unauthenticated_output_disconnections = 0;
  uint64_t loop_turns = 0;
  int64_t loop_duration_ns = 0;
  int64_t loop_command_ns = 0;
  int64_t latest_fork_us = 0;
  uint64_t total_forks = 0;
  uint64_t max_input_buffer = 0;
  uint64_t max_output_buffer = 0;
  int64_t peak_memory = 0;
  // The number of errors by code: "ERR", "WRONGTYPE"...
  std::map<std::string, uint64_t, std::less<>> errors;

  RateSampler commands_rate;
  RateSampler input_rate;
  RateSampler output_rate;
  RateSampler turns_rate;
  // The nanoseconds of loop time in each second.
  RateSampler loop_time_rate;

  // An error reply; `text` begins with its code.
  void countError(std::string_view text, uint64_t count = 1);

  void reset() {
    const int64_t peak = peak_memory;
    *this = ServerStats();
    peak_memory = peak;
  }
};

}  // namespace inkstone
