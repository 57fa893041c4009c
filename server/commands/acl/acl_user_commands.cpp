// ACL's subcommands about users.
#include <fmt/format.h>

#include <string>

#include "server/acl/access_control.h"
#include "server/command_table/command_table.h"
#include "server/command_table/errors.h"
#include "server/commands/families.h"
#include "server/commands/reply_parts.h"
#include "server/execution/command_context.h"

namespace inkstone {
namespace {

void replyRules(ReplyBuilder& reply, const AclSelector& selector) {
  replyField(reply, "commands", selector.describeCommands());
  replyField(reply, "keys", selector.describeKeys());
  replyField(reply, "channels", selector.describeChannels());
}

void aclSetUser(CommandContext& context) {
  const std::string_view name = context.args[2];
  if (!isAclWord(name)) return context.error(errors::kBadUserName);
  const auto error = context.acl().setUser(name, context.args.subspan(3), &context.client);
  if (error) return context.error("ERR " + *error);
  context.reply.ok();
}

void aclGetUser(CommandContext& context) {
  ReplyBuilder& reply = context.reply;
  const AclUser* const user = context.acl().find(context.args[2]);
  if (user == nullptr) return reply.null();
  reply.map(6);
  reply.bulk("flags");
  const auto flags = user->flags();
  reply.set(flags.size());
  for (const std::string_view flag : flags) reply.bulk(flag);
  reply.bulk("passwords");
  reply.array(user->passwordHashes().size());
  for (const std::string& hash : user->passwordHashes()) reply.bulk(hash);
  const auto selectors = user->selectors();
  replyRules(reply, selectors[0]);
  reply.bulk("selectors");
  reply.array(selectors.size() - 1);
  for (const AclSelector& selector : selectors.subspan(1)) {
    reply.map(3);
    replyRules(reply, selector);
  }
}

void aclDelUser(CommandContext& context) {
  AccessControl& acl = context.acl();
  const auto names = context.args.subspan(2);
  for (const std::string_view name : names) {
    if (name == acl.defaultUser().name()) return context.error(errors::kDefaultUserStays);
  }
  int64_t deleted = 0;
  for (const std::string_view name : names) {
    if (acl.deleteUser(name, &context.client)) ++deleted;
  }
  context.reply.integer(deleted);
}

void aclList(CommandContext& context) {
  const AclUsers& users = context.acl().users();
  context.reply.array(users.size());
  for (const auto& [name, user] : users) {
    context.reply.bulk(writeAclLine(*user));
  }
}

void aclUsers(CommandContext& context) {
  const AclUsers& users = context.acl().users();
  context.reply.array(users.size());
  for (const auto& [name, user] : users) context.reply.bulk(name);
}

void aclWhoAmI(CommandContext& context) {
  context.reply.bulk(context.client.userName());
}

void aclDryRun(CommandContext& context) {
  const AclUser* const user = context.acl().find(context.args[2]);
  if (user == nullptr) return context.error(fmt::format(errors::kUserNotFound, context.args[2]));
  const auto args = context.args.subspan(3);
  const Command* command = context.commands().find(args[0]);
  if (command != nullptr && !command->subcommands().empty() && args.size() > 1) {
    command = command->findSubcommand(args[1]);
  }
  if (command == nullptr) return context.error(fmt::format(errors::kCommandNotFound, args[0]));
  if (!command->arityAllows(args.size())) {
    return context.error(fmt::format(errors::kWrongArity, command->fullName()));
  }
  AclRequest request(*command, args);
  const AclDenial denial = user->check(request);
  if (!denial) return context.reply.ok();
  context.reply.bulk(aclDenialText(*user, request, denial));
}

constexpr CommandRow kRows[] = {
    {.name = "acl|setuser",
     .syntax = "string:username string:rule?*",
     .arity = -3,
     .flags = kCmdAdmin | kCmdNoScript | kCmdLoading | kCmdStale,
     .handler = aclSetUser,
     .since = "6.0.0",
     .group = "server",
     .complexity = "O(N) where N is the number of rules",
     .summary = "Changes a user, or makes one.",
     .tips = {"request_policy:all_nodes", "response_policy:all_succeeded"},
     .help = "SETUSER <username> [<rule> ...]\n"
             "    Change a user, or make one."},
    {.name = "acl|getuser",
     .syntax = "string:username",
     .arity = 3,
     .flags = kCmdAdmin | kCmdNoScript | kCmdLoading | kCmdStale,
     .handler = aclGetUser,
     .since = "6.0.0",
     .group = "server",
     .complexity = "O(N) where N is the number of rules",
     .summary = "Tells what a user may do.",
     .help = "GETUSER <username>\n"
             "    What a user may do."},
    {.name = "acl|deluser",
     .syntax = "string:username*",
     .arity = -3,
     .flags = kCmdAdmin | kCmdNoScript | kCmdLoading | kCmdStale,
     .handler = aclDelUser,
     .since = "6.0.0",
     .group = "server",
     .complexity = "O(N) where N is the number of clients",
     .summary = "Deletes users and disconnects their clients.",
     .tips = {"request_policy:all_nodes", "response_policy:all_succeeded"},
     .help = "DELUSER <username> [<username> ...]\n"
             "    Delete users and disconnect their clients."},
    {.name = "acl|list",
     .arity = 2,
     .flags = kCmdAdmin | kCmdNoScript | kCmdLoading | kCmdStale,
     .handler = aclList,
     .since = "6.0.0",
     .group = "server",
     .complexity = "O(N) where N is the number of users",
     .summary = "Lists the users with their rules.",
     .help = "LIST\n"
             "    All users, as lines of a configuration file."},
    {.name = "acl|users",
     .arity = 2,
     .flags = kCmdAdmin | kCmdNoScript | kCmdLoading | kCmdStale,
     .handler = aclUsers,
     .since = "6.0.0",
     .group = "server",
     .complexity = "O(N) where N is the number of users",
     .summary = "Lists the names of users.",
     .help = "USERS\n"
             "    Names of all users."},
    {.name = "acl|whoami",
     .arity = 2,
     .flags = kCmdNoScript | kCmdLoading | kCmdStale,
     .handler = aclWhoAmI,
     .since = "6.0.0",
     .group = "server",
     .complexity = "O(1)",
     .summary = "Tells which user the client is.",
     .help = "WHOAMI\n"
             "    Which user this connection is."},
    {.name = "acl|dryrun",
     .syntax = "string:username string:command string:arg?*",
     .arity = -4,
     .flags = kCmdAdmin | kCmdNoScript | kCmdLoading | kCmdStale,
     .handler = aclDryRun,
     .since = "7.0.0",
     .group = "server",
     .complexity = "O(N) where N is the number of rules",
     .summary = "Tells whether a user may run a command.",
     .help = "DRYRUN <username> <command> [<arg> ...]\n"
             "    Whether a user may run a command, without running it."},
};

}  // namespace

CommandRows aclUserRows() {
  return kRows;
}

}  // namespace inkstone
