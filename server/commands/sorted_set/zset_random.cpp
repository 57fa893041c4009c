// ZRANDMEMBER chooses members at random.
#include "server/command_table/key_specs.h"
#include "server/commands/argument_reader.h"
#include "server/commands/families.h"
#include "server/commands/reply_parts.h"
#include "server/commands/sorted_set/zset_common.h"
#include "server/process/runtime.h"

namespace inkstone {
namespace {

void replyMembers(CommandContext& ctx, const SortedSetValue& set, const RandomRequest& request) {
  const size_t size = set.size();
  const uint64_t count =
      request.with_repeats ? request.count : std::min<uint64_t>(request.count, size);
  replyMembersHeader(ctx.reply, count, request.with_values);
  const auto visit = [&ctx, &request](const Element& member, double score) {
    replyMember(ctx.reply, member, score, request.with_values);
  };
  if (!request.with_repeats) {
    // All members come in descending order, as in Redis.
    if (count == size) return set.forRange({0, size}, true, visit);
    return set.sample(count, ctx.runtime().random, visit);
  }
  // Nobody would see the reply, and it may take for ever.
  if (ctx.reply.muted()) return;
  expectElements(ctx.reply, count);
  for (uint64_t i = 0; i < count && !ctx.client.closing(); ++i) {
    set.randomMember(ctx.runtime().random, visit);
  }
}

void replyOneMember(CommandContext& ctx) {
  const KeyRef key = ctx.lookupRead(ctx.args[1]);
  if (!key) return ctx.reply.null();
  if (!ctx.expectType(key, ValueType::kZset)) return;
  sortedSetOf(ctx, key).randomMember(ctx.runtime().random, [&ctx](const Element& member, double) {
    replyElement(ctx.reply, member);
  });
}

void zrandmemberCommand(CommandContext& ctx) {
  if (ctx.args.size() == 2) return replyOneMember(ctx);
  RandomRequest request;
  if (!parseRandomRequest(ctx, "WITHSCORES", request)) return;
  const KeyRef key = ctx.lookupRead(ctx.args[1]);
  if (!ctx.expectType(key, ValueType::kZset)) return;
  if (!key || request.count == 0) return ctx.reply.array(0);
  replyMembers(ctx, sortedSetOf(ctx, key), request);
}

constexpr CommandRow kRows[] = {
    {.name = "zrandmember",
     .syntax = "key:key@0 block:options?(integer:count token:withscores=WITHSCORES?)",
     .arity = -2,
     .flags = kCmdReadonly,
     .categories = kAclSortedSet,
     .handler = zrandmemberCommand,
     .keys = {key_specs::kRead},
     .since = "6.2.0",
     .group = "sorted-set",
     .complexity = "O(N), N being the number of members returned",
     .summary = "Returns members of a sorted set at random.",
     .tips = {"nondeterministic_output"}},
};

}  // namespace

CommandRows zsetRandomRows() {
  return kRows;
}

}  // namespace inkstone
