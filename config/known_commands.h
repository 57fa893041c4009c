// Which names of commands and of ACL categories servers of this kind know, whether this server has
// them or not: Redis 7.2 to 8.12, Valkey to 9.2, and the modules that came with them. So a
// configuration that forbids such a command can be told from one with a slip, and an AOF that holds
// one from a damaged AOF.
#pragma once

#include <optional>
#include <string_view>

namespace inkstone {

// The server and release that brought the command `name` (without its subcommand, in any case), in
// words for a message: "Redis 7.2 or before", "Redis 8.4 and Valkey 9.1". Nothing for a name that
// none of them knows. The view lives as long as the program. The search goes through all names, so
// call it at starts and for errors, and not in the path of a command.
std::optional<std::string_view> knownSince(std::string_view name);

bool isKnownCommand(std::string_view name);

// The same for a category of commands, without its "@".
std::optional<std::string_view> aclCategoryKnownSince(std::string_view name);

}  // namespace inkstone
