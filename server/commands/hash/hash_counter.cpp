// Numbers kept in fields: HINCRBY, HINCRBYFLOAT.
#include <cmath>

#include "base/numbers.h"
#include "server/command_table/errors.h"
#include "server/command_table/key_specs.h"
#include "server/commands/families.h"
#include "server/commands/key_values.h"

namespace inkstone {
namespace {

// The integer a field holds, 0 if there is no such field. False when it holds something else.
bool readInteger(const HashValue& hash, std::string_view field, int64_t& value) {
  Element found;
  value = 0;
  if (!hash.find(field, found)) return true;
  if (!found.isInteger()) return parseInt64(found.bytes(), value);
  value = found.integer();
  return true;
}

bool readFloat(const HashValue& hash, std::string_view field, long double& value) {
  Element found;
  value = 0;
  if (!hash.find(field, found)) return true;
  ElementText room;
  return parseLongDouble(found.text(room), value);
}

void hincrbyCommand(CommandContext& ctx) {
  int64_t amount;
  if (!ctx.parseInteger(ctx.args[3], amount)) return;
  const KeyRef key = ctx.lookupWrite(ctx.args[1]);
  if (!ctx.expectType(key, ValueType::kHash)) return;
  int64_t value = 0;
  if (key && !readInteger(hashOf(ctx, key), ctx.args[2], value)) {
    return ctx.error(errors::kHashValueNotInteger);
  }
  if (__builtin_add_overflow(value, amount, &value)) return ctx.error(errors::kOverflow);
  char text[kInt64TextMax];
  hashOrNew(ctx, key, ctx.args[1]).set(ctx.args[2], {text, formatInt64(text, value)});
  ctx.keyChanged(kNotifyHash, "hincrby", ctx.args[1]);
  ctx.markDirty();
  ctx.reply.integer(value);
}

void hincrbyfloatCommand(CommandContext& ctx) {
  long double amount;
  if (!parseLongDouble(ctx.args[3], amount)) return ctx.error(errors::kNotFloat);
  if (!std::isfinite(amount)) return ctx.error(errors::kNanOrInfinity);
  const KeyRef key = ctx.lookupWrite(ctx.args[1]);
  if (!ctx.expectType(key, ValueType::kHash)) return;
  long double value = 0;
  if (key && !readFloat(hashOf(ctx, key), ctx.args[2], value)) {
    return ctx.error(errors::kHashValueNotFloat);
  }
  value += amount;
  if (!std::isfinite(value)) return ctx.error(errors::kNotFinite);
  const std::string text = formatLongDouble(value);
  hashOrNew(ctx, key, ctx.args[1]).set(ctx.args[2], text);
  ctx.keyChanged(kNotifyHash, "hincrbyfloat", ctx.args[1]);
  ctx.markDirty();
  ctx.reply.bulk(text);
  // The log gets the result, so that it means the same whatever the precision of the machine that
  // replays it.
  ctx.propagateInstead({"HSET", ctx.args[1], ctx.args[2], text});
}

constexpr CommandRow kRows[] = {
    {.name = "hincrby",
     .syntax = "key:key@0 string:field integer:increment",
     .arity = 4,
     .flags = kCmdWrite | kCmdDenyOom | kCmdFast,
     .categories = kAclHash,
     .handler = hincrbyCommand,
     .keys = {key_specs::kReadAndUpdate},
     .member = {.argument = 2},
     .since = "2.0.0",
     .group = "hash",
     .complexity = "O(1)",
     .summary = "Adds to the integer a field holds."},
    {.name = "hincrbyfloat",
     .syntax = "key:key@0 string:field double:increment",
     .arity = 4,
     .flags = kCmdWrite | kCmdDenyOom | kCmdFast,
     .categories = kAclHash,
     .handler = hincrbyfloatCommand,
     .keys = {key_specs::kReadAndUpdate},
     .member = {.argument = 2},
     .since = "2.6.0",
     .group = "hash",
     .complexity = "O(1)",
     .summary = "Adds to the floating point number a field holds."},
};

}  // namespace

CommandRows hashCounterRows() {
  return kRows;
}

}  // namespace inkstone
