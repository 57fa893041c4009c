// What INFO commandstats and latencystats tell of one command.
#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <memory>

namespace inkstone {

// Counts durations in buckets whose width is at most 1/16 of their value; 10 KB, made at the first
// use.
class LatencyHistogram {
 public:
  void record(int64_t nanoseconds) {
    if (counts_ == nullptr) counts_ = std::make_unique<Counts>();
    ++(*counts_)[indexOf(nanoseconds)];
    ++total_;
  }
  uint64_t total() const { return total_; }
  void reset() {
    counts_.reset();
    total_ = 0;
  }

  // Duration in nanoseconds that `percent` of those recorded do not exceed (upper end of its
  // bucket).
  int64_t percentile(double percent) const {
    if (total_ == 0) return 0;
    const auto wanted =
        static_cast<uint64_t>(std::ceil(percent / 100.0 * static_cast<double>(total_)));
    uint64_t seen = 0;
    for (size_t i = 0; i < kBuckets; ++i) {
      seen += (*counts_)[i];
      if (seen >= wanted && seen > 0) return upperBound(i);
    }
    return upperBound(kBuckets - 1);
  }

  // calls(upper_bound_ns, count) for each bucket that is not empty, ascending.
  template <class Visit>
  void forEach(Visit visit) const {
    if (counts_ == nullptr) return;
    for (size_t i = 0; i < kBuckets; ++i) {
      if ((*counts_)[i] != 0) visit(upperBound(i), (*counts_)[i]);
    }
  }

 private:
  static constexpr int kSubBits = 4;
  static constexpr size_t kSub = size_t{1} << kSubBits;
  // Up to 2^40 ns, 18 minutes; longer ones count as that.
  static constexpr int kValueBits = 40;
  static constexpr size_t kBuckets = (kValueBits - kSubBits + 1) * kSub;
  using Counts = std::array<uint64_t, kBuckets>;

  static size_t indexOf(int64_t nanoseconds) {
    const uint64_t top = (uint64_t{1} << kValueBits) - 1;
    uint64_t value = nanoseconds < 0 ? 0 : static_cast<uint64_t>(nanoseconds);
    if (value > top) value = top;
    if (value < kSub) return value;
    const int shift = static_cast<int>(std::bit_width(value)) - 1 - kSubBits;
    return (static_cast<size_t>(shift) << kSubBits) + (value >> shift);
  }
  static int64_t upperBound(size_t index) {
    if (index < kSub) return static_cast<int64_t>(index);
    const int shift = static_cast<int>(index >> kSubBits) - 1;
    const uint64_t mantissa = (index & (kSub - 1)) + kSub;
    return (static_cast<int64_t>(mantissa + 1) << shift) - 1;
  }

  std::unique_ptr<Counts> counts_;
  uint64_t total_ = 0;
};

struct CommandStats {
  uint64_t calls = 0;
  int64_t nanoseconds = 0;
  uint64_t rejected_calls = 0;
  uint64_t failed_calls = 0;
  LatencyHistogram latency;

  void reset() {
    calls = rejected_calls = failed_calls = 0;
    nanoseconds = 0;
    latency.reset();
  }
};

}  // namespace inkstone
