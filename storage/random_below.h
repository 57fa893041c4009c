// An unbiased choice among so many.
#pragma once

#include <cstdint>

namespace inkstone {

// 0 to bound - 1, each with the same probability; random() gives 64 random bits. Lemire: Fast
// random integer generation in an interval, 2019.
template <class Random>
uint64_t randomBelow(uint64_t bound, Random& random) {
  __extension__ using Wide = unsigned __int128;
  Wide product = static_cast<Wide>(random()) * bound;
  if (static_cast<uint64_t>(product) < bound) {
    const uint64_t threshold = (0 - bound) % bound;
    while (static_cast<uint64_t>(product) < threshold)
      product = static_cast<Wide>(random()) * bound;
  }
  return static_cast<uint64_t>(product >> 64);
}

}  // namespace inkstone
