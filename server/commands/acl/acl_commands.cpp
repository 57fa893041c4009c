// ACL, and the subcommands that need no users.
#include <fmt/format.h>

#include <string>
#include <vector>

#include "base/ascii.h"
#include "server/command_table/command.h"
#include "server/command_table/command_table.h"
#include "server/command_table/errors.h"
#include "server/commands/families.h"
#include "server/execution/command_context.h"
#include "server/process/random_bytes.h"

namespace inkstone {
namespace {

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

constexpr CommandRow kRows[] = {
    {.name = "acl",
     .arity = -2,
     .since = "6.0.0",
     .group = "server",
     .complexity = "Depends on subcommand.",
     .summary = "Access control lists: who may do what."},
    {.name = "acl|cat",
     .syntax = "string:category?",
     .arity = -2,
     .flags = kCmdNoScript | kCmdLoading | kCmdStale,
     .handler = aclCat,
     .since = "6.0.0",
     .group = "server",
     .complexity = "O(N) where N is the number of commands",
     .summary = "Lists the categories of commands, or the commands of one.",
     .help = "CAT [<category>]\n"
             "    Categories of commands, or the commands of one."},
    {.name = "acl|genpass",
     .syntax = "integer:bits?",
     .arity = -2,
     .flags = kCmdNoScript | kCmdLoading | kCmdStale,
     .handler = aclGenPass,
     .since = "6.0.0",
     .group = "server",
     .complexity = "O(1)",
     .summary = "Makes a random password.",
     .help = "GENPASS [<bits>]\n"
             "    A random password, of 256 bits unless said otherwise."},
    {.name = "acl|help",
     .arity = 2,
     .flags = kCmdLoading | kCmdStale,
     .handler = subcommandHelp,
     .since = "6.0.0",
     .group = "server",
     .complexity = "O(1)",
     .summary = "Explains the subcommands."},
};

}  // namespace

CommandRows aclRows() {
  return kRows;
}

}  // namespace inkstone
