#include "server/commands/families.h"

#include <fmt/format.h>

#include <vector>

#include "base/ascii.h"
#include "server/command_table/command_table.h"
#include "server/execution/command_context.h"

namespace inkstone {
namespace {

std::string containerName(const CommandContext& context) {
  const Command* parent = context.command.parent();
  return upperCase((parent != nullptr ? *parent : context.command).fullName());
}

// Adds the lines of a text that has a '\n' between two lines.
void addLines(std::string_view text, std::vector<std::string_view>& lines) {
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

}  // namespace

void registerFamilies(CommandTable& table) {
#define INKSTONE_ROWS_OF(function) table.add(function());
#include "server/commands/row_files.inc"
#undef INKSTONE_ROWS_OF
}

void replyHelp(CommandContext& context, std::span<const std::string_view> texts) {
  std::vector<std::string_view> lines;
  for (const std::string_view text : texts) addLines(text, lines);
  ReplyBuilder& reply = context.reply;
  reply.array(lines.size() + 3);
  reply.simpleString(fmt::format("{} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
                                 containerName(context)));
  for (const std::string_view line : lines) reply.simpleString(line);
  reply.simpleString("HELP");
  reply.simpleString("    Show this text.");
}

void subcommandHelp(CommandContext& context) {
  const Command& container = *context.command.parent();
  std::vector<std::string_view> texts = {container.row().help};
  for (const auto& sub : container.subcommands()) texts.push_back(sub->row().help);
  replyHelp(context, texts);
}

void replySubcommandSyntaxError(CommandContext& context) {
  // So much of what the client called a subcommand is sent back.
  constexpr size_t kEchoedBytesMax = 128;
  context.error(
      fmt::format("ERR unknown subcommand or wrong number of arguments for '{}'. Try {} HELP.",
                  context.args[1].substr(0, kEchoedBytesMax), containerName(context)));
}

}  // namespace inkstone
