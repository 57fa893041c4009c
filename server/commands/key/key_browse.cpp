// What keys there are: KEYS, RANDOMKEY.
#include <vector>

#include "base/glob.h"
#include "server/clients/clients.h"
#include "server/commands/key/key_handlers.h"
#include "server/process/runtime.h"

namespace inkstone {
bool hasExpired(const CommandContext& ctx, const Entry& entry) {
  return entry.hasExpired(ctx.unixMs()) && expiredKeysAreGone(ctx.client.origin);
}

void keysCommand(CommandContext& ctx) {
  const std::string_view pattern = ctx.args[1];
  const bool all = pattern == "*";
  std::vector<const Entry*> found;
  ctx.db().table().forEach([&](const Entry* entry) {
    if ((all || globMatch(pattern, entry->key())) && !hasExpired(ctx, *entry)) {
      found.push_back(entry);
    }
  });
  ctx.reply.array(found.size());
  for (const Entry* entry : found) ctx.reply.bulk(entry->key());
}

void randomkeyCommand(CommandContext& ctx) {
  // An expired key goes when it is looked up, so this ends; but not while clients are paused.
  constexpr int kTriesMax = 100;
  for (int tries = 0; tries < kTriesMax || !ctx.clients().pause.active(); ++tries) {
    Entry* entry = ctx.db().randomEntry(ctx.runtime().random);
    if (entry == nullptr) break;
    if (ctx.lookupQuiet(entry->key())) return ctx.reply.bulk(entry->key());
  }
  ctx.reply.null();
}

}  // namespace inkstone
