// Changes of keys, reported to everybody who asked for them: clients that watch keys, wait for them
// or cache what they read, and subscribers of keyspace notifications.
//
// Every change of a key is reported here once, by the name that keyspace notifications have for it.
// While nobody has asked, a report costs one comparison.
#pragma once

#include <cstdint>
#include <string_view>

#include "config/config_values.h"
#include "server/clients/key_interests.h"
#include "server/clients/watched_keys.h"
#include "storage/entry.h"

namespace inkstone {

class Blocking;
class PubSub;
class Runtime;
class SideEffects;
class Tracking;

class KeyEvents {
 public:
  // All must outlive this object.
  KeyEvents(Runtime& runtime, const Keyspace& keyspace, KeyInterests& interests,
            const SideEffects& side_effects, Blocking& blocking, PubSub& pubsub,
            Tracking& tracking);

  // Nobody has asked for anything.
  bool idle() const { return interests_.none(); }

  // A key was created, possibly in place of one that was deleted before. It has its value now, or
  // will have it before the command is over.
  void added(size_t db, std::string_view key);
  // A key got another value as a whole. A call of changed() follows.
  void replaced(size_t db, std::string_view key);
  // A key or its value was changed, or the key was deleted.
  void changed(size_t db, std::string_view key, NotifyFlag event_class, std::string_view event);
  // A command wanted to read a key that does not exist.
  void missed(size_t db, std::string_view key);
  // The database is about to be emptied.
  void flushing(size_t db);
  // One database or all of them were emptied.
  void flushed();
  // The two databases are about to change places.
  void swapping(size_t a, size_t b);

  // WATCH of a key in the database that the client has selected.
  void watch(Client& client, std::string_view key);
  void unwatch(Client& client);
  const WatchedKeys& watched() const { return watched_; }

 private:
  void notify(size_t db, std::string_view key, NotifyFlag event_class, std::string_view event);

  Runtime& runtime_;
  const Keyspace& keyspace_;
  KeyInterests& interests_;
  const SideEffects& side_effects_;
  Blocking& blocking_;
  PubSub& pubsub_;
  Tracking& tracking_;
  WatchedKeys watched_;
};

}  // namespace inkstone
