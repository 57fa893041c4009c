// HRANDFIELD.
#include <algorithm>
#include <limits>
#include <optional>

#include "base/ascii.h"
#include "server/command_table/errors.h"
#include "server/commands/element_reply.h"
#include "server/commands/hash/hash_handlers.h"
#include "server/process/runtime.h"

namespace inkstone {
namespace {

struct RandomFields {
  // As many different fields, or with_repeats: so many that may repeat.
  uint64_t count;
  bool with_repeats;
  bool with_values;
};

// [count [WITHVALUES]]
std::optional<RandomFields> parseRandomFields(CommandContext& ctx) {
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  int64_t count;
  if (!ctx.parseInteger(ctx.args[2], count)) return {};
  if (count < -kMax) {
    ctx.error(errors::kNotSymmetricLong);
    return {};
  }
  const bool with_values = ctx.args.size() > 3;
  if (ctx.args.size() > 4 || (with_values && !equalsIgnoreCase(ctx.args[3], "WITHVALUES"))) {
    ctx.error(errors::kSyntax);
    return {};
  }
  // The reply has two elements a field.
  if (with_values && (count < -kMax / 2 || count > kMax / 2)) {
    ctx.error(errors::kOutOfRange);
    return {};
  }
  const bool with_repeats = count < 0;
  return RandomFields{static_cast<uint64_t>(with_repeats ? -count : count), with_repeats,
                      with_values};
}

void replyPair(ReplyBuilder& reply, const Element& field, const Element& value, bool with_values) {
  if (with_values && reply.protocol() > 2) reply.array(2);
  replyElement(reply, field);
  if (with_values) replyElement(reply, value);
}

void replyFields(CommandContext& ctx, const HashValue& hash, const RandomFields& request) {
  // RESP3 has an array a pair.
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
  // Nobody would see it, and it may take for ever.
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

}  // namespace

void hrandfieldCommand(CommandContext& ctx) {
  if (ctx.args.size() == 2) return replyOneField(ctx);
  const std::optional<RandomFields> request = parseRandomFields(ctx);
  if (!request) return;
  const KeyRef key = ctx.lookupRead(ctx.args[1]);
  if (!ctx.expectType(key, ValueType::kHash)) return;
  if (!key || request->count == 0) return ctx.reply.array(0);
  replyFields(ctx, hashOf(ctx, key), *request);
}

}  // namespace inkstone
