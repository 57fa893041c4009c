// A whole data set as an RDB file. Format: docs/rdb-format.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "persistence/rdb/rdb_sink.h"
#include "persistence/rdb/rdb_writer.h"
#include "storage/access_clock.h"
#include "storage/keyspace.h"

namespace inkstone {

// What a file tells about itself.
struct RdbFileInfo {
  std::string_view redis_version;
  int64_t unix_seconds = 0;
  uint64_t used_memory = 0;
  // It stands in front of a log.
  bool aof_base = false;
  // What a dump says about the log (log_mark.h); empty: nothing.
  std::string log_mark = {};
};

// What is written of the access bits: what maxmemory-policy needs of them, as nothing else does.
enum class RdbAccess : uint8_t { kNone, kIdleSeconds, kFrequency };

// Told after each key, for whoever has something else to do meanwhile.
class RdbSaveObserver {
 public:
  virtual ~RdbSaveObserver() = default;
  // Keys and bytes written so far.
  virtual void keySaved(uint64_t keys, uint64_t bytes) = 0;
};

struct RdbSaveRequest {
  RdbFileInfo info;
  RdbWriteSettings settings;
  RdbAccess access = RdbAccess::kNone;
  // Needed unless access is kNone.
  const AccessClock* clock = nullptr;
  // May be null.
  RdbSaveObserver* observer = nullptr;
};

struct [[nodiscard]] RdbSaveResult {
  uint64_t keys = 0;
  uint64_t bytes = 0;
  // False if the sink wanted no more.
  bool complete = false;
};

// Writes all of the keyspace to `sink`. Keys that have expired and are still there are written like
// others. The keyspace must not change meanwhile. Complexity: a visit of every key.
RdbSaveResult saveRdb(const Keyspace& keyspace, const RdbSaveRequest& request, RdbSink& sink);

}  // namespace inkstone
