// Handlers of the set commands, and what several of them share.
#pragma once

#include "server/execution/command_context.h"
#include "storage/types/set_value.h"

namespace inkstone {

void saddCommand(CommandContext& ctx);
void scardCommand(CommandContext& ctx);
void sdiffCommand(CommandContext& ctx);
void sdiffstoreCommand(CommandContext& ctx);
void sinterCommand(CommandContext& ctx);
void sintercardCommand(CommandContext& ctx);
void sinterstoreCommand(CommandContext& ctx);
void sismemberCommand(CommandContext& ctx);
void smembersCommand(CommandContext& ctx);
void smismemberCommand(CommandContext& ctx);
void smoveCommand(CommandContext& ctx);
void spopCommand(CommandContext& ctx);
void srandmemberCommand(CommandContext& ctx);
void sremCommand(CommandContext& ctx);
void sunionCommand(CommandContext& ctx);
void sunionstoreCommand(CommandContext& ctx);

// The set of an existing key of that type.
inline SetValue setOf(const CommandContext& ctx, const KeyRef& key) {
  return {*key.entry(), ctx.encodingRules()};
}

// Replies all members of a set.
void replyMembers(CommandContext& ctx, const SetValue& set);

// Deletes a key whose set has lost its last member.
void deleteEmptied(CommandContext& ctx, std::string_view name, const KeyRef& key);

}  // namespace inkstone
