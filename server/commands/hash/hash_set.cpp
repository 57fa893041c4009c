// Commands that set and delete fields: HSET, HMSET, HSETNX, HDEL.
#include <algorithm>
#include <optional>

#include "server/command_table/key_specs.h"
#include "server/commands/families.h"
#include "server/commands/key/key_changes.h"
#include "server/commands/key_values.h"

namespace inkstone {
namespace {

// Sets the fields of HSET and HMSET and returns how many are new; nothing after an error.
std::optional<size_t> setFields(CommandContext& ctx) {
  if (ctx.args.size() % 2 != 0) {
    ctx.arityError();
    return {};
  }
  const KeyRef key = ctx.lookupWrite(ctx.args[1]);
  if (!ctx.expectType(key, ValueType::kHash)) return {};
  const auto pairs = ctx.args.subspan(2);
  size_t longest = 0;
  for (std::string_view text : pairs) longest = std::max(longest, text.size());
  HashValue hash = hashOrNew(ctx, key, ctx.args[1]);
  hash.expect(pairs.size() / 2, longest);
  size_t created = 0;
  for (size_t i = 0; i < pairs.size(); i += 2) created += hash.set(pairs[i], pairs[i + 1]) ? 1 : 0;
  ctx.keyChanged(kNotifyHash, "hset", ctx.args[1]);
  ctx.markDirty(pairs.size() / 2);
  return created;
}

void hsetCommand(CommandContext& ctx) {
  if (const auto created = setFields(ctx)) ctx.reply.integer(static_cast<int64_t>(*created));
}

void hmsetCommand(CommandContext& ctx) {
  if (setFields(ctx)) ctx.reply.ok();
}

void hsetnxCommand(CommandContext& ctx) {
  const KeyRef key = ctx.lookupWrite(ctx.args[1]);
  if (!ctx.expectType(key, ValueType::kHash)) return;
  const std::string_view field = ctx.args[2];
  if (key && hashOf(ctx, key).contains(field)) return ctx.reply.integer(0);
  HashValue hash = hashOrNew(ctx, key, ctx.args[1]);
  hash.expect(1, std::max(field.size(), ctx.args[3].size()));
  hash.set(field, ctx.args[3]);
  ctx.keyChanged(kNotifyHash, "hset", ctx.args[1]);
  ctx.markDirty();
  ctx.reply.integer(1);
}

void hdelCommand(CommandContext& ctx) {
  const KeyRef key = ctx.lookupWrite(ctx.args[1]);
  if (!ctx.expectType(key, ValueType::kHash)) return;
  if (!key) return ctx.reply.integer(0);
  HashValue hash = hashOf(ctx, key);
  size_t deleted = 0;
  bool emptied = false;
  for (std::string_view field : ctx.args.subspan(2)) {
    if (!hash.erase(field)) continue;
    ++deleted;
    emptied = hash.size() == 0;
    if (emptied) break;
  }
  if (deleted > 0) ctx.keyChanged(kNotifyHash, "hdel", ctx.args[1]);
  if (emptied) deleteEmptied(ctx, ctx.args[1], key);
  ctx.markDirty(deleted);
  ctx.reply.integer(static_cast<int64_t>(deleted));
}

constexpr CommandRow kRows[] = {
    {.name = "hset",
     .syntax = "key:key@0 block:data*(string:field string:value)",
     .arity = -4,
     .flags = kCmdWrite | kCmdDenyOom | kCmdFast,
     .categories = kAclHash,
     .handler = hsetCommand,
     .keys = {key_specs::kUpdate},
     .member = {.argument = 2},
     .since = "2.0.0",
     .group = "hash",
     .complexity = "O(N), N being the number of fields named",
     .summary = "Sets fields of a hash to values."},
    {.name = "hmset",
     .syntax = "key:key@0 block:data*(string:field string:value)",
     .arity = -4,
     .flags = kCmdWrite | kCmdDenyOom | kCmdFast,
     .categories = kAclHash,
     .handler = hmsetCommand,
     .keys = {key_specs::kUpdate},
     .member = {.argument = 2},
     .since = "2.0.0",
     .group = "hash",
     .complexity = "O(N), N being the number of fields named",
     .summary = "Sets fields of a hash to values; HSET also says how many are new.",
     .deprecated_since = "4.0.0",
     .replaced_by = "`HSET` with multiple field-value pairs"},
    {.name = "hsetnx",
     .syntax = "key:key@0 string:field string:value",
     .arity = 4,
     .flags = kCmdWrite | kCmdDenyOom | kCmdFast,
     .categories = kAclHash,
     .handler = hsetnxCommand,
     .keys = {key_specs::one(kKeyReadWrite | kKeyInsert)},
     .member = {.argument = 2},
     .since = "2.0.0",
     .group = "hash",
     .complexity = "O(1)",
     .summary = "Sets a field of a hash unless it exists."},
    {.name = "hdel",
     .syntax = "key:key@0 string:field*",
     .arity = -3,
     .flags = kCmdWrite | kCmdFast,
     .categories = kAclHash,
     .handler = hdelCommand,
     .keys = {key_specs::one(kKeyReadWrite | kKeyDelete)},
     .member = {.argument = 2},
     .since = "2.0.0",
     .group = "hash",
     .complexity = "O(N), N being the number of fields named",
     .summary = "Takes fields away from a hash, and the key with the last one."},
};

}  // namespace

CommandRows hashSetRows() {
  return kRows;
}

}  // namespace inkstone
