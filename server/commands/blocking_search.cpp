#include "server/commands/blocking_search.h"

#include <optional>

#include "server/clients/clients.h"

namespace inkstone {

Found findServable(CommandContext& ctx, CommandContext::Args keys, ValueType type,
                   std::string_view& name, KeyRef& key) {
  const std::optional<std::string_view> served = Blocking::servedKey(ctx.client);
  for (const std::string_view each : keys) {
    if (served && each != *served) continue;
    key = ctx.lookupWrite(each);
    if (!key) continue;
    if (!ctx.expectType(key, type)) return Found::kWrongType;
    name = each;
    return Found::kKey;
  }
  return Found::kNothing;
}

void waitForKeys(CommandContext& ctx, const KeyCheck& check, CommandContext::Args keys,
                 int64_t deadline_ms) {
  if (!ctx.mayWait()) return ctx.reply.nullArray();
  ctx.clients().blocking.waitForKeys(ctx.asWaiting(), check, keys, deadline_ms);
}

}  // namespace inkstone
