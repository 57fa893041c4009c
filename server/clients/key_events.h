// What happens to keys, told to those who asked to know: clients that watch keys, wait for them or
// keep what they read of them, and keyspace notifications.
//
// Whatever changes a key says so here, once a change and by the name that keyspace notifications
// have for it. As long as nobody has asked, that costs one comparison.
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

  // Nobody wants to know anything.
  bool idle() const { return interests_.none(); }

  // A key came to be, also in place of one that was deleted before. It has its value, or will have
  // before the command is over.
  void added(size_t db, std::string_view key);
  // A key was given another value as a whole. changed() follows.
  void replaced(size_t db, std::string_view key);
  // A key, or what it holds, was changed, or it was deleted.
  void changed(size_t db, std::string_view key, NotifyFlag event_class, std::string_view event);
  // A key that was to be read does not exist.
  void missed(size_t db, std::string_view key);
  // The database is about to be emptied.
  void flushing(size_t db);
  // A database, or all of them, were emptied.
  void flushed();
  // The two databases are about to change places.
  void swapping(size_t a, size_t b);

  // WATCH of a key of the database the client has selected.
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
