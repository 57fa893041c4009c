// What takes the lowest or highest members: ZPOPMIN, ZPOPMAX, ZMPOP.
#include <algorithm>

#include "base/numbers.h"
#include "server/command_table/errors.h"
#include "server/commands/argument_reader.h"
#include "server/commands/blocking_search.h"
#include "server/commands/element_reply.h"
#include "server/commands/sorted_set/zset_handlers.h"

namespace inkstone {
namespace {

// The `count` members of the lowest or highest ranks, or all.
RankRange endOf(const SortedSetValue& set, size_t count, bool highest) {
  const size_t size = set.size();
  const size_t taken = std::min(count, size);
  if (highest) return {size - taken, size};
  return {0, taken};
}

// Replies the members of these ranks with their scores, `nested` as pairs, below a header that is
// there already, and takes them away.
void popRanks(CommandContext& ctx, std::string_view name, const KeyRef& key, RankRange ranks,
              bool highest, bool nested) {
  SortedSetValue set = sortedSetOf(ctx, key);
  set.forRange(ranks, highest, [&ctx, nested](const Element& member, double score) {
    if (nested) ctx.reply.array(2);
    replyElement(ctx.reply, member);
    replyScore(ctx.reply, score);
  });
  removeRanks(ctx, {name, key, highest ? "zpopmax" : "zpopmin"}, set, ranks);
}

// key [count]
void pop(CommandContext& ctx, bool highest) {
  if (ctx.args.size() > 3) return ctx.error(errors::kSyntax);
  const bool has_count = ctx.args.size() == 3;
  int64_t count = 1;
  if (has_count && (!parseInt64(ctx.args[2], count) || count < 0)) {
    return ctx.error(errors::kMustBePositive);
  }
  const KeyRef key = ctx.lookupWrite(ctx.args[1]);
  if (!ctx.expectType(key, ValueType::kZset)) return;
  if (!key || count == 0) return ctx.reply.array(0);
  const RankRange ranks = endOf(sortedSetOf(ctx, key), static_cast<size_t>(count), highest);
  const bool nested = has_count && ctx.reply.protocol() > 2;
  ctx.reply.array(nested ? ranks.size() : 2 * ranks.size());
  popRanks(ctx, ctx.args[1], key, ranks, highest, nested);
}

// A number that has to be above zero; anything else gives `error_text`.
int64_t nextPositive(ArgumentReader& reader, std::string_view error_text) {
  int64_t value = 0;
  if (parseInt64(reader.next(), value) && value > 0) return value;
  reader.fail(error_text);
  return 1;
}

}  // namespace

bool parseZsetMultiPop(CommandContext& ctx, size_t first, ZsetMultiPop& request) {
  ArgumentReader reader(ctx, first);
  const auto key_count = static_cast<uint64_t>(nextPositive(reader, errors::kNumkeysNotPositive));
  if (key_count > reader.remaining()) reader.failSyntax();
  if (!reader.failed()) request.keys = ctx.args.subspan(first + 1, key_count);
  for (size_t i = 0; i < request.keys.size(); ++i) reader.next();
  if (reader.matchesKeyword("MAX")) {
    request.highest = true;
  } else if (!reader.matchesKeyword("MIN")) {
    reader.failSyntax();
  }
  if (reader.matchesKeyword("COUNT", 1)) {
    request.count = static_cast<size_t>(nextPositive(reader, errors::kCountNotPositive));
  }
  if (!reader.atEnd()) reader.failSyntax();
  return reader.finish();
}

void popMember(CommandContext& ctx, std::string_view name, const KeyRef& key, bool highest) {
  ctx.reply.array(3);
  ctx.reply.bulk(name);
  popRanks(ctx, name, key, endOf(sortedSetOf(ctx, key), 1, highest), highest, false);
  ctx.propagateInstead({highest ? "ZPOPMAX" : "ZPOPMIN", name});
}

void popFromZset(CommandContext& ctx, std::string_view name, const KeyRef& key,
                 const ZsetMultiPop& request) {
  const RankRange ranks = endOf(sortedSetOf(ctx, key), request.count, request.highest);
  char count[kInt64TextMax];
  const size_t digits = formatInt64(count, static_cast<int64_t>(ranks.size()));
  ctx.reply.array(2);
  ctx.reply.bulk(name);
  ctx.reply.array(ranks.size());
  popRanks(ctx, name, key, ranks, request.highest, true);
  // Which of the keys had members is known now, and need not be found out again.
  ctx.propagateInstead(
      {request.highest ? "ZPOPMAX" : "ZPOPMIN", name, std::string_view(count, digits)});
}

void zpopminCommand(CommandContext& ctx) {
  pop(ctx, false);
}

void zpopmaxCommand(CommandContext& ctx) {
  pop(ctx, true);
}

void zmpopCommand(CommandContext& ctx) {
  ZsetMultiPop request;
  if (!parseZsetMultiPop(ctx, 1, request)) return;
  withServable(
      ctx, request.keys, ValueType::kZset,
      [&](std::string_view name, const KeyRef& key) { popFromZset(ctx, name, key, request); },
      [&] { ctx.reply.nullArray(); });
}

}  // namespace inkstone
