// Starts loading a cache line that will be needed soon.
#pragma once

namespace inkstone {

// g++ takes a function that does nothing but prefetch for one without effect, and drops the calls
// to it. The empty statement costs no instruction and keeps them.
inline void prefetch(const void* address) {
  __builtin_prefetch(address);
  asm volatile("");
}

}  // namespace inkstone
