// Commands that take the lowest or highest members: ZPOPMIN, ZPOPMAX, ZMPOP.
#include <algorithm>

#include "base/numbers.h"
#include "server/command_table/errors.h"
#include "server/command_table/key_specs.h"
#include "server/commands/families.h"
#include "server/commands/reply_parts.h"
#include "server/commands/sorted_set/zset_common.h"
#include "server/commands/waiting.h"

namespace inkstone {
namespace {

// The `count` members of the lowest or highest ranks, or all.
RankRange endOf(const SortedSetValue& set, size_t count, bool highest) {
  const size_t size = set.size();
  const size_t taken = std::min(count, size);
  if (highest) return {size - taken, size};
  return {0, taken};
}

// Replies the members of these ranks with their scores, `nested` as pairs, below a header that is
// there already, and takes them away.
void popRanks(CommandContext& ctx, std::string_view name, const KeyRef& key, RankRange ranks,
              bool highest, bool nested) {
  SortedSetValue set = sortedSetOf(ctx, key);
  set.forRange(ranks, highest, [&ctx, nested](const Element& member, double score) {
    if (nested) ctx.reply.array(2);
    replyElement(ctx.reply, member);
    replyScore(ctx.reply, score);
  });
  removeRanks(ctx, {name, key, highest ? "zpopmax" : "zpopmin"}, set, ranks);
}

// key [count]
void pop(CommandContext& ctx, bool highest) {
  if (ctx.args.size() > 3) return ctx.error(errors::kSyntax);
  const bool has_count = ctx.args.size() == 3;
  int64_t count = 1;
  if (has_count && (!parseInt64(ctx.args[2], count) || count < 0)) {
    return ctx.error(errors::kMustBePositive);
  }
  const KeyRef key = ctx.lookupWrite(ctx.args[1]);
  if (!ctx.expectType(key, ValueType::kZset)) return;
  if (!key || count == 0) return ctx.reply.array(0);
  const RankRange ranks = endOf(sortedSetOf(ctx, key), static_cast<size_t>(count), highest);
  const bool nested = has_count && ctx.reply.protocol() > 2;
  ctx.reply.array(nested ? ranks.size() : 2 * ranks.size());
  popRanks(ctx, ctx.args[1], key, ranks, highest, nested);
}

}  // namespace

void popMember(CommandContext& ctx, std::string_view name, const KeyRef& key, bool highest) {
  ctx.reply.array(3);
  ctx.reply.bulk(name);
  popRanks(ctx, name, key, endOf(sortedSetOf(ctx, key), 1, highest), highest, false);
  ctx.propagateInstead({highest ? "ZPOPMAX" : "ZPOPMIN", name});
}

void popFromZset(CommandContext& ctx, std::string_view name, const KeyRef& key,
                 const MultiPop& request) {
  const RankRange ranks = endOf(sortedSetOf(ctx, key), request.count, request.from_last);
  char count[kInt64TextMax];
  const size_t digits = formatInt64(count, static_cast<int64_t>(ranks.size()));
  ctx.reply.array(2);
  ctx.reply.bulk(name);
  ctx.reply.array(ranks.size());
  popRanks(ctx, name, key, ranks, request.from_last, true);
  // Which of the keys had members is known now, and need not be found out again.
  ctx.propagateInstead(
      {request.from_last ? "ZPOPMAX" : "ZPOPMIN", name, std::string_view(count, digits)});
}

namespace {

void zpopminCommand(CommandContext& ctx) {
  pop(ctx, false);
}

void zpopmaxCommand(CommandContext& ctx) {
  pop(ctx, true);
}

void zmpopCommand(CommandContext& ctx) {
  MultiPop request;
  if (!parseMultiPop(ctx, 1, "MIN", "MAX", request)) return;
  withServable(
      ctx, request.keys, ValueType::kZset,
      [&](std::string_view name, const KeyRef& key) { popFromZset(ctx, name, key, request); },
      [&] { ctx.reply.nullArray(); });
}

constexpr CommandRow kRows[] = {
    {.name = "zpopmin",
     .syntax = "key:key@0 integer:count?",
     .arity = -2,
     .flags = kCmdWrite | kCmdFast,
     .categories = kAclSortedSet,
     .handler = zpopminCommand,
     .keys = {key_specs::one(kKeyReadWrite | kKeyAccess | kKeyDelete)},
     .since = "5.0.0",
     .group = "sorted-set",
     .complexity =
         "O(log(N)+M), N being the size of the sorted set and M the number of members popped",
     .summary = "Removes and returns the members with the lowest scores."},
    {.name = "zpopmax",
     .syntax = "key:key@0 integer:count?",
     .arity = -2,
     .flags = kCmdWrite | kCmdFast,
     .categories = kAclSortedSet,
     .handler = zpopmaxCommand,
     .keys = {key_specs::one(kKeyReadWrite | kKeyAccess | kKeyDelete)},
     .since = "5.0.0",
     .group = "sorted-set",
     .complexity =
         "O(log(N)+M), N being the size of the sorted set and M the number of members popped",
     .summary = "Removes and returns the members with the highest scores."},
    {.name = "zmpop",
     .syntax =
         "integer:numkeys key:key@0* oneof:where(token:min=MIN token:max=MAX) integer:count=COUNT?",
     .arity = -4,
     .flags = kCmdWrite | kCmdMovableKeys,
     .categories = kAclSortedSet,
     .handler = zmpopCommand,
     .keys = {key_specs::counted(kKeyReadWrite | kKeyAccess | kKeyDelete)},
     .since = "7.0.0",
     .group = "sorted-set",
     .complexity = "O(K+log(N)+M), K being the number of keys, N the size of the sorted set, M the "
                   "number of members popped",
     .summary = "Removes and returns members at one end of the first sorted set that has any."},
};

}  // namespace

CommandRows zsetPopRows() {
  return kRows;
}

}  // namespace inkstone
