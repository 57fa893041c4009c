// CLIENT, and the subcommands on connections as they are.
#include <fmt/format.h>

#include "base/ascii.h"
#include "server/clients/blocking.h"
#include "server/clients/client_description.h"
#include "server/clients/clients.h"
#include "server/command_table/errors.h"
#include "server/commands/client/client_arguments.h"
#include "server/commands/families.h"
#include "server/commands/waiting.h"
#include "server/execution/command_context.h"
#include "server/process/runtime.h"

namespace inkstone {
namespace {

std::string lineOf(const CommandContext& context, const Client& client) {
  size_t argument_bytes = 0;
  if (&client == &context.client) {
    for (std::string_view argument : context.args) argument_bytes += argument.size();
  }
  return describeClient(client, context.runtime().clock.monotonicMs(), argument_bytes) + '\n';
}

void clientId(CommandContext& context) {
  context.reply.integer(static_cast<int64_t>(context.client.id()));
}

void clientInfo(CommandContext& context) {
  context.reply.verbatim("txt", lineOf(context, context.client));
}

bool collectById(CommandContext& context, std::string& lines) {
  for (std::string_view text : context.args.subspan(3)) {
    int64_t id = 0;
    if (!context.parseInteger(text, id, errors::kInvalidClientId)) return false;
    const Client* client =
        id > 0 ? context.clients().registry.find(static_cast<uint64_t>(id)) : nullptr;
    if (client != nullptr && !client->close_asap) lines += lineOf(context, *client);
  }
  return true;
}

void clientList(CommandContext& context) {
  const auto args = context.args;
  std::string lines;
  if (args.size() > 3 && equalsIgnoreCase(args[2], "id")) {
    if (!collectById(context, lines)) return;
    return context.reply.verbatim("txt", lines);
  }
  std::optional<ClientType> type;
  if (args.size() == 4 && equalsIgnoreCase(args[2], "type")) {
    type = parseClientType(context, args[3]);
    if (!type) return;
  } else if (args.size() != 2) {
    return context.error(errors::kSyntax);
  }
  context.clients().registry.forEach([&](const Client& client) {
    if (client.close_asap || (type && typeOf(client) != *type)) return;
    lines += lineOf(context, client);
  });
  context.reply.verbatim("txt", lines);
}

void clientSetName(CommandContext& context) {
  if (!expectClientName(context, context.args[2])) return;
  context.client.name = context.args[2];
  context.reply.ok();
}

void clientGetName(CommandContext& context) {
  if (context.client.name.empty()) return context.reply.null();
  context.reply.bulk(context.client.name);
}

void clientSetInfo(CommandContext& context) {
  const std::string_view option = context.args[2];
  const std::string_view value = context.args[3];
  const bool is_name = equalsIgnoreCase(option, "lib-name");
  if (!is_name && !equalsIgnoreCase(option, "lib-ver")) {
    return context.error(fmt::format(errors::kUnknownSetInfo, option));
  }
  if (!isValidClientAttribute(value)) {
    return context.error(fmt::format(errors::kBadLibraryInfo, lowerCase(option)));
  }
  (is_name ? context.client.library_name : context.client.library_version) = value;
  context.reply.ok();
}

void clientReply(CommandContext& context) {
  const std::string_view mode = context.args[2];
  Client& client = context.client;
  if (equalsIgnoreCase(mode, "on")) {
    // What a SKIP in the same transaction asked for is still to come.
    if (client.reply_mode != ReplyMode::kSkipNext) client.reply_mode = ReplyMode::kOn;
    client.reply().setMuted(false);
    context.reply.ok();
  } else if (equalsIgnoreCase(mode, "off")) {
    client.reply_mode = ReplyMode::kOff;
    client.reply().setMuted(true);
  } else if (equalsIgnoreCase(mode, "skip")) {
    // While replies are off there is nothing to skip; the executor ends it behind one command.
    if (client.reply_mode != ReplyMode::kOff) client.reply_mode = ReplyMode::kSkipNext;
  } else {
    context.error(errors::kSyntax);
  }
}

void setSwitch(CommandContext& context, bool& value) {
  const bool on = equalsIgnoreCase(context.args[2], "on");
  if (!on && !equalsIgnoreCase(context.args[2], "off")) return context.error(errors::kSyntax);
  value = on;
  context.reply.ok();
}

void clientNoEvict(CommandContext& context) {
  setSwitch(context, context.client.no_evict);
}
void clientNoTouch(CommandContext& context) {
  setSwitch(context, context.client.no_touch);
}

void clientUnblock(CommandContext& context) {
  const auto args = context.args;
  if (args.size() > 4) return replySubcommandSyntaxError(context);
  if (args.size() == 4 && !equalsIgnoreCase(args[3], "timeout") &&
      !equalsIgnoreCase(args[3], "error")) {
    return context.error(errors::kUnblockReason);
  }
  int64_t id = 0;
  if (!context.parseInteger(args[2], id)) return;
  const bool with_error = args.size() == 4 && equalsIgnoreCase(args[3], "error");
  Client* const client =
      id > 0 ? context.clients().registry.find(static_cast<uint64_t>(id)) : nullptr;
  const bool woken = client != nullptr && context.clients().blocking.wake(*client, with_error);
  context.reply.integer(woken ? 1 : 0);
}

// timeout [WRITE|ALL]
void clientPause(CommandContext& context) {
  const auto args = context.args;
  ClientPause::Mode mode = ClientPause::Mode::kAll;
  if (args.size() == 4 && equalsIgnoreCase(args[3], "write")) {
    mode = ClientPause::Mode::kWrite;
  } else if (args.size() == 4 && !equalsIgnoreCase(args[3], "all")) {
    return context.error(errors::kPauseMode);
  } else if (args.size() > 4) {
    return replySubcommandSyntaxError(context);
  }
  int64_t until_ms;
  if (!parseTimeoutMs(context, args[2], until_ms)) return;
  // A pause of 0 ms is over at once.
  if (until_ms != 0) context.clients().pause.begin(mode, until_ms);
  context.reply.ok();
}

void clientUnpause(CommandContext& context) {
  context.clients().pause.end();
  context.reply.ok();
}

constexpr CommandRow kRows[] = {
    {.name = "client",
     .arity = -2,
     .since = "2.4.0",
     .group = "connection",
     .complexity = "Depends on subcommand.",
     .summary = "Connections, this one and others."},
    {.name = "client|getname",
     .arity = 2,
     .flags = kCmdNoScript | kCmdLoading | kCmdStale,
     .categories = kAclConnection,
     .handler = clientGetName,
     .since = "2.6.9",
     .group = "connection",
     .complexity = "O(1)",
     .summary = "Tells the name of the connection.",
     .help = "GETNAME\n"
             "    Name of this connection."},
    {.name = "client|help",
     .arity = 2,
     .flags = kCmdLoading | kCmdStale,
     .categories = kAclConnection,
     .handler = subcommandHelp,
     .since = "5.0.0",
     .group = "connection",
     .complexity = "O(1)",
     .summary = "Explains the subcommands."},
    {.name = "client|id",
     .arity = 2,
     .flags = kCmdNoScript | kCmdLoading | kCmdStale,
     .categories = kAclConnection,
     .handler = clientId,
     .since = "5.0.0",
     .group = "connection",
     .complexity = "O(1)",
     .summary = "Tells the number of the connection.",
     .help = "ID\n"
             "    Number of this connection."},
    {.name = "client|info",
     .arity = 2,
     .flags = kCmdNoScript | kCmdLoading | kCmdStale,
     .categories = kAclConnection,
     .handler = clientInfo,
     .since = "6.2.0",
     .group = "connection",
     .complexity = "O(1)",
     .summary = "Describes the connection.",
     .tips = {"nondeterministic_output"},
     .help = "INFO\n"
             "    Describe this connection."},
    {.name = "client|list",
     .syntax = "oneof:client-type=TYPE^5.0.0?(token:normal=NORMAL token:master=MASTER "
               "token:replica=REPLICA token:pubsub=PUBSUB) integer:client-id=ID^6.2.0?*",
     .arity = -2,
     .flags = kCmdAdmin | kCmdNoScript | kCmdLoading | kCmdStale,
     .categories = kAclConnection,
     .handler = clientList,
     .since = "2.4.0",
     .group = "connection",
     .complexity = "O(N) where N is the number of client connections",
     .summary = "Describes connections.",
     .tips = {"nondeterministic_output"},
     .help = "LIST [TYPE (NORMAL|MASTER|REPLICA|PUBSUB)|ID <client-id> [<client-id> ...]]\n"
             "    Describe connections, one a line."},
    {.name = "client|no-evict",
     .syntax = "oneof:enabled(token:on=ON token:off=OFF)",
     .arity = 3,
     .flags = kCmdAdmin | kCmdNoScript | kCmdLoading | kCmdStale,
     .categories = kAclConnection,
     .handler = clientNoEvict,
     .since = "7.0.0",
     .group = "connection",
     .complexity = "O(1)",
     .summary = "Keeps the connection when memory for clients runs out.",
     .help = "NO-EVICT (ON|OFF)\n"
             "    Keep this connection when memory for clients runs out."},
    {.name = "client|no-touch",
     .syntax = "oneof:enabled(token:on=ON token:off=OFF)",
     .arity = 3,
     .flags = kCmdNoScript | kCmdLoading | kCmdStale,
     .categories = kAclConnection,
     .handler = clientNoTouch,
     .since = "7.2.0",
     .group = "connection",
     .complexity = "O(1)",
     .summary = "Leaves the keys' last use alone when the connection reads them.",
     .help = "NO-TOUCH (ON|OFF)\n"
             "    Do not count what this connection reads as use of the key."},
    {.name = "client|pause",
     .syntax = "integer:timeout oneof:mode^6.2.0?(token:write=WRITE token:all=ALL)",
     .arity = -3,
     .flags = kCmdAdmin | kCmdNoScript | kCmdLoading | kCmdStale,
     .categories = kAclConnection,
     .handler = clientPause,
     .since = "2.9.50",
     .group = "connection",
     .complexity = "O(1)",
     .summary = "Lets commands wait for a while.",
     .help = "PAUSE <timeout> [WRITE|ALL]\n"
             "    Let the commands of all connections wait, or those that write, so many "
             "milliseconds."},
    {.name = "client|reply",
     .syntax = "oneof:action(token:on=ON token:off=OFF token:skip=SKIP)",
     .arity = 3,
     .flags = kCmdNoScript | kCmdLoading | kCmdStale,
     .categories = kAclConnection,
     .handler = clientReply,
     .since = "3.2.0",
     .group = "connection",
     .complexity = "O(1)",
     .summary = "Switches replies on and off.",
     .help = "REPLY (ON|OFF|SKIP)\n"
             "    Send replies, send none, or leave out the next one."},
    {.name = "client|setinfo",
     .syntax = "oneof:attr(string:libname=LIB-NAME string:libver=LIB-VER)",
     .arity = 4,
     .flags = kCmdNoScript | kCmdLoading | kCmdStale,
     .categories = kAclConnection,
     .handler = clientSetInfo,
     .since = "7.2.0",
     .group = "connection",
     .complexity = "O(1)",
     .summary = "Notes the library the client uses.",
     .tips = {"request_policy:all_nodes", "response_policy:all_succeeded"},
     .help = "SETINFO (LIB-NAME <name>|LIB-VER <version>)\n"
             "    Tell which library this connection is made with."},
    {.name = "client|setname",
     .syntax = "string:connection-name",
     .arity = 3,
     .flags = kCmdNoScript | kCmdLoading | kCmdStale,
     .categories = kAclConnection,
     .handler = clientSetName,
     .since = "2.6.9",
     .group = "connection",
     .complexity = "O(1)",
     .summary = "Names the connection.",
     .tips = {"request_policy:all_nodes", "response_policy:all_succeeded"},
     .help = "SETNAME <name>\n"
             "    Name this connection."},
    {.name = "client|unblock",
     .syntax = "integer:client-id oneof:unblock-type?(token:timeout=TIMEOUT token:error=ERROR)",
     .arity = -3,
     .flags = kCmdAdmin | kCmdNoScript | kCmdLoading | kCmdStale,
     .categories = kAclConnection,
     .handler = clientUnblock,
     .since = "5.0.0",
     .group = "connection",
     .complexity = "O(log N) where N is the number of client connections",
     .summary = "Wakes a client that waits in a blocking command.",
     .help = "UNBLOCK <client-id> [TIMEOUT|ERROR]\n"
             "    Wake a connection that waits in a blocking command."},
    {.name = "client|unpause",
     .arity = 2,
     .flags = kCmdAdmin | kCmdNoScript | kCmdLoading | kCmdStale,
     .categories = kAclConnection,
     .handler = clientUnpause,
     .since = "6.2.0",
     .group = "connection",
     .complexity = "O(N) where N is the number of paused clients",
     .summary = "Ends a pause before its time.",
     .help = "UNPAUSE\n"
             "    End a pause before its time."},
};

}  // namespace

CommandRows clientRows() {
  return kRows;
}

}  // namespace inkstone
