#include "server/commands/client/client_filter.h"

#include <fmt/format.h>

#include "base/ascii.h"
#include "server/acl/access_control.h"
#include "server/clients/client.h"
#include "server/clients/clients.h"
#include "server/clients/pubsub.h"
#include "server/command_table/errors.h"
#include "server/execution/command_context.h"
#include "server/process/runtime.h"

namespace inkstone {
namespace {

bool isAddress(const std::optional<std::string_view>& wanted, const std::string* address) {
  return !wanted || (address != nullptr && *wanted == *address);
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

}  // namespace

std::optional<ClientType> parseClientType(CommandContext& context, std::string_view name) {
  if (equalsIgnoreCase(name, "normal")) return ClientType::kNormal;
  if (equalsIgnoreCase(name, "slave") || equalsIgnoreCase(name, "replica")) {
    return ClientType::kReplica;
  }
  if (equalsIgnoreCase(name, "pubsub")) return ClientType::kPubsub;
  if (equalsIgnoreCase(name, "master")) return ClientType::kMaster;
  context.error(fmt::format(errors::kUnknownClientType, name));
  return std::nullopt;
}

ClientType typeOf(const Client& client) {
  return client.subscriptions != nullptr ? ClientType::kPubsub : ClientType::kNormal;
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

}  // namespace inkstone
