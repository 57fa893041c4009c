// What changes lists in the middle: LSET, LINSERT, LREM, LTRIM.
#include "base/ascii.h"
#include "server/command_table/errors.h"
#include "server/commands/element_match.h"
#include "server/commands/list/list_handlers.h"

namespace inkstone {
namespace {

// The place of the first element equal to `text`.
std::optional<size_t> findFirst(const ListValue& list, std::string_view text) {
  const ElementMatch matches(text);
  size_t place = 0;
  bool found = false;
  list.forRangeWhile(0, list.size(), false, [&](const Element& element) {
    found = matches(element);
    place += found ? 0 : 1;
    return !found;
  });
  if (!found) return {};
  return place;
}

}  // namespace

void lsetCommand(CommandContext& ctx) {
  const KeyRef key = ctx.lookupWrite(ctx.args[1]);
  if (!key) return ctx.error(errors::kNoSuchKey);
  if (!ctx.expectType(key, ValueType::kList)) return;
  int64_t index;
  if (!ctx.parseInteger(ctx.args[2], index)) return;
  ListValue list = listOf(ctx, key);
  list.expect(1, ctx.args[3].size());
  const std::optional<size_t> place = listPlace(index, list.size());
  if (!place) return ctx.error(errors::kIndexOutOfRange);
  list.set(*place, ctx.args[3]);
  ctx.keyChanged(kNotifyList, "lset", ctx.args[1]);
  ctx.markDirty();
  ctx.reply.ok();
}

void linsertCommand(CommandContext& ctx) {
  const bool after = equalsIgnoreCase(ctx.args[2], "AFTER");
  if (!after && !equalsIgnoreCase(ctx.args[2], "BEFORE")) return ctx.error(errors::kSyntax);
  const KeyRef key = ctx.lookupWrite(ctx.args[1]);
  if (!key) return ctx.reply.integer(0);
  if (!ctx.expectType(key, ValueType::kList)) return;
  ListValue list = listOf(ctx, key);
  // Before it is known whether there will be an insertion, as in Redis: OBJECT ENCODING shows it.
  list.expect(1, ctx.args[4].size());
  const std::optional<size_t> pivot = findFirst(list, ctx.args[3]);
  if (!pivot) return ctx.reply.integer(-1);
  list.insert(*pivot + (after ? 1 : 0), ctx.args[4]);
  ctx.keyChanged(kNotifyList, "linsert", ctx.args[1]);
  ctx.markDirty();
  ctx.reply.integer(static_cast<int64_t>(list.size()));
}

void lremCommand(CommandContext& ctx) {
  int64_t count;
  if (!ctx.parseInteger(ctx.args[2], count)) return;
  const KeyRef key = ctx.lookupWrite(ctx.args[1]);
  if (!key) return ctx.reply.integer(0);
  if (!ctx.expectType(key, ValueType::kList)) return;
  ListValue list = listOf(ctx, key);
  // Unsigned, because the lowest integer has no opposite.
  const uint64_t most = count < 0 ? 0 - static_cast<uint64_t>(count) : static_cast<uint64_t>(count);
  const size_t removed = list.eraseEqual(ctx.args[3], most, count < 0);
  if (removed > 0) ctx.keyChanged(kNotifyList, "lrem", ctx.args[1]);
  if (list.size() == 0) {
    deleteList(ctx, key);
    ctx.keyDeleted(ctx.args[1]);
  }
  ctx.markDirty(removed);
  ctx.reply.integer(static_cast<int64_t>(removed));
}

void ltrimCommand(CommandContext& ctx) {
  int64_t start;
  int64_t stop;
  if (!ctx.parseInteger(ctx.args[2], start) || !ctx.parseInteger(ctx.args[3], stop)) return;
  const KeyRef key = ctx.lookupWrite(ctx.args[1]);
  if (!key) return ctx.reply.ok();
  if (!ctx.expectType(key, ValueType::kList)) return;
  ListValue list = listOf(ctx, key);
  const size_t size = list.size();
  const ListSpan kept = listSpan(start, stop, size);
  ctx.markDirty(size - kept.count);
  ctx.keyChanged(kNotifyList, "ltrim", ctx.args[1]);
  if (kept.count == 0) {
    deleteList(ctx, key);
    ctx.keyDeleted(ctx.args[1]);
  } else {
    const size_t end = kept.first + kept.count;
    if (end < size) list.erase(end, size - end);
    if (kept.first > 0) list.erase(0, kept.first);
  }
  ctx.reply.ok();
}

}  // namespace inkstone
