// Commands that give members scores: ZADD, ZINCRBY.
#include <array>
#include <cmath>
#include <vector>

#include "base/ascii.h"
#include "base/numbers.h"
#include "server/command_table/errors.h"
#include "server/command_table/key_specs.h"
#include "server/commands/families.h"
#include "server/commands/reply_parts.h"
#include "server/commands/sorted_set/zset_common.h"

namespace inkstone {
namespace {

struct AddOptions {
  bool only_new = false;       // NX
  bool only_existing = false;  // XX
  bool only_greater = false;   // GT
  bool only_less = false;      // LT
  bool count_changed = false;  // CH
  bool increment = false;      // INCR

  // Whatever the score was, the new one takes its place.
  bool unconditional() const {
    return !only_new && !only_existing && !only_greater && !only_less && !increment;
  }
};

// The pairs of score and member that a command ends with.
class Pairs {
 public:
  Pairs(CommandContext& ctx, size_t first) : args_(ctx.args.subspan(first)) {}

  size_t size() const { return args_.size() / 2; }
  std::string_view member(size_t index) const { return args_[2 * index + 1]; }
  double score(size_t index) const { return scores()[index]; }

  // Reads all scores, since a wrong one must be found before anything is changed. Replies the
  // error.
  [[nodiscard]] bool parseScores(CommandContext& ctx) {
    if (size() > few_.size()) many_.resize(size());
    double* const scores = many_.empty() ? few_.data() : many_.data();
    for (size_t i = 0; i < size(); ++i) {
      if (parseDouble(args_[2 * i], scores[i])) continue;
      ctx.error(errors::kNotFloat);
      return false;
    }
    return true;
  }

 private:
  const double* scores() const { return many_.empty() ? few_.data() : many_.data(); }

