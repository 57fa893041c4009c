#include "server/commands/key/key_changes.h"

#include "server/data/data_set.h"
#include "server/process/runtime.h"

namespace inkstone {

void deleteKey(CommandContext& ctx, const KeyRef& key, bool lazy) {
  Database& db = ctx.db();
  if (!lazy) return db.erase(key.hash, key.slot);
  ctx.data().freeLazily(db, db.unlink(key.hash, key.slot));
}

void deleteKey(CommandContext& ctx, const KeyRef& key) {
  deleteKey(ctx, key, ctx.runtime().settings.lazyfree_lazy_server_del);
}

void deleteEmptied(CommandContext& ctx, std::string_view name, const KeyRef& key) {
  deleteKey(ctx, key);
  ctx.keyDeleted(name);
}

size_t storeResult(CommandContext& ctx, std::string_view key, const std::optional<Value>& result,
                   StoreEvent event) {
  const size_t elements = result ? valueSize(*result) : 0;
  if (result && elements == 0) destroyValue(*result);
  const KeyRef old = ctx.lookupWrite(key);
  if (old) deleteKey(ctx, old);
  if (elements == 0) {
    if (!old) return 0;
    ctx.keyDeleted(key);
    ctx.markDirty();
    return 0;
  }
  Database& db = ctx.db();
  if (old) {
    ctx.keyReplaced(key);
  } else {
    ctx.keyAdded(key);
  }
  db.insertValue(db.hashOf(key), key, *result, ctx.initialAccess());
  ctx.keyChanged(event.event_class, event.name, key);
  ctx.markDirty();
  return elements;
}

}  // namespace inkstone
