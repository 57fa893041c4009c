// What is told about an RDB image that cannot be loaded.
#pragma once

#include <string>
#include <string_view>

#include "persistence/rdb/rdb_input.h"

namespace inkstone {

// One sentence or two, naming `what` ("the RDB file"), its path, the offset, the reason and the way
// out.
std::string describeRdbFailure(std::string_view what, const std::string& path,
                               const RdbError& error);

}  // namespace inkstone
