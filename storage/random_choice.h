// Choosing at random, every choice as likely as any other: one of many, or some of many without
// replacement.
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_set>

namespace inkstone {

// Gives 0 to bound - 1, each with the same probability; random() gives 64 random bits. Lemire: Fast
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

// Tells whether so few are wanted that picking again what was picked before is cheaper than a walk.
inline bool isSparseSample(size_t count, size_t size) {
  return count < size / 3;
}

// Decides during a walk over `size` things which `count` of them are taken. Knuth: The Art of
// Computer Programming 2, 3.4.2, algorithm S.
class SelectionSample {
 public:
  // `count` is at most `size`.
  SelectionSample(size_t count, size_t size) : wanted_(count), left_(size) {}

  bool complete() const { return wanted_ == 0; }
  template <class Random>
  bool takesNext(Random& random) {
    const bool taken = randomBelow(left_, random) < wanted_;
    --left_;
    if (taken) --wanted_;
    return taken;
  }

 private:
  size_t wanted_;
  size_t left_;
};

// visit(picked) for `count` different results of pick(), which makes a uniform choice among at
// least three times as many.
template <class Pick, class Visit>
void sampleDistinct(size_t count, Pick pick, Visit visit) {
  std::unordered_set<decltype(pick())> seen;
  seen.reserve(count);
  while (seen.size() < count) {
    const auto picked = pick();
    if (seen.insert(picked).second) visit(picked);
  }
}

}  // namespace inkstone
