// Commands that read lists: LLEN, LINDEX, LRANGE.
#include <algorithm>

#include "server/command_table/key_specs.h"
#include "server/commands/families.h"
#include "server/commands/list/list_common.h"
#include "server/commands/reply_parts.h"

namespace inkstone {
std::optional<size_t> listPlace(int64_t index, size_t size) {
  const int64_t count = static_cast<int64_t>(size);
  const int64_t place = index < 0 ? index + count : index;
  if (place < 0 || place >= count) return {};
  return static_cast<size_t>(place);
}

ListSpan listSpan(int64_t start, int64_t stop, size_t size) {
  const int64_t count = static_cast<int64_t>(size);
  const int64_t first = std::max<int64_t>(start < 0 ? start + count : start, 0);
  const int64_t last = std::min(stop < 0 ? stop + count : stop, count - 1);
  if (first > last) return {0, 0};
  return {static_cast<size_t>(first), static_cast<size_t>(last - first + 1)};
}

void replyElements(CommandContext& ctx, const ListValue& list, ListSpan span, bool backward) {
  ctx.reply.array(span.count);
  // A span that is walked backward begins with its last element.
  const size_t from = backward ? span.first + span.count - 1 : span.first;
  BulkRun run(ctx.reply);
  list.forRange(from, span.count, backward,
                [&run](const Element& element) { addElement(run, element); });
}

namespace {

void llenCommand(CommandContext& ctx) {
  const KeyRef key = ctx.lookupRead(ctx.args[1]);
  if (!ctx.expectType(key, ValueType::kList)) return;
  ctx.reply.integer(key ? static_cast<int64_t>(listOf(ctx, key).size()) : 0);
}

void lindexCommand(CommandContext& ctx) {
  const KeyRef key = ctx.lookupRead(ctx.args[1]);
  if (!key) return ctx.reply.null();
  if (!ctx.expectType(key, ValueType::kList)) return;
  int64_t index;
  if (!ctx.parseInteger(ctx.args[2], index)) return;
  const ListValue list = listOf(ctx, key);
  const std::optional<size_t> place = listPlace(index, list.size());
  if (!place) return ctx.reply.null();
  replyElement(ctx.reply, list.at(*place));
}

void lrangeCommand(CommandContext& ctx) {
  int64_t start;
  int64_t stop;
  if (!ctx.parseInteger(ctx.args[2], start) || !ctx.parseInteger(ctx.args[3], stop)) return;
  const KeyRef key = ctx.lookupRead(ctx.args[1]);
  if (!ctx.expectType(key, ValueType::kList)) return;
  if (!key) return ctx.reply.array(0);
  const ListValue list = listOf(ctx, key);
  const ListSpan span = listSpan(start, stop, list.size());
  if (span.count == 0) return ctx.reply.array(0);
  replyElements(ctx, list, span, false);
}

constexpr CommandRow kRows[] = {
    {.name = "llen",
     .syntax = "key:key@0",
     .arity = 2,
     .flags = kCmdReadonly | kCmdFast,
     .categories = kAclList,
     .handler = llenCommand,
     .keys = {key_specs::kInspect},
     .since = "1.0.0",
     .group = "list",
     .complexity = "O(1)",
     .summary = "Returns the number of elements of a list."},
    {.name = "lindex",
     .syntax = "key:key@0 integer:index",
     .arity = 3,
     .flags = kCmdReadonly,
     .categories = kAclList,
     .handler = lindexCommand,
     .keys = {key_specs::kRead},
     .since = "1.0.0",
     .group = "list",
     .complexity = "O(log(N)), N being the number of nodes of the list, and the length of one "
                   "node; O(1) at both ends",
     .summary = "Returns the element of a list at an index."},
    {.name = "lrange",
     .syntax = "key:key@0 integer:start integer:stop",
     .arity = 4,
     .flags = kCmdReadonly,
     .categories = kAclList,
     .handler = lrangeCommand,
     .keys = {key_specs::kRead},
     .since = "1.0.0",
     .group = "list",
     .complexity =
         "O(log(S)+N), S being the number of nodes of the list, N that of elements returned",
     .summary = "Returns the elements of a list from one index to another."},
};

}  // namespace

CommandRows listRangeRows() {
  return kRows;
}

}  // namespace inkstone
