// Which clients CLIENT KILL and CLIENT LIST mean.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace inkstone {

class Client;
class CommandContext;

enum class ClientType : uint8_t { kNormal, kReplica, kPubsub, kMaster };

// By the name users give it, in any case; replies an error when there is no such type.
std::optional<ClientType> parseClientType(CommandContext& context, std::string_view name);
ClientType typeOf(const Client& client);

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

void clientKill(CommandContext& context);

}  // namespace inkstone
