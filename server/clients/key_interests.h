// The kinds of clients that want to know what happens to keys. While there are none, a change costs
// one comparison.
#pragma once

#include <cstdint>

namespace inkstone {

class KeyInterests {
 public:
  enum Interest : uint8_t {
    kWatching = 1U << 0,
    kWaiting = 1U << 1,
    kNotifications = 1U << 2,
    kTracking = 1U << 3,
  };

  bool none() const { return now_ == 0; }
  bool has(Interest interest) const { return (now_ & interest) != 0; }
  void set(Interest interest, bool wanted) {
    now_ = static_cast<uint8_t>(wanted ? now_ | interest : now_ & ~interest);
  }

 private:
  uint8_t now_ = 0;
};

}  // namespace inkstone
