// A LogReplay over the faulty file system.
#pragma once

#include <string>

#include "persistence/log/log_replay.h"
#include "tests/unit/persistence/fault_file_system.h"
#include "tests/unit/persistence/log/log_fixture.h"
#include "tests/unit/persistence/replayer_stub.h"

namespace inkstone::test {

struct ReplayBench {
  explicit ReplayBench(std::string log) {
    settings.directory = kDirectory;
    files.put(kPath, std::move(log));
  }

  LoadResult load() { return LogReplay(files, clock, sink).load(settings, replayer); }
  std::string text() const { return files.contents(kPath); }

  FaultFileSystem files;
  ManualClock clock;
  RecordingSink sink;
  RecordingReplayer replayer;
  AppendOnlySettings settings;
};

}  // namespace inkstone::test
