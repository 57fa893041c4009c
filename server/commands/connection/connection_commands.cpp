// What a connection asks about itself: PING, ECHO, SELECT, HELLO, AUTH, RESET, QUIT.
#include "server/acl/access_control.h"
#include "server/clients/clients.h"
#include "server/command_table/errors.h"
#include "server/commands/argument_reader.h"
#include "server/commands/connection/connection_auth.h"
#include "server/commands/families.h"
#include "server/data/data_set.h"
#include "server/execution/command_context.h"

namespace inkstone {
namespace {

void ping(CommandContext& context) {
  if (context.args.size() > 2) return context.arityError();
  if (context.client.subscriptions != nullptr && context.reply.protocol() == 2) {
    // The form of a message, for clients that expect nothing else.
    context.reply.array(2);
    context.reply.bulk("pong");
    return context.reply.bulk(context.args.size() == 2 ? context.args[1] : std::string_view());
  }
  if (context.args.size() == 2) return context.reply.bulk(context.args[1]);
  context.reply.simpleString("PONG");
}

void echo(CommandContext& context) {
  context.reply.bulk(context.args[1]);
}

void select(CommandContext& context) {
  ArgumentReader reader(context, 1);
  const int index = reader.nextInt();
  if (!reader.finish()) return;
  if (index < 0 || static_cast<size_t>(index) >= context.data().keyspace.size()) {
    return context.error(errors::kDbIndexOutOfRange);
  }
  context.client.db = static_cast<size_t>(index);
  context.reply.ok();
}

void quit(CommandContext& context) {
  context.reply.ok();
  context.client.close_after_reply = true;
}

void reset(CommandContext& context) {
  context.clients().forget(context.client);
  context.client.resetSession();
  context.acl().welcome(context.client);
  context.reply.simpleString("RESET");
}

constexpr uint32_t kAnyState = kCmdFast | kCmdLoading | kCmdStale;
constexpr uint32_t kBeforeAuth = kAnyState | kCmdNoScript | kCmdNoAuth | kCmdAllowBusy;

constexpr uint32_t kSessionEnd = kBeforeAuth | kCmdNotQueued | kCmdInSubscriber;

CommandRow row(std::string_view name, int arity, uint32_t flags, CommandHandler handler,
               std::string_view since, std::string_view summary) {
  return {.name = name,
          .arity = arity,
          .flags = flags,
          .categories = kAclConnection,
          .handler = handler,
          .since = since,
          .group = "connection",
          .complexity = "O(1)",
          .summary = summary};
}

}  // namespace

std::vector<CommandRow> connectionCommands() {
  std::vector<CommandRow> rows = {
      row("auth", -2, kBeforeAuth, authCommand, "1.0.0", "Authenticates the connection."),
      row("echo", 2, kAnyState, echo, "1.0.0", "Replies the message it was given."),
      row("hello", -1, kBeforeAuth, helloCommand, "6.0.0",
          "Chooses the version of the protocol; can authenticate and name the connection too."),
      row("ping", -1, kCmdFast | kCmdInSubscriber, ping, "1.0.0",
          "Answers, to show that the server does."),
      row("quit", -1, kSessionEnd, quit, "1.0.0", "Closes the connection."),
      row("reset", 1, kSessionEnd, reset, "6.2.0", "Makes the connection as it was when new."),
      row("select", 2, kAnyState, select, "1.0.0", "Chooses the database to work on."),
  };
  for (CommandRow& each : rows) {
    if (each.name == "ping") {
      each.tips = {"request_policy:all_shards", "response_policy:all_succeeded"};
    } else if (each.name == "auth") {
      each.complexity = "O(N) where N is the number of passwords defined for the user";
    }
  }
  return rows;
}

}  // namespace inkstone
