// Commands that take members away: ZREM, ZREMRANGEBYRANK, ZREMRANGEBYSCORE, ZREMRANGEBYLEX.
#include "server/command_table/key_specs.h"
#include "server/commands/families.h"
#include "server/commands/key/key_changes.h"
#include "server/commands/sorted_set/zset_common.h"
#include "server/commands/sorted_set/zset_range_options.h"

namespace inkstone {
namespace {

// `range` is one of the three kinds of interval.
RankRange ranksOf(const SortedSetValue& set, const RankBounds& range) {
  return range.within(set.size());
}
RankRange ranksOf(const SortedSetValue& set, const ScoreRange& range) {
  return set.ranksWithin(range);
}
RankRange ranksOf(const SortedSetValue& set, const LexRange& range) {
  return set.ranksWithin(range);
}

template <class Range>
void removeRange(CommandContext& ctx, const Range& range) {
  const KeyRef key = ctx.lookupWrite(ctx.args[1]);
  if (!ctx.expectType(key, ValueType::kZset)) return;
  if (!key) return ctx.reply.integer(0);
  SortedSetValue set = sortedSetOf(ctx, key);
  const RankRange ranks = ranksOf(set, range);
  // The command's name is that of the event.
  removeRanks(ctx, {ctx.args[1], key, ctx.command.row().name}, set, ranks);
  ctx.reply.integer(static_cast<int64_t>(ranks.size()));
}

}  // namespace

void removeRanks(CommandContext& ctx, const RemovalFrom& from, SortedSetValue& set,
                 RankRange ranks) {
  if (ranks.size() == 0) return;
  ctx.markDirty(ranks.size());
  ctx.keyChanged(kNotifyZset, from.event, from.name);
  if (ranks.size() < set.size()) return set.eraseRange(ranks);
  // Nothing is left: the value goes as a whole, which is less work than to empty it.
  deleteEmptied(ctx, from.name, from.key);
}

namespace {

void zremCommand(CommandContext& ctx) {
  const KeyRef key = ctx.lookupWrite(ctx.args[1]);
  if (!ctx.expectType(key, ValueType::kZset)) return;
  if (!key) return ctx.reply.integer(0);
  SortedSetValue set = sortedSetOf(ctx, key);
  size_t removed = 0;
  bool emptied = false;
  for (const std::string_view member : ctx.args.subspan(2)) {
    if (!set.erase(member)) continue;
    ++removed;
    emptied = set.size() == 0;
    if (emptied) break;
  }
  if (removed > 0) {
    ctx.keyChanged(kNotifyZset, "zrem", ctx.args[1]);
    ctx.markDirty(removed);
  }
  if (emptied) {
    deleteKey(ctx, key, false);
    ctx.keyDeleted(ctx.args[1]);
  }
  ctx.reply.integer(static_cast<int64_t>(removed));
}

void zremrangebyrankCommand(CommandContext& ctx) {
  RankBounds bounds;
  if (parseRankBounds(ctx, ctx.args[2], ctx.args[3], bounds)) removeRange(ctx, bounds);
}

void zremrangebyscoreCommand(CommandContext& ctx) {
  ScoreRange range;
  if (parseScoreRange(ctx, ctx.args[2], ctx.args[3], range)) removeRange(ctx, range);
}

void zremrangebylexCommand(CommandContext& ctx) {
  LexRange range;
  if (parseLexRange(ctx, ctx.args[2], ctx.args[3], range)) removeRange(ctx, range);
}

constexpr CommandRow kRows[] = {
    {.name = "zrem",
     .syntax = "key:key@0 string:member*",
     .arity = -3,
     .flags = kCmdWrite | kCmdFast,
     .categories = kAclSortedSet,
     .handler = zremCommand,
     .keys = {key_specs::one(kKeyReadWrite | kKeyDelete)},
     .member = {.argument = 2, .by_order = true},
     .since = "1.2.0",
     .group = "sorted-set",
     .complexity =
         "O(M*log(N)), N being the size of the sorted set and M the number of members named",
     .summary = "Removes members from a sorted set."},
    {.name = "zremrangebylex",
     .syntax = "key:key@0 string:min string:max",
     .arity = 4,
     .flags = kCmdWrite,
     .categories = kAclSortedSet,
     .handler = zremrangebylexCommand,
     .keys = {key_specs::one(kKeyReadWrite | kKeyDelete)},
     .since = "2.8.9",
     .group = "sorted-set",
     .complexity =
         "O(log(N)+M), N being the size of the sorted set and M the number of members removed",
     .summary = "Removes the members between two texts; all scores must be the same."},
    {.name = "zremrangebyrank",
     .syntax = "key:key@0 integer:start integer:stop",
     .arity = 4,
     .flags = kCmdWrite,
     .categories = kAclSortedSet,
     .handler = zremrangebyrankCommand,
     .keys = {key_specs::one(kKeyReadWrite | kKeyDelete)},
     .since = "2.0.0",
     .group = "sorted-set",
     .complexity =
         "O(log(N)+M), N being the size of the sorted set and M the number of members removed",
     .summary = "Removes the members of a range of ranks."},
    {.name = "zremrangebyscore",
     .syntax = "key:key@0 double:min double:max",
     .arity = 4,
     .flags = kCmdWrite,
     .categories = kAclSortedSet,
     .handler = zremrangebyscoreCommand,
     .keys = {key_specs::one(kKeyReadWrite | kKeyDelete)},
     .since = "1.2.0",
     .group = "sorted-set",
     .complexity =
         "O(log(N)+M), N being the size of the sorted set and M the number of members removed",
     .summary = "Removes the members whose scores lie in an interval."},
};

}  // namespace

CommandRows zsetRemoveRows() {
  return kRows;
}

}  // namespace inkstone
