// The one writer of data sets: for snapshots, the base of a log, and the child of a rewrite.
#pragma once

#include <cstdint>
#include <optional>

#include "persistence/files/bulk_writer.h"
#include "persistence/files/whole_file.h"
#include "persistence/ledger/ledger_builder.h"
#include "persistence/rdb/rdb_encoder.h"
#include "storage/keyspace.h"

namespace inkstone {

struct DataSetForm {
  // An RDB image (docs/rdb-format.md), or else the fewest commands that bring the data set about
  // (writeSnapshotCommands).
  bool image = true;
  // What the image tells about itself, and how it is written. Its observer is told in both forms.
  RdbSaveRequest rdb;
  // aof-timestamp-enabled: the moment the data set is of. Commands begin with it, an image is
  // followed by it.
  std::optional<int64_t> annotation_unix_s;
};

// Writes the keyspace, which must not change meanwhile, and returns the number of its keys. It
// stops early when `out` has an error, which the caller asks `out` for. Complexity: a visit of
// every key.
uint64_t writeDataSet(const Keyspace& keyspace, const DataSetForm& form, BulkWriter& out);

// Appends, for each database that holds keys, SELECT and for each key the command that makes it,
// then PEXPIREAT where it has a deadline. Keys that have expired and are still there are written
// like others: their DEL is to follow in the log. With `annotation_unix_s` (aof-timestamp-enabled)
// the text begins with that moment. `observer`, which may be null, is told after each key.
//
// Returns the number of keys written. It stops early when `out` has an error, which the caller asks
// `out` for. The keyspace must not change meanwhile. Complexity: a visit of every key.
uint64_t writeSnapshotCommands(const Keyspace& keyspace, std::optional<int64_t> annotation_unix_s,
                               BulkWriter& out, RdbSaveObserver* observer = nullptr);

struct [[nodiscard]] DataSetResult : WriteOutcome {
  uint64_t keys = 0;
  // How long the file is.
  uint64_t bytes = 0;
};

// Opens `file`, writes the keyspace to it, syncs it and checks its length. With
// `incremental_fsync` it is synced every now and then on the way. `ledger`, which may be null, is
// told of the text. The name is the caller's affair.
DataSetResult writeDataSetFile(const Keyspace& keyspace, const DataSetForm& form,
                               bool incremental_fsync, NewFile& file, LedgerBuilder* ledger);

}  // namespace inkstone
