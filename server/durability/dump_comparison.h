// Whether a dump holds what is in memory. A Redis that ends writes a dump that is younger than its
// log and holds the same; one whose log was off for a while leaves one that holds more.
#pragma once

#include <cstdint>
#include <string>

#include "persistence/files/file.h"
#include "storage/keyspace.h"

namespace inkstone {

struct [[nodiscard]] DumpComparison {
  // Keys that have not expired.
  uint64_t keys = 0;
  // Not empty: where they differ, for people.
  std::string difference;
  // Not empty: the dump cannot be read, and why.
  std::string unreadable;
  // It begins as dumps do, of this program or another.
  bool is_dump = false;

  bool same() const { return difference.empty() && unreadable.empty(); }
};

// Compares names, values and deadlines; keys that have expired at `now_ms`, Unix milliseconds,
// count on neither side. Complexity: loads the dump, a few keys at a time.
DumpComparison compareWithDump(FileSystem& files, const Keyspace& keyspace, const std::string& path,
                               int64_t now_ms);

}  // namespace inkstone
