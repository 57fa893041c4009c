// The parts that keep the data set beyond this process, in the order of construction: the log and
// its threads, children that write images, loading, locks, and the orderly end.
#pragma once

#include <functional>
#include <string>

#include "persistence/log/append_only_log.h"
#include "persistence/log/background_sync.h"
#include "persistence/log/log_writer.h"
#include "server/durability/child_process.h"
#include "server/durability/data_loader.h"
#include "server/durability/data_locks.h"
#include "server/durability/loading.h"
#include "server/durability/log_rewrite.h"
#include "server/durability/shutdown.h"
#include "server/durability/snapshots.h"
#include "server/process/oom_score.h"

namespace inkstone {

class Executor;
class OutputBlockPool;

// The log with the threads that bring it to the disk. All other parts are built on it.
class LogStack {
 public:
  explicit LogStack(Runtime& runtime);

  BackgroundSync background;
  LogWriter writer;
  AppendOnlyLog log;
};

class Durability {
 public:
  // All must outlive this object. `serve` runs a turn of the loop without waiting.
  Durability(Runtime& runtime, DataSet& data, LogStack& log_stack, Executor& executor,
             OutputBlockPool& output_blocks, std::function<void()> serve);

  AppendOnlyLog& log;
  const LogWriter& log_writer;
  OomScore oom_score;
  DataLocks data_locks;
  ChildProcess child;
  LogRewrite log_rewrite;
  Snapshots snapshots;
  Loading loading;
  DataLoader data_loader;
  Shutdown shutdown;
};

}  // namespace inkstone
