// ACL: its rows, and the subcommands that need no users.
#include <fmt/format.h>

#include <string>
#include <vector>

#include "base/ascii.h"
#include "server/command_table/command_names.h"
#include "server/command_table/command_table.h"
#include "server/command_table/errors.h"
#include "server/commands/acl/acl_handlers.h"
#include "server/commands/command/command_help.h"
#include "server/commands/families.h"
#include "server/execution/command_context.h"
#include "server/process/random_bytes.h"

namespace inkstone {

void aclCat(CommandContext& context) {
  if (context.args.size() > 3) return replySubcommandSyntaxError(context);
  std::vector<std::string_view> names;
  if (context.args.size() == 2) {
    for (const BitName& category : aclCategoryNames()) names.push_back(category.name);
  } else {
    const uint32_t category = aclCategoryByName(context.args[2]);
    if (category == 0) {
      return context.error(fmt::format(errors::kUnknownCategory, context.args[2]));
    }
    const auto add = [&](const Command& command) {
      if ((command.categories() & category) != 0) names.push_back(command.fullName());
    };
    context.commands().forEachOriginal([&](const Command& command) {
      add(command);
      for (const auto& sub : command.subcommands()) add(*sub);
    });
  }
  context.reply.array(names.size());
  for (const std::string_view name : names) context.reply.bulk(name);
}

void aclGenPass(CommandContext& context) {
  constexpr int64_t kBitsMax = 4096;
  constexpr int64_t kBitsPerDigit = 4;
  if (context.args.size() > 3) return replySubcommandSyntaxError(context);
  int64_t bits = 256;
  if (context.args.size() == 3 && !context.parseInteger(context.args[2], bits)) return;
  if (bits <= 0 || bits > kBitsMax) return context.error(errors::kGenpassBits);
  context.reply.bulk(randomHex(static_cast<size_t>((bits + kBitsPerDigit - 1) / kBitsPerDigit)));
}

void aclHelp(CommandContext& context) {
  static constexpr std::string_view kLines[] = {
      "CAT [<category>]",
      "    Categories of commands, or the commands of one.",
      "DELUSER <username> [<username> ...]",
      "    Delete users and disconnect their clients.",
      "DRYRUN <username> <command> [<arg> ...]",
      "    Whether a user may run a command, without running it.",
      "GENPASS [<bits>]",
      "    A random password, of 256 bits unless said otherwise.",
      "GETUSER <username>",
      "    What a user may do.",
      "LIST",
      "    All users, as lines of a configuration file.",
      "LOAD",
      "    Take the users of the ACL file in place of all that are.",
      "LOG [<count>|RESET]",
      "    What was refused lately; with RESET, forget it.",
      "SAVE",
      "    Write the users to the ACL file.",
      "SETUSER <username> [<rule> ...]",
      "    Change a user, or make one.",
      "USERS",
      "    Names of all users.",
      "WHOAMI",
      "    Which user this connection is.",
  };
  replyHelp(context, kLines);
}

namespace {

constexpr uint32_t kForAll = kCmdNoScript | kCmdLoading | kCmdStale;
constexpr uint32_t kForAdmins = kForAll | kCmdAdmin;

CommandRow subcommand(std::string_view name, int arity, uint32_t flags, CommandHandler handler,
                      std::string_view complexity, std::string_view summary) {
  return {.name = name,
          .arity = arity,
          .flags = flags,
          .handler = handler,
          .since = "6.0.0",
          .group = "server",
          .complexity = complexity,
          .summary = summary};
}

std::vector<CommandRow> subcommands() {
  constexpr std::string_view kPerUser = "O(N) where N is the number of users";
  constexpr std::string_view kPerRule = "O(N) where N is the number of rules";
  std::vector<CommandRow> rows = {
      subcommand("cat", -2, kForAll, aclCat, "O(N) where N is the number of commands",
                 "Lists the categories of commands, or the commands of one."),
      subcommand("deluser", -3, kForAdmins, aclDelUser, "O(N) where N is the number of clients",
                 "Deletes users and disconnects their clients."),
      subcommand("dryrun", -4, kForAdmins, aclDryRun, kPerRule,
                 "Tells whether a user may run a command."),
      subcommand("genpass", -2, kForAll, aclGenPass, "O(1)", "Makes a random password."),
      subcommand("getuser", 3, kForAdmins, aclGetUser, kPerRule, "Tells what a user may do."),
      subcommand("help", 2, kCmdLoading | kCmdStale, aclHelp, "O(1)", "Explains the subcommands."),
      subcommand("list", 2, kForAdmins, aclList, kPerUser, "Lists the users with their rules."),
      subcommand("load", 2, kForAdmins, aclLoad, kPerUser, "Reads the users from the ACL file."),
      subcommand("log", -2, kForAdmins, aclLog, "O(N) where N is the number of entries",
                 "Tells what was refused lately."),
      subcommand("save", 2, kForAdmins, aclSave, kPerUser, "Writes the users to the ACL file."),
      subcommand("setuser", -3, kForAdmins, aclSetUser, kPerRule, "Changes a user, or makes one."),
      subcommand("users", 2, kForAdmins, aclUsers, kPerUser, "Lists the names of users."),
      subcommand("whoami", 2, kForAll, aclWhoAmI, "O(1)", "Tells which user the client is."),
  };
  for (CommandRow& row : rows) {
    if (row.name == "dryrun") row.since = "7.0.0";
    if (row.name == "deluser" || row.name == "save" || row.name == "setuser") {
      row.tips = {"request_policy:all_nodes", "response_policy:all_succeeded"};
    }
  }
  return rows;
}

}  // namespace

std::vector<CommandRow> aclCommands() {
  return {{.name = "acl",
           .arity = -2,
           .subcommands = subcommands(),
           .since = "6.0.0",
           .group = "server",
           .complexity = "Depends on subcommand.",
           .summary = "Access control lists: who may do what."}};
}

}  // namespace inkstone
