// WATCH: the clients that want to know whether keys were changed before their EXEC.
#pragma once

#include <cstddef>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "server/clients/keyed_lists.h"
#include "storage/keyspace.h"

namespace inkstone {

class Client;

struct Watch {
  Client* client;
  // The key had expired when it was watched and is still there. Its deletion is no change.
  bool expired;
};

// The keys that a client watches. It has this object from its first WATCH to EXEC, DISCARD or
// UNWATCH.
struct ClientWatches {
  using Place = KeyedLists<Watch>::Place;

  // A watched key was changed, so EXEC will not execute anything. From then on no key is watched
  // any more.
  bool touched = false;
  struct Watched {
    size_t db;
    Place place;
  };
  // The key of the map is the address of the key's name. A key is watched once however often it is
  // named.
  std::unordered_map<const void*, Watched> keys;
  // The approximate size of the entries.
  size_t bytes = 0;
};

class WatchedKeys {
 public:
  explicit WatchedKeys(const Keyspace& keyspace);

  bool empty() const { return count_ == 0; }
  // The sum of the watched keys of all clients.
  size_t count() const { return count_; }

  // `now_ms` is Unix time. O(1).
  void watch(Client& client, size_t db, std::string_view key, int64_t now_ms);
  // Forgets the keys that the client watches, and whether one was changed.
  void unwatch(Client& client);

  // The key was changed. O(1) if no client watches it.
  void touch(size_t db, std::string_view key);
  // The database is about to be emptied; the keys that exist are changed by that.
  void touchFlushed(size_t db) { touchReplaced(db, nullptr, 0); }
  // The keys of `db` are about to be replaced by those of `by`, or by none if it is null. O(keys
  // watched in it).
  void touchReplaced(size_t db, const Database* by, int64_t now_ms);

  // Whether a key that the client watches has expired and is still there.
  bool anyExpired(const Client& client, int64_t now_ms) const;

 private:
  using Lists = KeyedLists<Watch>;

  void touchClients(const std::vector<Client*>& clients);
  void release(ClientWatches& watches);

  const Keyspace& keyspace_;
  // The index is the database.
  std::vector<Lists> lists_;
  size_t count_ = 0;
};

}  // namespace inkstone
