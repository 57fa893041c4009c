// The check of the fuzz targets: says which promise was broken and stops, so that the fuzzer keeps
// the input.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace inkstone {

inline void require(bool holds, const char* promise) {
  if (holds) return;
  std::fprintf(stderr, "broken promise: %s\n", promise);
  std::abort();
}

}  // namespace inkstone
