// Handlers of the sorted-set commands, and what several of them share.
#pragma once

#include "server/execution/command_context.h"
#include "storage/types/sorted_set_value.h"

namespace inkstone {

void bzmpopCommand(CommandContext& ctx);
void bzpopmaxCommand(CommandContext& ctx);
void bzpopminCommand(CommandContext& ctx);
void zaddCommand(CommandContext& ctx);
void zcardCommand(CommandContext& ctx);
void zcountCommand(CommandContext& ctx);
void zdiffCommand(CommandContext& ctx);
void zdiffstoreCommand(CommandContext& ctx);
void zincrbyCommand(CommandContext& ctx);
void zinterCommand(CommandContext& ctx);
void zintercardCommand(CommandContext& ctx);
void zinterstoreCommand(CommandContext& ctx);
void zlexcountCommand(CommandContext& ctx);
void zmpopCommand(CommandContext& ctx);
void zmscoreCommand(CommandContext& ctx);
void zpopmaxCommand(CommandContext& ctx);
void zpopminCommand(CommandContext& ctx);
void zrandmemberCommand(CommandContext& ctx);
void zrangeCommand(CommandContext& ctx);
void zrangebylexCommand(CommandContext& ctx);
void zrangebyscoreCommand(CommandContext& ctx);
void zrangestoreCommand(CommandContext& ctx);
void zrankCommand(CommandContext& ctx);
void zremCommand(CommandContext& ctx);
void zremrangebylexCommand(CommandContext& ctx);
void zremrangebyrankCommand(CommandContext& ctx);
void zremrangebyscoreCommand(CommandContext& ctx);
void zrevrangeCommand(CommandContext& ctx);
void zrevrangebylexCommand(CommandContext& ctx);
void zrevrangebyscoreCommand(CommandContext& ctx);
void zrevrankCommand(CommandContext& ctx);
void zscoreCommand(CommandContext& ctx);
void zunionCommand(CommandContext& ctx);
void zunionstoreCommand(CommandContext& ctx);

// The sorted set of an existing key of that type.
inline SortedSetValue sortedSetOf(const CommandContext& ctx, const KeyRef& key) {
  return {*key.entry(), ctx.encodingRules()};
}

// The header of a reply with `members` members, with their scores or without: RESP3 has an array a
// pair, RESP2 one flat array.
void replyMembersHeader(ReplyBuilder& reply, size_t members, bool with_scores);
// One member below such a header.
void replyMember(ReplyBuilder& reply, const Element& member, double score, bool with_scores);

// ZMPOP without its name.
struct ZsetMultiPop {
  std::span<const std::string_view> keys;
  bool highest = false;
  size_t count = 1;
};
// numkeys key [key ...] MIN|MAX [COUNT count], from argument `first` on; false after an error.
[[nodiscard]] bool parseZsetMultiPop(CommandContext& ctx, size_t first, ZsetMultiPop& request);
// Replies the name of an existing sorted set and members of it, which it takes away, and propagates
// that.
void popFromZset(CommandContext& ctx, std::string_view name, const KeyRef& key,
                 const ZsetMultiPop& request);
// The same with one member and its score, in one flat array (BZPOPMIN, BZPOPMAX).
void popMember(CommandContext& ctx, std::string_view name, const KeyRef& key, bool highest);

// Where members are taken from, and the keyspace event for it.
struct RemovalFrom {
  std::string_view name;
  const KeyRef& key;
  std::string_view event;
};

// Takes the members of these ranks out of the sorted set of a key, and the key with the last of
// them. Marks each of them dirty. `set` is void when the key is gone.
void removeRanks(CommandContext& ctx, const RemovalFrom& from, SortedSetValue& set,
                 RankRange ranks);

}  // namespace inkstone
