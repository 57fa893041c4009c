// Handlers of the hash commands, and what several of them share.
#pragma once

#include "server/execution/command_context.h"
#include "storage/types/hash_value.h"

namespace inkstone {

void hdelCommand(CommandContext& ctx);
void hexistsCommand(CommandContext& ctx);
void hgetCommand(CommandContext& ctx);
void hgetallCommand(CommandContext& ctx);
void hincrbyCommand(CommandContext& ctx);
void hincrbyfloatCommand(CommandContext& ctx);
void hkeysCommand(CommandContext& ctx);
void hlenCommand(CommandContext& ctx);
void hmgetCommand(CommandContext& ctx);
void hmsetCommand(CommandContext& ctx);
void hrandfieldCommand(CommandContext& ctx);
void hsetCommand(CommandContext& ctx);
void hsetnxCommand(CommandContext& ctx);
void hstrlenCommand(CommandContext& ctx);
void hvalsCommand(CommandContext& ctx);

// The hash of an existing key of that type.
inline HashValue hashOf(const CommandContext& ctx, const KeyRef& key) {
  return {*key.entry(), ctx.encodingRules()};
}

// The same of a key that may not exist: it gets an empty hash, which the caller has to fill.
HashValue hashOrNew(CommandContext& ctx, const KeyRef& key, std::string_view name);

}  // namespace inkstone
