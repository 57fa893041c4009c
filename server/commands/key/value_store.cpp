#include "server/commands/key/value_store.h"

#include "server/commands/key/key_free.h"
#include "server/process/runtime.h"

namespace inkstone {

size_t storeResult(CommandContext& ctx, std::string_view key, const std::optional<Value>& result,
                   StoreEvent event) {
  const size_t elements = result ? valueSize(*result) : 0;
  if (result && elements == 0) destroyValue(*result);
  const KeyRef old = ctx.lookupWrite(key);
  if (old) deleteKey(ctx, old, ctx.runtime().settings.lazyfree_lazy_server_del);
  if (elements == 0) {
    if (!old) return 0;
    ctx.keyDeleted(key);
    ctx.markDirty();
    return 0;
  }
  Database& db = ctx.db();
  if (old) {
    ctx.keyReplaced(key, result->type);
  } else {
    ctx.keyAdded(key, result->type);
  }
  db.insertValue(db.hashOf(key), key, *result, ctx.initialAccess());
  ctx.keyChanged(event.event_class, event.name, key);
  ctx.markDirty();
  return elements;
}

}  // namespace inkstone
