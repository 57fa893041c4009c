// The whole data set as log text: the fewest commands that bring it about.
#pragma once

#include <cstdint>
#include <optional>

#include "persistence/files/bulk_writer.h"
#include "persistence/rdb/rdb_encoder.h"
#include "storage/keyspace.h"

namespace inkstone {

// Appends, for each database that holds keys, SELECT and for each key the command that makes it,
// then PEXPIREAT where it has a deadline. Keys that have expired and are still there are written
// like others: their DEL is to follow in the log. With `annotation_unix_s` (aof-timestamp-enabled)
// the text begins with that moment. `observer`, which may be null, is told after each key.
//
// Returns the number of keys written. It stops early when `out` has an error, which the caller asks
// `out` for. The keyspace must not change meanwhile. Complexity: a visit of every key.
uint64_t writeSnapshotCommands(const Keyspace& keyspace, std::optional<int64_t> annotation_unix_s,
                               BulkWriter& out, RdbSaveObserver* observer = nullptr);

}  // namespace inkstone
