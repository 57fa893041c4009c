// An AppendOnlyLog over the faulty file system.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "persistence/log/append_only_log.h"
#include "tests/unit/persistence/fault_file_system.h"
#include "tests/unit/persistence/log/log_fixture.h"

namespace inkstone::test {

struct LogBench {
  explicit LogBench(FsyncPolicy policy) {
    settings.directory = kDirectory;
    settings.fsync = policy;
    log.emplace(files, background, clock, sink, latency);
  }

  // A check that failed while a sync was held must not keep the background thread from ending.
  ~LogBench() { files.releaseSyncs(); }
  LogBench(const LogBench&) = delete;
  LogBench& operator=(const LogBench&) = delete;

  std::error_code open() { return log->open(settings); }

  void set(std::string_view key, std::string_view value) {
    log->feedFrame(0, resp({"SET", key, value}));
  }
  FlushOutcome flush(FlushMode mode = FlushMode::kNormal) { return log->flushAppendOnlyFile(mode); }

  // A second passes, the sync that is then due runs, and its result is taken.
  FlushOutcome nextSecond() {
    clock.advance(1000);
    static_cast<void>(log->onCron());
    background.waitIdle();
    return log->onCron();
  }

  std::string text() const { return files.contents(kPath); }
  std::string durable() const { return files.durableContents(kPath); }

  FaultFileSystem files;
  BackgroundSync background;
  ManualClock clock;
  RecordingSink sink;
  RecordingLatency latency;
  AppendOnlySettings settings;
  std::optional<AppendOnlyLog> log;
};

inline const std::string kSelect0 = resp({"SELECT", "0"});

}  // namespace inkstone::test
