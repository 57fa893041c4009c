// Compares a dump with the data in memory. A Redis that ends writes a dump that is younger than its
// AOF and holds the same data. A Redis whose AOF was off for a while leaves a dump that holds more.
#pragma once

#include <cstdint>
#include <string>

#include "persistence/files/file.h"
#include "storage/keyspace.h"

namespace inkstone {

struct [[nodiscard]] DumpComparison {
  // The number of keys that have not expired.
  uint64_t keys = 0;
  // The first difference, for people; empty when there is none.
  std::string difference;
  // Why the dump cannot be read; empty when it can.
  std::string unreadable;
  // The file begins like a dump, of this program or another.
  bool is_dump = false;

  bool same() const { return difference.empty() && unreadable.empty(); }
};

// Compares names, values and deadlines; keys that have expired at `now_ms`, Unix milliseconds,
// count on neither side. Complexity: loads the dump, a few keys at a time.
DumpComparison compareWithDump(FileSystem& files, const Keyspace& keyspace, const std::string& path,
                               int64_t now_ms);

}  // namespace inkstone
