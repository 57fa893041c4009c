// Deletes keys whose time has come, also when nobody asks for them.
//
// The table knows, group by group, when the next key in it expires (HashTable::visitDue), so the
// cycle goes straight to what is due. It runs before the loop sleeps and on a timer set to the next
// deadline, at most every kIntervalMs, and never takes more than a quarter of the time.
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

  // Deletes one expired key, tells the log, counts. `slot` is void afterwards.
  void deleteExpired(size_t db, uint64_t hash, Database::Slot slot);

  // From beforeSleep: deletes what is due if it is time to, and sets the timer for what comes next.
  // True if it looked for keys: then what it brought about has to be settled.
  [[nodiscard]] bool run();

  void cancel() { timer_.cancel(); }

 private:
  // Deleting soon after the deadline and scanning a group of keys rarely are at odds; this is well
  // below the 100 ms promised and lets several keys of a group fall due together.
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
  // Monotonic: no run before.
  int64_t not_before_ns_ = 0;
  // Unix time the timer is set for, 0 if it is not.
  int64_t armed_for_ms_ = 0;
};

}  // namespace inkstone