  CommandContext::Args args_;
  std::array<double, 16> few_;
  std::vector<double> many_;
};

enum class Outcome : uint8_t { kAdded, kMoved, kSame, kSkipped, kNan };

// Sets the one option that `word` is; false if it is none.
bool setOption(std::string_view word, AddOptions& options) {
  const auto matches = [word](std::string_view name, bool& option) {
    if (!equalsIgnoreCase(word, name)) return false;
    option = true;
    return true;
  };
  return matches("NX", options.only_new) || matches("XX", options.only_existing) ||
         matches("CH", options.count_changed) || matches("INCR", options.increment) ||
         matches("GT", options.only_greater) || matches("LT", options.only_less);
}

// Returns where the pairs begin.
size_t parseOptions(CommandContext& ctx, AddOptions& options) {
  size_t at = 2;
  while (at < ctx.args.size() && setOption(ctx.args[at], options)) ++at;
  return at;
}

// What is wrong with options and number of arguments behind them; empty if nothing.
std::string_view conflict(const AddOptions& options, size_t arguments) {
  if (arguments == 0 || arguments % 2 != 0) return errors::kSyntax;
  if (options.only_new && options.only_existing) return errors::kZaddNxXx;
  const int conditions =
      (options.only_new ? 1 : 0) + (options.only_greater ? 1 : 0) + (options.only_less ? 1 : 0);
  if (conditions > 1) return errors::kZaddGtLtNx;
  if (options.increment && arguments > 2) return errors::kZaddIncrPairs;
  return {};
}

Outcome outcomeOf(SortedSetValue::Change change) {
  switch (change) {
    case SortedSetValue::Change::kAdded:
      return Outcome::kAdded;
    case SortedSetValue::Change::kMoved:
      return Outcome::kMoved;
    case SortedSetValue::Change::kSame:
      break;
  }
  return Outcome::kSame;
}

// `score` becomes what the member has then.
Outcome addMember(SortedSetValue& set, const AddOptions& options, std::string_view member,
                  double& score) {
  if (options.unconditional()) return outcomeOf(set.set(member, score));
  double current;
  if (!set.score(member, current)) {
    if (options.only_existing) return Outcome::kSkipped;
    return outcomeOf(set.set(member, score));
  }
  if (options.only_new) return Outcome::kSkipped;
  if (options.increment) score += current;
  if (std::isnan(score)) return Outcome::kNan;
  if (options.only_less && score >= current) return Outcome::kSkipped;
  if (options.only_greater && score <= current) return Outcome::kSkipped;
  return outcomeOf(set.set(member, score));
}

void replyIncrement(CommandContext& ctx, Outcome outcome, double score) {
  if (outcome == Outcome::kNan) return ctx.error(errors::kScoreNan);
  if (outcome == Outcome::kSkipped) return ctx.reply.null();
  replyScore(ctx.reply, score);
}

void addPairs(CommandContext& ctx, SortedSetValue& set, const AddOptions& options,
              const Pairs& pairs) {
  size_t added = 0;
  size_t moved = 0;
  for (size_t i = 0; i < pairs.size(); ++i) {
    double score = pairs.score(i);
    const Outcome outcome = addMember(set, options, pairs.member(i), score);
    added += outcome == Outcome::kAdded ? 1 : 0;
    moved += outcome == Outcome::kMoved ? 1 : 0;
    // There is only this one pair.
    if (options.increment) replyIncrement(ctx, outcome, score);
  }
  if (added + moved > 0) {
    ctx.keyChanged(kNotifyZset, options.increment ? "zincr" : "zadd", ctx.args[1]);
    ctx.markDirty(added + moved);
  }
  if (options.increment) return;
  ctx.reply.integer(static_cast<int64_t>(options.count_changed ? added + moved : added));
}

void add(CommandContext& ctx, const AddOptions& options, Pairs& pairs) {
  if (!pairs.parseScores(ctx)) return;
  const KeyRef key = ctx.lookupWrite(ctx.args[1]);
  if (!ctx.expectType(key, ValueType::kZset)) return;
  if (!key && options.only_existing) {
    if (options.increment) return ctx.reply.null();
    return ctx.reply.integer(0);
  }
  Entry* entry = key ? key.entry() : nullptr;
  if (entry == nullptr) {
    const EncodingRules& rules = ctx.encodingRules();
    entry = ctx.insertValue(key, ctx.args[1],
                            SortedSetValue::create(rules, pairs.size(), pairs.member(0).size()));
  }
  SortedSetValue set(*entry, ctx.encodingRules());
  set.expect(pairs.size());
  addPairs(ctx, set, options, pairs);
}

void zaddCommand(CommandContext& ctx) {
  AddOptions options;
  const size_t first = parseOptions(ctx, options);
  const std::string_view error = conflict(options, ctx.args.size() - first);
  if (!error.empty()) return ctx.error(error);
  Pairs pairs(ctx, first);
  add(ctx, options, pairs);
}

void zincrbyCommand(CommandContext& ctx) {
  AddOptions options;
  options.increment = true;
  Pairs pairs(ctx, 2);
  add(ctx, options, pairs);
}

constexpr CommandRow kRows[] = {
    {.name = "zadd",
     .syntax = "key:key@0 oneof:condition^3.0.2?(token:nx=NX token:xx=XX) "
               "oneof:comparison^6.2.0?(token:gt=GT token:lt=LT) token:change=CH^3.0.2? "
               "token:increment=INCR^3.0.2? block:data*(double:score string:member)",
     .arity = -4,
     .flags = kCmdWrite | kCmdDenyOom | kCmdFast,
     .categories = kAclSortedSet,
     .handler = zaddCommand,
     .keys = {key_specs::kUpdate},
     .member = {.argument = -1, .by_order = true},
     .since = "1.2.0",
     .group = "sorted-set",
     .complexity = "O(log(N)) for each pair, N being the size of the sorted set",
     .summary = "Adds members to a sorted set, or gives those it has another score."},
    {.name = "zincrby",
     .syntax = "key:key@0 integer:increment string:member",
     .arity = 4,
     .flags = kCmdWrite | kCmdDenyOom | kCmdFast,
     .categories = kAclSortedSet,
     .handler = zincrbyCommand,
     .keys = {key_specs::kReadAndUpdate},
     .member = {.argument = 3, .by_order = true},
     .since = "1.2.0",
     .group = "sorted-set",
     .complexity = "O(log(N)), N being the size of the sorted set",
     .summary = "Adds to the score of a member, which counts from zero if it is new."},
};

}  // namespace

CommandRows zsetAddRows() {
  return kRows;
}

}  // namespace inkstone
