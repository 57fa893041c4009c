// SRANDMEMBER chooses members at random.
#include <vector>

#include "server/command_table/errors.h"
#include "server/command_table/key_specs.h"
#include "server/commands/families.h"
#include "server/commands/key_values.h"
#include "server/commands/reply_parts.h"
#include "server/process/runtime.h"
#include "storage/random_choice.h"

namespace inkstone {
namespace {

// Nobody sees what a muted reply is given, and it could be without end. One that is owed too much
// (client-output-buffer-limit, client-output-buffer-max) is closing.
template <class Pick>
void replyPicks(CommandContext& ctx, uint64_t count, Pick pick) {
  constexpr uint64_t kPicksBetweenChecks = 1024;
  expectElements(ctx.reply, count);
  while (count > 0 && !ctx.reply.muted() && !ctx.client.closing()) {
    BulkRun run(ctx.reply);
    for (uint64_t i = 0; i < kPicksBetweenChecks && count > 0; ++i, --count) {
      addElement(run, pick());
    }
  }
}

void replyWithRepeats(CommandContext& ctx, const SetValue& set, uint64_t count) {
  ctx.reply.array(count);
  const size_t size = set.size();
  if (set.encoding() != Encoding::kListpack || count < size) {
    return replyPicks(ctx, count, [&] { return set.randomMember(ctx.runtime().random); });
  }
  // A place in a listpack has to be walked to; so many picks are worth one walk for all of them.
  std::vector<Element> members;
  members.reserve(size);
  set.forEach([&](const Element& member) { members.push_back(member); });
  replyPicks(ctx, count, [&] { return members[randomBelow(size, ctx.runtime().random)]; });
}

void replyDifferent(CommandContext& ctx, const SetValue& set, uint64_t count) {
  const bool all = count >= set.size();
  ctx.reply.array(all ? set.size() : count);
  BulkRun run(ctx.reply);
  const auto add = [&](const Element& member) { addElement(run, member); };
  if (all) return set.forEach(add);
  set.sample(count, ctx.runtime().random, add);
}

void replyOne(CommandContext& ctx) {
  const KeyRef key = ctx.lookupRead(ctx.args[1]);
  if (!ctx.expectType(key, ValueType::kSet)) return;
  if (!key) return ctx.reply.null();
  replyElement(ctx.reply, setOf(ctx, key).randomMember(ctx.runtime().random));
}

void srandmemberCommand(CommandContext& ctx) {
  if (ctx.args.size() == 2) return replyOne(ctx);
  if (ctx.args.size() > 3) return ctx.error(errors::kSyntax);
  int64_t count;
  if (!ctx.parseInteger(ctx.args[2], count)) return;
  if (count == INT64_MIN) return ctx.error(errors::kNotSymmetricLong);
  const KeyRef key = ctx.lookupRead(ctx.args[1]);
  if (!ctx.expectType(key, ValueType::kSet)) return;
  if (!key || count == 0) return ctx.reply.array(0);
  if (count < 0) return replyWithRepeats(ctx, setOf(ctx, key), static_cast<uint64_t>(-count));
  replyDifferent(ctx, setOf(ctx, key), static_cast<uint64_t>(count));
}

constexpr CommandRow kRows[] = {
    {.name = "srandmember",
     .syntax = "key:key@0 integer:count^2.6.0?",
     .arity = -2,
     .flags = kCmdReadonly,
     .categories = kAclSet,
     .handler = srandmemberCommand,
     .keys = {key_specs::kRead},
     .since = "1.0.0",
     .group = "set",
     .complexity = "O(N), N being the number of members returned; O(1) without a count",
     .summary = "Returns members of a set at random and leaves them there.",
     .tips = {"nondeterministic_output"}},
};

}  // namespace

CommandRows setRandomRows() {
  return kRows;
}

}  // namespace inkstone
