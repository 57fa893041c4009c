// Commands on several sorted sets: ZUNION, ZINTER, ZDIFF, their STORE forms, ZINTERCARD.
#include "base/numbers.h"
#include "server/command_table/errors.h"
#include "server/command_table/key_specs.h"
#include "server/commands/argument_reader.h"
#include "server/commands/families.h"
#include "server/commands/key/key_changes.h"
#include "server/commands/sorted_set/zset_common.h"
#include "storage/types/sorted_set_algebra.h"

namespace inkstone {
namespace {

using sorted_set_algebra::Aggregate;
using sorted_set_algebra::Inputs;

// Options that a command may have behind its keys.
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

bool openInputs(CommandContext& ctx, CommandContext::Args keys, Inputs& inputs) {
  inputs.reserve(keys.size());
  for (const std::string_view name : keys) {
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

void readOptions(ArgumentReader& reader, unsigned allowed, AlgebraRequest& request) {
  while (!reader.atEnd()) {
    if ((allowed & kWeighs) != 0 && reader.matchesKeyword("WEIGHTS", request.inputs.size())) {
      readWeights(reader, request.inputs);
    } else if ((allowed & kWeighs) != 0 && reader.matchesKeyword("AGGREGATE", 1)) {
      request.aggregate = readAggregate(reader);
    } else if ((allowed & kWithScores) != 0 && reader.matchesKeyword("WITHSCORES")) {
      request.with_scores = true;
    } else if ((allowed & kLimits) != 0 && reader.matchesKeyword("LIMIT", 1)) {
      request.limit = reader.nextNotNegative(errors::kLimitNegative);
    } else {
      reader.failSyntax();
    }
  }
}

// numkeys key [key ...] and the options; `numkeys_index` is where the number stands. Keys are
// looked up before options are read: a key of the wrong type is told first.
bool parseAlgebra(CommandContext& ctx, size_t numkeys_index, unsigned allowed,
                  AlgebraRequest& request) {
  ArgumentReader reader(ctx, numkeys_index);
  const auto keys = reader.nextCountedKeys({.not_integer = errors::kNotInteger,
                                            .not_positive = errors::kNoInputKeys,
                                            .too_many = errors::kSyntax});
  if (reader.failed()) return reader.finish();
  if (!openInputs(ctx, keys, request.inputs)) return false;
  readOptions(reader, allowed, request);
  return reader.finish();
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

constexpr CommandRow kRows[] = {
    {.name = "zunion",
     .syntax = "integer:numkeys key:key@0* integer:weight=WEIGHTS?* "
               "oneof:aggregate=AGGREGATE?(token:sum=SUM token:min=MIN token:max=MAX) "
               "token:withscores=WITHSCORES?",
     .arity = -3,
     .flags = kCmdReadonly | kCmdMovableKeys,
     .categories = kAclSortedSet,
     .handler = zunionCommand,
     .keys = {key_specs::counted(kKeyReadOnly | kKeyAccess)},
     .since = "6.2.0",
     .group = "sorted-set",
     .complexity = "O(N + M*log(M)), N being the number of members in all inputs and M the size of "
                   "the result",
     .summary = "Returns the members of all sorted sets."},
    {.name = "zinter",
     .syntax = "integer:numkeys key:key@0* integer:weight=WEIGHTS?* "
               "oneof:aggregate=AGGREGATE?(token:sum=SUM token:min=MIN token:max=MAX) "
               "token:withscores=WITHSCORES?",
     .arity = -3,
     .flags = kCmdReadonly | kCmdMovableKeys,
     .categories = kAclSortedSet,
     .handler = zinterCommand,
     .keys = {key_specs::counted(kKeyReadOnly | kKeyAccess)},
     .since = "6.2.0",
     .group = "sorted-set",
     .complexity = "O(N*K + M*log(M)) at worst, N being the size of the smallest input, K the "
                   "number of inputs and M the size of the result",
     .summary = "Returns the members that all sorted sets have."},
    {.name = "zdiff",
     .syntax = "integer:numkeys key:key@0* token:withscores=WITHSCORES?",
     .arity = -3,
     .flags = kCmdReadonly | kCmdMovableKeys,
     .categories = kAclSortedSet,
     .handler = zdiffCommand,
     .keys = {key_specs::counted(kKeyReadOnly | kKeyAccess)},
     .since = "6.2.0",
     .group = "sorted-set",
     .complexity = "O(L + (N-K)*log(N)) at worst, L being the number of members in all inputs, N "
                   "the size of the first and K that of the result",
     .summary = "Returns the members of the first sorted set that the others have not."},
    {.name = "zunionstore",
     .syntax = "key:destination@0 integer:numkeys key:key@1* integer:weight=WEIGHTS?* "
               "oneof:aggregate=AGGREGATE?(token:sum=SUM token:min=MIN token:max=MAX)",
     .arity = -4,
     .flags = kCmdWrite | kCmdDenyOom | kCmdMovableKeys,
     .categories = kAclSortedSet,
     .handler = zunionstoreCommand,
     .keys = {key_specs::kOverwrite, key_specs::counted(kKeyReadOnly | kKeyAccess, 2)},
     .since = "2.0.0",
     .group = "sorted-set",
     .complexity = "O(N + M*log(M)), N being the number of members in all inputs and M the size of "
                   "the result",
     .summary = "Stores the members of all sorted sets, with their scores combined."},
    {.name = "zinterstore",
     .syntax = "key:destination@0 integer:numkeys key:key@1* integer:weight=WEIGHTS?* "
               "oneof:aggregate=AGGREGATE?(token:sum=SUM token:min=MIN token:max=MAX)",
     .arity = -4,
     .flags = kCmdWrite | kCmdDenyOom | kCmdMovableKeys,
     .categories = kAclSortedSet,
     .handler = zinterstoreCommand,
     .keys = {key_specs::kOverwrite, key_specs::counted(kKeyReadOnly | kKeyAccess, 2)},
     .since = "2.0.0",
     .group = "sorted-set",
     .complexity = "O(N*K + M*log(M)) at worst, N being the size of the smallest input, K the "
                   "number of inputs and M the size of the result",
     .summary = "Stores the members that all sorted sets have, with their scores combined."},
    {.name = "zdiffstore",
     .syntax = "key:destination@0 integer:numkeys key:key@1*",
     .arity = -4,
     .flags = kCmdWrite | kCmdDenyOom | kCmdMovableKeys,
     .categories = kAclSortedSet,
     .handler = zdiffstoreCommand,
     .keys = {key_specs::kOverwrite, key_specs::counted(kKeyReadOnly | kKeyAccess, 2)},
     .since = "6.2.0",
     .group = "sorted-set",
     .complexity = "O(L + (N-K)*log(N)) at worst, L being the number of members in all inputs, N "
                   "the size of the first and K that of the result",
     .summary = "Stores the members of the first sorted set that the others have not."},
    {.name = "zintercard",
     .syntax = "integer:numkeys key:key@0* integer:limit=LIMIT?",
     .arity = -3,
     .flags = kCmdReadonly | kCmdMovableKeys,
     .categories = kAclSortedSet,
     .handler = zintercardCommand,
     .keys = {key_specs::counted(kKeyReadOnly | kKeyAccess)},
     .since = "7.0.0",
     .group = "sorted-set",
     .complexity =
         "O(N*K) at worst, N being the size of the smallest input and K the number of inputs",
     .summary = "Counts the members that all sorted sets have."},
};

}  // namespace

CommandRows zsetAlgebraRows() {
  return kRows;
}

}  // namespace inkstone
