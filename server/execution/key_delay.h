// The directives rdb-key-save-delay and key-load-delay, by which tests slow saving and loading
// down.
#pragma once

#include <chrono>
#include <cstdint>
#include <random>
#include <thread>

namespace inkstone {

// The microseconds to wait after a key. A negative directive asks for one microsecond after that
// many keys, because no sleep is as short as a single key would need.
class KeyDelay {
 public:
  int64_t nextUs(int64_t directive) {
    if (directive >= 0) return directive;
    return random_() % static_cast<uint64_t>(-directive) == 0 ? 1 : 0;
  }

  void wait(int64_t directive) {
    if (const int64_t us = nextUs(directive); us > 0) {
      std::this_thread::sleep_for(std::chrono::microseconds(us));
    }
  }

 private:
  std::minstd_rand random_;
};

}  // namespace inkstone
