// What several sorted-set commands share: members as replies, and taking members away.
#pragma once

#include "server/commands/key_values.h"
#include "server/commands/waiting.h"
#include "server/execution/command_context.h"

namespace inkstone {

// The header of a reply with `members` members, with their scores or without: RESP3 has an array a
// pair, RESP2 one flat array.
void replyMembersHeader(ReplyBuilder& reply, size_t members, bool with_scores);
// One member below such a header.
void replyMember(ReplyBuilder& reply, const Element& member, double score, bool with_scores);

// Replies the name of an existing sorted set and members of it, which it takes away, and propagates
// that (ZMPOP, BZMPOP).
void popFromZset(CommandContext& ctx, std::string_view name, const KeyRef& key,
                 const MultiPop& request);
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
