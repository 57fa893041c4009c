// What looks members up: ZCARD, ZSCORE, ZMSCORE, ZRANK, ZREVRANK, ZCOUNT, ZLEXCOUNT.
#include "base/ascii.h"
#include "server/command_table/errors.h"
#include "server/commands/element_reply.h"
#include "server/commands/sorted_set/zset_handlers.h"
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

}  // namespace

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

}  // namespace inkstone
