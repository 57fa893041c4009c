// TTL, PTTL, EXPIRETIME, PEXPIRETIME.
#include "server/commands/key/expire_handlers.h"

namespace inkstone {
namespace {

constexpr int64_t kNoSuchKey = -2;
constexpr int64_t kNoDeadline = -1;

// Redis rounds to the nearest second. Unsigned, since a deadline may be the last moment there is.
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

}  // namespace

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

}  // namespace inkstone
