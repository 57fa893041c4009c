// CLIENT and its subcommands.
#include <fmt/format.h>

#include "base/ascii.h"
#include "server/clients/blocking.h"
#include "server/clients/client_description.h"
#include "server/clients/clients.h"
#include "server/command_table/errors.h"
#include "server/commands/client/client_filter.h"
#include "server/commands/client/client_tracking.h"
#include "server/commands/command/command_help.h"
#include "server/commands/connection/connection_auth.h"
#include "server/commands/families.h"
#include "server/commands/timeout_argument.h"
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

void clientHelp(CommandContext& context) {
  static constexpr std::string_view kLines[] = {
      "CACHING (YES|NO)",
      "    Have the keys of the next command tracked, or not (OPTIN, OPTOUT).",
      "GETNAME",
      "    Name of this connection.",
      "GETREDIR",
      "    Number of the connection that is told what this one tracks.",
      "ID",
      "    Number of this connection.",
      "INFO",
      "    Describe this connection.",
      "KILL <ip:port>",
      "    Close the connection from that address.",
      "KILL <option> <value> [<option> <value> [...]]",
      "    Close the connections that meet all conditions:",
      "    * ADDR (<ip:port>|<unixsocket>:0), LADDR (<ip:port>|<unixsocket>:0)",
      "      its address, or ours that it connected to",
      "    * ID <client-id>, USER <username>, TYPE (NORMAL|MASTER|REPLICA|PUBSUB)",
      "    * MAXAGE <seconds>",
      "      connected for at least that long",
      "    * SKIPME (YES|NO)",
      "      spare this connection (the default)",
      "LIST [TYPE (NORMAL|MASTER|REPLICA|PUBSUB)|ID <client-id> [<client-id> ...]]",
      "    Describe connections, one a line.",
      "NO-EVICT (ON|OFF)",
      "    Keep this connection when memory for clients runs out.",
      "NO-TOUCH (ON|OFF)",
      "    Do not count what this connection reads as use of the key.",
      "PAUSE <timeout> [WRITE|ALL]",
      "    Let the commands of all connections wait, or those that write, so many milliseconds.",
      "REPLY (ON|OFF|SKIP)",
      "    Send replies, send none, or leave out the next one.",
      "SETINFO (LIB-NAME <name>|LIB-VER <version>)",
      "    Tell which library this connection is made with.",
      "SETNAME <name>",
      "    Name this connection.",
      "TRACKING (ON|OFF) [REDIRECT <client-id>] [BCAST] [PREFIX <prefix> [...]] [OPTIN] [OPTOUT]",
      "    [NOLOOP]",
      "    Tell this connection, or the one redirected to, when keys that it read are changed.",
      "TRACKINGINFO",
      "    How this connection tracks.",
      "UNBLOCK <client-id> [TIMEOUT|ERROR]",
      "    Wake a connection that waits in a blocking command.",
      "UNPAUSE",
      "    End a pause before its time.",
  };
  replyHelp(context, kLines);
}

constexpr uint32_t kFlags = kCmdNoScript | kCmdLoading | kCmdStale;
constexpr std::string_view kPerClient = "O(N) where N is the number of client connections";

CommandRow subcommand(std::string_view name, int arity, CommandHandler handler,
                      std::string_view since, std::string_view summary,
                      std::vector<std::string_view> tips = {}, uint32_t flags = kFlags) {
  return {.name = name,
          .arity = arity,
          .flags = flags,
          .categories = kAclConnection,
          .handler = handler,
          .since = since,
          .group = "connection",
          .complexity = "O(1)",
          .summary = summary,
          .tips = std::move(tips)};
}

std::vector<CommandRow> subcommands() {
  const std::vector<std::string_view> everywhere = {"request_policy:all_nodes",
                                                    "response_policy:all_succeeded"};
  const std::vector<std::string_view> varies = {"nondeterministic_output"};
  constexpr uint32_t kAdmin = kFlags | kCmdAdmin;
  std::vector<CommandRow> rows = {
      subcommand("caching", 3, clientCaching, "6.0.0",
                 "Has the keys of the next command tracked, or not."),
      subcommand("getname", 2, clientGetName, "2.6.9", "Tells the name of the connection."),
      subcommand("getredir", 2, clientGetRedir, "6.0.0",
                 "Tells who is told what the connection tracks."),
      subcommand("help", 2, clientHelp, "5.0.0", "Explains the subcommands.", {},
                 kCmdLoading | kCmdStale),
      subcommand("id", 2, clientId, "5.0.0", "Tells the number of the connection."),
      subcommand("info", 2, clientInfo, "6.2.0", "Describes the connection.", varies),
      subcommand("kill", -3, clientKill, "2.4.0", "Closes connections.", {}, kAdmin),
      subcommand("list", -2, clientList, "2.4.0", "Describes connections.", varies, kAdmin),
      subcommand("no-evict", 3, clientNoEvict, "7.0.0",
                 "Keeps the connection when memory for clients runs out.", {}, kAdmin),
      subcommand("no-touch", 3, clientNoTouch, "7.2.0",
                 "Leaves the keys' last use alone when the connection reads them."),
      subcommand("pause", -3, clientPause, "2.9.50", "Lets commands wait for a while.", {}, kAdmin),
      subcommand("reply", 3, clientReply, "3.2.0", "Switches replies on and off."),
      subcommand("setinfo", 4, clientSetInfo, "7.2.0", "Notes the library the client uses.",
                 everywhere),
      subcommand("setname", 3, clientSetName, "2.6.9", "Names the connection.", everywhere),
      subcommand("tracking", -3, clientTracking, "6.0.0",
                 "Tells the connection when keys that it read are changed."),
      subcommand("trackinginfo", 2, clientTrackingInfo, "6.2.0",
                 "Tells how the connection tracks."),
      subcommand("unblock", -3, clientUnblock, "5.0.0",
                 "Wakes a client that waits in a blocking command.", {}, kAdmin),
      subcommand("unpause", 2, clientUnpause, "6.2.0", "Ends a pause before its time.", {}, kAdmin),
  };
  for (CommandRow& row : rows) {
    if (row.name == "kill" || row.name == "list") row.complexity = kPerClient;
    if (row.name == "unpause") row.complexity = "O(N) where N is the number of paused clients";
    if (row.name == "unblock") {
      row.complexity = "O(log N) where N is the number of client connections";
    }
  }
  return rows;
}

}  // namespace

std::vector<CommandRow> clientCommands() {
  return {{.name = "client",
           .arity = -2,
           .subcommands = subcommands(),
           .since = "2.4.0",
           .group = "connection",
           .complexity = "Depends on subcommand.",
           .summary = "Connections, this one and others."}};
}

}  // namespace inkstone
