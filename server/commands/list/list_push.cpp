// Commands that add elements to an end of a list: LPUSH, RPUSH, LPUSHX, RPUSHX.
#include "server/command_table/key_specs.h"
#include "server/commands/families.h"
#include "server/commands/list/list_common.h"

namespace inkstone {
namespace {

enum class IfMissing : uint8_t { kCreate, kDoNothing };

void push(CommandContext& ctx, ListEnd end, IfMissing if_missing) {
  const std::string_view name = ctx.args[1];
  const KeyRef key = ctx.lookupWrite(name);
  if (!ctx.expectType(key, ValueType::kList)) return;
  if (!key && if_missing == IfMissing::kDoNothing) return ctx.reply.integer(0);
  const auto elements = ctx.args.subspan(2);
  Entry* const entry = key ? key.entry() : ctx.insertValue(key, name, ListValue::create());
  ListValue list(*entry, ctx.encodingRules());
  size_t bytes = 0;
  for (std::string_view element : elements) bytes += element.size();
  list.expect(elements.size(), bytes);
  for (std::string_view element : elements) {
    if (end == ListEnd::kHead) {
      list.pushFront(element);
    } else {
      list.pushBack(element);
    }
  }
  ctx.keyChanged(kNotifyList, pushEvent(end), name);
  ctx.markDirty(elements.size());
  ctx.reply.integer(static_cast<int64_t>(list.size()));
}

void lpushCommand(CommandContext& ctx) {
  push(ctx, ListEnd::kHead, IfMissing::kCreate);
}

void rpushCommand(CommandContext& ctx) {
  push(ctx, ListEnd::kTail, IfMissing::kCreate);
}

void lpushxCommand(CommandContext& ctx) {
  push(ctx, ListEnd::kHead, IfMissing::kDoNothing);
}

void rpushxCommand(CommandContext& ctx) {
  push(ctx, ListEnd::kTail, IfMissing::kDoNothing);
}

constexpr CommandRow kRows[] = {
    {.name = "lpush",
     .syntax = "key:key@0 string:element*",
     .arity = -3,
     .flags = kCmdWrite | kCmdDenyOom | kCmdFast,
     .categories = kAclList,
     .handler = lpushCommand,
     .keys = {key_specs::one(kKeyReadWrite | kKeyInsert)},
     .since = "1.0.0",
     .group = "list",
     .complexity = "O(N), N being the number of elements added",
     .summary = "Adds elements to the head of a list, the last in front."},
    {.name = "rpush",
     .syntax = "key:key@0 string:element*",
     .arity = -3,
     .flags = kCmdWrite | kCmdDenyOom | kCmdFast,
     .categories = kAclList,
     .handler = rpushCommand,
     .keys = {key_specs::one(kKeyReadWrite | kKeyInsert)},
     .since = "1.0.0",
     .group = "list",
     .complexity = "O(N), N being the number of elements added",
     .summary = "Adds elements to the tail of a list."},
    {.name = "lpushx",
     .syntax = "key:key@0 string:element*",
     .arity = -3,
     .flags = kCmdWrite | kCmdDenyOom | kCmdFast,
     .categories = kAclList,
     .handler = lpushxCommand,
     .keys = {key_specs::one(kKeyReadWrite | kKeyInsert)},
     .since = "2.2.0",
     .group = "list",
     .complexity = "O(N), N being the number of elements added",
     .summary = "Adds elements to the head of a list that exists."},
    {.name = "rpushx",
     .syntax = "key:key@0 string:element*",
     .arity = -3,
     .flags = kCmdWrite | kCmdDenyOom | kCmdFast,
     .categories = kAclList,
     .handler = rpushxCommand,
     .keys = {key_specs::one(kKeyReadWrite | kKeyInsert)},
     .since = "2.2.0",
     .group = "list",
     .complexity = "O(N), N being the number of elements added",
     .summary = "Adds elements to the tail of a list that exists."},
};

}  // namespace

CommandRows listPushRows() {
  return kRows;
}

}  // namespace inkstone
