// Handlers of the commands on keys of any type, and what others share with them.
#pragma once

#include <cstdint>

#include "config/config_values.h"
#include "server/execution/command_context.h"

namespace inkstone {

void copyCommand(CommandContext& ctx);
void delCommand(CommandContext& ctx);
void existsCommand(CommandContext& ctx);
void keysCommand(CommandContext& ctx);
void moveCommand(CommandContext& ctx);
void objectEncodingCommand(CommandContext& ctx);
void objectFreqCommand(CommandContext& ctx);
void objectHelpCommand(CommandContext& ctx);
void objectIdletimeCommand(CommandContext& ctx);
void objectRefcountCommand(CommandContext& ctx);
void randomkeyCommand(CommandContext& ctx);
void renameCommand(CommandContext& ctx);
void renamenxCommand(CommandContext& ctx);
void scanCommand(CommandContext& ctx);
void touchCommand(CommandContext& ctx);
void typeCommand(CommandContext& ctx);
void unlinkCommand(CommandContext& ctx);

// What OBJECT REFCOUNT shows.
int64_t referencesOf(const Entry& entry, const ConfigValues& settings);

// Whether the entry's time has passed. Never while the log is replayed.
bool hasExpired(const CommandContext& ctx, const Entry& entry);

}  // namespace inkstone
