// Commands that wait for elements of lists: BLPOP, BRPOP, BLMPOP, BLMOVE, BRPOPLPUSH.
#include "server/command_table/errors.h"
#include "server/command_table/key_specs.h"
#include "server/commands/families.h"
#include "server/commands/list/list_common.h"
#include "server/commands/waiting.h"

namespace inkstone {
namespace {

// key [key ...] timeout
void blockingPop(CommandContext& ctx, ListEnd end) {
  int64_t deadline_ms;
  if (!parseTimeoutSeconds(ctx, ctx.args.back(), deadline_ms)) return;
  const auto keys = ctx.args.subspan(1, ctx.args.size() - 2);
  const auto pop = [&](std::string_view name, const KeyRef& key) {
    ctx.reply.array(2);
    ctx.reply.bulk(name);
    popElement(ctx, name, key, end);
    ctx.propagateInstead({end == ListEnd::kHead ? "LPOP" : "RPOP", name});
  };
  withServable(ctx, keys, ValueType::kList, pop,
               [&] { waitForKeys(ctx, kHolds<ValueType::kList>, keys, deadline_ms); });
}

// source destination ... timeout; propagated as `plain`.
void blockingMove(CommandContext& ctx, ListEnd from, ListEnd to,
                  std::initializer_list<std::string_view> plain) {
  int64_t deadline_ms;
  if (!parseTimeoutSeconds(ctx, ctx.args.back(), deadline_ms)) return;
  const auto source = ctx.args.subspan(1, 1);
  const auto move = [&](std::string_view, const KeyRef&) {
    moveElement(ctx, from, to);
    // Nothing was moved if the destination is of another type.
    if (ctx.dirty() > 0) ctx.propagateInstead(plain);
  };
  withServable(ctx, source, ValueType::kList, move, [&] {
    // It replies an element, where the others reply an array.
    if (!ctx.mayWait()) return ctx.reply.null();
    waitForKeys(ctx, kHolds<ValueType::kList>, source, deadline_ms);
  });
}

void blpopCommand(CommandContext& ctx) {
  blockingPop(ctx, ListEnd::kHead);
}

void brpopCommand(CommandContext& ctx) {
  blockingPop(ctx, ListEnd::kTail);
}

void blmpopCommand(CommandContext& ctx) {
  MultiPop request;
  int64_t deadline_ms;
  if (!parseMultiPop(ctx, 2, "LEFT", "RIGHT", request)) return;
  if (!parseTimeoutSeconds(ctx, ctx.args[1], deadline_ms)) return;
  withServable(
      ctx, request.keys, ValueType::kList,
      [&](std::string_view name, const KeyRef& key) { popFromList(ctx, name, key, request); },
      [&] { waitForKeys(ctx, kHolds<ValueType::kList>, request.keys, deadline_ms); });
}

void blmoveCommand(CommandContext& ctx) {
  const std::optional<ListEnd> from = listEndFrom(ctx.args[3]);
  const std::optional<ListEnd> to = listEndFrom(ctx.args[4]);
  if (!from || !to) return ctx.error(errors::kSyntax);
  blockingMove(ctx, *from, *to, {"LMOVE", ctx.args[1], ctx.args[2], ctx.args[3], ctx.args[4]});
}

void brpoplpushCommand(CommandContext& ctx) {
  blockingMove(ctx, ListEnd::kTail, ListEnd::kHead, {"RPOPLPUSH", ctx.args[1], ctx.args[2]});
}

constexpr CommandRow kRows[] = {
    {.name = "blpop",
     .syntax = "key:key@0* double:timeout",
     .arity = -3,
     .flags = kCmdWrite | kCmdBlocking,
     .categories = kAclList,
     .handler = blpopCommand,
     .keys = {key_specs::allButLast(kKeyReadWrite | kKeyAccess | kKeyDelete)},
     .since = "2.0.0",
     .group = "list",
     .complexity = "O(N), N being the number of keys",
     .summary = "Takes an element from the head of the first list that has one, waiting for it."},
    {.name = "brpop",
     .syntax = "key:key@0* double:timeout",
     .arity = -3,
     .flags = kCmdWrite | kCmdBlocking,
     .categories = kAclList,
     .handler = brpopCommand,
     .keys = {key_specs::allButLast(kKeyReadWrite | kKeyAccess | kKeyDelete)},
     .since = "2.0.0",
     .group = "list",
     .complexity = "O(N), N being the number of keys",
     .summary = "Takes an element from the tail of the first list that has one, waiting for it."},
    {.name = "blmpop",
     .syntax = "double:timeout integer:numkeys key:key@0* oneof:where(token:left=LEFT "
               "token:right=RIGHT) integer:count=COUNT?",
     .arity = -5,
     .flags = kCmdWrite | kCmdBlocking | kCmdMovableKeys,
     .categories = kAclList,
     .handler = blmpopCommand,
     .keys = {key_specs::counted(kKeyReadWrite | kKeyAccess | kKeyDelete, 2)},
     .since = "7.0.0",
     .group = "list",
     .complexity = "O(N+M), N being the number of keys, M that of elements returned",
     .summary = "Takes elements from the first list that has any, waiting for them."},
    {.name = "blmove",
     .syntax = "key:source@0 key:destination@1 oneof:wherefrom(token:left=LEFT token:right=RIGHT) "
               "oneof:whereto(token:left=LEFT token:right=RIGHT) double:timeout",
     .arity = 6,
     .flags = kCmdWrite | kCmdDenyOom | kCmdBlocking,
     .categories = kAclList,
     .handler = blmoveCommand,
     .keys = {key_specs::one(kKeyReadWrite | kKeyAccess | kKeyDelete),
              key_specs::one(kKeyReadWrite | kKeyInsert, 2)},
     .since = "6.2.0",
     .group = "list",
     .complexity = "O(1)",
     .summary = "Moves an element from one end of a list to one end of a list, waiting for it."},
    {.name = "brpoplpush",
     .syntax = "key:source@0 key:destination@1 double:timeout",
     .arity = 4,
     .flags = kCmdWrite | kCmdDenyOom | kCmdBlocking,
     .categories = kAclList,
     .handler = brpoplpushCommand,
     .keys = {key_specs::one(kKeyReadWrite | kKeyAccess | kKeyDelete),
              key_specs::one(kKeyReadWrite | kKeyInsert, 2)},
     .since = "2.2.0",
     .group = "list",
     .complexity = "O(1)",
     .summary = "Moves an element from the tail of a list to the head of a list, waiting for it.",
     .deprecated_since = "6.2.0",
     .replaced_by = "`BLMOVE` with the `RIGHT` and `LEFT` arguments"},
};

}  // namespace

CommandRows listBlockingRows() {
  return kRows;
}

}  // namespace inkstone
