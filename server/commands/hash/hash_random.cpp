// HRANDFIELD chooses fields at random.
#include <algorithm>

#include "server/command_table/key_specs.h"
#include "server/commands/argument_reader.h"
#include "server/commands/families.h"
#include "server/commands/key_values.h"
#include "server/commands/reply_parts.h"
#include "server/process/runtime.h"

namespace inkstone {
namespace {

void replyPair(ReplyBuilder& reply, const Element& field, const Element& value, bool with_values) {
  if (with_values && reply.protocol() > 2) reply.array(2);
  replyElement(reply, field);
  if (with_values) replyElement(reply, value);
}

void replyFields(CommandContext& ctx, const HashValue& hash, const RandomRequest& request) {
  // RESP3 has an array for each pair.
  const bool flat = request.with_values && ctx.reply.protocol() == 2;
  const uint64_t count =
      request.with_repeats ? request.count : std::min<uint64_t>(request.count, hash.size());
  ctx.reply.array(flat ? count * 2 : count);
  const auto visit = [&ctx, &request](const Element& field, const Element& value) {
    replyPair(ctx.reply, field, value, request.with_values);
  };
  if (!request.with_repeats) {
    if (count == hash.size()) return hash.forEach(visit);
    return hash.sample(count, ctx.runtime().random, visit);
  }
  // Nobody would see the reply, and it may take for ever.
  if (ctx.reply.muted()) return;
  expectElements(ctx.reply, count);
  for (uint64_t i = 0; i < count && !ctx.client.closing(); ++i) {
    hash.randomField(ctx.runtime().random, visit);
  }
}

void replyOneField(CommandContext& ctx) {
  const KeyRef key = ctx.lookupRead(ctx.args[1]);
  if (!key) return ctx.reply.null();
  if (!ctx.expectType(key, ValueType::kHash)) return;
  hashOf(ctx, key).randomField(ctx.runtime().random, [&ctx](const Element& field, const Element&) {
    replyElement(ctx.reply, field);
  });
}

void hrandfieldCommand(CommandContext& ctx) {
  if (ctx.args.size() == 2) return replyOneField(ctx);
  RandomRequest request;
  if (!parseRandomRequest(ctx, "WITHVALUES", request)) return;
  const KeyRef key = ctx.lookupRead(ctx.args[1]);
  if (!ctx.expectType(key, ValueType::kHash)) return;
  if (!key || request.count == 0) return ctx.reply.array(0);
  replyFields(ctx, hashOf(ctx, key), request);
}

constexpr CommandRow kRows[] = {
    {.name = "hrandfield",
     .syntax = "key:key@0 block:options?(integer:count token:withvalues=WITHVALUES?)",
     .arity = -2,
     .flags = kCmdReadonly,
     .categories = kAclHash,
     .handler = hrandfieldCommand,
     .keys = {key_specs::kRead},
     .since = "6.2.0",
     .group = "hash",
     .complexity = "O(N), N being the number of fields returned",
     .summary = "Returns fields of a hash that are chosen at random.",
     .tips = {"nondeterministic_output"}},
};

}  // namespace

CommandRows hashRandomRows() {
  return kRows;
}

}  // namespace inkstone
