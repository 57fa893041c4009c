#include "storage/access_clock.h"

#include <algorithm>

namespace inkstone {

uint32_t AccessClock::decayed(uint32_t access) const {
  const uint32_t counter = access & 0xFF;
  if (settings_.decay_minutes == 0) return counter;
  const uint32_t minutes = (minutes_now_ - (access >> 8)) & 0xFFFF;
  return counter - std::min(counter, minutes / settings_.decay_minutes);
}

uint32_t AccessClock::lfuAfterAccess(uint32_t access) {
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
