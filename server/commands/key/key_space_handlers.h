// Handlers of the commands on whole databases.
#pragma once

#include "server/execution/command_context.h"

namespace inkstone {

void dbsizeCommand(CommandContext& ctx);
void flushallCommand(CommandContext& ctx);
void flushdbCommand(CommandContext& ctx);
void swapdbCommand(CommandContext& ctx);

}  // namespace inkstone
