// COMMAND, COMMAND INFO, COMMAND GETKEYS and COMMAND GETKEYSANDFLAGS.
#include <bit>
#include <string>

#include "protocol/reply_builder.h"
#include "server/command_table/command.h"
#include "server/command_table/command_keys.h"
#include "server/command_table/command_table.h"
#include "server/command_table/errors.h"
#include "server/commands/families.h"
#include "server/commands/reply_parts.h"
#include "server/execution/command_context.h"

namespace inkstone {
namespace {

void replyBits(ReplyBuilder& reply, std::span<const BitName> names, uint32_t bits,
               const char* prefix) {
  uint32_t shown = 0;
  for (const BitName& name : names) shown |= name.bit;
  reply.set(static_cast<size_t>(std::popcount(bits & shown)));
  for (const BitName& name : names) {
    if ((bits & name.bit) != 0) reply.simpleString(prefix + std::string(name.name));
  }
}

void replyBeginSearch(ReplyBuilder& reply, const KeySpec& spec) {
  reply.bulk("begin_search");
  reply.map(2);
  reply.bulk("type");
  switch (spec.begin) {
    case KeySpec::Begin::kIndex:
      reply.bulk("index");
      reply.bulk("spec");
      reply.map(1);
      replyField(reply, "index", spec.index);
      break;
    case KeySpec::Begin::kKeyword:
      reply.bulk("keyword");
      reply.bulk("spec");
      reply.map(2);
      reply.bulk("keyword");
      reply.bulk(spec.keyword);
      replyField(reply, "startfrom", spec.index);
      break;
    case KeySpec::Begin::kUnknown:
      reply.bulk("unknown");
      reply.bulk("spec");
      reply.map(0);
      break;
  }
}

void replyFindKeys(ReplyBuilder& reply, const KeySpec& spec) {
  reply.bulk("find_keys");
  reply.map(2);
  reply.bulk("type");
  switch (spec.find) {
    case KeySpec::Find::kRange:
      reply.bulk("range");
      reply.bulk("spec");
      reply.map(3);
      replyField(reply, "lastkey", spec.last);
      replyField(reply, "keystep", spec.step);
      replyField(reply, "limit", spec.limit);
      break;
    case KeySpec::Find::kKeyNum:
      reply.bulk("keynum");
      reply.bulk("spec");
      reply.map(3);
      replyField(reply, "keynumidx", spec.last);
      replyField(reply, "firstkey", spec.limit);
      replyField(reply, "keystep", spec.step);
      break;
    case KeySpec::Find::kUnknown:
      reply.bulk("unknown");
      reply.bulk("spec");
      reply.map(0);
      break;
  }
}

// Key flags as a set of status replies ("RW", "access", ...).
void replyKeyFlags(ReplyBuilder& reply, uint32_t flags) {
  replyBits(reply, keyFlagNames(), flags, "");
}

void replyKeySpecs(ReplyBuilder& reply, const CommandRow& row) {
  reply.set(row.keys.size());
  for (const KeySpec& spec : row.keys) {
    reply.map(spec.notes.empty() ? 3 : 4);
    if (!spec.notes.empty()) {
      reply.bulk("notes");
      reply.bulk(spec.notes);
    }
    reply.bulk("flags");
    replyKeyFlags(reply, spec.flags);
    replyBeginSearch(reply, spec);
    replyFindKeys(reply, spec);
  }
}

// One element of COMMAND INFO, with its subcommands.
void replyCommandInfo(ReplyBuilder& reply, const Command& command) {
  const CommandRow& row = command.row();
  const LegacyKeyRange range = legacyKeyRange(row);
  reply.array(10);
  reply.bulk(command.fullName());
  reply.integer(row.arity);
  replyBits(reply, commandFlagNames(), row.flags, "");
  reply.integer(range.first);
  reply.integer(range.last);
  reply.integer(range.step);
  replyBits(reply, aclCategoryNames(), command.categories(), "@");
  reply.set(row.tips.size());
  for (std::string_view tip : row.tips) reply.bulk(tip);
  replyKeySpecs(reply, row);
  // Redis sends no subcommands as an empty set, but subcommands as an array.
  if (command.subcommands().empty()) return reply.set(0);
  reply.array(command.subcommands().size());
  for (const auto& sub : command.subcommands()) replyCommandInfo(reply, *sub);
}

void commandAll(CommandContext& context) {
  const auto commands = context.commands().all();
  context.reply.array(commands.size());
  for (const auto& command : commands) replyCommandInfo(context.reply, *command);
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

constexpr CommandRow kRows[] = {
    {.name = "command",
     .arity = -1,
     .flags = kCmdLoading | kCmdStale,
     .categories = kAclConnection,
     .handler = commandAll,
     .since = "2.8.13",
     .group = "server",
     .complexity = "O(N) where N is the total number of commands",
     .summary = "Describes all commands.",
     .tips = {"nondeterministic_output_order"},
     .help = "(no subcommand)\n"
             "    Describe every command."},
    {.name = "command|info",
     .syntax = "string:command-name?*",
     .arity = -2,
     .flags = kCmdLoading | kCmdStale,
     .categories = kAclConnection,
     .handler = commandInfo,
     .since = "2.8.13",
     .group = "server",
     .complexity = "O(N) where N is the number of commands to look up",
     .summary = "Describes some or all commands.",
     .tips = {"nondeterministic_output_order"},
     .help = "INFO [<command-name> ...]\n"
             "    Describe the named commands, or all."},
    {.name = "command|getkeys",
     .syntax = "string:command string:arg?*",
     .arity = -3,
     .flags = kCmdLoading | kCmdStale,
     .categories = kAclConnection,
     .handler = commandGetKeys,
     .since = "2.8.13",
     .group = "server",
     .complexity = "O(N) where N is the number of arguments to the command",
     .summary = "Tells the keys of a complete command.",
     .help = "GETKEYS <full-command>\n"
             "    Which arguments of a complete command are keys."},
    {.name = "command|getkeysandflags",
     .syntax = "string:command string:arg?*",
     .arity = -3,
     .flags = kCmdLoading | kCmdStale,
     .categories = kAclConnection,
     .handler = commandGetKeysAndFlags,
     .since = "7.0.0",
     .group = "server",
     .complexity = "O(N) where N is the number of arguments to the command",
     .summary = "Tells the keys of a complete command and how it accesses them.",
     .help = "GETKEYSANDFLAGS <full-command>\n"
             "    The same, with how each key is accessed."},
};

}  // namespace

CommandRows commandInfoRows() {
  return kRows;
}

}  // namespace inkstone
