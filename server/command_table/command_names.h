// Names of the bits in a command row, as COMMAND INFO shows them and in its order.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace inkstone {

struct BitName {
  uint32_t bit;
  std::string_view name;
};

std::span<const BitName> commandFlagNames();
// Without the '@'.
std::span<const BitName> aclCategoryNames();
std::span<const BitName> keyFlagNames();

// The category called `name` (any case, without '@'), 0 if there is none.
uint32_t aclCategoryByName(std::string_view name);

}  // namespace inkstone
