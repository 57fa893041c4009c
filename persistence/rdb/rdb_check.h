// Looks through an RDB image without keeping it, and finds whatever KeyspaceFiller would refuse,
// and what it would leave out.
#pragma once

#include <cstdint>
#include <string>

#include "persistence/files/file.h"
#include "persistence/rdb/rdb_input.h"
#include "persistence/rdb/rdb_reader.h"

namespace inkstone {

struct [[nodiscard]] RdbCheckResult {
  // Its kind is kNone when the image is sound.
  RdbError error;
  // Where it ends, or how far it was read.
  uint64_t end_offset = 0;
  RdbFacts facts;
  // Not empty: a sound part, AUX data of modules, for which the server refuses the image unless
  // rdb-skip-module-aux is on. What it is, for people.
  std::string left_out;
  uint64_t keys = 0;
  uint64_t deadlines = 0;
  // Deadlines before now.
  uint64_t expired = 0;
};

// `file` begins with the image and is `file_size` bytes long. `now_ms` is in Unix milliseconds.
// Complexity: O(n log n) for n keys. Memory: 24 bytes a key, and what the largest value takes.
RdbCheckResult checkRdbImage(ReadFile& file, uint64_t file_size, int64_t now_ms);

}  // namespace inkstone
