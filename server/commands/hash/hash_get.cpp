// What reads hashes: HGET, HMGET, HEXISTS, HLEN, HSTRLEN, HKEYS, HVALS, HGETALL.
#include <optional>

#include "server/commands/element_reply.h"
#include "server/commands/hash/hash_handlers.h"

namespace inkstone {
namespace {

enum class Part : uint8_t { kFields, kValues, kBoth };

void replyWhole(CommandContext& ctx, Part part) {
  const KeyRef key = ctx.lookupRead(ctx.args[1]);
  if (!ctx.expectType(key, ValueType::kHash)) return;
  const size_t size = key ? hashOf(ctx, key).size() : 0;
  if (part == Part::kBoth) {
    ctx.reply.map(size);
  } else {
    ctx.reply.array(size);
  }
  if (!key) return;
  BulkRun run(ctx.reply);
  hashOf(ctx, key).forEach([&run, part](const Element& field, const Element& value) {
    if (part != Part::kValues) addElement(run, field);
    if (part != Part::kFields) addElement(run, value);
  });
}

// The value of a field of a key that may not exist; nothing when there is none.
std::optional<Element> findField(const CommandContext& ctx, const KeyRef& key,
                                 std::string_view field) {
  Element value;
  if (!key || !hashOf(ctx, key).find(field, value)) return {};
  return value;
}

}  // namespace

void hgetCommand(CommandContext& ctx) {
  const KeyRef key = ctx.lookupRead(ctx.args[1]);
  if (!ctx.expectType(key, ValueType::kHash)) return;
  const std::optional<Element> value = findField(ctx, key, ctx.args[2]);
  if (!value) return ctx.reply.null();
  replyElement(ctx.reply, *value);
}

void hmgetCommand(CommandContext& ctx) {
  const KeyRef key = ctx.lookupRead(ctx.args[1]);
  if (!ctx.expectType(key, ValueType::kHash)) return;
  const auto fields = ctx.args.subspan(2);
  ctx.reply.array(fields.size());
  for (std::string_view field : fields) {
    if (const std::optional<Element> value = findField(ctx, key, field)) {
      replyElement(ctx.reply, *value);
    } else {
      ctx.reply.null();
    }
  }
}

void hexistsCommand(CommandContext& ctx) {
  const KeyRef key = ctx.lookupRead(ctx.args[1]);
  if (!ctx.expectType(key, ValueType::kHash)) return;
  ctx.reply.integer(key && hashOf(ctx, key).contains(ctx.args[2]) ? 1 : 0);
}

void hlenCommand(CommandContext& ctx) {
  const KeyRef key = ctx.lookupRead(ctx.args[1]);
  if (!ctx.expectType(key, ValueType::kHash)) return;
  ctx.reply.integer(key ? static_cast<int64_t>(hashOf(ctx, key).size()) : 0);
}

void hstrlenCommand(CommandContext& ctx) {
  const KeyRef key = ctx.lookupRead(ctx.args[1]);
  if (!ctx.expectType(key, ValueType::kHash)) return;
  const std::optional<Element> value = findField(ctx, key, ctx.args[2]);
  ctx.reply.integer(value ? static_cast<int64_t>(value->textLength()) : 0);
}

void hkeysCommand(CommandContext& ctx) {
  replyWhole(ctx, Part::kFields);
}

void hvalsCommand(CommandContext& ctx) {
  replyWhole(ctx, Part::kValues);
}

void hgetallCommand(CommandContext& ctx) {
  replyWhole(ctx, Part::kBoth);
}

}  // namespace inkstone
