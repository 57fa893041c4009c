// A log, a data set, and a rewrite whose child is a thread, over the faulty file system.
#pragma once

#include <future>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "persistence/files/rewrite_files.h"
#include "persistence/rewrite/background_rewrite.h"
#include "persistence/rewrite/rewrite_child.h"
#include "storage/keyspace.h"
#include "tests/unit/persistence/log/log_test_bench.h"

namespace inkstone::test {

inline constexpr int64_t kChildPid = 77;

struct RewriteBench : LogBench {
  explicit RewriteBench(FsyncPolicy policy = FsyncPolicy::kEverySecond) : LogBench(policy) {
    log->updateSettings(settings);
  }

  void put(size_t db, std::string_view key, std::string_view value) {
    Database& database = keyspace[db];
    const uint64_t hash = database.hashOf(key);
    database.setString(hash, key, database.find(hash, key), value, false, 0);
  }

  // Forks: commands that are fed from now on must go to the AOF only. Then the child runs.
  void begin(bool gather = true) {
    RewritePipes pipes;
    REQUIRE_FALSE(pipes.open());
    request.settings = settings;
    if (settings.timestamp_enabled) request.annotation_unix_s = clock.unix_s;
    rewrite.begin(settings, std::move(pipes.parent), gather, request.annotation_unix_s);
    child_channel = std::move(pipes.child);
  }
  void runChild() {
    outcome = std::async(std::launch::async, [this] {
      return RewriteChild(files, child_clock, child_steps, child_channel)
          .run(keyspace, request, kChildPid);
    });
  }
  // Serves the child as the loop does, until it has ended.
  RewriteOutcome serveChild() {
    do {
      static_cast<void>(flush());
      rewrite.send();
      rewrite.onAck();
    } while (outcome.wait_for(std::chrono::milliseconds(1)) != std::future_status::ready);
    return outcome.get();
  }
  // Does what the server does when the child has ended.
  BackgroundRewrite::Result finish(const RewriteOutcome& ended) {
    if (ended.error) {
      rewrite.abandon(kChildPid);
      return BackgroundRewrite::Result::kFailed;
    }
    rewrite.childDone(kChildPid, ended.bytes);
    BackgroundRewrite::Result result = rewrite.advance();
    while (result == BackgroundRewrite::Result::kPending) {
      std::this_thread::yield();
      static_cast<void>(flush());
      result = rewrite.advance();
    }
    return result;
  }
  BackgroundRewrite::Result rewriteAll() {
    begin();
    runChild();
    return finish(serveChild());
  }

  static RewriteRequest plainRequest() {
    RewriteRequest plain;
    plain.preamble = false;
    return plain;
  }

  std::vector<std::string> names() { return files.listDirectory(kDirectory).value; }

  Keyspace keyspace{16, KeyHasher::Secret{}};
  RewriteSteps steps;
  RewriteSteps child_steps;
  SystemLogClock child_clock;
  RewriteRequest request = plainRequest();
  RewriteChannel child_channel;
  BackgroundRewrite rewrite{{files, *log, clock, sink, latency, steps, {}}};
  std::future<RewriteOutcome> outcome;
};

}  // namespace inkstone::test
