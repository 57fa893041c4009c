#include "server/clients/clients.h"

#include "server/process/runtime.h"

namespace inkstone {

Clients::Clients(Runtime& runtime, const Keyspace& keyspace, AppendOnlyLog& log)
    : gate(log, keyspace.hasher(), runtime.stats),
      output_limits(runtime, registry, log),
      pushes(registry, side_effects, gate, output_limits),
      pubsub(keyspace.hasher(), pushes),
      tracking(runtime, keyspace.hasher(), registry, interests, pushes),
      blocking(runtime, keyspace, log, registry, interests, side_effects, gate),
      pause(runtime, blocking),
      memory(runtime, registry),
      key_events(runtime, keyspace, interests, side_effects, blocking, pubsub, tracking) {}

void Clients::forget(Client& client) {
  key_events.unwatch(client);
  pubsub.unsubscribeAll(client);
  tracking.disable(client);
  memory.forget(client);
  blocking.forget(client);
  pushes.forget(client);
}

}  // namespace inkstone
