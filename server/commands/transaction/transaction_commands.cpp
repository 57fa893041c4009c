// Transactions: MULTI, EXEC, DISCARD, WATCH, UNWATCH.
#include "server/clients/clients.h"
#include "server/clients/transaction.h"
#include "server/command_table/errors.h"
#include "server/command_table/key_specs.h"
#include "server/commands/families.h"
#include "server/execution/command_context.h"
#include "server/execution/executor.h"

namespace inkstone {
namespace {

void multi(CommandContext& ctx) {
  if (ctx.client.transaction != nullptr) return ctx.error(errors::kNestedMulti);
  ctx.client.beginTransaction();
  ctx.reply.ok();
}

void endTransaction(CommandContext& ctx) {
  ctx.client.endTransaction();
  ctx.clients().key_events.unwatch(ctx.client);
}

bool watchedKeyChanged(const CommandContext& ctx) {
  const Client& client = ctx.client;
  if (client.watches == nullptr) return false;
  return client.watches->touched ||
         ctx.clients().key_events.watched().anyExpired(client, ctx.unixMs());
}

void exec(CommandContext& ctx) {
  Client& client = ctx.client;
  if (client.transaction == nullptr) return ctx.error(errors::kExecWithoutMulti);
  if (client.transaction->failed()) {
    endTransaction(ctx);
    return ctx.error(errors::kExecAbort);
  }
  if (watchedKeyChanged(ctx)) {
    endTransaction(ctx);
    // The reply tells of somebody's write.
    ctx.clients().gate.holdForEverything(client);
    return ctx.reply.nullArray();
  }
  // This comes before the commands run: what they change is not changed behind the client's back.
  ctx.clients().key_events.unwatch(client);
  ctx.executor().runTransaction(client);
}

void discard(CommandContext& ctx) {
  if (ctx.client.transaction == nullptr) return ctx.error(errors::kDiscardWithoutMulti);
  endTransaction(ctx);
  ctx.reply.ok();
}

void watch(CommandContext& ctx) {
  if (ctx.client.transaction != nullptr) return ctx.error(errors::kWatchInMulti);
  for (const std::string_view key : ctx.args.subspan(1)) {
    ctx.clients().key_events.watch(ctx.client, key);
  }
  ctx.reply.ok();
}

void unwatch(CommandContext& ctx) {
  ctx.clients().key_events.unwatch(ctx.client);
  ctx.reply.ok();
}

constexpr CommandRow kRows[] = {
    {.name = "multi",
     .arity = 1,
     .flags = kCmdNoScript | kCmdLoading | kCmdStale | kCmdFast | kCmdAllowBusy | kCmdNotQueued,
     .categories = kAclTransaction,
     .handler = multi,
     .since = "1.2.0",
     .group = "transactions",
     .complexity = "O(1)",
     .summary = "Queues the commands that follow, until EXEC."},
    {.name = "exec",
     .arity = 1,
     .flags = kCmdNoScript | kCmdLoading | kCmdStale | kCmdSkipSlowlog | kCmdNotQueued | kCmdExec,
     .categories = kAclTransaction,
     .handler = exec,
     .since = "1.2.0",
     .group = "transactions",
     .complexity = "That of the queued commands",
     .summary = "Executes the queued commands as one."},
    {.name = "discard",
     .arity = 1,
     .flags = kCmdNoScript | kCmdLoading | kCmdStale | kCmdFast | kCmdAllowBusy | kCmdNotQueued,
     .categories = kAclTransaction,
     .handler = discard,
     .since = "2.0.0",
     .group = "transactions",
     .complexity = "O(N), N being the number of queued commands",
     .summary = "Forgets the queued commands."},
    {.name = "watch",
     .syntax = "key:key@0*",
     .arity = -2,
     .flags = kCmdNoScript | kCmdLoading | kCmdStale | kCmdFast | kCmdAllowBusy | kCmdNotQueued,
     .categories = kAclTransaction,
     .handler = watch,
     .keys = {key_specs::all(kKeyReadOnly)},
     .since = "2.2.0",
     .group = "transactions",
     .complexity = "O(1) a key",
     .summary = "Has the next EXEC do nothing if one of the keys is changed before."},
    {.name = "unwatch",
     .arity = 1,
     .flags = kCmdNoScript | kCmdLoading | kCmdStale | kCmdFast | kCmdAllowBusy,
     .categories = kAclTransaction,
     .handler = unwatch,
     .since = "2.2.0",
     .group = "transactions",
     .complexity = "O(N), N being the number of watched keys",
     .summary = "Forgets the watched keys."},
};

}  // namespace

CommandRows transactionRows() {
  return kRows;
}

}  // namespace inkstone
