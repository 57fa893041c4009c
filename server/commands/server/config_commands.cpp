// CONFIG and its subcommands.
#include <fmt/format.h>

#include "server/acl/access_control.h"
#include "server/command_table/command_table.h"
#include "server/command_table/errors.h"
#include "server/commands/families.h"
#include "server/data/data_set.h"
#include "server/durability/durability.h"
#include "server/execution/command_context.h"
#include "server/process/runtime.h"

namespace inkstone {
namespace {

void configGet(CommandContext& context) {
  const auto pairs = context.runtime().config.get(context.args.subspan(2));
  context.reply.map(pairs.size());
  for (const auto& [name, value] : pairs) {
    context.reply.bulk(name);
    context.reply.bulk(value);
  }
}

void configSet(CommandContext& context) {
  const auto args = context.args.subspan(2);
  if (args.size() % 2 != 0) return context.error(errors::kSyntax);
  std::vector<Config::Pair> pairs;
  for (size_t i = 0; i < args.size(); i += 2) pairs.emplace_back(args[i], args[i + 1]);
  const ConfigSetResult result = context.runtime().config.set(
      pairs,
      {.local_client = context.client.isLocal(), .loading = context.durability().loading.active()});
  if (!result.ok()) return context.error("ERR " + result.error);
  context.reply.ok();
}

void configRewrite(CommandContext& context) {
  context.acl().updateConfig();
  const ConfigRewriteResult result = context.runtime().config.rewrite();
  switch (result.status) {
    case ConfigRewriteResult::Status::kNoConfigFile:
      return context.error(errors::kNoConfigFile);
    case ConfigRewriteResult::Status::kFailed:
      context.runtime().logger.warning("CONFIG REWRITE failed: {}", result.error);
      return context.error(fmt::format(errors::kRewriteFailed, result.error));
    case ConfigRewriteResult::Status::kDone:
      break;
  }
  for (const std::string& user : result.disarmed_users) {
    context.runtime().logger.warning(
        "CONFIG REWRITE: user '{}' was deleted, but an included file declares it; it was written "
        "without any right",
        user);
  }
  context.runtime().logger.notice("CONFIG REWRITE executed with success{}.",
                                  result.in_place ? ", in place: the file cannot be replaced" : "");
  context.reply.ok();
}

void configResetStat(CommandContext& context) {
  const ServerParts& parts = context.parts();
  parts.runtime.stats.reset();
  parts.data.lazy_free.resetStats();
  parts.durability.log_rewrite.resetStats();
  for (const auto& command : parts.commands.all()) {
    command->stats.reset();
    for (const auto& sub : command->subcommands()) sub->stats.reset();
  }
  context.reply.ok();
}

constexpr CommandRow kRows[] = {
    {.name = "config",
     .arity = -2,
     .since = "2.0.0",
     .group = "server",
     .complexity = "Depends on subcommand.",
     .summary = "The configuration in force."},
    {.name = "config|get",
     .syntax = "string:parameter*",
     .arity = -3,
     .flags = kCmdAdmin | kCmdNoScript | kCmdLoading | kCmdStale,
     .handler = configGet,
     .since = "2.0.0",
     .group = "server",
     .complexity = "O(N) where N is the number of configuration directives given",
     .summary = "Tells the values of configuration directives.",
     .help = "GET <pattern> [<pattern> ...]\n"
             "    Directives whose names match a glob pattern, and their values."},
    {.name = "config|help",
     .arity = 2,
     .flags = kCmdLoading | kCmdStale,
     .handler = subcommandHelp,
     .since = "5.0.0",
     .group = "server",
     .complexity = "O(1)",
     .summary = "Explains the subcommands."},
    {.name = "config|resetstat",
     .arity = 2,
     .flags = kCmdAdmin | kCmdNoScript | kCmdLoading | kCmdStale,
     .handler = configResetStat,
     .since = "2.0.0",
     .group = "server",
     .complexity = "O(1)",
     .summary = "Sets the counters of INFO back.",
     .tips = {"request_policy:all_nodes", "response_policy:all_succeeded"},
     .help = "RESETSTAT\n"
             "    Set the counters of INFO back."},
    {.name = "config|rewrite",
     .arity = 2,
     .flags = kCmdAdmin | kCmdNoScript | kCmdLoading | kCmdStale,
     .handler = configRewrite,
     .since = "2.8.0",
     .group = "server",
     .complexity = "O(1)",
     .summary = "Writes the configuration to its file.",
     .tips = {"request_policy:all_nodes", "response_policy:all_succeeded"},
     .help = "REWRITE\n"
             "    Write the configuration in force to the configuration file."},
    {.name = "config|set",
     .syntax = "block:data*(string:parameter string:value)",
     .arity = -4,
     .flags = kCmdAdmin | kCmdNoScript | kCmdLoading | kCmdStale,
     .handler = configSet,
     .since = "2.0.0",
     .group = "server",
     .complexity = "O(N) where N is the number of configuration directives given",
     .summary = "Changes configuration directives.",
     .tips = {"request_policy:all_nodes", "response_policy:all_succeeded"},
     .help = "SET <directive> <value> [<directive> <value> ...]\n"
             "    Change directives, all of them or none."},
};

}  // namespace

CommandRows configRows() {
  return kRows;
}

}  // namespace inkstone
