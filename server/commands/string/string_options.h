// The options that SET and GETEX share.
#pragma once

#include <optional>
#include <string_view>

#include "server/commands/key/expire_time.h"
#include "server/execution/command_context.h"

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

}  // namespace inkstone
