// Finds the keys among a command's arguments by its key specifications.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "server/command_table/command.h"

namespace inkstone {

struct KeyPosition {
  size_t argument;  // index in the arguments, the command's name is 0
  uint32_t flags;   // KeyFlag bits: of its specification, or what the options make of them

  bool operator==(const KeyPosition&) const = default;
};

// True when the row names at least one key or channel-like argument.
bool hasKeySpecs(const CommandRow& row);

// What COMMAND INFO shows as first key, last key and step: of the leading run of plain ranges; all
// 0 without one.
struct LegacyKeyRange {
  int first = 0;
  int last = 0;
  int step = 0;
};
LegacyKeyRange legacyKeyRange(const CommandRow& row);

// Positions of all keys, in the order of the specifications. Arguments that are no keys (not_key)
// are left out. Nothing when the arguments contradict the specifications (a number of keys that is
// not there). Specifications that say unknown give no keys, but for SORT's STORE.
std::optional<std::vector<KeyPosition>> findKeys(const CommandRow& row,
                                                 std::span<const std::string_view> args);

}  // namespace inkstone
