// CONFIG and its subcommands.
#include <fmt/format.h>

#include "server/acl/access_control.h"
#include "server/command_table/command_table.h"
#include "server/command_table/errors.h"
#include "server/commands/command/command_help.h"
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

void configHelp(CommandContext& context) {
  static constexpr std::string_view kLines[] = {
      "GET <pattern> [<pattern> ...]",
      "    Directives whose names match a glob pattern, and their values.",
      "RESETSTAT",
      "    Set the counters of INFO back.",
      "REWRITE",
      "    Write the configuration in force to the configuration file.",
      "SET <directive> <value> [<directive> <value> ...]",
      "    Change directives, all of them or none.",
  };
  replyHelp(context, kLines);
}

constexpr uint32_t kFlags = kCmdAdmin | kCmdNoScript | kCmdLoading | kCmdStale;

CommandRow subcommand(std::string_view name, int arity, CommandHandler handler,
                      std::string_view since, std::string_view complexity, std::string_view summary,
                      std::vector<std::string_view> tips = {}) {
  return {.name = name,
          .arity = arity,
          .flags = kFlags,
          .handler = handler,
          .since = since,
          .group = "server",
          .complexity = complexity,
          .summary = summary,
          .tips = std::move(tips)};
}

}  // namespace

std::vector<CommandRow> configCommands() {
  constexpr std::string_view kPerDirective =
      "O(N) where N is the number of configuration directives given";
  const std::vector<std::string_view> everywhere = {"request_policy:all_nodes",
                                                    "response_policy:all_succeeded"};
  CommandRow help = subcommand("help", 2, configHelp, "5.0.0", "O(1)", "Explains the subcommands.");
  help.flags = kCmdLoading | kCmdStale;
  return {{.name = "config",
           .arity = -2,
           .subcommands = {subcommand("get", -3, configGet, "2.0.0", kPerDirective,
                                      "Tells the values of configuration directives."),
                           std::move(help),
                           subcommand("resetstat", 2, configResetStat, "2.0.0", "O(1)",
                                      "Sets the counters of INFO back.", everywhere),
                           subcommand("rewrite", 2, configRewrite, "2.8.0", "O(1)",
                                      "Writes the configuration to its file.", everywhere),
                           subcommand("set", -4, configSet, "2.0.0", kPerDirective,
                                      "Changes configuration directives.", everywhere)},
           .since = "2.0.0",
           .group = "server",
           .complexity = "Depends on subcommand.",
           .summary = "The configuration in force."}};
}

}  // namespace inkstone
