// The actions that follow a CONFIG SET at once.
#pragma once

#include "server/execution/server_parts.h"

namespace inkstone {

class Config;

// `parts` must outlive `config`'s last change.
void registerConfigHooks(Config& config, const ServerParts& parts);

// Hands the values of directives to those parts of the server that keep them in a form of their
// own.
void applySettings(const ServerParts& parts);

}  // namespace inkstone
