#include "server/clients/key_events.h"

#include <fmt/format.h>

#include "server/clients/blocking.h"
#include "server/clients/client.h"
#include "server/clients/pubsub.h"
#include "server/clients/side_effects.h"
#include "server/clients/tracking.h"
#include "server/process/runtime.h"

namespace inkstone {

KeyEvents::KeyEvents(Runtime& runtime, const Keyspace& keyspace, KeyInterests& interests,
                     const SideEffects& side_effects, Blocking& blocking, PubSub& pubsub,
                     Tracking& tracking)
    : runtime_(runtime),
      keyspace_(keyspace),
      interests_(interests),
      side_effects_(side_effects),
      blocking_(blocking),
      pubsub_(pubsub),
      tracking_(tracking),
      watched_(keyspace) {}

void KeyEvents::added(size_t db, std::string_view key) {
  if (interests_.has(KeyInterests::kWatching)) watched_.touch(db, key);
  if (interests_.has(KeyInterests::kWaiting)) blocking_.keyAdded(db, key);
  notify(db, key, kNotifyNew, "new");
}

void KeyEvents::replaced(size_t db, std::string_view key) {
  if (interests_.has(KeyInterests::kWaiting)) blocking_.keyAdded(db, key);
}

void KeyEvents::changed(size_t db, std::string_view key, NotifyFlag event_class,
                        std::string_view event) {
  if (interests_.has(KeyInterests::kWatching)) watched_.touch(db, key);
  if (interests_.has(KeyInterests::kTracking)) {
    // No client caused this deletion.
    const bool by_itself = (event_class & (kNotifyExpired | kNotifyEvicted)) != 0;
    tracking_.keyChanged(key, by_itself ? nullptr : side_effects_.executing());
  }
  if (interests_.has(KeyInterests::kWaiting)) blocking_.keyChanged(db, key);
  notify(db, key, event_class, event);
}

void KeyEvents::missed(size_t db, std::string_view key) {
  notify(db, key, kNotifyKeyMiss, "keymiss");
}

void KeyEvents::notify(size_t db, std::string_view key, NotifyFlag event_class,
                       std::string_view event) {
  const int wanted = runtime_.settings.notify_keyspace_events;
  if ((wanted & event_class) == 0) return;
  // The event of a missing key waits as long as the reply that says the same.
  const bool tells_of_write = event_class != kNotifyKeyMiss;
  if ((wanted & kNotifyKeyspace) != 0) {
    pubsub_.publish(fmt::format("__keyspace@{}__:{}", db, key), event, tells_of_write);
  }
  if ((wanted & kNotifyKeyevent) != 0) {
    pubsub_.publish(fmt::format("__keyevent@{}__:{}", db, event), key, tells_of_write);
  }
}

void KeyEvents::watch(Client& client, std::string_view key) {
  watched_.watch(client, client.db, key, runtime_.clock.unixMs());
  interests_.set(KeyInterests::kWatching, !watched_.empty());
}

void KeyEvents::unwatch(Client& client) {
  watched_.unwatch(client);
  interests_.set(KeyInterests::kWatching, !watched_.empty());
}

void KeyEvents::flushing(size_t db) {
  watched_.touchFlushed(db);
}

void KeyEvents::flushed() {
  if (interests_.has(KeyInterests::kTracking)) tracking_.flushed();
}

void KeyEvents::swapping(size_t a, size_t b) {
  const int64_t now_ms = runtime_.clock.unixMs();
  watched_.touchReplaced(a, &keyspace_[b], now_ms);
  watched_.touchReplaced(b, &keyspace_[a], now_ms);
}

}  // namespace inkstone
