// GET and what else reads whole values: GETDEL, GETEX, GETSET, MGET.
#include <algorithm>

#include "base/numbers.h"
#include "server/commands/key/expire_time.h"
#include "server/commands/key/key_free.h"
#include "server/commands/string/string_handlers.h"
#include "server/commands/string/string_options.h"
#include "storage/string_value.h"

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

}  // namespace

void replyString(CommandContext& ctx, const KeyRef& key) {
  if (!key) return ctx.reply.null();
  ctx.reply.bulk(StringView(*key.entry()).view());
}

void getCommand(CommandContext& ctx) {
  const KeyRef key = ctx.lookupRead(ctx.args[1]);
  if (ctx.expectString(key)) replyString(ctx, key);
}

void mgetCommand(CommandContext& ctx) {
  // Enough to have several memory accesses under way, few enough to stay in the first cache.
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
      // What is no string has no value to MGET.
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

}  // namespace inkstone
