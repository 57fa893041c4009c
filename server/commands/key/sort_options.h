// What SORT is asked for.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "server/execution/command_context.h"

namespace inkstone {

struct SortOptions {
  // BY's pattern; none: by the elements themselves.
  std::optional<std::string_view> by;
  // False if BY's pattern is the same for all elements: they keep their order.
  bool sorted = true;
  bool descending = false;
  // By text instead of by number.
  bool alpha = false;
  // LIMIT; a negative count is none.
  int64_t offset = 0;
  int64_t count = -1;
  std::vector<std::string_view> get;
  std::optional<std::string_view> store;
};

// Reads the options from the third argument on; nothing, and the error is replied, if they are
// wrong. STORE is none for SORT_RO.
std::optional<SortOptions> parseSortOptions(CommandContext& ctx, bool may_store);

// Elements `first` to `first` + `count` - 1.
struct SortRange {
  size_t first;
  size_t count;
};

// The part of `size` elements that LIMIT leaves.
SortRange sortRange(const SortOptions& options, size_t size);

}  // namespace inkstone
