// ZRANDMEMBER.
#include <limits>

#include "base/ascii.h"
#include "server/command_table/errors.h"
#include "server/commands/element_reply.h"
#include "server/commands/sorted_set/zset_handlers.h"
#include "server/process/runtime.h"

namespace inkstone {
namespace {

struct RandomMembers {
  // As many different members, or with_repeats: so many that may repeat.
  uint64_t count = 0;
  bool with_repeats = false;
  bool with_scores = false;
};

// count [WITHSCORES]
bool parseRandomMembers(CommandContext& ctx, RandomMembers& request) {
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  int64_t count;
  if (!ctx.parseInteger(ctx.args[2], count)) return false;
  std::string_view error;
  request.with_scores = ctx.args.size() > 3;
  if (count < -kMax) {
    error = errors::kNotSymmetricLong;
  } else if (ctx.args.size() > 4 ||
             (request.with_scores && !equalsIgnoreCase(ctx.args[3], "WITHSCORES"))) {
    error = errors::kSyntax;
  } else if (request.with_scores && (count < -(kMax / 2) || count > kMax / 2)) {
    // RESP2 has two elements a member.
    error = errors::kOutOfRange;
  }
  if (!error.empty()) {
    ctx.error(error);
    return false;
  }
  request.with_repeats = count < 0;
  request.count = static_cast<uint64_t>(request.with_repeats ? -count : count);
  return true;
}

void replyMembers(CommandContext& ctx, const SortedSetValue& set, const RandomMembers& request) {
  const size_t size = set.size();
  const uint64_t count =
      request.with_repeats ? request.count : std::min<uint64_t>(request.count, size);
  replyMembersHeader(ctx.reply, count, request.with_scores);
  const auto visit = [&ctx, &request](const Element& member, double score) {
    replyMember(ctx.reply, member, score, request.with_scores);
  };
  if (!request.with_repeats) {
    // All of them: descending, as Redis has it.
    if (count == size) return set.forRange({0, size}, true, visit);
    return set.sample(count, ctx.runtime().random, visit);
  }
  // Nobody would see it, and it may take for ever.
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

}  // namespace

void zrandmemberCommand(CommandContext& ctx) {
  if (ctx.args.size() == 2) return replyOneMember(ctx);
  RandomMembers request;
  if (!parseRandomMembers(ctx, request)) return;
  const KeyRef key = ctx.lookupRead(ctx.args[1]);
  if (!ctx.expectType(key, ValueType::kZset)) return;
  if (!key || request.count == 0) return ctx.reply.array(0);
  replyMembers(ctx, sortedSetOf(ctx, key), request);
}

}  // namespace inkstone
