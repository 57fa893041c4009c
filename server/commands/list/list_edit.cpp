// Commands that change lists in the middle: LSET, LINSERT, LREM, LTRIM.
#include "base/ascii.h"
#include "server/command_table/errors.h"
#include "server/command_table/key_specs.h"
#include "server/commands/element_match.h"
#include "server/commands/families.h"
#include "server/commands/key/key_changes.h"
#include "server/commands/list/list_common.h"

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
  // As in Redis this comes before it is known whether anything is inserted, which OBJECT ENCODING
  // shows.
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
  // It is unsigned, because the lowest integer has no opposite.
  const uint64_t most = count < 0 ? 0 - static_cast<uint64_t>(count) : static_cast<uint64_t>(count);
  const size_t removed = list.eraseEqual(ctx.args[3], most, count < 0);
  if (removed > 0) ctx.keyChanged(kNotifyList, "lrem", ctx.args[1]);
  if (list.size() == 0) deleteEmptied(ctx, ctx.args[1], key);
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
    deleteEmptied(ctx, ctx.args[1], key);
  } else {
    const size_t end = kept.first + kept.count;
    if (end < size) list.erase(end, size - end);
    if (kept.first > 0) list.erase(0, kept.first);
  }
  ctx.reply.ok();
}

constexpr CommandRow kRows[] = {
    {.name = "lset",
     .syntax = "key:key@0 integer:index string:element",
     .arity = 4,
     .flags = kCmdWrite | kCmdDenyOom,
     .categories = kAclList,
     .handler = lsetCommand,
     .keys = {key_specs::kUpdate},
     .since = "1.0.0",
     .group = "list",
     .complexity = "O(log(N)), N being the number of nodes of the list, and the length of one "
                   "node; O(1) at both ends",
     .summary = "Replaces the element of a list at an index."},
    {.name = "linsert",
     .syntax =
         "key:key@0 oneof:where(token:before=BEFORE token:after=AFTER) string:pivot string:element",
     .arity = 5,
     .flags = kCmdWrite | kCmdDenyOom,
     .categories = kAclList,
     .handler = linsertCommand,
     .keys = {key_specs::one(kKeyReadWrite | kKeyInsert)},
     .since = "2.2.0",
     .group = "list",
     .complexity = "O(N), N being the number of elements up to the one it is put beside",
     .summary = "Adds an element before or after another one of a list."},
    {.name = "lrem",
     .syntax = "key:key@0 integer:count string:element",
     .arity = 4,
     .flags = kCmdWrite,
     .categories = kAclList,
     .handler = lremCommand,
     .keys = {key_specs::one(kKeyReadWrite | kKeyDelete)},
     .since = "1.0.0",
     .group = "list",
     .complexity = "O(N), N being the length of the list",
     .summary = "Takes away elements of a list that are equal to a value."},
    {.name = "ltrim",
     .syntax = "key:key@0 integer:start integer:stop",
     .arity = 4,
     .flags = kCmdWrite,
     .categories = kAclList,
     .handler = ltrimCommand,
     .keys = {key_specs::one(kKeyReadWrite | kKeyDelete)},
     .since = "1.0.0",
     .group = "list",
     .complexity = "O(N), N being the number of elements taken away",
     .summary = "Takes away what stands outside of two indexes of a list."},
};

}  // namespace

CommandRows listEditRows() {
  return kRows;
}

}  // namespace inkstone
