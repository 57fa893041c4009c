// What commands that wait for keys look for first.
#pragma once

#include <string_view>

#include "server/command_context.h"

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

}  // namespace inkstone
