#include "server/commands/command/command_help.h"

#include <fmt/format.h>

#include "base/ascii.h"
#include "server/command_table/errors.h"
#include "server/execution/command_context.h"

namespace inkstone {
namespace {

// As much of what the client called a subcommand as is sent back.
constexpr size_t kEchoedBytesMax = 128;

std::string containerName(const CommandContext& context) {
  const Command* parent = context.command.parent();
  return upperCase((parent != nullptr ? *parent : context.command).fullName());
}

}  // namespace

void replyHelp(CommandContext& context, std::span<const std::string_view> lines) {
  ReplyBuilder& reply = context.reply;
  reply.array(lines.size() + 3);
  reply.simpleString(fmt::format("{} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
                                 containerName(context)));
  for (std::string_view line : lines) reply.simpleString(line);
  reply.simpleString("HELP");
  reply.simpleString("    Show this text.");
}

void replySubcommandSyntaxError(CommandContext& context) {
  context.error(
      fmt::format("ERR unknown subcommand or wrong number of arguments for '{}'. Try {} HELP.",
                  context.args[1].substr(0, kEchoedBytesMax), containerName(context)));
}

}  // namespace inkstone
