// COMMAND COUNT and COMMAND LIST.
#include "base/ascii.h"
#include "base/glob.h"
#include "server/command_table/command.h"
#include "server/command_table/command_table.h"
#include "server/command_table/errors.h"
#include "server/commands/families.h"
#include "server/execution/command_context.h"

namespace inkstone {
namespace {
void commandCount(CommandContext& context) {
  context.reply.integer(static_cast<int64_t>(context.commands().all().size()));
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

constexpr CommandRow kRows[] = {
    {.name = "command|count",
     .arity = 2,
     .flags = kCmdLoading | kCmdStale,
     .categories = kAclConnection,
     .handler = commandCount,
     .since = "2.8.13",
     .group = "server",
     .complexity = "O(1)",
     .summary = "Counts the commands.",
     .help = "COUNT\n"
             "    How many commands there are."},
    {.name = "command|help",
     .arity = 2,
     .flags = kCmdLoading | kCmdStale,
     .categories = kAclConnection,
     .handler = subcommandHelp,
     .since = "5.0.0",
     .group = "server",
     .complexity = "O(1)",
     .summary = "Explains the subcommands."},
    {.name = "command|list",
     .syntax = "oneof:filterby=FILTERBY?(string:module-name=MODULE string:category=ACLCAT "
               "pattern:pattern=PATTERN)",
     .arity = -2,
     .flags = kCmdLoading | kCmdStale,
     .categories = kAclConnection,
     .handler = commandList,
     .since = "7.0.0",
     .group = "server",
     .complexity = "O(N) where N is the total number of commands",
     .summary = "Lists the names of commands.",
     .tips = {"nondeterministic_output_order"},
     .help = "LIST [FILTERBY (MODULE <module-name>|ACLCAT <category>|PATTERN <pattern>)]\n"
             "    Names of commands and subcommands."},
};

}  // namespace

CommandRows commandListRows() {
  return kRows;
}

}  // namespace inkstone
