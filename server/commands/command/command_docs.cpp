// COMMAND DOCS.
#include <initializer_list>
#include <utility>

#include "protocol/reply_builder.h"
#include "server/command_table/command.h"
#include "server/command_table/command_syntax.h"
#include "server/command_table/command_table.h"
#include "server/commands/families.h"
#include "server/execution/command_context.h"

namespace inkstone {
namespace {

using Field = std::pair<std::string_view, std::string_view>;

size_t countPresent(std::initializer_list<Field> fields) {
  size_t present = 0;
  for (const Field& field : fields) present += field.second.empty() ? 0 : 1;
  return present;
}

void replyPresent(ReplyBuilder& reply, std::initializer_list<Field> fields) {
  for (const auto& [name, value] : fields) {
    if (value.empty()) continue;
    reply.bulk(name);
    reply.bulk(value);
  }
}

void replyWords(ReplyBuilder& reply, std::string_view name,
                std::initializer_list<std::pair<bool, std::string_view>> words) {
  size_t count = 0;
  for (const auto& word : words) count += word.first ? 1 : 0;
  if (count == 0) return;
  reply.bulk(name);
  reply.set(count);
  for (const auto& [present, word] : words) {
    if (present) reply.simpleString(word);
  }
}

void replyArguments(ReplyBuilder& reply, const std::vector<ArgumentSyntax>& arguments);

void replyArgument(ReplyBuilder& reply, const ArgumentSyntax& argument) {
  const bool flags = argument.optional || argument.multiple || argument.multiple_token;
  const std::initializer_list<Field> before = {
      {"name", argument.name}, {"type", argument.type}, {"display_text", argument.display}};
  const std::initializer_list<Field> behind = {{"token", argument.token},
                                               {"since", argument.since},
                                               {"deprecated_since", argument.deprecated_since}};
  reply.map(countPresent(before) + countPresent(behind) + (argument.key_spec >= 0 ? 1 : 0) +
            (flags ? 1 : 0) + (argument.children.empty() ? 0 : 1));
  replyPresent(reply, before);
  if (argument.key_spec >= 0) {
    reply.bulk("key_spec_index");
    reply.integer(argument.key_spec);
  }
  replyPresent(reply, behind);
  replyWords(reply, "flags",
             {{argument.optional, "optional"},
              {argument.multiple, "multiple"},
              {argument.multiple_token, "multiple_token"}});
  if (!argument.children.empty()) replyArguments(reply, argument.children);
}

void replyArguments(ReplyBuilder& reply, const std::vector<ArgumentSyntax>& arguments) {
  reply.bulk("arguments");
  reply.array(arguments.size());
  for (const ArgumentSyntax& argument : arguments) replyArgument(reply, argument);
}

// One value of COMMAND DOCS, with its subcommands.
void replyCommandDocs(ReplyBuilder& reply, const Command& command) {
  const CommandRow& row = command.row();
  const auto arguments = parseSyntax(row.syntax).value_or(std::vector<ArgumentSyntax>());
  const bool deprecated = !row.deprecated_since.empty();
  const std::initializer_list<Field> before = {{"summary", row.summary},
                                               {"since", row.since},
                                               {"group", row.group},
                                               {"complexity", row.complexity}};
  const std::initializer_list<Field> behind = {{"deprecated_since", row.deprecated_since},
                                               {"replaced_by", row.replaced_by}};
  reply.map(countPresent(before) + countPresent(behind) + (deprecated || row.system ? 1 : 0) +
            (arguments.empty() ? 0 : 1) + (command.subcommands().empty() ? 0 : 1));
  replyPresent(reply, before);
  replyWords(reply, "doc_flags", {{deprecated, "deprecated"}, {row.system, "syscmd"}});
  replyPresent(reply, behind);
  if (!arguments.empty()) replyArguments(reply, arguments);
  if (command.subcommands().empty()) return;
  reply.bulk("subcommands");
  reply.map(command.subcommands().size());
  for (const auto& sub : command.subcommands()) {
    reply.bulk(sub->fullName());
    replyCommandDocs(reply, *sub);
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

constexpr CommandRow kRows[] = {
    {.name = "command|docs",
     .syntax = "string:command-name?*",
     .arity = -2,
     .flags = kCmdLoading | kCmdStale,
     .categories = kAclConnection,
     .handler = commandDocs,
     .since = "7.0.0",
     .group = "server",
     .complexity = "O(N) where N is the number of commands to look up",
     .summary = "Documents commands.",
     .tips = {"nondeterministic_output_order"},
     .help = "DOCS [<command-name> ...]\n"
             "    Documentation of the named commands, or of all."},
};

}  // namespace

CommandRows commandDocsRows() {
  return kRows;
}

}  // namespace inkstone
