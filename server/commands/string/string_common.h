// What several string commands share: the options of SET and GETEX, and the value as a reply.
#pragma once

#include <optional>
#include <string_view>

#include "server/commands/key/expire_time.h"
#include "server/execution/command_context.h"
#include "storage/string_value.h"

namespace inkstone {

struct StringOptions {
  bool only_if_missing = false;  // NX
  bool only_if_exists = false;   // XX
  bool get = false;
  bool keep_deadline = false;  // KEEPTTL
  bool persist = false;
  // Set when there is a time; its number is judged later, since a syntax error further behind goes
  // before a wrong number.
  std::optional<TimeForm> time_form;
  std::string_view time_text;
};

// Parses from the argument behind the key (GETEX) or the value (SET). Replies the error and returns
// false on what is unknown or contradicts what stands before it.
[[nodiscard]] bool parseSetOptions(CommandContext& ctx, StringOptions& options);
[[nodiscard]] bool parseGetexOptions(CommandContext& ctx, StringOptions& options);

// Replies the value, null if there is none. `key` is a string or does not exist.
inline void replyString(CommandContext& ctx, const KeyRef& key) {
  if (!key) return ctx.reply.null();
  ctx.reply.bulk(StringView(*key.entry()).view());
}

// Access bits for a value that is put under `key`: how often a key is used outlives its value.
uint32_t accessForNewValue(const CommandContext& ctx, const KeyRef& key);

}  // namespace inkstone
