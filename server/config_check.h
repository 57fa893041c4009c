// Tells at start whether those lines of the configuration are right that need to know the commands:
// `user`, `rename-command`, and what `aclfile` names.
#pragma once

#include "config/loader.h"

namespace inkstone {

// One for one load: renames add up.
LineCheck checkOfCommandLines();

}  // namespace inkstone
