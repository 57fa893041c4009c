// The data set and what belongs to it as a whole: the clock of its access bits, the thread that
// frees big values, the number of changes since the last snapshot.
#pragma once

#include <cstdint>

#include "config/config_values.h"
#include "server/data/collation.h"
#include "server/data/lazy_free.h"
#include "storage/access_clock.h"
#include "storage/keyspace.h"

namespace inkstone {

// For the loop thread.
class DataSet {
 public:
  explicit DataSet(const ConfigValues& settings);

  // Takes over the directives about encodings and eviction.
  void applySettings(const ConfigValues& settings);

  // Destroys an entry that is in no table any more; a big value on another thread.
  void freeLazily(Database& database, Entry* entry);
  // Destroys a value that has no key; with `lazy` a big one on another thread.
  void destroy(const Value& value, bool lazy);

  Keyspace keyspace;
  AccessClock access_clock;
  LazyFree lazy_free;
  // The order of SORT ALPHA.
  Collation collation;
  // The number of changes since the start or the last save.
  uint64_t dirty = 0;
};

}  // namespace inkstone
