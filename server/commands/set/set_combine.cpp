// Commands on several sets: SINTER, SINTERCARD, SUNION, SDIFF, and the forms that store the result.
#include <algorithm>
#include <optional>

#include "server/command_table/errors.h"
#include "server/command_table/key_specs.h"
#include "server/commands/argument_reader.h"
#include "server/commands/families.h"
#include "server/commands/key/key_changes.h"
#include "server/commands/key_values.h"
#include "server/commands/reply_parts.h"
#include "storage/types/set_algebra.h"

namespace inkstone {
namespace {

using CommandArgs = CommandContext::Args;

struct Operands {
  // These are the sets of the keys that exist, in the order of the keys.
  set_algebra::Sets sets;
  bool first_missing = false;
  bool any_missing = false;
};

// Nothing, and the error is replied, when a key is of another type.
std::optional<Operands> lookupOperands(CommandContext& ctx, CommandArgs keys) {
  Operands operands;
  operands.sets.reserve(keys.size());
  for (size_t i = 0; i < keys.size(); ++i) {
    const KeyRef key = ctx.lookupRead(keys[i]);
    if (!ctx.expectType(key, ValueType::kSet)) return {};
    if (key) {
      operands.sets.push_back(valueOf(*key.entry()));
      continue;
    }
    operands.any_missing = true;
    if (i == 0) operands.first_missing = true;
  }
  return operands;
}

void replyElements(CommandContext& ctx, const set_algebra::Elements& members) {
  ctx.reply.set(members.size());
  BulkRun run(ctx.reply);
  for (const Element& member : members) addElement(run, member);
}

// The command's name is that of the event.
void storeAndReply(CommandContext& ctx, const std::optional<Value>& result) {
  const StoreEvent event{kNotifySet, ctx.command.row().name};
  ctx.reply.integer(static_cast<int64_t>(storeResult(ctx, ctx.args[1], result, event)));
}

set_algebra::Elements intersect(const CommandContext& ctx, const Operands& operands) {
  if (operands.any_missing) return {};
  return set_algebra::intersection(operands.sets, ctx.encodingRules());
}

struct IntersectionCount {
  CommandArgs keys;
  uint64_t limit = 0;
};

// numkeys key [key ...] [LIMIT limit]
std::optional<IntersectionCount> parseSintercard(CommandContext& ctx) {
  ArgumentReader reader(ctx, 1);
  IntersectionCount request;
  request.keys = reader.nextCountedKeys({.not_integer = errors::kNumkeysNotPositive,
                                         .not_positive = errors::kNumkeysNotPositive,
                                         .too_many = errors::kNumkeysTooLarge});
  while (!reader.atEnd()) {
    if (!reader.matchesKeyword("LIMIT", 1)) {
      reader.failSyntax();
    } else {
      request.limit = reader.nextNotNegative(errors::kLimitNegative);
    }
  }
  if (!reader.finish()) return {};
  return request;
}

void sinterCommand(CommandContext& ctx) {
  const auto operands = lookupOperands(ctx, ctx.args.subspan(1));
  if (operands) replyElements(ctx, intersect(ctx, *operands));
}

void sinterstoreCommand(CommandContext& ctx) {
  const auto operands = lookupOperands(ctx, ctx.args.subspan(2));
  if (!operands) return;
  storeAndReply(ctx, set_algebra::makeSet(intersect(ctx, *operands), ctx.encodingRules()));
}

void sintercardCommand(CommandContext& ctx) {
  const auto count = parseSintercard(ctx);
  if (!count) return;
  const auto operands = lookupOperands(ctx, count->keys);
  if (!operands) return;
  if (operands->any_missing) return ctx.reply.integer(0);
  ctx.reply.integer(static_cast<int64_t>(
      set_algebra::intersectionSize(operands->sets, ctx.encodingRules(), count->limit)));
}

void sdiffCommand(CommandContext& ctx) {
  const auto operands = lookupOperands(ctx, ctx.args.subspan(1));
  if (!operands) return;
  if (operands->first_missing) return replyElements(ctx, {});
  replyElements(ctx, set_algebra::difference(operands->sets, ctx.encodingRules()));
}

void sdiffstoreCommand(CommandContext& ctx) {
  const auto operands = lookupOperands(ctx, ctx.args.subspan(2));
  if (!operands) return;
  if (operands->first_missing) return storeAndReply(ctx, std::nullopt);
  storeAndReply(ctx, set_algebra::differenceSet(operands->sets, ctx.encodingRules()));
}

void sunionCommand(CommandContext& ctx) {
  const auto operands = lookupOperands(ctx, ctx.args.subspan(1));
  if (!operands) return;
  const set_algebra::Union united(operands->sets, ctx.encodingRules());
  replyElements(ctx, united.members());
}

void sunionstoreCommand(CommandContext& ctx) {
  const auto operands = lookupOperands(ctx, ctx.args.subspan(2));
  if (operands) storeAndReply(ctx, set_algebra::unionSet(operands->sets, ctx.encodingRules()));
}

constexpr CommandRow kRows[] = {
    {.name = "sinter",
     .syntax = "key:key@0*",
     .arity = -2,
     .flags = kCmdReadonly,
     .categories = kAclSet,
     .handler = sinterCommand,
     .keys = {key_specs::all(kKeyReadOnly | kKeyAccess)},
     .since = "1.0.0",
     .group = "set",
     .complexity = "O(N*M), N being the size of the smallest set and M the number of sets",
     .summary = "Returns what several sets have in common.",
     .tips = {"nondeterministic_output_order"}},
    {.name = "sunion",
     .syntax = "key:key@0*",
     .arity = -2,
     .flags = kCmdReadonly,
     .categories = kAclSet,
     .handler = sunionCommand,
     .keys = {key_specs::all(kKeyReadOnly | kKeyAccess)},
     .since = "1.0.0",
     .group = "set",
     .complexity = "O(N), N being the size of all sets together",
     .summary = "Returns what is in at least one of several sets.",
     .tips = {"nondeterministic_output_order"}},
    {.name = "sdiff",
     .syntax = "key:key@0*",
     .arity = -2,
     .flags = kCmdReadonly,
     .categories = kAclSet,
     .handler = sdiffCommand,
     .keys = {key_specs::all(kKeyReadOnly | kKeyAccess)},
     .since = "1.0.0",
     .group = "set",
     .complexity = "O(N), N being the size of all sets together",
     .summary = "Returns what is in the first of several sets and in none of the others.",
     .tips = {"nondeterministic_output_order"}},
    {.name = "sintercard",
     .syntax = "integer:numkeys key:key@0* integer:limit=LIMIT?",
     .arity = -3,
     .flags = kCmdReadonly | kCmdMovableKeys,
     .categories = kAclSet,
     .handler = sintercardCommand,
     .keys = {key_specs::counted(kKeyReadOnly | kKeyAccess)},
     .since = "7.0.0",
     .group = "set",
     .complexity = "O(N*M), N being the size of the smallest set and M the number of sets",
     .summary = "Counts what several sets have in common."},
    {.name = "sinterstore",
     .syntax = "key:destination@0 key:key@1*",
     .arity = -3,
     .flags = kCmdWrite | kCmdDenyOom,
     .categories = kAclSet,
     .handler = sinterstoreCommand,
     .keys = {key_specs::kUpdate, {.flags = kKeyReadOnly | kKeyAccess, .index = 2, .last = -1}},
     .since = "1.0.0",
     .group = "set",
     .complexity = "O(N*M), N being the size of the smallest set and M the number of sets",
     .summary = "Stores what several sets have in common."},
    {.name = "sunionstore",
     .syntax = "key:destination@0 key:key@1*",
     .arity = -3,
     .flags = kCmdWrite | kCmdDenyOom,
     .categories = kAclSet,
     .handler = sunionstoreCommand,
     .keys = {key_specs::kOverwrite, {.flags = kKeyReadOnly | kKeyAccess, .index = 2, .last = -1}},
     .since = "1.0.0",
     .group = "set",
     .complexity = "O(N), N being the size of all sets together",
     .summary = "Stores what is in at least one of several sets."},
    {.name = "sdiffstore",
     .syntax = "key:destination@0 key:key@1*",
     .arity = -3,
     .flags = kCmdWrite | kCmdDenyOom,
     .categories = kAclSet,
     .handler = sdiffstoreCommand,
     .keys = {key_specs::kOverwrite, {.flags = kKeyReadOnly | kKeyAccess, .index = 2, .last = -1}},
     .since = "1.0.0",
     .group = "set",
     .complexity = "O(N), N being the size of all sets together",
     .summary = "Stores what is in the first of several sets and in none of the others."},
};

}  // namespace

CommandRows setCombineRows() {
  return kRows;
}

}  // namespace inkstone
