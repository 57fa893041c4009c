#include "server/commands/key/key_free.h"

#include "server/data/data_set.h"

namespace inkstone {

void deleteKey(CommandContext& ctx, const KeyRef& key, bool lazy) {
  Database& db = ctx.db();
  if (!lazy) return db.erase(key.hash, key.slot);
  ctx.data().freeLazily(db, db.unlink(key.hash, key.slot));
}

}  // namespace inkstone
