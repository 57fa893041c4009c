// Checks of whole structures: a tree, a table, an allocator. Each has a function
//
//   BrokenClaim checkStructure() const;
//
// that walks all of it and gives the first claim about it that does not hold. Tests call it after
// each step. Builds without NDEBUG call it by themselves now and then, so that a fault shows where
// it is made and not where somebody meets it. Release builds pay nothing. A structure is made of
// what was checked when it came in, so nothing that a client or a file says can break a claim.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>

#include "base/invariant.h"

namespace inkstone {

// The first claim that does not hold, with the place that makes it; nothing when all of them hold.
using BrokenClaim = std::optional<Claim>;

// Does what the other debugInvariant() does, but the walk itself gives the claim that is broken.
template <class Walk>
inline void debugInvariant([[maybe_unused]] const Walk& walk) {
#ifndef NDEBUG
  if (const BrokenClaim broken = walk()) invariantFailed(*broken, nullptr, 0);
#endif
}

// How many steps of a walk each change pays for, on average.
inline constexpr size_t kCheckStepsPerChange = 4;

// Whether a structure whose walk takes so many steps is walked now. It is so with the probability
// kCheckStepsPerChange / steps: small structures are checked at each change, and large ones so
// seldom that a change takes only a constant time longer.
inline bool isCheckDue(size_t steps) {
  // xorshift64: any cheap generator will do. Each thread has its own, so that none waits.
  thread_local uint64_t state = 0x9E3779B97F4A7C15;
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state % (steps / kCheckStepsPerChange + 1) == 0;
}

// Stands at the top of a function that changes a structure, which it checks, if that is due, when
// the function is left. A structure tells with `size_t checkSteps() const` how long its walk is.
// Where the function fails with an exception nothing is checked.
template <class Structure>
class [[maybe_unused]] ChangeCheck {
 public:
#ifdef NDEBUG
  explicit ChangeCheck(const Structure&) {}
#else
  explicit ChangeCheck(const Structure& structure)
      : structure_(structure), exceptions_(std::uncaught_exceptions()) {}
  ~ChangeCheck() {
    if (std::uncaught_exceptions() != exceptions_ || !isCheckDue(structure_.checkSteps())) return;
    debugInvariant([this] { return structure_.checkStructure(); });
  }
  ChangeCheck(const ChangeCheck&) = delete;
  ChangeCheck& operator=(const ChangeCheck&) = delete;

 private:
  const Structure& structure_;
  const int exceptions_;
#endif
};

}  // namespace inkstone
