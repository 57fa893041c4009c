// Subcommands of DEBUG; DEBUG itself counts their arguments.
#pragma once

namespace inkstone {

class CommandContext;

// debug_keys.cpp: what looks at keys or makes them.
void debugDigest(CommandContext& context);
void debugDigestValue(CommandContext& context);
void debugHtStats(CommandContext& context);
void debugLoadAof(CommandContext& context);
void debugObject(CommandContext& context);
void debugPopulate(CommandContext& context);

// debug_protocol.cpp: a reply of each type.
void debugProtocol(CommandContext& context);

}  // namespace inkstone
