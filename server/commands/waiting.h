// What commands that wait share: their timeout, the search among their keys, and the waiting.
#pragma once

#include <cstdint>
#include <string_view>

#include "server/clients/blocking.h"
#include "server/execution/command_context.h"

namespace inkstone {

// Reads a time from now on: in seconds, fractions allowed, or in whole milliseconds. `deadline_ms`
// is monotonic, 0 for a timeout of 0, which means for ever. On failure replies the error and
// returns false.
[[nodiscard]] bool parseTimeoutSeconds(CommandContext& ctx, std::string_view text,
                                       int64_t& deadline_ms);
[[nodiscard]] bool parseTimeoutMs(CommandContext& ctx, std::string_view text, int64_t& deadline_ms);

// LMPOP, ZMPOP and their blocking forms ask for this.
struct MultiPop {
  CommandContext::Args keys;
  bool from_last = false;  // the tail of a list, the highest members of a sorted set
  uint64_t count = 1;
};

// Reads numkeys key [key ...] `first_end`|`last_end` [COUNT count] from argument `from` on. Replies
// the error and returns false if something else stands there.
[[nodiscard]] bool parseMultiPop(CommandContext& ctx, size_t from, std::string_view first_end,
                                 std::string_view last_end, MultiPop& request);

enum class Found : uint8_t {
  kKey,
  kNothing,
  // The error is replied.
  kWrongType,
};

// Finds the first of the keys that exists, which must be of this type. A command that is run again
// for one of them looks at that one only. With kKey it is in `name` and `key`.
Found findServable(CommandContext& ctx, CommandContext::Args keys, ValueType type,
                   std::string_view& name, KeyRef& key);

// Calls found(name, key) with what findServable() finds, or missing() when it finds nothing.
template <typename OnKey, typename OnNothing>
void withServable(CommandContext& ctx, CommandContext::Args keys, ValueType type, OnKey found,
                  OnNothing missing) {
  std::string_view name;
  KeyRef key;
  switch (findServable(ctx, keys, type, name, key)) {
    case Found::kWrongType:
      return;
    case Found::kKey:
      return found(name, key);
    case Found::kNothing:
      return missing();
  }
}

// A key is ready when it holds a value of the type.
template <ValueType type>
inline constexpr KeyCheck kHolds = {[](const Entry* entry, const QueuedCommand&) {
  return entry != nullptr && entry->type() == type;
}};

// Lets the client wait for the keys. Replies a null array at once where nobody may wait.
void waitForKeys(CommandContext& ctx, const KeyCheck& check, CommandContext::Args keys,
                 int64_t deadline_ms);

}  // namespace inkstone
