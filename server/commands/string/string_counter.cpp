// Numbers kept as strings: INCR, DECR, INCRBY, DECRBY, INCRBYFLOAT.
#include <cmath>
#include <limits>

#include "base/numbers.h"
#include "server/command_table/errors.h"
#include "server/commands/string/string_handlers.h"
#include "storage/string_value.h"

namespace inkstone {
namespace {

bool isInteger(const Entry& entry) {
  return entry.encoding() == Encoding::kSmallInteger || entry.encoding() == Encoding::kInteger;
}

// The integer a key holds, 0 if it does not exist. Replies the error when it holds something else.
bool readInteger(CommandContext& ctx, const KeyRef& key, int64_t& value) {
  value = 0;
  if (!key) return true;
  if (!ctx.expectString(key)) return false;
  const Entry& entry = *key.entry();
  if (!isInteger(entry)) return ctx.parseInteger(StringView(entry).view(), value);
  value = entry.integer();
  return true;
}

void add(CommandContext& ctx, int64_t amount) {
  const KeyRef key = ctx.lookupWrite(ctx.args[1]);
  int64_t value;
  if (!readInteger(ctx, key, value)) return;
  if (__builtin_add_overflow(value, amount, &value)) return ctx.error(errors::kOverflow);
  if (key) {
    ctx.db().setInteger(key.slot, value);
  } else {
    ctx.db().createInteger(key.hash, ctx.args[1], value, ctx.initialAccess());
  }
  ctx.stringChanged("incrby", ctx.args[1], key);
  ctx.markDirty();
  ctx.reply.integer(value);
}

}  // namespace

void incrCommand(CommandContext& ctx) {
  add(ctx, 1);
}

void decrCommand(CommandContext& ctx) {
  add(ctx, -1);
}

void incrbyCommand(CommandContext& ctx) {
  int64_t amount;
  if (ctx.parseInteger(ctx.args[2], amount)) add(ctx, amount);
}

void decrbyCommand(CommandContext& ctx) {
  int64_t amount;
  if (!ctx.parseInteger(ctx.args[2], amount)) return;
  // It has no negative.
  if (amount == std::numeric_limits<int64_t>::min()) return ctx.error(errors::kDecrementOverflow);
  add(ctx, -amount);
}

void incrbyfloatCommand(CommandContext& ctx) {
  const KeyRef key = ctx.lookupWrite(ctx.args[1]);
  if (!ctx.expectString(key)) return;
  long double value = 0;
  if (key && !parseLongDouble(StringView(*key.entry()).view(), value)) {
    return ctx.error(errors::kNotFloat);
  }
  long double amount;
  if (!parseLongDouble(ctx.args[2], amount)) return ctx.error(errors::kNotFloat);
  value += amount;
  if (!std::isfinite(value)) return ctx.error(errors::kNotFinite);
  const std::string text = formatLongDouble(value);
  ctx.db().setText(key.hash, ctx.args[1], key.slot, text, accessForNewValue(ctx, key));
  ctx.stringChanged("incrbyfloat", ctx.args[1], key);
  ctx.markDirty();
  ctx.reply.bulk(text);
  // The result, so that the log means the same whatever the precision of the machine that replays
  // it.
  ctx.propagateInstead({"SET", ctx.args[1], text, "KEEPTTL"});
}

}  // namespace inkstone
