// CLIENT KILL.
#include <fmt/format.h>

#include "base/ascii.h"
#include "server/acl/access_control.h"
#include "server/clients/client.h"
#include "server/clients/clients.h"
#include "server/clients/pubsub.h"
#include "server/command_table/errors.h"
#include "server/commands/client/client_arguments.h"
#include "server/commands/families.h"
#include "server/execution/command_context.h"
#include "server/process/runtime.h"

namespace inkstone {
namespace {

// Conditions that a client must all meet; the views live as long as the arguments.
struct ClientFilter {
  std::optional<uint64_t> id;
  std::optional<std::string_view> address;
  std::optional<std::string_view> local_address;
  std::optional<std::string_view> user;
  std::optional<ClientType> type;
  std::optional<int64_t> age_min_s;
  const Client* except = nullptr;

  bool matches(const Client& client, int64_t now_ms) const;
};

bool isAddress(const std::optional<std::string_view>& wanted, const std::string* address) {
  return !wanted || (address != nullptr && *wanted == *address);
}

bool ClientFilter::matches(const Client& client, int64_t now_ms) const {
  const ClientTransport* transport = client.transport;
  if (&client == except) return false;
  if (id && client.id() != *id) return false;
  if (type && typeOf(client) != *type) return false;
  if (user && client.userName() != *user) return false;
  if (age_min_s && (now_ms - client.created_ms) / 1000 < *age_min_s) return false;
  return isAddress(address, transport != nullptr ? &transport->peerAddress() : nullptr) &&
         isAddress(local_address, transport != nullptr ? &transport->localAddress() : nullptr);
}

// Value of an option of CLIENT KILL; false when it is wrong, after the reply.
bool parseId(CommandContext& context, std::string_view text, ClientFilter& filter) {
  int64_t id = 0;
  if (!context.parseInteger(text, id, errors::kClientIdNotPositive)) return false;
  if (id < 1) {
    context.error(errors::kClientIdNotPositive);
    return false;
  }
  filter.id = static_cast<uint64_t>(id);
  return true;
}

bool parseUser(CommandContext& context, std::string_view name, ClientFilter& filter) {
  if (context.acl().find(name) == nullptr) {
    context.error(fmt::format(errors::kNoSuchUser, name));
    return false;
  }
  filter.user = name;
  return true;
}

bool parseMaxAge(CommandContext& context, std::string_view text, ClientFilter& filter) {
  int64_t seconds = 0;
  if (!context.parseInteger(text, seconds, errors::kMaxAgeNotInteger)) return false;
  if (seconds <= 0) {
    context.error(errors::kMaxAgeNotPositive);
    return false;
  }
  filter.age_min_s = seconds;
  return true;
}

bool parseSkipMe(CommandContext& context, std::string_view text, ClientFilter& filter) {
  if (equalsIgnoreCase(text, "yes")) {
    filter.except = &context.client;
  } else if (equalsIgnoreCase(text, "no")) {
    filter.except = nullptr;
  } else {
    context.error(errors::kSyntax);
    return false;
  }
  return true;
}

bool parseOption(CommandContext& context, std::string_view name, std::string_view value,
                 ClientFilter& filter) {
  if (equalsIgnoreCase(name, "id")) return parseId(context, value, filter);
  if (equalsIgnoreCase(name, "maxage")) return parseMaxAge(context, value, filter);
  if (equalsIgnoreCase(name, "type")) {
    filter.type = parseClientType(context, value);
    return filter.type.has_value();
  }
  if (equalsIgnoreCase(name, "user")) return parseUser(context, value, filter);
  if (equalsIgnoreCase(name, "skipme")) return parseSkipMe(context, value, filter);
  if (equalsIgnoreCase(name, "addr")) {
    filter.address = value;
    return true;
  }
  if (equalsIgnoreCase(name, "laddr")) {
    filter.local_address = value;
    return true;
  }
  context.error(errors::kSyntax);
  return false;
}

bool parseFilter(CommandContext& context, ClientFilter& filter) {
  const auto args = context.args;
  filter.except = &context.client;
  for (size_t i = 2; i < args.size(); i += 2) {
    if (i + 1 == args.size()) {
      context.error(errors::kSyntax);
      return false;
    }
    if (!parseOption(context, args[i], args[i + 1], filter)) return false;
  }
  return true;
}

int64_t killMatching(CommandContext& context, const ClientFilter& filter) {
  const ServerParts& parts = context.parts();
  int64_t killed = 0;
  parts.clients.registry.forEach([&](Client& client) {
    if (client.closing() || !filter.matches(client, parts.runtime.clock.monotonicMs())) return;
    ++killed;
    if (&client == &context.client) {
      // It is still to learn how many it killed.
      client.close_after_reply = true;
    } else {
      parts.clients.registry.scheduleClose(client);
    }
  });
  return killed;
}

void clientKill(CommandContext& context) {
  ClientFilter filter;
  if (context.args.size() == 3) {
    // The old form: one address, the own one allowed.
    filter.address = context.args[2];
    if (killMatching(context, filter) == 0) return context.error(errors::kNoSuchClient);
    return context.reply.ok();
  }
  if (parseFilter(context, filter)) context.reply.integer(killMatching(context, filter));
}

constexpr CommandRow kRows[] = {
    {.name = "client|kill",
     .syntax = "oneof:filter(string:old-format%ip:port~2.8.12 "
               "oneof:new-format*(integer:client-id=ID^2.8.12? "
               "oneof:client-type=TYPE^2.8.12?(token:normal=NORMAL token:master=MASTER^3.2.0 "
               "token:slave=SLAVE token:replica=REPLICA^5.0.0 token:pubsub=PUBSUB) "
               "string:username=USER? string:addr%ip:port=ADDR? string:laddr%ip:port=LADDR^6.2.0? "
               "oneof:skipme=SKIPME?(token:yes=YES token:no=NO) integer:maxage=MAXAGE^7.4.0?))",
     .arity = -3,
     .flags = kCmdAdmin | kCmdNoScript | kCmdLoading | kCmdStale,
     .categories = kAclConnection,
     .handler = clientKill,
     .since = "2.4.0",
     .group = "connection",
     .complexity = "O(N) where N is the number of client connections",
     .summary = "Closes connections.",
     .help = "KILL <ip:port>\n"
             "    Close the connection from that address.\n"
             "KILL <option> <value> [<option> <value> [...]]\n"
             "    Close the connections that meet all conditions:\n"
             "    * ADDR (<ip:port>|<unixsocket>:0), LADDR (<ip:port>|<unixsocket>:0)\n"
             "      its address, or ours that it connected to\n"
             "    * ID <client-id>, USER <username>, TYPE (NORMAL|MASTER|REPLICA|PUBSUB)\n"
             "    * MAXAGE <seconds>\n"
             "      connected for at least that long\n"
             "    * SKIPME (YES|NO)\n"
             "      spare this connection (the default)"},
};

}  // namespace

CommandRows clientKillRows() {
  return kRows;
}

}  // namespace inkstone
