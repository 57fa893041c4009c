// COMMAND INFO.
#include <bit>
#include <string>

#include "protocol/reply_builder.h"
#include "server/command_table/command.h"
#include "server/command_table/command_keys.h"
#include "server/command_table/command_names.h"
#include "server/commands/command/command_replies.h"

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

void replyField(ReplyBuilder& reply, std::string_view name, int value) {
  reply.bulk(name);
  reply.integer(value);
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

}  // namespace

void replyKeyFlags(ReplyBuilder& reply, unsigned flags) {
  replyBits(reply, keyFlagNames(), flags, "");
}

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

}  // namespace inkstone
