// Commands that reply or store a part of a sorted set: ZRANGE and its older relatives, ZRANGESTORE.
#include "server/command_table/key_specs.h"
#include "server/commands/families.h"
#include "server/commands/key/key_changes.h"
#include "server/commands/reply_parts.h"
#include "server/commands/sorted_set/zset_common.h"
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

namespace {

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

constexpr CommandRow kRows[] = {
    {.name = "zrange",
     .syntax = "key:key@0 string:start string:stop oneof:sortby^6.2.0?(token:byscore=BYSCORE "
               "token:bylex=BYLEX) token:rev=REV^6.2.0? block:limit=LIMIT^6.2.0?(integer:offset "
               "integer:count) token:withscores=WITHSCORES?",
     .arity = -4,
     .flags = kCmdReadonly,
     .categories = kAclSortedSet,
     .handler = zrangeCommand,
     .keys = {key_specs::kRead},
     .since = "1.2.0",
     .group = "sorted-set",
     .complexity =
         "O(log(N)+M), N being the size of the sorted set and M the number of members returned",
     .summary = "Returns a part of a sorted set: by rank, by score or between two texts."},
    {.name = "zrangebylex",
     .syntax = "key:key@0 string:min string:max block:limit=LIMIT?(integer:offset integer:count)",
     .arity = -4,
     .flags = kCmdReadonly,
     .categories = kAclSortedSet,
     .handler = zrangebylexCommand,
     .keys = {key_specs::kRead},
     .since = "2.8.9",
     .group = "sorted-set",
     .complexity =
         "O(log(N)+M), N being the size of the sorted set and M the number of members returned",
     .summary = "Returns the members between two texts; all scores must be the same.",
     .deprecated_since = "6.2.0",
     .replaced_by = "`ZRANGE` with the `BYLEX` argument"},
    {.name = "zrangebyscore",
     .syntax = "key:key@0 double:min double:max token:withscores=WITHSCORES^2.0.0? "
               "block:limit=LIMIT?(integer:offset integer:count)",
     .arity = -4,
     .flags = kCmdReadonly,
     .categories = kAclSortedSet,
     .handler = zrangebyscoreCommand,
     .keys = {key_specs::kRead},
     .since = "1.0.5",
     .group = "sorted-set",
     .complexity =
         "O(log(N)+M), N being the size of the sorted set and M the number of members returned",
     .summary = "Returns the members whose scores lie in an interval.",
     .deprecated_since = "6.2.0",
     .replaced_by = "`ZRANGE` with the `BYSCORE` argument"},
    {.name = "zrevrange",
     .syntax = "key:key@0 integer:start integer:stop token:withscores=WITHSCORES?",
     .arity = -4,
     .flags = kCmdReadonly,
     .categories = kAclSortedSet,
     .handler = zrevrangeCommand,
     .keys = {key_specs::kRead},
     .since = "1.2.0",
     .group = "sorted-set",
     .complexity =
         "O(log(N)+M), N being the size of the sorted set and M the number of members returned",
     .summary = "Returns the members of a range of ranks, the highest score being first.",
     .deprecated_since = "6.2.0",
     .replaced_by = "`ZRANGE` with the `REV` argument"},
    {.name = "zrevrangebylex",
     .syntax = "key:key@0 string:max string:min block:limit=LIMIT?(integer:offset integer:count)",
     .arity = -4,
     .flags = kCmdReadonly,
     .categories = kAclSortedSet,
     .handler = zrevrangebylexCommand,
     .keys = {key_specs::kRead},
     .since = "2.8.9",
     .group = "sorted-set",
     .complexity =
         "O(log(N)+M), N being the size of the sorted set and M the number of members returned",
     .summary =
         "Returns the members between two texts in descending order; all scores must be the same.",
     .deprecated_since = "6.2.0",
     .replaced_by = "`ZRANGE` with the `REV` and `BYLEX` arguments"},
    {.name = "zrevrangebyscore",
     .syntax = "key:key@0 double:max double:min token:withscores=WITHSCORES? "
               "block:limit=LIMIT?(integer:offset integer:count)",
     .arity = -4,
     .flags = kCmdReadonly,
     .categories = kAclSortedSet,
     .handler = zrevrangebyscoreCommand,
     .keys = {key_specs::kRead},
     .since = "2.2.0",
     .group = "sorted-set",
     .complexity =
         "O(log(N)+M), N being the size of the sorted set and M the number of members returned",
     .summary = "Returns the members whose scores lie in an interval, the highest first.",
     .deprecated_since = "6.2.0",
     .replaced_by = "`ZRANGE` with the `REV` and `BYSCORE` arguments"},
    {.name = "zrangestore",
     .syntax = "key:dst@0 key:src@1 string:min string:max oneof:sortby?(token:byscore=BYSCORE "
               "token:bylex=BYLEX) token:rev=REV? block:limit=LIMIT?(integer:offset integer:count)",
     .arity = -5,
     .flags = kCmdWrite | kCmdDenyOom,
     .categories = kAclSortedSet,
     .handler = zrangestoreCommand,
     .keys = {key_specs::kOverwrite, key_specs::one(kKeyReadOnly | kKeyAccess, 2)},
     .since = "6.2.0",
     .group = "sorted-set",
     .complexity = "O(log(N)+M), N being the size of the source and M the number of members stored",
     .summary = "Stores a part of a sorted set under another key."},
};

}  // namespace

CommandRows zsetRangeRows() {
  return kRows;
}

}  // namespace inkstone
