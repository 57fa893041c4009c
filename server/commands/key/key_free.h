// Deleting keys, with the memory of big values given back by another thread where that is wanted.
#pragma once

#include "server/execution/command_context.h"

namespace inkstone {

// Takes an existing key of the selected database away. `lazy`: a big value is freed off the command
// path. The slot is void afterwards.
void deleteKey(CommandContext& ctx, const KeyRef& key, bool lazy);

}  // namespace inkstone
