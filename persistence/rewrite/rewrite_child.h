// The child's side of a rewrite: writes the data set to a new file, and behind it what the parent
// logged meanwhile.
//
//   1. The data set goes to temp-rewriteaof-<pid>.aof, as an RDB image or as commands. What the
//      parent sends meanwhile is spooled (DiffSpool), every 10 KB or every millisecond. Synced.
//   2. The spool is appended, then what comes, for kCatchUpMs at most, and until nothing has come
//      in kQuietWaits waits of a millisecond. Synced, while the parent still sends.
//   3. The parent is asked to send no more, and answers within kAckTimeoutMs. What is in the pipe
//      then is all the child will get. Appended and synced.
//   4. Its checksum ledger is written beside it and synced, the file is renamed to
//      temp-rewriteaof-bg-<pid>.aof, and the directory is synced: when the new log gets its name,
//      its ledger cannot be lost. The rest is the parent's (background_rewrite.h).
//
//   keyspace --> image ----+
//                          |   1             2               3
//   parent --> pipe --> DiffSpool --> behind the image --> the last of it --> ledger, rename  4
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "persistence/files/append_only_settings.h"
#include "persistence/files/file.h"
#include "persistence/files/log_hooks.h"
#include "persistence/files/rewrite_steps.h"
#include "persistence/rdb/rdb_encoder.h"
#include "persistence/rewrite/data_set_file.h"
#include "persistence/rewrite/rewrite_pipes.h"
#include "storage/keyspace.h"

namespace inkstone {

struct RewriteRequest {
  AppendOnlySettings settings;
  // aof-use-rdb-preamble
  bool preamble = true;
  // What the image tells about itself and how it is written; its observer is not used.
  RdbSaveRequest image;
  // aof-timestamp-enabled: the moment the data set is of.
  std::optional<int64_t> annotation_unix_s;
  // Told after each key; may be null.
  RdbSaveObserver* observer = nullptr;
};

// `bytes` are those of the new file.
struct [[nodiscard]] RewriteOutcome : DataSetResult {
  // How many of them are text that the parent sent.
  uint64_t diff_bytes = 0;
};

// The references must outlive the object.
class RewriteChild {
 public:
  static constexpr uint64_t kDrainEveryBytes = 10 * 1024;
  static constexpr int64_t kCatchUpMs = 1000;
  static constexpr int kQuietWaits = 20;
  static constexpr int kAckTimeoutMs = 5000;

  RewriteChild(FileSystem& files, LogClock& clock, RewriteSteps& steps,
               const RewriteChannel& channel);

  // `pid` is the number in the names of the files. After an error they are removed.
  RewriteOutcome run(const Keyspace& keyspace, const RewriteRequest& request, int64_t pid);

 private:
  class Attempt;

  FileSystem& files_;
  LogClock& clock_;
  RewriteSteps& steps_;
  const RewriteChannel& channel_;
};

}  // namespace inkstone
