// What SCAN, HSCAN, SSCAN and ZSCAN have in common: cursor, options, and how far one call goes.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string_view>

#include "server/execution/command_context.h"

namespace inkstone {

struct ScanOptions {
  std::string_view pattern = "*";
  // SCAN sets it by TYPE; data() is null unless it was given.
  std::string_view type;
  int64_t count = 10;

  bool matches(std::string_view name) const;
};

// Reads a cursor. Replies the error and returns false if it is none.
[[nodiscard]] bool parseScanCursor(CommandContext& ctx, std::string_view text, uint64_t& cursor);
// Reads the options from argument `first` on; TYPE is for keys only. Replies the error and returns
// false if they are wrong.
[[nodiscard]] bool parseScanOptions(CommandContext& ctx, size_t first, bool keys,
                                    ScanOptions& options);

// Calls step(cursor, seen), which moves the cursor on and adds what it came across to `seen`, until
// `count` was seen or the end is reached: in a bounded number of steps also where the table is
// nearly empty. Returns the cursor to go on from.
template <class Step>
uint64_t scanInSteps(uint64_t cursor, int64_t count, Step step) {
  constexpr int64_t kStepsPerElement = 10;
  constexpr int64_t kCountMax = std::numeric_limits<int64_t>::max() / kStepsPerElement;
  int64_t steps_left = std::min(count, kCountMax) * kStepsPerElement;
  int64_t seen = 0;
  do {
    cursor = step(cursor, seen);
  } while (cursor != 0 && seen < count && --steps_left > 0);
  return cursor;
}

// The reply's beginning: the cursor, and how many elements follow.
void replyScanHeader(CommandContext& ctx, uint64_t cursor, size_t elements);

}  // namespace inkstone
