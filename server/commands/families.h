// The commands of all families, and what rows of several families share.
#pragma once

#include "server/command_table/command.h"

namespace inkstone {

class CommandTable;

// The function at the end of each file that returns the rows of its commands.
#define INKSTONE_ROWS_OF(function) CommandRows function();
#include "server/commands/row_files.inc"
#undef INKSTONE_ROWS_OF

// Adds the commands of all files.
void registerFamilies(CommandTable& table);

// The handler of HELP in every container: replies a headline, then the help of each row in the
// order of names, then what every HELP ends with.
void subcommandHelp(CommandContext& context);
// The same for subcommands that have no rows. A text has a '\n' between two lines.
void replyHelp(CommandContext& context, std::span<const std::string_view> texts);

// Replies "ERR unknown subcommand or wrong number of arguments for 'X'. Try CLIENT HELP."
// for a subcommand whose arguments no row can judge.
void replySubcommandSyntaxError(CommandContext& context);

}  // namespace inkstone
