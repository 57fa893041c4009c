#include "server/commands/value_store.h"

#include "server/commands/key_free.h"
#include "server/server.h"

namespace inkstone {

size_t storeResult(CommandContext& ctx, std::string_view key, const std::optional<Value>& result) {
  const size_t elements = result ? valueSize(*result) : 0;
  if (result && elements == 0) destroyValue(*result);
  if (const KeyRef old = ctx.lookupWrite(key)) {
    deleteKey(ctx, old, ctx.server.settings.lazyfree_lazy_server_del);
    if (elements == 0) ctx.markDirty();
  }
  if (elements == 0) return 0;
  Database& db = ctx.db();
  db.insertValue(db.hashOf(key), key, *result, ctx.initialAccess());
  ctx.markDirty();
  return elements;
}

}  // namespace inkstone
