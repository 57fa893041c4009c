// The rows of the commands on whole databases.
#include "server/commands/families.h"
#include "server/commands/key/key_space_handlers.h"

namespace inkstone {

std::vector<CommandRow> keySpaceCommands() {
  return {
      {.name = "dbsize",
       .arity = 1,
       .flags = kCmdReadonly | kCmdFast,
       .categories = kAclKeyspace,
       .handler = dbsizeCommand,
       .since = "1.0.0",
       .group = "server",
       .complexity = "O(1)",
       .summary = "Returns the number of keys in the selected database.",
       .tips = {"request_policy:all_shards", "response_policy:agg_sum"}},
      {.name = "flushdb",
       .arity = -1,
       .flags = kCmdWrite,
       .categories = kAclKeyspace | kAclDangerous,
       .handler = flushdbCommand,
       .since = "1.0.0",
       .group = "server",
       .complexity = "O(N), N being the number of keys in the selected database",
       .summary = "Deletes all keys of the selected database.",
       .tips = {"request_policy:all_shards", "response_policy:all_succeeded"}},
      {.name = "flushall",
       .arity = -1,
       .flags = kCmdWrite,
       .categories = kAclKeyspace | kAclDangerous,
       .handler = flushallCommand,
       .since = "1.0.0",
       .group = "server",
       .complexity = "O(N), N being the number of keys in all databases",
       .summary = "Deletes all keys of all databases.",
       .tips = {"request_policy:all_shards", "response_policy:all_succeeded"}},
      {.name = "swapdb",
       .arity = 3,
       .flags = kCmdWrite | kCmdFast,
       .categories = kAclKeyspace | kAclDangerous,
       .handler = swapdbCommand,
       .since = "4.0.0",
       .group = "server",
       .complexity = "O(1)",
       .summary = "Exchanges the contents of two databases."},
  };
}

}  // namespace inkstone
