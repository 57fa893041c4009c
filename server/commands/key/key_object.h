// OBJECT REFCOUNT and DEBUG OBJECT both tell this.
#pragma once

#include "config/config_values.h"
#include "storage/entry.h"

namespace inkstone {

// The number that OBJECT REFCOUNT shows.
int64_t referencesOf(const Entry& entry, const ConfigValues& settings);

}  // namespace inkstone
