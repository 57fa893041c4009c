// Handlers of the string commands, and what several of them share.
#pragma once

#include "server/execution/command_context.h"

namespace inkstone {

void appendCommand(CommandContext& ctx);
void decrCommand(CommandContext& ctx);
void decrbyCommand(CommandContext& ctx);
void getCommand(CommandContext& ctx);
void getdelCommand(CommandContext& ctx);
void getexCommand(CommandContext& ctx);
void getrangeCommand(CommandContext& ctx);
void getsetCommand(CommandContext& ctx);
void incrCommand(CommandContext& ctx);
void incrbyCommand(CommandContext& ctx);
void incrbyfloatCommand(CommandContext& ctx);
void lcsCommand(CommandContext& ctx);
void mgetCommand(CommandContext& ctx);
void msetCommand(CommandContext& ctx);
void msetnxCommand(CommandContext& ctx);
void psetexCommand(CommandContext& ctx);
void setCommand(CommandContext& ctx);
void setexCommand(CommandContext& ctx);
void setnxCommand(CommandContext& ctx);
void setrangeCommand(CommandContext& ctx);
void strlenCommand(CommandContext& ctx);

// Replies the value, null if there is none. `key` is a string or does not exist.
void replyString(CommandContext& ctx, const KeyRef& key);

// Access bits for a value that is put under `key`: how often a key is used outlives its value.
uint32_t accessForNewValue(const CommandContext& ctx, const KeyRef& key);

// SET without any option.
void setPlainString(CommandContext& ctx, std::string_view key, std::string_view value);

}  // namespace inkstone
