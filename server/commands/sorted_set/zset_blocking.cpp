// Commands that wait for members of sorted sets: BZPOPMIN, BZPOPMAX, BZMPOP.
#include "server/command_table/key_specs.h"
#include "server/commands/families.h"
#include "server/commands/sorted_set/zset_common.h"
#include "server/commands/waiting.h"

namespace inkstone {
namespace {

// key [key ...] timeout
void blockingPop(CommandContext& ctx, bool highest) {
  int64_t deadline_ms;
  if (!parseTimeoutSeconds(ctx, ctx.args.back(), deadline_ms)) return;
  const auto keys = ctx.args.subspan(1, ctx.args.size() - 2);
  withServable(
      ctx, keys, ValueType::kZset,
      [&](std::string_view name, const KeyRef& key) { popMember(ctx, name, key, highest); },
      [&] { waitForKeys(ctx, kHolds<ValueType::kZset>, keys, deadline_ms); });
}

void bzpopminCommand(CommandContext& ctx) {
  blockingPop(ctx, false);
}

void bzpopmaxCommand(CommandContext& ctx) {
  blockingPop(ctx, true);
}

void bzmpopCommand(CommandContext& ctx) {
  MultiPop request;
  int64_t deadline_ms;
  if (!parseMultiPop(ctx, 2, "MIN", "MAX", request)) return;
  if (!parseTimeoutSeconds(ctx, ctx.args[1], deadline_ms)) return;
  withServable(
      ctx, request.keys, ValueType::kZset,
      [&](std::string_view name, const KeyRef& key) { popFromZset(ctx, name, key, request); },
      [&] { waitForKeys(ctx, kHolds<ValueType::kZset>, request.keys, deadline_ms); });
}

constexpr CommandRow kRows[] = {
    {.name = "bzpopmin",
     .syntax = "key:key@0* double:timeout",
     .arity = -3,
     .flags = kCmdWrite | kCmdBlocking | kCmdFast,
     .categories = kAclSortedSet,
     .handler = bzpopminCommand,
     .keys = {key_specs::allButLast(kKeyReadWrite | kKeyAccess | kKeyDelete)},
     .since = "5.0.0",
     .group = "sorted-set",
     .complexity = "O(log(N)), N being the number of members",
     .summary = "Takes the lowest member of the first sorted set that has any, waiting for it."},
    {.name = "bzpopmax",
     .syntax = "key:key@0* double:timeout",
     .arity = -3,
     .flags = kCmdWrite | kCmdBlocking | kCmdFast,
     .categories = kAclSortedSet,
     .handler = bzpopmaxCommand,
     .keys = {key_specs::allButLast(kKeyReadWrite | kKeyAccess | kKeyDelete)},
     .since = "5.0.0",
     .group = "sorted-set",
     .complexity = "O(log(N)), N being the number of members",
     .summary = "Takes the highest member of the first sorted set that has any, waiting for it."},
    {.name = "bzmpop",
     .syntax = "double:timeout integer:numkeys key:key@0* oneof:where(token:min=MIN token:max=MAX) "
               "integer:count=COUNT?",
     .arity = -5,
     .flags = kCmdWrite | kCmdBlocking | kCmdMovableKeys,
     .categories = kAclSortedSet,
     .handler = bzmpopCommand,
     .keys = {key_specs::counted(kKeyReadWrite | kKeyAccess | kKeyDelete, 2)},
     .since = "7.0.0",
     .group = "sorted-set",
     .complexity = "O(K) + O(M*log(N)), K being the number of keys, N that of members and M that "
                   "of members returned",
     .summary = "Takes the lowest or highest members of the first sorted set that has any, waiting "
                "for them."},
};

}  // namespace

CommandRows zsetBlockingRows() {
  return kRows;
}

}  // namespace inkstone
