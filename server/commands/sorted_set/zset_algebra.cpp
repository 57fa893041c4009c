// What works on several sorted sets: ZUNION, ZINTER, ZDIFF, their STORE forms, ZINTERCARD.
#include <fmt/format.h>

#include "base/numbers.h"
#include "server/command_table/errors.h"
#include "server/commands/argument_reader.h"
#include "server/commands/key/value_store.h"
#include "server/commands/sorted_set/zset_handlers.h"
#include "storage/types/sorted_set_algebra.h"

namespace inkstone {
namespace {

using sorted_set_algebra::Aggregate;
using sorted_set_algebra::Inputs;

// What a command may have behind its keys.
enum Option : unsigned {
  kWeighs = 1U << 0,  // WEIGHTS and AGGREGATE
  kWithScores = 1U << 1,
  kLimits = 1U << 2,
};

struct AlgebraRequest {
  Inputs inputs;
  Aggregate aggregate = Aggregate::kSum;
  bool with_scores = false;
  uint64_t limit = 0;  // 0: none
};

using Operation = void (*)(const AlgebraRequest&, const EncodingRules&, ScoredMembers&);

void unite(const AlgebraRequest& request, const EncodingRules& rules, ScoredMembers& result) {
  sorted_set_algebra::unite(request.inputs, request.aggregate, rules, result);
}

void intersect(const AlgebraRequest& request, const EncodingRules&, ScoredMembers& result) {
  sorted_set_algebra::intersect(request.inputs, request.aggregate, result);
}

void subtract(const AlgebraRequest& request, const EncodingRules& rules, ScoredMembers& result) {
  sorted_set_algebra::subtract(request.inputs, rules, result);
}

// Looks up the keys from argument `first` on.
bool openInputs(CommandContext& ctx, size_t first, size_t count, Inputs& inputs) {
  inputs.reserve(count);
  for (const std::string_view name : ctx.args.subspan(first, count)) {
    const KeyRef key = ctx.lookupRead(name);
    if (key && key.entry()->type() != ValueType::kSet && !ctx.expectType(key, ValueType::kZset)) {
      return false;
    }
    inputs.emplace_back(key ? std::optional(valueOf(*key.entry())) : std::nullopt,
                        ctx.encodingRules());
  }
  return true;
}

void readWeights(ArgumentReader& reader, Inputs& inputs) {
  for (ScoredInput& input : inputs) {
    if (!parseDouble(reader.next(), input.weight)) reader.fail(errors::kNotWeight);
  }
}

Aggregate readAggregate(ArgumentReader& reader) {
  if (reader.matchesKeyword("MIN")) return Aggregate::kMin;
  if (reader.matchesKeyword("MAX")) return Aggregate::kMax;
  if (!reader.matchesKeyword("SUM")) reader.failSyntax();
  return Aggregate::kSum;
}

uint64_t readLimit(ArgumentReader& reader) {
  int64_t limit;
  if (parseInt64(reader.next(), limit) && limit >= 0) return static_cast<uint64_t>(limit);
  reader.fail(errors::kLimitNegative);
  return 0;
}

bool readOptions(CommandContext& ctx, size_t first, unsigned allowed, AlgebraRequest& request) {
  ArgumentReader reader(ctx, first);
  while (!reader.atEnd()) {
    if ((allowed & kWeighs) != 0 && reader.matchesKeyword("WEIGHTS", request.inputs.size())) {
      readWeights(reader, request.inputs);
    } else if ((allowed & kWeighs) != 0 && reader.matchesKeyword("AGGREGATE", 1)) {
      request.aggregate = readAggregate(reader);
    } else if ((allowed & kWithScores) != 0 && reader.matchesKeyword("WITHSCORES")) {
      request.with_scores = true;
    } else if ((allowed & kLimits) != 0 && reader.matchesKeyword("LIMIT", 1)) {
      request.limit = readLimit(reader);
    } else {
      reader.failSyntax();
    }
  }
  return reader.finish();
}

// numkeys key [key ...] and the options; `numkeys_index` is where the number stands. Keys are
// looked up before options are read: a key of the wrong type is told first.
bool parseAlgebra(CommandContext& ctx, size_t numkeys_index, unsigned allowed,
                  AlgebraRequest& request) {
  int64_t count;
  if (!ctx.parseInteger(ctx.args[numkeys_index], count)) return false;
  if (count < 1) {
    ctx.error(fmt::format(errors::kNoInputKeys, ctx.command.fullName()));
    return false;
  }
  const size_t first = numkeys_index + 1;
  const auto keys = static_cast<uint64_t>(count);
  if (keys > ctx.args.size() - first) {
    ctx.error(errors::kSyntax);
    return false;
  }
  return openInputs(ctx, first, keys, request.inputs) &&
         readOptions(ctx, first + keys, allowed, request);
}

void replyResult(CommandContext& ctx, unsigned allowed, Operation operation) {
  AlgebraRequest request;
  if (!parseAlgebra(ctx, 1, allowed, request)) return;
  ScoredMembers result;
  operation(request, ctx.encodingRules(), result);
  result.sort();
  replyMembersHeader(ctx.reply, result.size(), request.with_scores);
  for (const ScoredRow& row : result.rows()) {
    replyMember(ctx.reply, Element(row.member), row.score, request.with_scores);
  }
}

void storeAlgebra(CommandContext& ctx, unsigned allowed, Operation operation) {
  AlgebraRequest request;
  if (!parseAlgebra(ctx, 2, allowed, request)) return;
  ScoredMembers result;
  operation(request, ctx.encodingRules(), result);
  // In order, each member goes to the end.
  result.sort();
  const Value value = result.toValue(ctx.encodingRules());
  const StoreEvent event{kNotifyZset, ctx.command.row().name};
  ctx.reply.integer(static_cast<int64_t>(storeResult(ctx, ctx.args[1], value, event)));
}

}  // namespace

void zunionCommand(CommandContext& ctx) {
  replyResult(ctx, kWeighs | kWithScores, unite);
}

void zinterCommand(CommandContext& ctx) {
  replyResult(ctx, kWeighs | kWithScores, intersect);
}

void zdiffCommand(CommandContext& ctx) {
  replyResult(ctx, kWithScores, subtract);
}

void zunionstoreCommand(CommandContext& ctx) {
  storeAlgebra(ctx, kWeighs, unite);
}

void zinterstoreCommand(CommandContext& ctx) {
  storeAlgebra(ctx, kWeighs, intersect);
}

void zdiffstoreCommand(CommandContext& ctx) {
  storeAlgebra(ctx, 0, subtract);
}

void zintercardCommand(CommandContext& ctx) {
  AlgebraRequest request;
  if (!parseAlgebra(ctx, 1, kLimits, request)) return;
  const uint64_t size = sorted_set_algebra::intersectionSize(request.inputs, request.limit);
  ctx.reply.integer(static_cast<int64_t>(size));
}

}  // namespace inkstone
