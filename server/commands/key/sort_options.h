// The options of SORT and SORT_RO.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "server/execution/command_context.h"

namespace inkstone {

struct SortOptions {
  // The pattern of BY. Without one the elements themselves are compared.
  std::optional<std::string_view> by;
  // False if the pattern of BY is the same for all elements, which keep their order then.
  bool sorted = true;
  bool descending = false;
  // Elements are compared as texts instead of as numbers.
  bool alpha = false;
  // LIMIT sets these two; a negative count means all.
  int64_t offset = 0;
  int64_t count = -1;
  std::vector<std::string_view> get;
  std::optional<std::string_view> store;
};

// Reads the options from the third argument on; nothing, and the error is replied, if they are
// wrong. SORT_RO has no STORE.
std::optional<SortOptions> parseSortOptions(CommandContext& ctx, bool may_store);

// Elements `first` to `first` + `count` - 1.
struct SortRange {
  size_t first;
  size_t count;
};

// The part of `size` elements that LIMIT leaves.
SortRange sortRange(const SortOptions& options, size_t size);

}  // namespace inkstone
