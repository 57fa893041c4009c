#include "server/execution/expire_cycle.h"

#include <algorithm>
#include <array>

#include "server/clients/clients.h"
#include "server/data/data_set.h"
#include "server/execution/propagation.h"
#include "server/process/runtime.h"

namespace inkstone {

ExpireCycle::ExpireCycle(Runtime& runtime, DataSet& data, Clients& clients,
                         Propagation& propagation)
    : runtime_(runtime),
      data_(data),
      clients_(clients),
      propagation_(propagation),
      timer_(runtime.io) {}

void ExpireCycle::deleteExpired(size_t db, uint64_t hash, Database::Slot slot) {
  Database& database = data_.keyspace[db];
  Entry* entry = database.unlink(hash, slot);
  const bool lazy = runtime_.settings.lazyfree_lazy_expire;
  const std::array<std::string_view, 2> deletion = {lazy ? "UNLINK" : "DEL", entry->key()};
  propagation_.feed(db, deletion);
  if (!clients_.key_events.idle()) {
    clients_.key_events.changed(db, entry->key(), kNotifyExpired, "expired");
  }
  if (lazy) {
    data_.freeLazily(database, entry);
  } else {
    database.destroyEntry(entry);
  }
  ++runtime_.stats.expired_keys;
  ++data_.dirty;
}

bool ExpireCycle::runDatabase(size_t index, int64_t deadline_ns) {
  Database& database = data_.keyspace[index];
  return database.table().visitDue(
      runtime_.clock.unixMs(),
      [&](Entry* entry) {
        const uint64_t hash = database.hashOf(entry->key());
        deleteExpired(index, hash, database.find(hash, entry->key()));
      },
      [&] { return Clock::readMonotonicNs() < deadline_ns; });
}

bool ExpireCycle::run() {
  const Conditions& conditions = runtime_.conditions;
  if (!runtime_.debug.active_expire || conditions.has(Conditions::kLoading) ||
      conditions.has(Conditions::kPaused)) {
    return false;
  }
  int64_t next = kNever;
  for (size_t i = 0; i < data_.keyspace.size(); ++i) {
    next = std::min(next, data_.keyspace[i].table().nextDeadline());
  }
  const int64_t now_ms = runtime_.clock.unixMs();
  const bool due = next < now_ms && runtime_.clock.monotonicNs() >= not_before_ns_;
  if (due) {
    const int64_t started_ns = Clock::readMonotonicNs();
    bool complete = true;
    next = kNever;
    for (size_t i = 0; i < data_.keyspace.size(); ++i) {
      complete = runDatabase(i, started_ns + kBudgetNs) && complete;
      next = std::min(next, data_.keyspace[i].table().nextDeadline());
    }
    if (!complete) ++runtime_.stats.expired_time_cap_reached;
    const int64_t ended_ns = Clock::readMonotonicNs();
    runtime_.stats.expire_cycle_ns += ended_ns - started_ns;
    runtime_.latency.record("expire-cycle", (ended_ns - started_ns) / 1'000'000);
    not_before_ns_ =
        ended_ns + std::max((ended_ns - started_ns) * kIdleFactor, kIntervalMs * 1'000'000);
  }
  if (next != kNever) arm(next);
  return due;
}

void ExpireCycle::arm(int64_t next_deadline_ms) {
  const int64_t now_ms = runtime_.clock.unixMs();
  const int64_t at_ms = std::max(next_deadline_ms + 1, now_ms + kIntervalMs);
  if (armed_for_ms_ > now_ms && armed_for_ms_ <= at_ms) return;
  armed_for_ms_ = at_ms;
  // The timer waits for a day at most, because the wall clock may be set meanwhile.
  constexpr int64_t kWaitMaxMs = 24LL * 3600 * 1000;
  timer_.expires_after(std::chrono::milliseconds(std::min(at_ms - now_ms, kWaitMaxMs)));
  // It is enough to wake the loop, because beforeSleep runs the cycle.
  timer_.async_wait([this](const asio::error_code& error) {
    if (!error) armed_for_ms_ = 0;
  });
}

}  // namespace inkstone
