// Subcommands of DEBUG. They are no rows, as in Redis: COMMAND does not show them.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "server/command_table/command.h"

namespace inkstone {

struct DebugSubcommand {
  std::string_view name;
  // Numbers of arguments, with DEBUG and the subcommand.
  size_t args_min;
  size_t args_max;
  CommandHandler handler;
  // Its lines in DEBUG HELP, with '\n' between them.
  std::string_view help = {};
};

// Each file of this folder returns its own; debug_commands.cpp puts them together.
std::span<const DebugSubcommand> debugKeySubcommands();
std::span<const DebugSubcommand> debugPersistenceSubcommands();
std::span<const DebugSubcommand> debugProtocolSubcommands();

// A switch of DEBUG, as Redis reads it: blanks and a sign, then digits; what is no number counts as
// 0.
bool debugSwitchIsOn(std::string_view text);

}  // namespace inkstone
