// What memory costs: the bytes that a block really takes, and a way not to wait for a cache line.
#pragma once

#include <bit>
#include <cstddef>

namespace inkstone {

// Rounds up to the next size class of jemalloc: steps of 16 bytes up to 128, then four to each
// doubling. A block that is always allocated with this capacity need not store it, and grows in
// place until the next class. `bytes` must not be 0.
constexpr size_t blockBytes(size_t bytes) {
  constexpr size_t kSmallStep = 16;
  constexpr size_t kSmallMax = 128;
  size_t step = kSmallStep;
  if (bytes > kSmallMax) step = size_t{1} << (std::bit_width(bytes - 1) - 3);
  return (bytes + step - 1) & ~(step - 1);
}

static_assert(blockBytes(7) == 16 && blockBytes(128) == 128 && blockBytes(129) == 160);
static_assert(blockBytes(257) == 320 && blockBytes(8192) == 8192 && blockBytes(8193) == 10240);

// Starts loading a cache line that will be needed soon. g++ takes a function that does nothing but
// prefetch for one without effect, and drops the calls to it; the empty statement costs no
// instruction and keeps them.
inline void prefetch(const void* address) {
  __builtin_prefetch(address);
  asm volatile("");
}

}  // namespace inkstone
