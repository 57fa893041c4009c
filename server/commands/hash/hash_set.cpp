// What sets and deletes fields: HSET, HMSET, HSETNX, HDEL.
#include <algorithm>
#include <optional>

#include "server/commands/hash/hash_handlers.h"
#include "server/commands/key/key_free.h"
#include "server/process/runtime.h"

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

}  // namespace

HashValue hashOrNew(CommandContext& ctx, const KeyRef& key, std::string_view name) {
  Entry* const entry = key ? key.entry() : ctx.insertValue(key, name, HashValue::create());
  return {*entry, ctx.encodingRules()};
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
  if (emptied) {
    deleteKey(ctx, key, ctx.runtime().settings.lazyfree_lazy_server_del);
    ctx.keyDeleted(ctx.args[1]);
  }
  ctx.markDirty(deleted);
  ctx.reply.integer(static_cast<int64_t>(deleted));
}

}  // namespace inkstone
