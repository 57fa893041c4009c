// What waits for members of sorted sets: BZPOPMIN, BZPOPMAX, BZMPOP.
#include "server/blocking.h"
#include "server/commands/blocking_search.h"
#include "server/commands/element_reply.h"
#include "server/commands/timeout_argument.h"
#include "server/commands/zset_handlers.h"
#include "server/commands/zset_rows.h"
#include "server/server.h"

namespace inkstone {
namespace {

void waitForZsets(CommandContext& ctx, CommandContext::Args keys, int64_t deadline_ms) {
  if (Blocking::mustNotWait(ctx)) return ctx.reply.nullArray();
  ctx.server.blocking->waitForKeys(ctx, BlockKind::kZset, keys, deadline_ms);
}

// Replies the name of an existing sorted set, a member and its score, and takes the member away.
void popMember(CommandContext& ctx, std::string_view name, const KeyRef& key, bool highest) {
  SortedSetValue set = sortedSetOf(ctx, key);
  const size_t rank = highest ? set.size() - 1 : 0;
  const RankRange ranks{rank, rank + 1};
  ctx.reply.array(3);
  ctx.reply.bulk(name);
  set.forRange(ranks, false, [&ctx](const Element& member, double score) {
    replyElement(ctx.reply, member);
    replyScore(ctx.reply, score);
  });
  removeRanks(ctx, {name, key, highest ? "zpopmax" : "zpopmin"}, set, ranks);
  ctx.propagateInstead({highest ? "ZPOPMAX" : "ZPOPMIN", name});
}

// key [key ...] timeout
void blockingPop(CommandContext& ctx, bool highest) {
  int64_t deadline_ms;
  if (!parseTimeoutSeconds(ctx, ctx.args.back(), deadline_ms)) return;
  const auto keys = ctx.args.subspan(1, ctx.args.size() - 2);
  std::string_view name;
  KeyRef key;
  switch (findServable(ctx, keys, ValueType::kZset, name, key)) {
    case Found::kWrongType:
      return;
    case Found::kKey:
      return popMember(ctx, name, key, highest);
    case Found::kNothing:
      return waitForZsets(ctx, keys, deadline_ms);
  }
}

constexpr KeySpec kPops = {.flags = kKeyReadWrite | kKeyAccess | kKeyDelete, .last = -2};

CommandRow popRow(std::string_view name, CommandHandler handler, std::string_view summary) {
  return {.name = name,
          .arity = -3,
          .flags = kCmdWrite | kCmdFast | kCmdBlocking,
          .categories = kAclSortedSet,
          .handler = handler,
          .keys = {kPops},
          .since = "5.0.0",
          .group = "sorted-set",
          .complexity = "O(log(N)), N being the number of members",
          .summary = summary};
}

}  // namespace

void bzpopminCommand(CommandContext& ctx) {
  blockingPop(ctx, false);
}

void bzpopmaxCommand(CommandContext& ctx) {
  blockingPop(ctx, true);
}

void bzmpopCommand(CommandContext& ctx) {
  ZsetMultiPop request;
  int64_t deadline_ms;
  if (!parseZsetMultiPop(ctx, 2, request)) return;
  if (!parseTimeoutSeconds(ctx, ctx.args[1], deadline_ms)) return;
  std::string_view name;
  KeyRef key;
  switch (findServable(ctx, request.keys, ValueType::kZset, name, key)) {
    case Found::kWrongType:
      return;
    case Found::kKey:
      return popFromZset(ctx, name, key, request);
    case Found::kNothing:
      return waitForZsets(ctx, request.keys, deadline_ms);
  }
}

std::vector<CommandRow> zset_rows::blocking() {
  return {
      popRow("bzpopmin", bzpopminCommand,
             "Takes the lowest member of the first sorted set that has any, waiting for it."),
      popRow("bzpopmax", bzpopmaxCommand,
             "Takes the highest member of the first sorted set that has any, waiting for it."),
      {.name = "bzmpop",
       .arity = -5,
       .flags = kCmdWrite | kCmdBlocking | kCmdMovableKeys,
       .categories = kAclSortedSet,
       .handler = bzmpopCommand,
       .keys = {counted(kKeyReadWrite | kKeyAccess | kKeyDelete, 2)},
       .since = "7.0.0",
       .group = "sorted-set",
       .complexity = "O(K) + O(M*log(N)), K being the number of keys, N that of members and M that "
                     "of members returned",
       .summary = "Takes the lowest or highest members of the first sorted set that has any, "
                  "waiting for them."},
  };
}

}  // namespace inkstone
