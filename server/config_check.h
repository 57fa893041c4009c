// Checks at start those lines of the configuration that are about commands: `user`,
// `rename-command`, and the file that `aclfile` names.
#pragma once

#include "config/loader.h"

namespace inkstone {

// One check serves one load of the configuration, because renames add up.
LineCheck checkOfCommandLines();

}  // namespace inkstone
