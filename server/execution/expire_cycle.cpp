#include "server/execution/expire_cycle.h"

#include <algorithm>
#include <array>

#include "server/server.h"

namespace inkstone {

ExpireCycle::ExpireCycle(Server& server) : server_(server), timer_(server.io) {}

void ExpireCycle::deleteExpired(size_t db, uint64_t hash, Database::Slot slot) {
  Database& database = server_.keyspace[db];
  Entry* entry = database.unlink(hash, slot);
  const bool lazy = server_.settings.lazyfree_lazy_expire;
  const std::array<std::string_view, 2> deletion = {lazy ? "UNLINK" : "DEL", entry->key()};
  server_.executor.propagate(db, deletion);
  if (!server_.key_events.idle()) {
    server_.key_events.changed(db, entry->key(), kNotifyExpired, "expired");
  }
  if (lazy) {
    server_.freeLazily(database, entry);
  } else {
    database.destroyEntry(entry);
  }
  ++server_.stats.expired_keys;
  ++server_.dirty;
}

bool ExpireCycle::runDatabase(size_t index, int64_t deadline_ns) {
  Database& database = server_.keyspace[index];
  return database.table().visitDue(
      server_.clock.unixMs(),
      [&](Entry* entry) {
        const uint64_t hash = database.hashOf(entry->key());
        deleteExpired(index, hash, database.find(hash, entry->key()));
      },
      [&] { return Clock::readMonotonicNs() < deadline_ns; });
}

void ExpireCycle::run() {
  if (!server_.debug.active_expire || server_.loading.active() || server_.pause.active()) return;
  int64_t next = kNever;
  for (size_t i = 0; i < server_.keyspace.size(); ++i) {
    next = std::min(next, server_.keyspace[i].table().nextDeadline());
  }
  const int64_t now_ms = server_.clock.unixMs();
  if (next < now_ms && server_.clock.monotonicNs() >= not_before_ns_) {
    const int64_t started_ns = Clock::readMonotonicNs();
    bool complete = true;
    next = kNever;
    for (size_t i = 0; i < server_.keyspace.size(); ++i) {
      complete = runDatabase(i, started_ns + kBudgetNs) && complete;
      next = std::min(next, server_.keyspace[i].table().nextDeadline());
    }
    // Whoever is told of them is told when it is in the log.
    server_.executor.settleSideEffects(nullptr);
    if (!complete) ++server_.stats.expired_time_cap_reached;
    const int64_t ended_ns = Clock::readMonotonicNs();
    server_.stats.expire_cycle_ns += ended_ns - started_ns;
    server_.latency.record("expire-cycle", (ended_ns - started_ns) / 1'000'000);
    not_before_ns_ =
        ended_ns + std::max((ended_ns - started_ns) * kIdleFactor, kIntervalMs * 1'000'000);
  }
  if (next != kNever) arm(next);
}

void ExpireCycle::arm(int64_t next_deadline_ms) {
  const int64_t now_ms = server_.clock.unixMs();
  const int64_t at_ms = std::max(next_deadline_ms + 1, now_ms + kIntervalMs);
  if (armed_for_ms_ > now_ms && armed_for_ms_ <= at_ms) return;
  armed_for_ms_ = at_ms;
  // A day at most: the wall clock may be set meanwhile.
  constexpr int64_t kWaitMaxMs = 24LL * 3600 * 1000;
  timer_.expires_after(std::chrono::milliseconds(std::min(at_ms - now_ms, kWaitMaxMs)));
  // Waking the loop is enough: beforeSleep runs the cycle.
  timer_.async_wait([this](const asio::error_code& error) {
    if (!error) armed_for_ms_ = 0;
  });
}

}  // namespace inkstone
