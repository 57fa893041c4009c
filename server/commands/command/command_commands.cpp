// COMMAND and its subcommands: what the command table knows.
#include "base/ascii.h"
#include "base/glob.h"
#include "server/command_table/command_keys.h"
#include "server/command_table/command_names.h"
#include "server/command_table/command_table.h"
#include "server/command_table/errors.h"
#include "server/commands/command/command_help.h"
#include "server/commands/command/command_replies.h"
#include "server/commands/families.h"
#include "server/execution/command_context.h"

namespace inkstone {
namespace {

void commandAll(CommandContext& context) {
  const auto commands = context.commands().all();
  context.reply.array(commands.size());
  for (const auto& command : commands) replyCommandInfo(context.reply, *command);
}

void commandCount(CommandContext& context) {
  context.reply.integer(static_cast<int64_t>(context.commands().all().size()));
}

void commandInfo(CommandContext& context) {
  if (context.args.size() == 2) return commandAll(context);
  context.reply.array(context.args.size() - 2);
  for (std::string_view name : context.args.subspan(2)) {
    const Command* command = context.commands().findFull(name);
    if (command == nullptr) {
      context.reply.null();
    } else {
      replyCommandInfo(context.reply, *command);
    }
  }
}

void commandDocs(CommandContext& context) {
  std::vector<const Command*> wanted;
  if (context.args.size() == 2) {
    for (const auto& command : context.commands().all()) wanted.push_back(command.get());
  }
  for (std::string_view name : context.args.subspan(2)) {
    if (const Command* command = context.commands().findFull(name)) wanted.push_back(command);
  }
  context.reply.map(wanted.size());
  for (const Command* command : wanted) {
    context.reply.bulk(command->fullName());
    replyCommandDocs(context.reply, *command);
  }
}

// Names of all commands and subcommands that pass.
template <class Filter>
void replyNames(CommandContext& context, Filter passes) {
  std::vector<std::string_view> names;
  for (const auto& command : context.commands().all()) {
    if (passes(*command)) names.push_back(command->fullName());
    for (const auto& sub : command->subcommands()) {
      if (passes(*sub)) names.push_back(sub->fullName());
    }
  }
  context.reply.array(names.size());
  for (std::string_view name : names) context.reply.bulk(name);
}

void commandList(CommandContext& context) {
  const auto args = context.args;
  if (args.size() == 2) return replyNames(context, [](const Command&) { return true; });
  if (args.size() != 5 || !equalsIgnoreCase(args[2], "filterby")) {
    return context.error(errors::kSyntax);
  }
  const std::string_view value = args[4];
  if (equalsIgnoreCase(args[3], "module")) {
    // There are no modules, so none has commands.
    replyNames(context, [](const Command&) { return false; });
  } else if (equalsIgnoreCase(args[3], "aclcat")) {
    const uint32_t category = aclCategoryByName(value);
    replyNames(context, [=](const Command& c) { return (c.categories() & category) != 0; });
  } else if (equalsIgnoreCase(args[3], "pattern")) {
    replyNames(context, [=](const Command& c) { return globMatch(value, c.fullName(), true); });
  } else {
    context.error(errors::kSyntax);
  }
}

// Replies `each` per key of the command that stands from the third argument on.
template <class Each>
void replyKeys(CommandContext& context, Each each) {
  const auto args = context.args.subspan(2);
  const Command* command = context.commands().find(args[0]);
  if (command != nullptr && !command->subcommands().empty() && args.size() > 1) {
    command = command->findSubcommand(args[1]);
  }
  if (command == nullptr) return context.error(errors::kInvalidCommand);
  if (!hasKeySpecs(command->row())) return context.error(errors::kCommandWithoutKeys);
  if (!command->arityAllows(args.size())) {
    return context.error(errors::kGetKeysArity);
  }
  const auto keys = findKeys(command->row(), args);
  if (!keys || keys->empty()) {
    if (command->has(kCmdNoMandatoryKeys)) return context.reply.array(0);
    return context.error(errors::kGetKeysArguments);
  }
  context.reply.array(keys->size());
  for (const KeyPosition& key : *keys) each(args[key.argument], key.flags);
}

void commandGetKeys(CommandContext& context) {
  replyKeys(context, [&](std::string_view key, uint32_t) { context.reply.bulk(key); });
}

void commandGetKeysAndFlags(CommandContext& context) {
  replyKeys(context, [&](std::string_view key, uint32_t flags) {
    context.reply.array(2);
    context.reply.bulk(key);
    replyKeyFlags(context.reply, flags);
  });
}

void commandHelp(CommandContext& context) {
  static constexpr std::string_view kLines[] = {
      "(no subcommand)",
      "    Describe every command.",
      "COUNT",
      "    How many commands there are.",
      "DOCS [<command-name> ...]",
      "    Documentation of the named commands, or of all.",
      "GETKEYS <full-command>",
      "    Which arguments of a complete command are keys.",
      "GETKEYSANDFLAGS <full-command>",
      "    The same, with how each key is accessed.",
      "INFO [<command-name> ...]",
      "    Describe the named commands, or all.",
      "LIST [FILTERBY (MODULE <module-name>|ACLCAT <category>|PATTERN <pattern>)]",
      "    Names of commands and subcommands.",
  };
  replyHelp(context, kLines);
}

constexpr uint32_t kFlags = kCmdLoading | kCmdStale;

CommandRow subcommand(std::string_view name, int arity, CommandHandler handler,
                      std::string_view since, std::string_view complexity, std::string_view summary,
                      std::vector<std::string_view> tips = {}) {
  return {.name = name,
          .arity = arity,
          .flags = kFlags,
          .categories = kAclConnection,
          .handler = handler,
          .since = since,
          .group = "server",
          .complexity = complexity,
          .summary = summary,
          .tips = std::move(tips)};
}

}  // namespace

std::vector<CommandRow> commandCommands() {
  constexpr std::string_view kPerTable = "O(N) where N is the total number of commands";
  constexpr std::string_view kPerName = "O(N) where N is the number of commands to look up";
  constexpr std::string_view kPerArgument =
      "O(N) where N is the number of arguments to the command";
  CommandRow row = subcommand("command", -1, commandAll, "2.8.13", kPerTable,
                              "Describes all commands.", {"nondeterministic_output_order"});
  row.subcommands = {
      subcommand("count", 2, commandCount, "2.8.13", "O(1)", "Counts the commands."),
      subcommand("docs", -2, commandDocs, "7.0.0", kPerName, "Documents commands.",
                 {"nondeterministic_output_order"}),
      subcommand("getkeys", -3, commandGetKeys, "2.8.13", kPerArgument,
                 "Tells the keys of a complete command."),
      subcommand("getkeysandflags", -3, commandGetKeysAndFlags, "7.0.0", kPerArgument,
                 "Tells the keys of a complete command and how it accesses them."),
      subcommand("help", 2, commandHelp, "5.0.0", "O(1)", "Explains the subcommands."),
      subcommand("info", -2, commandInfo, "2.8.13", kPerName, "Describes some or all commands.",
                 {"nondeterministic_output_order"}),
      subcommand("list", -2, commandList, "7.0.0", kPerTable, "Lists the names of commands.",
                 {"nondeterministic_output_order"}),
  };
  return {std::move(row)};
}

}  // namespace inkstone
