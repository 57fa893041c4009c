// Handlers of the commands on times of expiry.
#pragma once

#include "server/execution/command_context.h"

namespace inkstone {

void expireCommand(CommandContext& ctx);
void expireatCommand(CommandContext& ctx);
void expiretimeCommand(CommandContext& ctx);
void persistCommand(CommandContext& ctx);
void pexpireCommand(CommandContext& ctx);
void pexpireatCommand(CommandContext& ctx);
void pexpiretimeCommand(CommandContext& ctx);
void pttlCommand(CommandContext& ctx);
void ttlCommand(CommandContext& ctx);

}  // namespace inkstone
