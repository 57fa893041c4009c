// Writes a log from the data set while everybody waits: at start, before anybody is served, when
// the data came from elsewhere and are in no log yet.
#pragma once

#include <cstdint>

#include "persistence/files/file.h"
#include "persistence/files/log_hooks.h"
#include "persistence/rewrite/data_set_file.h"
#include "persistence/rewrite/rewrite_child.h"
#include "storage/keyspace.h"

namespace inkstone {

struct LogBaseEnvironment {
  FileSystem& files;
  LogClock& clock;
  LatencyRecorder& latency;
  RewriteSteps& steps;
};

// With an error there is no log, or none that a power cut could not take away; the temporary file
// is gone.
using LogBaseResult = DataSetResult;

// Writes the keyspace to request.settings.path(), as an RDB image or as commands, by way of
// rewriteTempPath(directory, pid): data, ledger, name and directory reach the disk in this order.
// The keyspace must not change meanwhile.
LogBaseResult writeLogBase(const LogBaseEnvironment& environment, const Keyspace& keyspace,
                           const RewriteRequest& request, int64_t pid);

}  // namespace inkstone
