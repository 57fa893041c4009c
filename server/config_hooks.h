// What CONFIG SET makes happen at once.
#pragma once

#include "server/execution/server_parts.h"

namespace inkstone {

class Config;

// `parts` must outlive `config`'s last change.
void registerConfigHooks(Config& config, const ServerParts& parts);

// Takes over those directives that parts of the server keep in a form of their own.
void applySettings(const ServerParts& parts);

}  // namespace inkstone
