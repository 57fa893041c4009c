// What replies or stores a part of a sorted set: ZRANGE and its older relatives, ZRANGESTORE.
#include "server/commands/element_reply.h"
#include "server/commands/key/value_store.h"
#include "server/commands/sorted_set/zset_handlers.h"
#include "server/commands/sorted_set/zset_range_options.h"

namespace inkstone {
namespace {

void replyRange(CommandContext& ctx, const RangeForm& form) {
  RangeRequest request;
  if (!parseRangeRequest(ctx, form, request)) return;
  const KeyRef key = ctx.lookupRead(ctx.args[form.key_index]);
  if (!ctx.expectType(key, ValueType::kZset)) return;
  if (!key) return ctx.reply.array(0);
  const SortedSetValue set = sortedSetOf(ctx, key);
  const RankRange ranks = request.within(set);
  replyMembersHeader(ctx.reply, ranks.size(), request.with_scores);
  if (request.with_scores) {
    return set.forRange(ranks, request.reverse, [&ctx](const Element& member, double score) {
      replyMember(ctx.reply, member, score, true);
    });
  }
  BulkRun run(ctx.reply);
  set.forRange(ranks, request.reverse,
               [&run](const Element& member, double) { addElement(run, member); });
}

Value copyRange(const SortedSetValue& source, RankRange ranks, const EncodingRules& rules) {
  SortedSetValue copy(SortedSetValue::create(rules, ranks.size(), 0), rules);
  source.forRange(ranks, false, [&copy](const Element& member, double score) {
    ElementText room;
    copy.append(member.text(room), score);
  });
  return copy.value();
}

}  // namespace

void replyMembersHeader(ReplyBuilder& reply, size_t members, bool with_scores) {
  reply.array(with_scores && reply.protocol() == 2 ? 2 * members : members);
}

void replyMember(ReplyBuilder& reply, const Element& member, double score, bool with_scores) {
  if (with_scores && reply.protocol() > 2) reply.array(2);
  replyElement(reply, member);
  if (with_scores) replyScore(reply, score);
}

void zrangeCommand(CommandContext& ctx) {
  replyRange(ctx, {});
}

void zrevrangeCommand(CommandContext& ctx) {
  replyRange(ctx, {.by = RangeBy::kRank, .reverse = true});
}

void zrangebyscoreCommand(CommandContext& ctx) {
  replyRange(ctx, {.by = RangeBy::kScore, .reverse = false});
}

void zrevrangebyscoreCommand(CommandContext& ctx) {
  replyRange(ctx, {.by = RangeBy::kScore, .reverse = true});
}

void zrangebylexCommand(CommandContext& ctx) {
  replyRange(ctx, {.by = RangeBy::kLex, .reverse = false});
}

void zrevrangebylexCommand(CommandContext& ctx) {
  replyRange(ctx, {.by = RangeBy::kLex, .reverse = true});
}

void zrangestoreCommand(CommandContext& ctx) {
  RangeRequest request;
  if (!parseRangeRequest(ctx, {.key_index = 2, .can_have_scores = false}, request)) return;
  const KeyRef key = ctx.lookupRead(ctx.args[2]);
  if (!ctx.expectType(key, ValueType::kZset)) return;
  std::optional<Value> result;
  if (key) {
    const SortedSetValue set = sortedSetOf(ctx, key);
    result = copyRange(set, request.within(set), ctx.encodingRules());
  }
  const StoreEvent event{kNotifyZset, ctx.command.row().name};
  ctx.reply.integer(static_cast<int64_t>(storeResult(ctx, ctx.args[1], result, event)));
}

}  // namespace inkstone
