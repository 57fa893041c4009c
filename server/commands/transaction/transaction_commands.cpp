// MULTI, EXEC, DISCARD, WATCH, UNWATCH.
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
    // It tells of somebody's write.
    ctx.clients().gate.holdForEverything(client);
    return ctx.reply.nullArray();
  }
  // Before the commands run: what they change is not changed behind the client's back.
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

constexpr uint32_t kFlags = kCmdNoScript | kCmdLoading | kCmdStale;
constexpr uint32_t kQuick = kFlags | kCmdFast | kCmdAllowBusy;

CommandRow row(std::string_view name, uint32_t flags, CommandHandler handler,
               std::string_view since, std::string_view complexity, std::string_view summary) {
  return {.name = name,
          .arity = 1,
          .flags = flags,
          .categories = kAclTransaction,
          .handler = handler,
          .since = since,
          .group = "transactions",
          .complexity = complexity,
          .summary = summary};
}

}  // namespace

std::vector<CommandRow> transactionCommands() {
  constexpr std::string_view kQueued = "O(N), N being the number of queued commands";
  CommandRow watching = row("watch", kQuick | kCmdNotQueued, watch, "2.2.0", "O(1) a key",
                            "Has the next EXEC do nothing if one of the keys is changed before.");
  watching.arity = -2;
  watching.keys = {key_specs::all(kKeyReadOnly)};
  return {
      row("multi", kQuick | kCmdNotQueued, multi, "1.2.0", "O(1)",
          "Queues the commands that follow, until EXEC."),
      row("exec", kFlags | kCmdSkipSlowlog | kCmdNotQueued | kCmdExec, exec, "1.2.0",
          "That of the queued commands", "Executes the queued commands as one."),
      row("discard", kQuick | kCmdNotQueued, discard, "2.0.0", kQueued,
          "Forgets the queued commands."),
      std::move(watching),
      row("unwatch", kQuick, unwatch, "2.2.0", "O(N), N being the number of watched keys",
          "Forgets the watched keys."),
  };
}

}  // namespace inkstone
