#include "server/commands/client/client_arguments.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/ascii.h"
#include "server/clients/client.h"
#include "server/clients/pubsub.h"
#include "server/command_table/errors.h"
#include "server/execution/command_context.h"

namespace inkstone {

bool isValidClientAttribute(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '!' && c <= '~'; });
}

bool expectClientName(CommandContext& context, std::string_view name) {
  if (isValidClientAttribute(name)) return true;
  context.error(errors::kBadClientName);
  return false;
}

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

}  // namespace inkstone
