// The timeout argument of commands that wait.
#pragma once

#include <cstdint>
#include <string_view>

#include "server/execution/command_context.h"

namespace inkstone {

// A time from now on in seconds, fractions allowed, or in whole milliseconds. `deadline_ms` is
// monotonic, 0 for a timeout of 0, which means for ever. On failure replies the error and returns
// false.
[[nodiscard]] bool parseTimeoutSeconds(CommandContext& ctx, std::string_view text,
                                       int64_t& deadline_ms);
[[nodiscard]] bool parseTimeoutMs(CommandContext& ctx, std::string_view text, int64_t& deadline_ms);

}  // namespace inkstone
