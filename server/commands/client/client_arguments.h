// Arguments that tell of clients: names and types.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace inkstone {

class Client;
class CommandContext;

// True for printable ASCII without blanks, and for the empty text: CLIENT LIST can show it in its
// fields.
bool isValidClientAttribute(std::string_view text);

// True when `name` may be a client's name; else replies so.
[[nodiscard]] bool expectClientName(CommandContext& context, std::string_view name);

enum class ClientType : uint8_t { kNormal, kReplica, kPubsub, kMaster };

// Finds the type by the name that users give it, in any case; replies an error if there is none.
std::optional<ClientType> parseClientType(CommandContext& context, std::string_view name);
ClientType typeOf(const Client& client);

}  // namespace inkstone
