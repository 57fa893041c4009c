// The rows of the commands on times of expiry.
#include "server/command_table/key_specs.h"
#include "server/commands/families.h"
#include "server/commands/key/expire_handlers.h"

namespace inkstone {
namespace {

CommandRow settingRow(std::string_view name, CommandHandler handler, std::string_view since,
                      std::string_view summary) {
  return {.name = name,
          .arity = -3,
          .flags = kCmdWrite | kCmdFast,
          .categories = kAclKeyspace,
          .handler = handler,
          .keys = {key_specs::kUpdate},
          .since = since,
          .group = "generic",
          .complexity = "O(1)",
          .summary = summary};
}

CommandRow readingRow(std::string_view name, CommandHandler handler, std::string_view since,
                      std::string_view summary) {
  return {.name = name,
          .arity = 2,
          .flags = kCmdReadonly | kCmdFast,
          .categories = kAclKeyspace,
          .handler = handler,
          .keys = {key_specs::kRead},
          .since = since,
          .group = "generic",
          .complexity = "O(1)",
          .summary = summary};
}

// The answer is another one each time.
CommandRow countdownRow(std::string_view name, CommandHandler handler, std::string_view since,
                        std::string_view summary) {
  CommandRow row = readingRow(name, handler, since, summary);
  row.tips = {"nondeterministic_output"};
  return row;
}

}  // namespace

std::vector<CommandRow> expireCommands() {
  CommandRow persist =
      settingRow("persist", persistCommand, "2.2.0", "Takes away a key's time of expiry.");
  persist.arity = 2;
  return {
      settingRow("expire", expireCommand, "1.0.0", "Lets a key expire after seconds."),
      settingRow("pexpire", pexpireCommand, "2.6.0", "Lets a key expire after milliseconds."),
      settingRow("expireat", expireatCommand, "1.2.0",
                 "Lets a key expire at a Unix time in seconds."),
      settingRow("pexpireat", pexpireatCommand, "2.6.0",
                 "Lets a key expire at a Unix time in milliseconds."),
      std::move(persist),
      countdownRow("ttl", ttlCommand, "1.0.0", "Returns the seconds a key has left."),
      countdownRow("pttl", pttlCommand, "2.6.0", "Returns the milliseconds a key has left."),
      readingRow("expiretime", expiretimeCommand, "7.0.0",
                 "Returns when a key expires, as Unix time in seconds."),
      readingRow("pexpiretime", pexpiretimeCommand, "7.0.0",
                 "Returns when a key expires, as Unix time in milliseconds."),
  };
}

}  // namespace inkstone
