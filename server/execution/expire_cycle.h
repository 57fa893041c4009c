// Deletes keys whose time has come, also when no command asks for them.
//
// The table knows for each group of keys when the next of them expires (HashTable::visitDue), so
// the cycle goes straight to the keys that are due. It runs before the loop sleeps, and by a timer
// that is set to the next deadline. It runs every kIntervalMs at most, and never takes more than a
// quarter of the time.
#pragma once

#include <asio/steady_timer.hpp>
#include <cstdint>

#include "storage/database.h"

namespace inkstone {

class Clients;
class DataSet;
class Propagation;
class Runtime;

class ExpireCycle {
 public:
  // All must outlive this object.
  ExpireCycle(Runtime& runtime, DataSet& data, Clients& clients, Propagation& propagation);

  // Deletes one expired key, has the deletion propagated, and counts it. `slot` is void afterwards.
  void deleteExpired(size_t db, uint64_t hash, Database::Slot slot);

  // Deletes the keys that are due, if enough time has passed, and sets the timer for the next ones.
  // To be called from beforeSleep. Returns true if it has looked for keys; then its side effects
  // have to be settled.
  [[nodiscard]] bool run();

  void cancel() { timer_.cancel(); }

 private:
  // Deleting soon after the deadline and scanning a group of keys rarely are opposite goals. This
  // is well below the promised 100 ms, and lets several keys of a group fall due together.
  static constexpr int64_t kIntervalMs = 10;
  static constexpr int64_t kBudgetNs = 5'000'000;
  static constexpr int64_t kIdleFactor = 3;

  bool runDatabase(size_t index, int64_t deadline_ns);
  void arm(int64_t next_deadline_ms);

  Runtime& runtime_;
  DataSet& data_;
  Clients& clients_;
  Propagation& propagation_;
  asio::steady_timer timer_;
  // The monotonic time before which the cycle does not run again.
  int64_t not_before_ns_ = 0;
  // The Unix time that the timer is set for; 0 if it is not set.
  int64_t armed_for_ms_ = 0;
};

}  // namespace inkstone
