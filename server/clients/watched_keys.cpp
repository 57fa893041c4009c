#include "server/clients/watched_keys.h"

#include "server/clients/client.h"

namespace inkstone {
namespace {

enum class KeyState : uint8_t { kMissing, kExpired, kAlive };

KeyState stateOf(const Database& db, std::string_view key, int64_t now_ms) {
  const Database::Slot slot = db.find(db.hashOf(key), key);
  if (!slot) return KeyState::kMissing;
  return slot.node()->hasExpired(now_ms) ? KeyState::kExpired : KeyState::kAlive;
}

}  // namespace

WatchedKeys::WatchedKeys(const Keyspace& keyspace)
    : keyspace_(keyspace), lists_(keyspace.size(), Lists(keyspace.hasher())) {}

void WatchedKeys::watch(Client& client, size_t db, std::string_view key, int64_t now_ms) {
  if (client.watches == nullptr) client.watches = std::make_unique<ClientWatches>();
  ClientWatches& watches = *client.watches;
  // The client will not execute anything, so further keys make no difference.
  if (watches.touched) return;
  if (const Lists::Named* known = lists_[db].find(key);
      known != nullptr && watches.keys.contains(known)) {
    return;
  }
  const bool expired = stateOf(keyspace_[db], key, now_ms) == KeyState::kExpired;
  const Lists::Place place = lists_[db].add(key, {&client, expired});
  watches.keys.emplace(place.named, ClientWatches::Watched{db, place});
  watches.bytes += sizeof(ClientWatches::Watched) + 2 * sizeof(void*) + key.size();
  ++count_;
}

void WatchedKeys::release(ClientWatches& watches) {
  for (const auto& [name, watched] : watches.keys) lists_[watched.db].remove(watched.place);
  count_ -= watches.keys.size();
  watches.keys.clear();
  watches.bytes = 0;
}

void WatchedKeys::unwatch(Client& client) {
  if (client.watches == nullptr) return;
  release(*client.watches);
  client.watches.reset();
}

void WatchedKeys::touchClients(const std::vector<Client*>& clients) {
  for (Client* client : clients) {
    client->watches->touched = true;
    release(*client->watches);
  }
}

void WatchedKeys::touch(size_t db, std::string_view key) {
  Lists::Named* const watched = lists_[db].find(key);
  if (watched == nullptr) return;
  const Database& database = keyspace_[db];
  std::vector<Client*> touched;
  for (Watch& watch : watched->second) {
    if (watch.expired && !database.find(database.hashOf(key), key)) {
      watch.expired = false;
      continue;
    }
    touched.push_back(watch.client);
  }
  touchClients(touched);
}

void WatchedKeys::touchReplaced(size_t db, const Database* by, int64_t now_ms) {
  if (lists_[db].empty()) return;
  std::vector<Client*> touched;
  for (auto& [key, watches] : lists_[db]) {
    const bool existed = stateOf(keyspace_[db], key, now_ms) != KeyState::kMissing;
    const KeyState after = by == nullptr ? KeyState::kMissing : stateOf(*by, key, now_ms);
    if (!existed && after == KeyState::kMissing) continue;
    for (Watch& watch : watches) {
      // To the client an expired key does not exist. It may go or stay without being a change, and
      // so may an expired key come where none was.
      const bool was_none = watch.expired || !existed;
      if (was_none && after != KeyState::kAlive) {
        watch.expired = after == KeyState::kExpired;
      } else {
        touched.push_back(watch.client);
      }
    }
  }
  // A client may watch several of the keys, and it is done with the first.
  touchClients(touched);
}

bool WatchedKeys::anyExpired(const Client& client, int64_t now_ms) const {
  if (client.watches == nullptr) return false;
  for (const auto& [name, watched] : client.watches->keys) {
    if (watched.place.item->expired) continue;
    const Database& database = keyspace_[watched.db];
    if (stateOf(database, watched.place.named->first, now_ms) == KeyState::kExpired) return true;
  }
  return false;
}

}  // namespace inkstone
