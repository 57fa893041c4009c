// Times as commands take them, made into deadlines: Unix milliseconds.
#pragma once

#include <cstdint>
#include <string_view>

#include "server/execution/command_context.h"

namespace inkstone {

// This says what the number in a command means.
struct TimeForm {
  bool seconds;   // else milliseconds
  bool absolute;  // else counted from now
};

// The time of SET and its relatives, which must lie after the epoch. Replies the error and returns
// false when `text` is no integer, not positive, or beyond what milliseconds can say.
[[nodiscard]] bool parseValueDeadline(CommandContext& ctx, std::string_view text, TimeForm form,
                                      int64_t& deadline);

// The time of EXPIRE and its relatives. It may lie in the past, even before the epoch.
[[nodiscard]] bool parseDeadline(CommandContext& ctx, std::string_view text, TimeForm form,
                                 int64_t& deadline);

// Whether a key that gets this deadline is deleted at once. It is not while the log is replayed:
// the time may have passed since the command was logged, and commands that follow meant the key to
// exist.
bool alreadyExpired(const CommandContext& ctx, int64_t deadline);

// Deletes a key because the time it was given has passed, and propagates that: as UNLINK if
// lazyfree-lazy-expire is set, else as DEL.
void deleteAsExpired(CommandContext& ctx, std::string_view key, const KeyRef& found);

}  // namespace inkstone
