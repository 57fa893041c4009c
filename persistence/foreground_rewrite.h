// Writes the log anew from the data set in memory while everybody waits: when the log is switched
// on, and when a failed sync lost bytes that only memory still has.
//
// A power cut or a kill at any moment leaves either the old log or the whole new one, plus perhaps
// a temporary file that the next start removes.
#pragma once

#include <cstdint>
#include <string>
#include <system_error>

#include "persistence/append_only_log.h"
#include "persistence/append_only_settings.h"
#include "persistence/file.h"
#include "persistence/log_hooks.h"
#include "persistence/retry_delay.h"
#include "storage/keyspace.h"

namespace inkstone {

// For the loop thread. The references must outlive the object.
class ForegroundRewrite {
 public:
  ForegroundRewrite(FileSystem& files, LogClock& clock, LogSink& sink, LatencyRecorder& latency);

  // Writes the data set to a new file, syncs it, puts it in place of settings.path() and has `log`,
  // which is off, go on behind it. After an error, which is logged, the log is still off and the
  // temporary file is gone; a file that had the log's name stands untouched, unless all that failed
  // was the sync of the directory.
  [[nodiscard]] std::error_code switchOn(const Keyspace& keyspace,
                                         const AppendOnlySettings& settings, AppendOnlyLog& log);

  // Call every tick of serverCron. When log.needsRewrite(): the same for a log that is on, which
  // then takes writes again. At most one attempt a second; failures in a row make the wait longer.
  void heal(const Keyspace& keyspace, AppendOnlyLog& log);

 private:
  struct Attempt;

  // Writes settings.path() anew. The file is in `attempt` when it has that name.
  void rewrite(const Keyspace& keyspace, const AppendOnlySettings& settings, Attempt& attempt);
  std::error_code writeTemp(const Keyspace& keyspace, const AppendOnlySettings& settings,
                            const std::string& path, Attempt& attempt);
  void logDone(const Attempt& attempt);

  FileSystem& files_;
  LogClock& clock_;
  LogSink& sink_;
  LatencyRecorder& latency_;
  RetryDelay heal_delay_;
};

}  // namespace inkstone
