#include "server/command_table/command_stats.h"

#include <cmath>

namespace inkstone {

int64_t LatencyHistogram::percentile(double percent) const {
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

}  // namespace inkstone
