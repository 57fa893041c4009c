#include "server/commands/key/key_free.h"

#include "server/server.h"

namespace inkstone {

void deleteKey(CommandContext& ctx, const KeyRef& key, bool lazy) {
  Database& db = ctx.db();
  if (!lazy) return db.erase(key.hash, key.slot);
  ctx.server.freeLazily(db, db.unlink(key.hash, key.slot));
}

}  // namespace inkstone
