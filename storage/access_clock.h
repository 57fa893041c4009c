// The access bits of entries: when they were last used (LRU), or how often (LFU).
#pragma once

#include <algorithm>
#include <cstdint>

#include "storage/entry.h"

namespace inkstone {

// Keeps the time in the two resolutions the bits need, and knows which of the two is wanted. LRU:
// 24 bits of seconds (wraps after 194 days). LFU: 16 bits of minutes and a counter of 8 bits that
// grows logarithmically and decays with time, as described at
// https://redis.io/docs/reference/eviction.
class AccessClock {
 public:
  struct LfuSettings {
    uint32_t log_factor = 10;
    uint32_t decay_minutes = 1;
  };

  // Counter of a new key: not so low that it is evicted before it can be used.
  static constexpr uint32_t kLfuInitial = 5;

  void setPolicy(bool lfu, LfuSettings settings) {
    lfu_ = lfu;
    settings_ = settings;
  }
  bool lfu() const { return lfu_; }

  // The clock has to be told the time at least every second.
  void setTime(int64_t unix_ms) {
    lru_now_ = static_cast<uint32_t>(unix_ms / 1000) & Entry::kAccessMax;
    minutes_now_ = static_cast<uint32_t>(unix_ms / 60000) & 0xFFFF;
  }
  uint32_t lruNow() const { return lru_now_; }

  // Gives the bits for a new value.
  uint32_t initial() const { return lfu_ ? (minutes_now_ << 8) | kLfuInitial : lru_now_; }
  // Bits of a value that comes from outside with what is known of it there.
  uint32_t fromIdleSeconds(uint64_t seconds) const {
    const auto idle = static_cast<uint32_t>(std::min<uint64_t>(seconds, Entry::kAccessMax));
    return (lru_now_ - idle) & Entry::kAccessMax;
  }
  uint32_t fromFrequency(uint8_t counter) const { return (minutes_now_ << 8) | counter; }
  // Notes an access. Writes only what changes, so that reads of hot keys leave their cache lines
  // clean.
  void touch(Entry& entry) {
    if (lfu_) return entry.setAccess(lfuAfterAccess(entry.access()));
    if (entry.access() != lru_now_) entry.setAccess(lru_now_);
  }

  // Seconds since the last access (LRU bits).
  uint32_t idleSeconds(const Entry& entry) const {
    return (lru_now_ - entry.access()) & Entry::kAccessMax;
  }
  // Counter as it is now, decayed (LFU bits).
  uint32_t frequency(const Entry& entry) const { return decayed(entry.access()); }

 private:
  uint32_t decayed(uint32_t access) const;
  uint32_t lfuAfterAccess(uint32_t access);

  bool lfu_ = false;
  LfuSettings settings_;
  uint32_t lru_now_ = 0;
  uint32_t minutes_now_ = 0;
  uint64_t random_state_ = 0x9E3779B97F4A7C15;
};

inline uint32_t AccessClock::decayed(uint32_t access) const {
  const uint32_t counter = access & 0xFF;
  if (settings_.decay_minutes == 0) return counter;
  const uint32_t minutes = (minutes_now_ - (access >> 8)) & 0xFFFF;
  return counter - std::min(counter, minutes / settings_.decay_minutes);
}

inline uint32_t AccessClock::lfuAfterAccess(uint32_t access) {
  constexpr uint32_t kCounterMax = 255;
  uint32_t counter = decayed(access);
  if (counter < kCounterMax) {
    // xorshift64: any cheap generator will do, the counter is an estimate.
    random_state_ ^= random_state_ << 13;
    random_state_ ^= random_state_ >> 7;
    random_state_ ^= random_state_ << 17;
    const uint64_t base = counter > kLfuInitial ? counter - kLfuInitial : 0;
    const uint64_t odds = base * settings_.log_factor + 1;
    if (random_state_ % odds == 0) ++counter;
  }
  return (minutes_now_ << 8) | counter;
}

}  // namespace inkstone
