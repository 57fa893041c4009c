// A log and a data set to write it anew from, over the faulty file system.
#pragma once

#include <string>
#include <string_view>

#include "persistence/foreground_rewrite.h"
#include "storage/keyspace.h"
#include "tests/unit/persistence/log_test_bench.h"

namespace inkstone::test {

struct RewriteBench : LogBench {
  explicit RewriteBench(FsyncPolicy policy = FsyncPolicy::kEverySecond) : LogBench(policy) {}

  void put(size_t db, std::string_view key, std::string_view value) {
    Database& database = keyspace[db];
    const uint64_t hash = database.hashOf(key);
    database.setString(hash, key, database.find(hash, key), value, false, 0);
  }
  void putUntil(size_t db, std::string_view key, std::string_view value, int64_t deadline) {
    Database& database = keyspace[db];
    const uint64_t hash = database.hashOf(key);
    database.setStringUntil(hash, key, database.find(hash, key), value, deadline, 0);
  }
  // As a command does: the data set, then the log.
  void write(std::string_view key, std::string_view value) {
    put(0, key, value);
    set(key, value);
  }

  std::error_code switchOn() { return rewrite.switchOn(keyspace, settings, *log); }
  void heal() { rewrite.heal(keyspace, *log); }

  // Writes "b" so that its bytes are lost in a failed sync: needsRewrite() is true.
  void loseBytes() {
    files.setFailedSyncDropsPages(true);
    write("b", "2");
    files.failNth(Call::kSync, 1, std::errc::io_error);
    static_cast<void>(nextSecond());
    static_cast<void>(nextSecond());
    files.setFailedSyncDropsPages(false);
  }

  std::vector<std::string> names() { return files.listDirectory(kDirectory).value; }

  Keyspace keyspace{16, KeyHasher::Secret{}};
  ForegroundRewrite rewrite{files, clock, sink, latency};
};

}  // namespace inkstone::test
