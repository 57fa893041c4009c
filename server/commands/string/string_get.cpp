// Commands that read whole values: GET, GETDEL, GETEX, GETSET, MGET.
#include <algorithm>

#include "base/numbers.h"
#include "server/command_table/key_specs.h"
#include "server/commands/families.h"
#include "server/commands/key/expire_time.h"
#include "server/commands/key/key_changes.h"
#include "server/commands/string/string_common.h"

namespace inkstone {
namespace {

void expireAt(CommandContext& ctx, const KeyRef& key, TimeForm form, int64_t deadline) {
  const std::string_view name = ctx.args[1];
  if (form.absolute && alreadyExpired(ctx, deadline)) return deleteAsExpired(ctx, name, key);
  ctx.db().setDeadline(key.hash, key.slot, deadline);
  ctx.keyChanged(kNotifyGeneric, "expire", name);
  ctx.markDirty();
  char text[kInt64TextMax];
  ctx.propagateInstead({"PEXPIREAT", name, {text, formatInt64(text, deadline)}});
}

void getCommand(CommandContext& ctx) {
  const KeyRef key = ctx.lookupRead(ctx.args[1]);
  if (ctx.expectString(key)) replyString(ctx, key);
}

void mgetCommand(CommandContext& ctx) {
  // So many have several memory accesses under way, and still fit in the first cache.
  constexpr size_t kPrefetchMax = 16;
  const auto keys = ctx.args.subspan(1);
  const Database& db = ctx.db();
  ctx.reply.array(keys.size());
  for (size_t first = 0; first < keys.size(); first += kPrefetchMax) {
    const auto group = keys.subspan(first, std::min(kPrefetchMax, keys.size() - first));
    uint64_t hashes[kPrefetchMax];
    for (size_t i = 0; i < group.size(); ++i) db.prefetchBucket(hashes[i] = db.hashOf(group[i]));
    for (size_t i = 0; i < group.size(); ++i) db.prefetchEntry(hashes[i]);
    for (size_t i = 0; i < group.size(); ++i) {
      const KeyRef key = ctx.lookupRead(group[i], hashes[i]);
      // MGET replies null for a key that holds no string.
      replyString(ctx, key && key.entry()->type() == ValueType::kString ? key : KeyRef{});
    }
  }
}

void getdelCommand(CommandContext& ctx) {
  const KeyRef key = ctx.lookupRead(ctx.args[1]);
  if (!ctx.expectString(key)) return;
  replyString(ctx, key);
  if (!key) return;
  deleteKey(ctx, key, false);
  ctx.keyDeleted(ctx.args[1]);
  ctx.markDirty();
  ctx.propagateInstead({"DEL", ctx.args[1]});
}

void getexCommand(CommandContext& ctx) {
  StringOptions options;
  if (!parseGetexOptions(ctx, options)) return;
  const KeyRef key = ctx.lookupRead(ctx.args[1]);
  if (!key) return ctx.reply.null();
  if (!ctx.expectString(key)) return;
  int64_t deadline = 0;
  if (options.time_form &&
      !parseValueDeadline(ctx, options.time_text, *options.time_form, deadline)) {
    return;
  }
  replyString(ctx, key);
  if (options.time_form) {
    expireAt(ctx, key, *options.time_form, deadline);
  } else if (options.persist && ctx.db().removeDeadline(key.slot)) {
    ctx.keyChanged(kNotifyGeneric, "persist", ctx.args[1]);
    ctx.markDirty();
    ctx.propagateInstead({"PERSIST", ctx.args[1]});
  }
}

void getsetCommand(CommandContext& ctx) {
  const KeyRef key = ctx.lookupRead(ctx.args[1]);
  if (!ctx.expectString(key)) return;
  replyString(ctx, key);
  ctx.db().setString(key.hash, ctx.args[1], key.slot, ctx.args[2], false,
                     accessForNewValue(ctx, key));
  ctx.stringChanged("set", ctx.args[1], key);
  ctx.markDirty();
  ctx.propagateInstead({"SET", ctx.args[1], ctx.args[2]});
}

constexpr CommandRow kRows[] = {
    {.name = "get",
     .syntax = "key:key@0",
     .arity = 2,
     .flags = kCmdReadonly | kCmdFast,
     .categories = kAclString,
     .handler = getCommand,
     .keys = {key_specs::kRead},
     .since = "1.0.0",
     .group = "string",
     .complexity = "O(1)",
     .summary = "Returns the string a key holds."},
    {.name = "getdel",
     .syntax = "key:key@0",
     .arity = 2,
     .flags = kCmdWrite | kCmdFast,
     .categories = kAclString,
     .handler = getdelCommand,
     .keys = {key_specs::one(kKeyReadWrite | kKeyAccess | kKeyDelete)},
     .since = "6.2.0",
     .group = "string",
     .complexity = "O(1)",
     .summary = "Returns the string a key holds and deletes the key."},
    {.name = "getex",
     .syntax = "key:key@0 oneof:expiration?(integer:seconds=EX integer:milliseconds=PX "
               "unix-time:unix-time-seconds=EXAT unix-time:unix-time-milliseconds=PXAT "
               "token:persist=PERSIST)",
     .arity = -2,
     .flags = kCmdWrite | kCmdFast,
     .categories = kAclString,
     .handler = getexCommand,
     .keys = {key_specs::kReadAndUpdate},
     .since = "6.2.0",
     .group = "string",
     .complexity = "O(1)",
     .summary = "Returns the string a key holds and sets when the key expires."},
    {.name = "getset",
     .syntax = "key:key@0 string:value",
     .arity = 3,
     .flags = kCmdWrite | kCmdDenyOom | kCmdFast,
     .categories = kAclString,
     .handler = getsetCommand,
     .keys = {key_specs::kReadAndUpdate},
     .since = "1.0.0",
     .group = "string",
     .complexity = "O(1)",
     .summary = "Sets a string and returns the one before; SET with GET does the same.",
     .deprecated_since = "6.2.0",
     .replaced_by = "`SET` with the `!GET` argument"},
    {.name = "mget",
     .syntax = "key:key@0*",
     .arity = -2,
     .flags = kCmdReadonly | kCmdFast,
     .categories = kAclString,
     .handler = mgetCommand,
     .keys = {key_specs::all(kKeyReadOnly | kKeyAccess)},
     .since = "1.0.0",
     .group = "string",
     .complexity = "O(N), N being the number of keys",
     .summary = "Returns the strings of several keys, null for those that hold none.",
     .tips = {"request_policy:multi_shard"}},
};

}  // namespace

CommandRows stringGetRows() {
  return kRows;
}

}  // namespace inkstone
