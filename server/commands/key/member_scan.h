// SCAN's counterparts within one value.
#pragma once

#include "server/execution/command_context.h"

namespace inkstone {

void hscanCommand(CommandContext& ctx);
void sscanCommand(CommandContext& ctx);
void zscanCommand(CommandContext& ctx);

}  // namespace inkstone
