// Key specifications that many rows share.
#pragma once

#include "server/command_table/command.h"

namespace inkstone::key_specs {

// One key at argument `index`.
constexpr KeySpec one(uint32_t flags, int index = 1) {
  return {.flags = flags, .index = index};
}
// Keys from the first argument to the last, every `step`.
constexpr KeySpec all(uint32_t flags, int step = 1) {
  return {.flags = flags, .last = -1, .step = step};
}
// Keys from the first argument to the last but one.
constexpr KeySpec allButLast(uint32_t flags) {
  return {.flags = flags, .last = -2};
}
// numkeys at argument `index`, and that many keys behind it.
constexpr KeySpec counted(uint32_t flags, int index = 1) {
  return {.flags = flags, .index = index, .find = KeySpec::Find::kKeyNum, .limit = 1};
}

inline constexpr KeySpec kRead = one(kKeyReadOnly | kKeyAccess);
// Looks at what is kept about the key, not at its value.
inline constexpr KeySpec kInspect = one(kKeyReadOnly);
inline constexpr KeySpec kOverwrite = one(kKeyOverwrite | kKeyUpdate);
// Replies what the value was or has become.
inline constexpr KeySpec kReadAndUpdate = one(kKeyReadWrite | kKeyAccess | kKeyUpdate);
inline constexpr KeySpec kUpdate = one(kKeyReadWrite | kKeyUpdate);

}  // namespace inkstone::key_specs
