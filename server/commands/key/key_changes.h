// How commands of every type take keys away, and put results under keys.
#pragma once

#include <optional>
#include <string_view>

#include "server/execution/command_context.h"
#include "storage/value.h"

namespace inkstone {

// Takes an existing key of the selected database away, silently. `lazy`: a big value is freed off
// the command path. The slot is void afterwards.
void deleteKey(CommandContext& ctx, const KeyRef& key, bool lazy);

// The same, lazily if lazyfree-lazy-server-del says so: the command was not asked to delete a key.
void deleteKey(CommandContext& ctx, const KeyRef& key);
// The same with the keyspace event: the value has lost its last element.
void deleteEmptied(CommandContext& ctx, std::string_view name, const KeyRef& key);

// The keyspace event of a result that is stored.
struct StoreEvent {
  NotifyFlag event_class;
  std::string_view name;
};

// Gives `key` the result instead of what it held, without a time of expiry. nullopt or a value
// without elements (which is destroyed) deletes the key. Marks the command dirty, by one, if that
// changed anything. Returns the number of elements.
size_t storeResult(CommandContext& ctx, std::string_view key, const std::optional<Value>& result,
                   StoreEvent event);

}  // namespace inkstone
