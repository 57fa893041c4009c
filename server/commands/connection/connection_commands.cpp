// What a connection asks about itself: PING, ECHO, SELECT, RESET, QUIT.
#include "server/acl/access_control.h"
#include "server/clients/clients.h"
#include "server/command_table/errors.h"
#include "server/commands/argument_reader.h"
#include "server/commands/client/client_arguments.h"
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

constexpr CommandRow kRows[] = {
    {.name = "echo",
     .syntax = "string:message",
     .arity = 2,
     .flags = kCmdLoading | kCmdStale | kCmdFast,
     .categories = kAclConnection,
     .handler = echo,
     .since = "1.0.0",
     .group = "connection",
     .complexity = "O(1)",
     .summary = "Replies the message it was given."},
    {.name = "ping",
     .syntax = "string:message?",
     .arity = -1,
     .flags = kCmdFast | kCmdInSubscriber,
     .categories = kAclConnection,
     .handler = ping,
     .since = "1.0.0",
     .group = "connection",
     .complexity = "O(1)",
     .summary = "Answers, to show that the server does.",
     .tips = {"request_policy:all_shards", "response_policy:all_succeeded"}},
    {.name = "quit",
     .arity = -1,
     .flags = kCmdNoScript | kCmdLoading | kCmdStale | kCmdFast | kCmdNoAuth | kCmdAllowBusy |
              kCmdNotQueued | kCmdInSubscriber,
     .categories = kAclConnection,
     .handler = quit,
     .since = "1.0.0",
     .group = "connection",
     .complexity = "O(1)",
     .summary = "Closes the connection.",
     .deprecated_since = "7.2.0",
     .replaced_by = "just closing the connection"},
    {.name = "reset",
     .arity = 1,
     .flags = kCmdNoScript | kCmdLoading | kCmdStale | kCmdFast | kCmdNoAuth | kCmdAllowBusy |
              kCmdNotQueued | kCmdInSubscriber,
     .categories = kAclConnection,
     .handler = reset,
     .since = "6.2.0",
     .group = "connection",
     .complexity = "O(1)",
     .summary = "Makes the connection as it was when new."},
    {.name = "select",
     .syntax = "integer:index",
     .arity = 2,
     .flags = kCmdLoading | kCmdStale | kCmdFast,
     .categories = kAclConnection,
     .handler = select,
     .since = "1.0.0",
     .group = "connection",
     .complexity = "O(1)",
     .summary = "Chooses the database to work on."},
};

}  // namespace

CommandRows connectionRows() {
  return kRows;
}

}  // namespace inkstone
