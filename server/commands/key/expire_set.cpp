// EXPIRE, PEXPIRE, EXPIREAT, PEXPIREAT, PERSIST.
#include <fmt/format.h>

#include <vector>

#include "base/numbers.h"
#include "server/command_table/errors.h"
#include "server/commands/argument_reader.h"
#include "server/commands/key/expire_handlers.h"
#include "server/commands/key/expire_time.h"

namespace inkstone {
namespace {

struct ExpireConditions {
  bool no_deadline = false;   // NX
  bool has_deadline = false;  // XX
  bool later = false;         // GT
  bool earlier = false;       // LT

  // A key without deadline counts as one that lives forever.
  bool allow(const Entry& entry, int64_t deadline) const {
    const bool has_one = entry.hasDeadline();
    if (no_deadline && has_one) return false;
    if (has_deadline && !has_one) return false;
    if (later && (!has_one || deadline <= entry.deadline())) return false;
    return !(earlier && has_one && deadline >= entry.deadline());
  }
};

bool parseConditions(CommandContext& ctx, ExpireConditions& conditions) {
  ArgumentReader reader(ctx, 3);
  while (!reader.atEnd()) {
    if (reader.matchesKeyword("NX")) {
      conditions.no_deadline = true;
    } else if (reader.matchesKeyword("XX")) {
      conditions.has_deadline = true;
    } else if (reader.matchesKeyword("GT")) {
      conditions.later = true;
    } else if (reader.matchesKeyword("LT")) {
      conditions.earlier = true;
    } else {
      reader.fail(fmt::format(errors::kUnsupportedOption, reader.peek()));
    }
  }
  if (conditions.no_deadline &&
      (conditions.has_deadline || conditions.later || conditions.earlier)) {
    reader.fail(errors::kExpireNxConflict);
  }
  if (conditions.later && conditions.earlier) reader.fail(errors::kExpireGtLtConflict);
  return reader.finish();
}

// Logged with the moment itself; its conditions were met and are met again in a replay. PEXPIREAT
// says that already.
void propagateDeadline(CommandContext& ctx, TimeForm form, int64_t deadline) {
  if (form.absolute && !form.seconds) return;
  char text[kInt64TextMax];
  const std::string_view moment(text, formatInt64(text, deadline));
  if (ctx.args.size() == 3) return ctx.propagateInstead({"PEXPIREAT", ctx.args[1], moment});
  std::vector<std::string_view> args(ctx.args.begin(), ctx.args.end());
  args[0] = "PEXPIREAT";
  args[2] = moment;
  ctx.propagateInstead(args);
}

void expire(CommandContext& ctx, TimeForm form) {
  ExpireConditions conditions;
  if (ctx.args.size() > 3 && !parseConditions(ctx, conditions)) return;
  int64_t deadline;
  if (!parseDeadline(ctx, ctx.args[2], form, deadline)) return;
  const KeyRef key = ctx.lookupWrite(ctx.args[1]);
  if (!key || !conditions.allow(*key.entry(), deadline)) return ctx.reply.integer(0);
  ctx.reply.integer(1);
  if (alreadyExpired(ctx, deadline)) return deleteAsExpired(ctx, ctx.args[1], key);
  ctx.db().setDeadline(key.hash, key.slot, deadline);
  ctx.keyChanged(kNotifyGeneric, "expire", ctx.args[1]);
  ctx.markDirty();
  propagateDeadline(ctx, form, deadline);
}

}  // namespace

void expireCommand(CommandContext& ctx) {
  expire(ctx, {.seconds = true, .absolute = false});
}

void pexpireCommand(CommandContext& ctx) {
  expire(ctx, {.seconds = false, .absolute = false});
}

void expireatCommand(CommandContext& ctx) {
  expire(ctx, {.seconds = true, .absolute = true});
}

void pexpireatCommand(CommandContext& ctx) {
  expire(ctx, {.seconds = false, .absolute = true});
}

void persistCommand(CommandContext& ctx) {
  const KeyRef key = ctx.lookupWrite(ctx.args[1]);
  if (!key || !ctx.db().removeDeadline(key.slot)) return ctx.reply.integer(0);
  ctx.keyChanged(kNotifyGeneric, "persist", ctx.args[1]);
  ctx.markDirty();
  ctx.reply.integer(1);
}

}  // namespace inkstone
