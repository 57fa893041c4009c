// Subcommands of DEBUG; DEBUG itself counts their arguments.
#pragma once

#include <string_view>

namespace inkstone {

class CommandContext;

// A switch of DEBUG, as Redis reads it: blanks and a sign, then digits; what is no number counts as
// 0.
bool debugSwitchIsOn(std::string_view text);

// debug_keys.cpp: what looks at keys or makes them.
void debugDigest(CommandContext& context);
void debugDigestValue(CommandContext& context);
void debugHtStats(CommandContext& context);
void debugObject(CommandContext& context);
void debugPopulate(CommandContext& context);

// debug_persistence.cpp: files and payloads, and how values are laid out in them.
void debugDictResizing(CommandContext& context);
void debugLoadAof(CommandContext& context);
void debugQuicklistPackedThreshold(CommandContext& context);
void debugReload(CommandContext& context);
void debugSetSkipChecksumValidation(CommandContext& context);

// debug_rewrite.cpp: where the next rewrite is interrupted.
void debugRewriteStep(CommandContext& context);

// debug_protocol.cpp: a reply of each type.
void debugProtocol(CommandContext& context);

}  // namespace inkstone
