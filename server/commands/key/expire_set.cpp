// Commands that set or remove a time of expiry: EXPIRE, PEXPIRE, EXPIREAT, PEXPIREAT, PERSIST.
#include <fmt/format.h>

#include <vector>

#include "base/numbers.h"
#include "server/command_table/errors.h"
#include "server/command_table/key_specs.h"
#include "server/commands/argument_reader.h"
#include "server/commands/families.h"
#include "server/commands/key/expire_time.h"
#include "server/execution/command_context.h"

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

// The log gets the moment itself. The conditions were met, and are met again in a replay. PEXPIREAT
// is logged as it came.
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

constexpr CommandRow kRows[] = {
    {.name = "expire",
     .syntax = "key:key@0 integer:seconds oneof:condition^7.0.0?(token:nx=NX token:xx=XX "
               "token:gt=GT token:lt=LT)",
     .arity = -3,
     .flags = kCmdWrite | kCmdFast,
     .categories = kAclKeyspace,
     .handler = expireCommand,
     .keys = {key_specs::kUpdate},
     .since = "1.0.0",
     .group = "generic",
     .complexity = "O(1)",
     .summary = "Lets a key expire after seconds."},
    {.name = "pexpire",
     .syntax = "key:key@0 integer:milliseconds oneof:condition^7.0.0?(token:nx=NX token:xx=XX "
               "token:gt=GT token:lt=LT)",
     .arity = -3,
     .flags = kCmdWrite | kCmdFast,
     .categories = kAclKeyspace,
     .handler = pexpireCommand,
     .keys = {key_specs::kUpdate},
     .since = "2.6.0",
     .group = "generic",
     .complexity = "O(1)",
     .summary = "Lets a key expire after milliseconds."},
    {.name = "expireat",
     .syntax = "key:key@0 unix-time:unix-time-seconds oneof:condition^7.0.0?(token:nx=NX "
               "token:xx=XX token:gt=GT token:lt=LT)",
     .arity = -3,
     .flags = kCmdWrite | kCmdFast,
     .categories = kAclKeyspace,
     .handler = expireatCommand,
     .keys = {key_specs::kUpdate},
     .since = "1.2.0",
     .group = "generic",
     .complexity = "O(1)",
     .summary = "Lets a key expire at a Unix time in seconds."},
    {.name = "pexpireat",
     .syntax = "key:key@0 unix-time:unix-time-milliseconds oneof:condition^7.0.0?(token:nx=NX "
               "token:xx=XX token:gt=GT token:lt=LT)",
     .arity = -3,
     .flags = kCmdWrite | kCmdFast,
     .categories = kAclKeyspace,
     .handler = pexpireatCommand,
     .keys = {key_specs::kUpdate},
     .since = "2.6.0",
     .group = "generic",
     .complexity = "O(1)",
     .summary = "Lets a key expire at a Unix time in milliseconds."},
    {.name = "persist",
     .syntax = "key:key@0",
     .arity = 2,
     .flags = kCmdWrite | kCmdFast,
     .categories = kAclKeyspace,
     .handler = persistCommand,
     .keys = {key_specs::kUpdate},
     .since = "2.2.0",
     .group = "generic",
     .complexity = "O(1)",
     .summary = "Takes away a key's time of expiry."},
};

}  // namespace

CommandRows expireSetRows() {
  return kRows;
}

}  // namespace inkstone
