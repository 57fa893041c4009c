// SINTER, SINTERCARD, SUNION, SDIFF and what stores their results.
#include "storage/types/set_algebra.h"

#include <algorithm>
#include <optional>

#include "server/command_table/errors.h"
#include "server/commands/argument_reader.h"
#include "server/commands/element_reply.h"
#include "server/commands/key/value_store.h"
#include "server/commands/set/set_handlers.h"

namespace inkstone {
namespace {

using CommandArgs = CommandContext::Args;

struct Operands {
  // Of the keys that exist, in the order of the keys.
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
  int64_t keys;
  if (!ctx.parseInteger(ctx.args[1], keys, errors::kNumkeysNotPositive)) return {};
  const auto given = static_cast<int64_t>(ctx.args.size()) - 2;
  ArgumentReader reader(ctx, static_cast<size_t>(2 + std::clamp<int64_t>(keys, 0, given)));
  if (keys < 1) reader.fail(errors::kNumkeysNotPositive);
  if (keys > given) reader.fail(errors::kNumkeysTooLarge);
  int64_t limit = 0;
  while (!reader.atEnd()) {
    if (!reader.matchesKeyword("LIMIT", 1)) {
      reader.failSyntax();
    } else if (!parseInt64(reader.next(), limit) || limit < 0) {
      reader.fail(errors::kLimitNegative);
    }
  }
  if (!reader.finish()) return {};
  return IntersectionCount{ctx.args.subspan(2, static_cast<size_t>(keys)),
                           static_cast<uint64_t>(limit)};
}

}  // namespace

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

}  // namespace inkstone
