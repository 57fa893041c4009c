// Results that are put under a key: the *STORE commands.
#pragma once

#include <optional>
#include <string_view>

#include "server/execution/command_context.h"
#include "storage/value.h"

namespace inkstone {

// The keyspace event of a result that is stored.
struct StoreEvent {
  NotifyFlag event_class;
  std::string_view name;
};

// Gives `key` the result instead of what it held, without a time of expiry. nullopt or a value
// without elements (which is destroyed): the key is deleted. Marks the command dirty, by
// one, if that changed anything. Returns the number of elements.
size_t storeResult(CommandContext& ctx, std::string_view key, const std::optional<Value>& result,
                   StoreEvent event);

}  // namespace inkstone
