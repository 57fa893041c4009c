// Commands that look members up: ZCARD, ZSCORE, ZMSCORE, ZRANK, ZREVRANK, ZCOUNT, ZLEXCOUNT.
#include "base/ascii.h"
#include "server/command_table/errors.h"
#include "server/command_table/key_specs.h"
#include "server/commands/families.h"
#include "server/commands/reply_parts.h"
#include "server/commands/sorted_set/zset_common.h"
#include "server/commands/sorted_set/zset_range_options.h"

namespace inkstone {
namespace {

template <class Range>
void replyCount(CommandContext& ctx, const Range& range) {
  const KeyRef key = ctx.lookupRead(ctx.args[1]);
  if (!ctx.expectType(key, ValueType::kZset)) return;
  if (!key) return ctx.reply.integer(0);
  ctx.reply.integer(static_cast<int64_t>(sortedSetOf(ctx, key).ranksWithin(range).size()));
}

// key member [WITHSCORE]
void replyRank(CommandContext& ctx, bool reverse) {
  if (ctx.args.size() > 4) return ctx.arityError();
  const bool with_score = ctx.args.size() == 4;
  if (with_score && !equalsIgnoreCase(ctx.args[3], "WITHSCORE")) return ctx.error(errors::kSyntax);
  const KeyRef key = ctx.lookupRead(ctx.args[1]);
  if (!ctx.expectType(key, ValueType::kZset)) return;
  size_t rank;
  double score;
  if (!key || !sortedSetOf(ctx, key).rank(ctx.args[2], rank, score)) {
    return with_score ? ctx.reply.nullArray() : ctx.reply.null();
  }
  if (reverse) rank = sortedSetOf(ctx, key).size() - 1 - rank;
  if (with_score) ctx.reply.array(2);
  ctx.reply.integer(static_cast<int64_t>(rank));
  if (with_score) replyScore(ctx.reply, score);
}

void zcardCommand(CommandContext& ctx) {
  const KeyRef key = ctx.lookupRead(ctx.args[1]);
  if (!ctx.expectType(key, ValueType::kZset)) return;
  ctx.reply.integer(key ? static_cast<int64_t>(sortedSetOf(ctx, key).size()) : 0);
}

void zscoreCommand(CommandContext& ctx) {
  const KeyRef key = ctx.lookupRead(ctx.args[1]);
  if (!ctx.expectType(key, ValueType::kZset)) return;
  double score;
  if (!key || !sortedSetOf(ctx, key).score(ctx.args[2], score)) return ctx.reply.null();
  replyScore(ctx.reply, score);
}

void zmscoreCommand(CommandContext& ctx) {
  const KeyRef key = ctx.lookupRead(ctx.args[1]);
  if (!ctx.expectType(key, ValueType::kZset)) return;
  ctx.reply.array(ctx.args.size() - 2);
  for (const std::string_view member : ctx.args.subspan(2)) {
    double score;
    if (key && sortedSetOf(ctx, key).score(member, score)) {
      replyScore(ctx.reply, score);
    } else {
      ctx.reply.null();
    }
  }
}

void zrankCommand(CommandContext& ctx) {
  replyRank(ctx, false);
}

void zrevrankCommand(CommandContext& ctx) {
  replyRank(ctx, true);
}

void zcountCommand(CommandContext& ctx) {
  ScoreRange range;
  if (parseScoreRange(ctx, ctx.args[2], ctx.args[3], range)) replyCount(ctx, range);
}

void zlexcountCommand(CommandContext& ctx) {
  LexRange range;
  if (parseLexRange(ctx, ctx.args[2], ctx.args[3], range)) replyCount(ctx, range);
}

constexpr CommandRow kRows[] = {
    {.name = "zcard",
     .syntax = "key:key@0",
     .arity = 2,
     .flags = kCmdReadonly | kCmdFast,
     .categories = kAclSortedSet,
     .handler = zcardCommand,
     .keys = {key_specs::kInspect},
     .since = "1.2.0",
     .group = "sorted-set",
     .complexity = "O(1)",
     .summary = "Returns how many members a sorted set has."},
    {.name = "zscore",
     .syntax = "key:key@0 string:member",
     .arity = 3,
     .flags = kCmdReadonly | kCmdFast,
     .categories = kAclSortedSet,
     .handler = zscoreCommand,
     .keys = {key_specs::kRead},
     .member = {.argument = 2},
     .since = "1.2.0",
     .group = "sorted-set",
     .complexity = "O(1)",
     .summary = "Returns the score of a member."},
    {.name = "zmscore",
     .syntax = "key:key@0 string:member*",
     .arity = -3,
     .flags = kCmdReadonly | kCmdFast,
     .categories = kAclSortedSet,
     .handler = zmscoreCommand,
     .keys = {key_specs::kRead},
     .member = {.argument = 2},
     .since = "6.2.0",
     .group = "sorted-set",
     .complexity = "O(N), N being the number of members asked for",
     .summary = "Returns the scores of several members, null for those that are not there."},
    {.name = "zrank",
     .syntax = "key:key@0 string:member token:withscore=WITHSCORE^7.2.0?",
     .arity = -3,
     .flags = kCmdReadonly | kCmdFast,
     .categories = kAclSortedSet,
     .handler = zrankCommand,
     .keys = {key_specs::kRead},
     .member = {.argument = 2, .by_order = true},
     .since = "2.0.0",
     .group = "sorted-set",
     .complexity = "O(log(N)), N being the size of the sorted set",
     .summary = "Returns how many members stand before a member, the lowest score being first."},
    {.name = "zrevrank",
     .syntax = "key:key@0 string:member token:withscore=WITHSCORE^7.2.0?",
     .arity = -3,
     .flags = kCmdReadonly | kCmdFast,
     .categories = kAclSortedSet,
     .handler = zrevrankCommand,
     .keys = {key_specs::kRead},
     .member = {.argument = 2, .by_order = true},
     .since = "2.0.0",
     .group = "sorted-set",
     .complexity = "O(log(N)), N being the size of the sorted set",
     .summary = "Returns how many members stand before a member, the highest score being first."},
    {.name = "zcount",
     .syntax = "key:key@0 double:min double:max",
     .arity = 4,
     .flags = kCmdReadonly | kCmdFast,
     .categories = kAclSortedSet,
     .handler = zcountCommand,
     .keys = {key_specs::kRead},
     .since = "2.0.0",
     .group = "sorted-set",
     .complexity = "O(log(N)), N being the size of the sorted set",
     .summary = "Counts the members whose scores lie in an interval."},
    {.name = "zlexcount",
     .syntax = "key:key@0 string:min string:max",
     .arity = 4,
     .flags = kCmdReadonly | kCmdFast,
     .categories = kAclSortedSet,
     .handler = zlexcountCommand,
     .keys = {key_specs::kRead},
     .since = "2.8.9",
     .group = "sorted-set",
     .complexity = "O(log(N)), N being the size of the sorted set",
     .summary = "Counts the members between two texts; all scores must be the same."},
};

}  // namespace

CommandRows zsetReadRows() {
  return kRows;
}

}  // namespace inkstone
