// Commands that take elements from an end of a list: LPOP, RPOP, LMPOP.
#include <algorithm>

#include "base/ascii.h"
#include "base/numbers.h"
#include "server/command_table/errors.h"
#include "server/command_table/key_specs.h"
#include "server/commands/families.h"
#include "server/commands/key/key_changes.h"
#include "server/commands/list/list_common.h"
#include "server/commands/reply_parts.h"
#include "server/commands/waiting.h"

namespace inkstone {
namespace {

// Replies an array of up to `count` (not 0) elements from one end of an existing list and takes
// them away, the key too if none is left. Returns how many.
size_t popElements(CommandContext& ctx, std::string_view name, const KeyRef& key, ListEnd end,
                   uint64_t count) {
  ListValue list = listOf(ctx, key);
  const size_t size = list.size();
  const size_t popped = std::min<uint64_t>(count, size);
  const ListSpan span{end == ListEnd::kHead ? 0 : size - popped, popped};
  replyElements(ctx, list, span, end == ListEnd::kTail);
  ctx.keyChanged(kNotifyList, popEvent(end), name);
  if (popped == size) {
    deleteEmptied(ctx, name, key);
  } else {
    list.erase(span.first, span.count);
  }
  ctx.markDirty(popped);
  return popped;
}

void pop(CommandContext& ctx, ListEnd end) {
  if (ctx.args.size() > 3) return ctx.arityError();
  const bool counted = ctx.args.size() == 3;
  int64_t count = 1;
  if (counted && (!parseInt64(ctx.args[2], count) || count < 0)) {
    return ctx.error(errors::kMustBePositive);
  }
  const KeyRef key = ctx.lookupWrite(ctx.args[1]);
  if (!key) return counted ? ctx.reply.nullArray() : ctx.reply.null();
  if (!ctx.expectType(key, ValueType::kList)) return;
  if (!counted) return popElement(ctx, ctx.args[1], key, end);
  if (count == 0) return ctx.reply.array(0);
  popElements(ctx, ctx.args[1], key, end, static_cast<uint64_t>(count));
}

}  // namespace

std::optional<ListEnd> listEndFrom(std::string_view word) {
  if (equalsIgnoreCase(word, "LEFT")) return ListEnd::kHead;
  if (equalsIgnoreCase(word, "RIGHT")) return ListEnd::kTail;
  return {};
}

void popElement(CommandContext& ctx, std::string_view name, const KeyRef& key, ListEnd end) {
  ListValue list = listOf(ctx, key);
  const size_t size = list.size();
  const size_t at = end == ListEnd::kHead ? 0 : size - 1;
  replyElement(ctx.reply, list.at(at));
  ctx.keyChanged(kNotifyList, popEvent(end), name);
  if (size == 1) {
    deleteEmptied(ctx, name, key);
  } else {
    list.erase(at, 1);
  }
  ctx.markDirty();
}

void popFromList(CommandContext& ctx, std::string_view name, const KeyRef& key,
                 const MultiPop& request) {
  const ListEnd end = request.from_last ? ListEnd::kTail : ListEnd::kHead;
  ctx.reply.array(2);
  ctx.reply.bulk(name);
  const size_t popped = popElements(ctx, name, key, end, request.count);
  // The list that was popped from, so that a replay need not find it again.
  char text[kInt64TextMax];
  ctx.propagateInstead({end == ListEnd::kHead ? "LPOP" : "RPOP",
                        name,
                        {text, formatInt64(text, static_cast<int64_t>(popped))}});
}

namespace {

void lpopCommand(CommandContext& ctx) {
  pop(ctx, ListEnd::kHead);
}

void rpopCommand(CommandContext& ctx) {
  pop(ctx, ListEnd::kTail);
}

void lmpopCommand(CommandContext& ctx) {
  MultiPop request;
  if (!parseMultiPop(ctx, 1, "LEFT", "RIGHT", request)) return;
  withServable(
      ctx, request.keys, ValueType::kList,
      [&](std::string_view name, const KeyRef& key) { popFromList(ctx, name, key, request); },
      [&] { ctx.reply.nullArray(); });
}

constexpr CommandRow kRows[] = {
    {.name = "lpop",
     .syntax = "key:key@0 integer:count^6.2.0?",
     .arity = -2,
     .flags = kCmdWrite | kCmdFast,
     .categories = kAclList,
     .handler = lpopCommand,
     .keys = {key_specs::one(kKeyReadWrite | kKeyAccess | kKeyDelete)},
     .since = "1.0.0",
     .group = "list",
     .complexity = "O(N), N being the number of elements returned",
     .summary = "Takes elements from the head of a list and returns them."},
    {.name = "rpop",
     .syntax = "key:key@0 integer:count^6.2.0?",
     .arity = -2,
     .flags = kCmdWrite | kCmdFast,
     .categories = kAclList,
     .handler = rpopCommand,
     .keys = {key_specs::one(kKeyReadWrite | kKeyAccess | kKeyDelete)},
     .since = "1.0.0",
     .group = "list",
     .complexity = "O(N), N being the number of elements returned",
     .summary = "Takes elements from the tail of a list and returns them."},
    {.name = "lmpop",
     .syntax = "integer:numkeys key:key@0* oneof:where(token:left=LEFT token:right=RIGHT) "
               "integer:count=COUNT?",
     .arity = -4,
     .flags = kCmdWrite | kCmdMovableKeys,
     .categories = kAclList,
     .handler = lmpopCommand,
     .keys = {key_specs::counted(kKeyReadWrite | kKeyAccess | kKeyDelete)},
     .since = "7.0.0",
     .group = "list",
     .complexity = "O(N+M), N being the number of keys, M that of elements returned",
     .summary = "Takes elements from the first list that has any and returns them."},
};

}  // namespace

CommandRows listPopRows() {
  return kRows;
}

}  // namespace inkstone
