#include "server/execution/key_events.h"

#include <fmt/format.h>

#include "server/clients/blocking.h"
#include "server/clients/pubsub.h"
#include "server/clients/tracking.h"
#include "server/server.h"

namespace inkstone {

KeyEvents::KeyEvents(Server& server) : server_(server), watched_(server.keyspace) {}

void KeyEvents::added(size_t db, std::string_view key, ValueType type) {
  if ((interests_ & kWatching) != 0) watched_.touch(db, key);
  if ((interests_ & kWaiting) != 0) server_.blocking->keyReady(db, key, type);
  notify(db, key, kNotifyNew, "new");
}

void KeyEvents::replaced(size_t db, std::string_view key, ValueType type) {
  if ((interests_ & kWaiting) != 0) server_.blocking->keyReady(db, key, type);
}

void KeyEvents::changed(size_t db, std::string_view key, NotifyFlag event_class,
                        std::string_view event) {
  if ((interests_ & kWatching) != 0) watched_.touch(db, key);
  if ((interests_ & kTracking) != 0) {
    // What went by itself was nobody's doing.
    const bool by_itself = (event_class & (kNotifyExpired | kNotifyEvicted)) != 0;
    server_.tracking->keyChanged(key, by_itself ? nullptr : server_.executor.executing());
  }
  notify(db, key, event_class, event);
}

void KeyEvents::missed(size_t db, std::string_view key) {
  notify(db, key, kNotifyKeyMiss, "keymiss");
}

void KeyEvents::notify(size_t db, std::string_view key, NotifyFlag event_class,
                       std::string_view event) {
  const int wanted = server_.settings.notify_keyspace_events;
  if ((wanted & event_class) == 0) return;
  // That a key is missing waits as long as the reply that says so.
  const bool tells_of_write = event_class != kNotifyKeyMiss;
  if ((wanted & kNotifyKeyspace) != 0) {
    server_.pubsub->publish(fmt::format("__keyspace@{}__:{}", db, key), event, tells_of_write);
  }
  if ((wanted & kNotifyKeyevent) != 0) {
    server_.pubsub->publish(fmt::format("__keyevent@{}__:{}", db, event), key, tells_of_write);
  }
}

void KeyEvents::watch(Client& client, std::string_view key) {
  watched_.watch(client, client.db, key, server_.clock.unixMs());
  setInterest(kWatching, !watched_.empty());
}

void KeyEvents::unwatch(Client& client) {
  watched_.unwatch(client);
  setInterest(kWatching, !watched_.empty());
}

void KeyEvents::flushing(size_t db) {
  watched_.touchFlushed(db);
}

void KeyEvents::flushed() {
  if ((interests_ & kTracking) != 0) server_.tracking->flushed();
}

void KeyEvents::swapping(size_t a, size_t b) {
  const int64_t now_ms = server_.clock.unixMs();
  watched_.touchReplaced(a, &server_.keyspace[b], now_ms);
  watched_.touchReplaced(b, &server_.keyspace[a], now_ms);
}

}  // namespace inkstone
