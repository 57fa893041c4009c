// HELP of a command with subcommands.
#pragma once

#include <span>
#include <string_view>

namespace inkstone {

class CommandContext;

// Replies a headline, then `lines` (a subcommand's syntax, and indented below what it does), then
// what every HELP ends with.
void replyHelp(CommandContext& context, std::span<const std::string_view> lines);

// "ERR unknown subcommand or wrong number of arguments for 'X'. Try CLIENT HELP.": for a
// subcommand whose arguments no row can judge.
void replySubcommandSyntaxError(CommandContext& context);

}  // namespace inkstone
