// Commands that stand in a log, that other servers know, and that this one does not have yet: the
// log is sound, and nothing of it is to be cut.
#pragma once

#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>

#include "base/ascii.h"
#include "config/known_commands.h"

namespace inkstone {

struct MissingCommand {
  // "this server has no XADD yet"
  std::string text;
  // "XADD came with Redis 7.2 or before"
  std::string origin;
};

// Nothing when no server is known to have such a command, so that the word may be damage. `name` is
// one that this server does not have.
inline std::optional<MissingCommand> describeMissingCommand(std::string_view name) {
  const std::optional<std::string_view> since = knownSince(name);
  if (!since) return std::nullopt;
  const std::string shown = upperCase(name);
  return MissingCommand{fmt::format("this server has no {} yet", shown),
                        fmt::format("{} came with {}", shown, *since)};
}

}  // namespace inkstone
