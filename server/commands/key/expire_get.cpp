// Commands that tell when a key expires: TTL, PTTL, EXPIRETIME, PEXPIRETIME.
#include "server/command_table/key_specs.h"
#include "server/commands/families.h"
#include "server/execution/command_context.h"

namespace inkstone {
namespace {

constexpr int64_t kNoSuchKey = -2;
constexpr int64_t kNoDeadline = -1;

// Redis rounds to the nearest second. The sum is unsigned, since a deadline may be the last moment
// that there is.
int64_t toSeconds(int64_t milliseconds) {
  return static_cast<int64_t>((static_cast<uint64_t>(milliseconds) + 500) / 1000);
}

void replyDeadline(CommandContext& ctx, bool seconds, bool absolute) {
  const KeyRef key = ctx.lookupNoTouch(ctx.args[1]);
  if (!key) return ctx.reply.integer(kNoSuchKey);
  if (!key.entry()->hasDeadline()) return ctx.reply.integer(kNoDeadline);
  const int64_t deadline = key.entry()->deadline();
  // A deadline may lie before the epoch while the log is replayed.
  const int64_t base = absolute ? 0 : ctx.unixMs();
  const int64_t answer = deadline > base ? deadline - base : 0;
  ctx.reply.integer(seconds ? toSeconds(answer) : answer);
}

void ttlCommand(CommandContext& ctx) {
  replyDeadline(ctx, true, false);
}

void pttlCommand(CommandContext& ctx) {
  replyDeadline(ctx, false, false);
}

void expiretimeCommand(CommandContext& ctx) {
  replyDeadline(ctx, true, true);
}

void pexpiretimeCommand(CommandContext& ctx) {
  replyDeadline(ctx, false, true);
}

constexpr CommandRow kRows[] = {
    {.name = "ttl",
     .syntax = "key:key@0",
     .arity = 2,
     .flags = kCmdReadonly | kCmdFast,
     .categories = kAclKeyspace,
     .handler = ttlCommand,
     .keys = {key_specs::kRead},
     .since = "1.0.0",
     .group = "generic",
     .complexity = "O(1)",
     .summary = "Returns the seconds a key has left.",
     .tips = {"nondeterministic_output"}},
    {.name = "pttl",
     .syntax = "key:key@0",
     .arity = 2,
     .flags = kCmdReadonly | kCmdFast,
     .categories = kAclKeyspace,
     .handler = pttlCommand,
     .keys = {key_specs::kRead},
     .since = "2.6.0",
     .group = "generic",
     .complexity = "O(1)",
     .summary = "Returns the milliseconds a key has left.",
     .tips = {"nondeterministic_output"}},
    {.name = "expiretime",
     .syntax = "key:key@0",
     .arity = 2,
     .flags = kCmdReadonly | kCmdFast,
     .categories = kAclKeyspace,
     .handler = expiretimeCommand,
     .keys = {key_specs::kRead},
     .since = "7.0.0",
     .group = "generic",
     .complexity = "O(1)",
     .summary = "Returns when a key expires, as Unix time in seconds."},
    {.name = "pexpiretime",
     .syntax = "key:key@0",
     .arity = 2,
     .flags = kCmdReadonly | kCmdFast,
     .categories = kAclKeyspace,
     .handler = pexpiretimeCommand,
     .keys = {key_specs::kRead},
     .since = "7.0.0",
     .group = "generic",
     .complexity = "O(1)",
     .summary = "Returns when a key expires, as Unix time in milliseconds."},
};

}  // namespace

CommandRows expireGetRows() {
  return kRows;
}

}  // namespace inkstone
