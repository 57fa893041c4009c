// What waits for elements of lists: BLPOP, BRPOP, BLMPOP, BLMOVE, BRPOPLPUSH.
#include "server/blocking.h"
#include "server/commands/blocking_search.h"
#include "server/commands/key_specs.h"
#include "server/commands/list_handlers.h"
#include "server/commands/timeout_argument.h"
#include "server/errors.h"
#include "server/server.h"

namespace inkstone {
namespace {

void waitForLists(CommandContext& ctx, CommandContext::Args keys, int64_t deadline_ms) {
  ctx.server.blocking->waitForKeys(ctx, BlockKind::kList, keys, deadline_ms);
}

// key [key ...] timeout
void blockingPop(CommandContext& ctx, ListEnd end) {
  int64_t deadline_ms;
  if (!parseTimeoutSeconds(ctx, ctx.args.back(), deadline_ms)) return;
  const auto keys = ctx.args.subspan(1, ctx.args.size() - 2);
  std::string_view name;
  KeyRef key;
  switch (findServable(ctx, keys, ValueType::kList, name, key)) {
    case Found::kWrongType:
      return;
    case Found::kKey:
      ctx.reply.array(2);
      ctx.reply.bulk(name);
      popElement(ctx, name, key, end);
      return ctx.propagateInstead({end == ListEnd::kHead ? "LPOP" : "RPOP", name});
    case Found::kNothing:
      if (Blocking::mustNotWait(ctx)) return ctx.reply.nullArray();
      return waitForLists(ctx, keys, deadline_ms);
  }
}

// source destination ... timeout; propagated as `plain`.
void blockingMove(CommandContext& ctx, ListEnd from, ListEnd to,
                  std::initializer_list<std::string_view> plain) {
  int64_t deadline_ms;
  if (!parseTimeoutSeconds(ctx, ctx.args.back(), deadline_ms)) return;
  std::string_view name;
  KeyRef key;
  switch (findServable(ctx, ctx.args.subspan(1, 1), ValueType::kList, name, key)) {
    case Found::kWrongType:
      return;
    case Found::kKey:
      moveElement(ctx, from, to);
      // Unless the destination is of another type.
      if (ctx.dirty() > 0) ctx.propagateInstead(plain);
      return;
    case Found::kNothing:
      if (Blocking::mustNotWait(ctx)) return ctx.reply.null();
      return waitForLists(ctx, ctx.args.subspan(1, 1), deadline_ms);
  }
}

constexpr KeySpec kPops = {.flags = kKeyReadWrite | kKeyAccess | kKeyDelete, .last = -2};
constexpr KeySpec kPop = key_specs::one(kKeyReadWrite | kKeyAccess | kKeyDelete);
constexpr KeySpec kTarget = key_specs::one(kKeyReadWrite | kKeyInsert, 2);
constexpr KeySpec kCountedPop = {
    .flags = kKeyReadWrite | kKeyAccess | kKeyDelete,
    .index = 2,
    .find = KeySpec::Find::kKeyNum,
    .limit = 1,
};

CommandRow popRow(std::string_view name, CommandHandler handler, std::string_view summary) {
  return {.name = name,
          .arity = -3,
          .flags = kCmdWrite | kCmdBlocking,
          .categories = kAclList,
          .handler = handler,
          .keys = {kPops},
          .since = "2.0.0",
          .group = "list",
          .complexity = "O(N), N being the number of keys",
          .summary = summary};
}

CommandRow moveRow(std::string_view name, int arity, CommandHandler handler, std::string_view since,
                   std::string_view summary) {
  return {.name = name,
          .arity = arity,
          .flags = kCmdWrite | kCmdDenyOom | kCmdBlocking,
          .categories = kAclList,
          .handler = handler,
          .keys = {kPop, kTarget},
          .since = since,
          .group = "list",
          .complexity = "O(1)",
          .summary = summary};
}

}  // namespace

void blpopCommand(CommandContext& ctx) {
  blockingPop(ctx, ListEnd::kHead);
}

void brpopCommand(CommandContext& ctx) {
  blockingPop(ctx, ListEnd::kTail);
}

void blmpopCommand(CommandContext& ctx) {
  const std::optional<ListMultiPop> request = parseListMultiPop(ctx, 2);
  int64_t deadline_ms;
  if (!request || !parseTimeoutSeconds(ctx, ctx.args[1], deadline_ms)) return;
  std::string_view name;
  KeyRef key;
  switch (findServable(ctx, request->keys, ValueType::kList, name, key)) {
    case Found::kWrongType:
      return;
    case Found::kKey:
      return popFromList(ctx, name, key, *request);
    case Found::kNothing:
      if (Blocking::mustNotWait(ctx)) return ctx.reply.nullArray();
      return waitForLists(ctx, request->keys, deadline_ms);
  }
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

std::vector<CommandRow> blockingListRows() {
  return {
      popRow("blpop", blpopCommand,
             "Takes an element from the head of the first list that has one, waiting for it."),
      popRow("brpop", brpopCommand,
             "Takes an element from the tail of the first list that has one, waiting for it."),
      {.name = "blmpop",
       .arity = -5,
       .flags = kCmdWrite | kCmdBlocking | kCmdMovableKeys,
       .categories = kAclList,
       .handler = blmpopCommand,
       .keys = {kCountedPop},
       .since = "7.0.0",
       .group = "list",
       .complexity = "O(N+M), N being the number of keys, M that of elements returned",
       .summary = "Takes elements from the first list that has any, waiting for them."},
      moveRow("blmove", 6, blmoveCommand, "6.2.0",
              "Moves an element from one end of a list to one end of a list, waiting for it."),
      moveRow("brpoplpush", 4, brpoplpushCommand, "2.2.0",
              "Moves an element from the tail of a list to the head of a list, waiting for it."),
  };
}

}  // namespace inkstone
