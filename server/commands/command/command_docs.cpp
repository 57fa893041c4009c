// COMMAND DOCS.
#include <initializer_list>
#include <utility>

#include "protocol/reply_builder.h"
#include "server/command_table/command.h"
#include "server/command_table/command_syntax.h"
#include "server/commands/command/command_replies.h"

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

}  // namespace

void replyCommandDocs(ReplyBuilder& reply, const Command& command) {
  constexpr CommandSyntax kNoSyntax{};
  const CommandSyntax* found = findCommandSyntax(command.fullName());
  const CommandSyntax& syntax = found != nullptr ? *found : kNoSyntax;
  const CommandRow& row = command.row();
  const auto arguments = parseSyntax(syntax.arguments).value_or(std::vector<ArgumentSyntax>());
  const bool deprecated = !syntax.deprecated_since.empty();
  const std::initializer_list<Field> before = {{"summary", row.summary},
                                               {"since", row.since},
                                               {"group", row.group},
                                               {"complexity", row.complexity}};
  const std::initializer_list<Field> behind = {{"deprecated_since", syntax.deprecated_since},
                                               {"replaced_by", syntax.replaced_by}};
  reply.map(countPresent(before) + countPresent(behind) + (deprecated || syntax.system ? 1 : 0) +
            (arguments.empty() ? 0 : 1) + (command.subcommands().empty() ? 0 : 1));
  replyPresent(reply, before);
  replyWords(reply, "doc_flags", {{deprecated, "deprecated"}, {syntax.system, "syscmd"}});
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

}  // namespace inkstone
