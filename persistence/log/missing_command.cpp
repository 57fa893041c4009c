#include "persistence/log/missing_command.h"

#include <fmt/format.h>

#include "base/ascii.h"
#include "config/known_commands.h"

namespace inkstone {

std::optional<MissingCommand> describeMissingCommand(std::string_view name) {
  const std::optional<std::string_view> since = knownSince(name);
  if (!since) return std::nullopt;
  const std::string shown = upperCase(name);
  return MissingCommand{fmt::format("this server has no {} yet", shown),
                        fmt::format("{} came with {}", shown, *since)};
}

}  // namespace inkstone
