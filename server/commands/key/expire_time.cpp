#include "server/commands/key/expire_time.h"

#include <fmt/format.h>

#include "server/command_table/errors.h"
#include "server/commands/key/key_changes.h"
#include "server/process/runtime.h"

namespace inkstone {
namespace {

// False when the deadline is out of what an int64_t holds.
bool toDeadline(int64_t number, TimeForm form, int64_t now_ms, int64_t& deadline) {
  const int64_t unit_ms = form.seconds ? 1000 : 1;
  const int64_t base_ms = form.absolute ? 0 : now_ms;
  return !__builtin_mul_overflow(number, unit_ms, &deadline) &&
         !__builtin_add_overflow(deadline, base_ms, &deadline);
}

void replyInvalid(CommandContext& ctx) {
  ctx.error(fmt::format(errors::kInvalidExpire, ctx.command.fullName()));
}

}  // namespace

bool parseValueDeadline(CommandContext& ctx, std::string_view text, TimeForm form,
                        int64_t& deadline) {
  int64_t number;
  if (!ctx.parseInteger(text, number)) return false;
  if (number > 0 && toDeadline(number, form, ctx.unixMs(), deadline)) return true;
  replyInvalid(ctx);
  return false;
}

bool parseDeadline(CommandContext& ctx, std::string_view text, TimeForm form, int64_t& deadline) {
  int64_t number;
  if (!ctx.parseInteger(text, number)) return false;
  if (toDeadline(number, form, ctx.unixMs(), deadline)) return true;
  replyInvalid(ctx);
  return false;
}

bool alreadyExpired(const CommandContext& ctx, int64_t deadline) {
  return deadline <= ctx.unixMs() && !keepsPastDeadlines(ctx.client.origin);
}

void deleteAsExpired(CommandContext& ctx, std::string_view key, const KeyRef& found) {
  const bool lazy = ctx.runtime().settings.lazyfree_lazy_expire;
  deleteKey(ctx, found, lazy);
  ctx.keyDeleted(key);
  ctx.markDirty();
  ctx.propagateInstead({lazy ? "UNLINK" : "DEL", key});
}

}  // namespace inkstone
