// Random numbers for commands that pick something (SPOP, RANDOMKEY, ...). They are not for secrets.
#pragma once

#include <cstdint>

namespace inkstone {

// SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
class RandomEngine {
 public:
  explicit RandomEngine(uint64_t seed) : state_(seed) {}

  // 64 random bits.
  uint64_t operator()() {
    state_ += 0x9E3779B97F4A7C15;
    uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
    return mixed ^ (mixed >> 31);
  }

 private:
  uint64_t state_;
};

}  // namespace inkstone
