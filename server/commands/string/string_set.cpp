// Commands that replace whole values: SET, SETEX, PSETEX, SETNX, MSET, MSETNX.
#include <vector>

#include "base/ascii.h"
#include "base/numbers.h"
#include "server/command_table/key_specs.h"
#include "server/commands/families.h"
#include "server/commands/key/expire_time.h"
#include "server/commands/string/string_common.h"
#include "server/data/data_set.h"

namespace inkstone {
namespace {

// The log keeps the moment a key expires, not the time it had left, so that a replay means the
// same.
void setUntil(CommandContext& ctx, const KeyRef& key, std::string_view value, int64_t deadline) {
  const std::string_view name = ctx.args[1];
  ctx.db().setStringUntil(key.hash, name, key.slot, value, deadline, accessForNewValue(ctx, key));
  ctx.stringChanged("set", name, key);
  ctx.keyChanged(kNotifyGeneric, "expire", name);
  ctx.markDirty();
  char text[kInt64TextMax];
  ctx.propagateInstead({"SET", name, value, "PXAT", {text, formatInt64(text, deadline)}});
}

void setAndKeepCommand(CommandContext& ctx, const KeyRef& key, const StringOptions& options) {
  ctx.db().setString(key.hash, ctx.args[1], key.slot, ctx.args[2], options.keep_deadline,
                     accessForNewValue(ctx, key));
  ctx.stringChanged("set", ctx.args[1], key);
  ctx.markDirty();
  if (!options.get) return;
  // A replay has nobody who wants the old value.
  std::vector<std::string_view> without_get(ctx.args.begin(), ctx.args.begin() + 3);
  for (std::string_view option : ctx.args.subspan(3)) {
    if (!equalsIgnoreCase(option, "GET")) without_get.push_back(option);
  }
  ctx.propagateInstead(without_get);
}

void setWithOptions(CommandContext& ctx) {
  StringOptions options;
  if (!parseSetOptions(ctx, options)) return;
  int64_t deadline = 0;
  if (options.time_form &&
      !parseValueDeadline(ctx, options.time_text, *options.time_form, deadline)) {
    return;
  }
  const KeyRef key = options.get ? ctx.lookupRead(ctx.args[1]) : ctx.lookupWrite(ctx.args[1]);
  if (options.get) {
    if (!ctx.expectString(key)) return;
    replyString(ctx, key);
  }
  if (key ? options.only_if_missing : options.only_if_exists) {
    if (!options.get) ctx.reply.null();
    return;
  }
  if (options.time_form) {
    setUntil(ctx, key, ctx.args[2], deadline);
  } else {
    setAndKeepCommand(ctx, key, options);
  }
  if (!options.get) ctx.reply.ok();
}

void setForTime(CommandContext& ctx, TimeForm form) {
  int64_t deadline;
  if (!parseValueDeadline(ctx, ctx.args[2], form, deadline)) return;
  setUntil(ctx, ctx.lookupWrite(ctx.args[1]), ctx.args[3], deadline);
  ctx.reply.ok();
}

// Replies the error unless every key has its value.
bool expectPairs(CommandContext& ctx) {
  if (ctx.args.size() % 2 == 1) return true;
  ctx.arityError();
  return false;
}

// SET without any option.
void setPlainString(CommandContext& ctx, std::string_view key, std::string_view value) {
  const KeyRef found = ctx.lookupWrite(key);
  ctx.db().setString(found.hash, key, found.slot, value, false, accessForNewValue(ctx, found));
  ctx.stringChanged("set", key, found);
  ctx.markDirty();
}

void setPairs(CommandContext& ctx) {
  for (size_t i = 1; i < ctx.args.size(); i += 2) {
    setPlainString(ctx, ctx.args[i], ctx.args[i + 1]);
  }
}

}  // namespace

uint32_t accessForNewValue(const CommandContext& ctx, const KeyRef& key) {
  return key && ctx.data().access_clock.lfu() ? key.entry()->access() : ctx.initialAccess();
}

namespace {

void setCommand(CommandContext& ctx) {
  if (ctx.args.size() > 3) return setWithOptions(ctx);
  setPlainString(ctx, ctx.args[1], ctx.args[2]);
  ctx.reply.ok();
}

void setexCommand(CommandContext& ctx) {
  setForTime(ctx, {.seconds = true, .absolute = false});
}

void psetexCommand(CommandContext& ctx) {
  setForTime(ctx, {.seconds = false, .absolute = false});
}

void setnxCommand(CommandContext& ctx) {
  const KeyRef key = ctx.lookupWrite(ctx.args[1]);
  if (key) return ctx.reply.integer(0);
  ctx.db().setString(key.hash, ctx.args[1], key.slot, ctx.args[2], false, ctx.initialAccess());
  ctx.stringChanged("set", ctx.args[1], key);
  ctx.markDirty();
  ctx.reply.integer(1);
}

void msetCommand(CommandContext& ctx) {
  if (!expectPairs(ctx)) return;
  setPairs(ctx);
  ctx.reply.ok();
}

void msetnxCommand(CommandContext& ctx) {
  if (!expectPairs(ctx)) return;
  for (size_t i = 1; i < ctx.args.size(); i += 2) {
    if (ctx.lookupWrite(ctx.args[i])) return ctx.reply.integer(0);
  }
  setPairs(ctx);
  ctx.reply.integer(1);
}

constexpr CommandRow kRows[] = {
    {.name = "set",
     .syntax = "key:key@0 string:value oneof:condition^2.6.12?(token:nx=NX token:xx=XX) "
               "token:get=GET^6.2.0? oneof:expiration?(integer:seconds=EX^2.6.12 "
               "integer:milliseconds=PX^2.6.12 unix-time:unix-time-seconds=EXAT^6.2.0 "
               "unix-time:unix-time-milliseconds=PXAT^6.2.0 token:keepttl=KEEPTTL^6.0.0)",
     .arity = -3,
     .flags = kCmdWrite | kCmdDenyOom,
     .categories = kAclString,
     .handler = setCommand,
     .keys = {{.flags = kKeyReadWrite | kKeyAccess | kKeyUpdate | kKeyVariableFlags,
               .notes = "RW and ACCESS due to the optional `GET` argument"}},
     .since = "1.0.0",
     .group = "string",
     .complexity = "O(1)",
     .summary = "Sets a key to a string, whatever it held."},
    {.name = "setex",
     .syntax = "key:key@0 integer:seconds string:value",
     .arity = 4,
     .flags = kCmdWrite | kCmdDenyOom,
     .categories = kAclString,
     .handler = setexCommand,
     .keys = {key_specs::kOverwrite},
     .since = "2.0.0",
     .group = "string",
     .complexity = "O(1)",
     .summary = "Sets a key to a string for a number of seconds."},
    {.name = "psetex",
     .syntax = "key:key@0 integer:milliseconds string:value",
     .arity = 4,
     .flags = kCmdWrite | kCmdDenyOom,
     .categories = kAclString,
     .handler = psetexCommand,
     .keys = {key_specs::kOverwrite},
     .since = "2.6.0",
     .group = "string",
     .complexity = "O(1)",
     .summary = "Sets a key to a string for a number of milliseconds."},
    {.name = "setnx",
     .syntax = "key:key@0 string:value",
     .arity = 3,
     .flags = kCmdWrite | kCmdDenyOom | kCmdFast,
     .categories = kAclString,
     .handler = setnxCommand,
     .keys = {key_specs::one(kKeyOverwrite | kKeyInsert)},
     .since = "1.0.0",
     .group = "string",
     .complexity = "O(1)",
     .summary = "Sets a key to a string unless the key exists."},
    {.name = "mset",
     .syntax = "block:data*(key:key@0 string:value)",
     .arity = -3,
     .flags = kCmdWrite | kCmdDenyOom,
     .categories = kAclString,
     .handler = msetCommand,
     .keys = {key_specs::all(kKeyOverwrite | kKeyUpdate, 2)},
     .since = "1.0.1",
     .group = "string",
     .complexity = "O(N), N being the number of keys",
     .summary = "Sets several keys to strings at once.",
     .tips = {"request_policy:multi_shard", "response_policy:all_succeeded"}},
    {.name = "msetnx",
     .syntax = "block:data*(key:key@0 string:value)",
     .arity = -3,
     .flags = kCmdWrite | kCmdDenyOom,
     .categories = kAclString,
     .handler = msetnxCommand,
     .keys = {key_specs::all(kKeyOverwrite | kKeyInsert, 2)},
     .since = "1.0.1",
     .group = "string",
     .complexity = "O(N), N being the number of keys",
     .summary = "Sets several keys to strings at once unless one of them exists."},
};

}  // namespace

CommandRows stringSetRows() {
  return kRows;
}

}  // namespace inkstone
