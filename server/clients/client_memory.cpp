#include "server/clients/client_memory.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "server/clients/blocking.h"
#include "server/clients/client.h"
#include "server/clients/client_description.h"
#include "server/clients/client_registry.h"
#include "server/clients/pubsub.h"
#include "server/clients/tracking.h"
#include "server/clients/transaction.h"
#include "server/clients/watched_keys.h"
#include "server/process/runtime.h"

namespace inkstone {

size_t clientMemoryBytes(const Client& client) {
  size_t bytes = sizeof(Client) + client.output().memoryBytes() + client.holds.memoryBytes() +
                 client.name.size() + client.library_name.size() + client.library_version.size();
  if (client.transport != nullptr) {
    bytes += client.transport->queryBufferBytes() + client.transport->queryBufferFree();
  }
  if (client.transaction != nullptr) bytes += client.transaction->bytes();
  if (client.subscriptions != nullptr) bytes += client.subscriptions->bytes;
  if (client.watches != nullptr) bytes += client.watches->bytes;
  if (client.blocked != nullptr) bytes += client.blocked->bytes();
  if (client.tracking != nullptr) bytes += client.tracking->bytes();
  return bytes;
}

bool ClientMemory::bounded() const {
  return runtime_.settings.maxmemory_clients != 0;
}

uint64_t ClientMemory::bound() const {
  constexpr uint64_t kLeast = 128 * 1024;
  const int64_t configured = runtime_.settings.maxmemory_clients;
  if (configured >= 0) return std::max(static_cast<uint64_t>(configured), kLeast);
  // A percentage of `maxmemory` is no bound where that has none itself.
  if (runtime_.settings.maxmemory == 0) return UINT64_MAX;
  return std::max(runtime_.settings.maxmemory / 100 * static_cast<uint64_t>(-configured), kLeast);
}

void ClientMemory::note(Client& client) {
  if (!bounded() || client.close_asap) return;
  const size_t bytes = clientMemoryBytes(client);
  total_ += bytes - std::exchange(client.counted_bytes, bytes);
}

void ClientMemory::forget(Client& client) {
  total_ -= std::exchange(client.counted_bytes, 0);
}

void ClientMemory::recount() {
  registry_.forEach([this](Client& client) {
    forget(client);
    note(client);
  });
}

void ClientMemory::enforce() {
  if (!bounded()) return;
  const uint64_t most = bound();
  if (total_ <= most) return;
  std::vector<Client*> candidates;
  registry_.forEach([&candidates](Client& client) {
    if (!client.no_evict && !client.close_asap) candidates.push_back(&client);
  });
  std::sort(candidates.begin(), candidates.end(),
            [](const Client* a, const Client* b) { return a->counted_bytes > b->counted_bytes; });
  for (Client* client : candidates) {
    if (total_ <= most) return;
    runtime_.logger.notice("Evicting client: {}",
                           describeClient(*client, runtime_.clock.monotonicMs(), 0));
    ++runtime_.stats.evicted_clients;
    forget(*client);
    registry_.scheduleClose(*client);
  }
}

}  // namespace inkstone
