// Numbers kept as strings: INCR, DECR, INCRBY, DECRBY, INCRBYFLOAT.
#include <cmath>
#include <limits>

#include "base/numbers.h"
#include "server/command_table/errors.h"
#include "server/command_table/key_specs.h"
#include "server/commands/families.h"
#include "server/commands/string/string_common.h"
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
  // The lowest integer has no opposite.
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
  // The log gets the result, so that it means the same whatever the precision of the machine that
  // replays it.
  ctx.propagateInstead({"SET", ctx.args[1], text, "KEEPTTL"});
}

constexpr CommandRow kRows[] = {
    {.name = "incr",
     .syntax = "key:key@0",
     .arity = 2,
     .flags = kCmdWrite | kCmdDenyOom | kCmdFast,
     .categories = kAclString,
     .handler = incrCommand,
     .keys = {key_specs::kReadAndUpdate},
     .since = "1.0.0",
     .group = "string",
     .complexity = "O(1)",
     .summary = "Adds one to the integer a key holds."},
    {.name = "decr",
     .syntax = "key:key@0",
     .arity = 2,
     .flags = kCmdWrite | kCmdDenyOom | kCmdFast,
     .categories = kAclString,
     .handler = decrCommand,
     .keys = {key_specs::kReadAndUpdate},
     .since = "1.0.0",
     .group = "string",
     .complexity = "O(1)",
     .summary = "Takes one from the integer a key holds."},
    {.name = "incrby",
     .syntax = "key:key@0 integer:increment",
     .arity = 3,
     .flags = kCmdWrite | kCmdDenyOom | kCmdFast,
     .categories = kAclString,
     .handler = incrbyCommand,
     .keys = {key_specs::kReadAndUpdate},
     .since = "1.0.0",
     .group = "string",
     .complexity = "O(1)",
     .summary = "Adds to the integer a key holds."},
    {.name = "decrby",
     .syntax = "key:key@0 integer:decrement",
     .arity = 3,
     .flags = kCmdWrite | kCmdDenyOom | kCmdFast,
     .categories = kAclString,
     .handler = decrbyCommand,
     .keys = {key_specs::kReadAndUpdate},
     .since = "1.0.0",
     .group = "string",
     .complexity = "O(1)",
     .summary = "Takes from the integer a key holds."},
    {.name = "incrbyfloat",
     .syntax = "key:key@0 double:increment",
     .arity = 3,
     .flags = kCmdWrite | kCmdDenyOom | kCmdFast,
     .categories = kAclString,
     .handler = incrbyfloatCommand,
     .keys = {key_specs::kReadAndUpdate},
     .since = "2.6.0",
     .group = "string",
     .complexity = "O(1)",
     .summary = "Adds to the floating point number a key holds."},
};

}  // namespace

CommandRows stringCounterRows() {
  return kRows;
}

}  // namespace inkstone
