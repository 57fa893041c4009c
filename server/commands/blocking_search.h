// What commands that pop from the first of several keys look for, and how they wait for it.
#pragma once

#include <string_view>

#include "server/clients/blocking.h"
#include "server/execution/command_context.h"

namespace inkstone {

enum class Found : uint8_t {
  kKey,
  kNothing,
  // Replied.
  kWrongType,
};

// The first of the keys that exists, which must be of this type; when the command is run again for
// one of them, that one only. With kKey it is in `name` and `key`.
Found findServable(CommandContext& ctx, CommandContext::Args keys, ValueType type,
                   std::string_view& name, KeyRef& key);

// found(name, key) with what findServable() finds, or missing() when it finds nothing.
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

// Replies a null array at once where nobody may wait.
void waitForKeys(CommandContext& ctx, const KeyCheck& check, CommandContext::Args keys,
                 int64_t deadline_ms);

}  // namespace inkstone
