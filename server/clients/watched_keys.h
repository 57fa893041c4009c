// WATCH: which clients want to know whether keys were changed before their EXEC.
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
  // The key had expired when it was watched and is still there: that it goes is no change.
  bool expired;
};

// What a client watches; it has one from its first WATCH to EXEC, DISCARD or UNWATCH.
struct ClientWatches {
  using Place = KeyedLists<Watch>::Place;

  // A watched key was changed: EXEC will not execute anything. Nothing is watched any more then.
  bool touched = false;
  struct Watched {
    size_t db;
    Place place;
  };
  // By the address of the key's name: a key is watched once however often it is named.
  std::unordered_map<const void*, Watched> keys;
  // What that takes, about.
  size_t bytes = 0;
};

class WatchedKeys {
 public:
  explicit WatchedKeys(const Keyspace& keyspace);

  bool empty() const { return count_ == 0; }
  // Keys, each counted once for every client that watches it.
  size_t count() const { return count_; }

  // `now_ms` is Unix time. O(1).
  void watch(Client& client, size_t db, std::string_view key, int64_t now_ms);
  // Forgets what the client watches, and that it was touched.
  void unwatch(Client& client);

  // The key was changed. O(1) if nobody watches it.
  void touch(size_t db, std::string_view key);
  // All keys of the database are about to go: those that exist are touched.
  void touchFlushed(size_t db) { touchReplaced(db, nullptr, 0); }
  // All keys of `db` are about to give way to those of `by` (null: to none). O(keys watched in it).
  void touchReplaced(size_t db, const Database* by, int64_t now_ms);

  // A key that the client watches has expired and is still there.
  bool anyExpired(const Client& client, int64_t now_ms) const;

 private:
  using Lists = KeyedLists<Watch>;

  void touchClients(const std::vector<Client*>& clients);
  void release(ClientWatches& watches);

  const Keyspace& keyspace_;
  // By database.
  std::vector<Lists> lists_;
  size_t count_ = 0;
};

}  // namespace inkstone
