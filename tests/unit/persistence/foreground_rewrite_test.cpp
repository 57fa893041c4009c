#include "persistence/foreground_rewrite.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "persistence/rewrite_files.h"
#include "tests/unit/persistence/rewrite_bench.h"

using namespace inkstone;
using namespace inkstone::test;

namespace {

const std::string kSnapshotOfA = kSelect0 + resp({"SET", "a", "1"});
const std::string kOld = kSelect0 + resp({"SET", "old", "log"});
const std::vector<std::string> kOnlyTheLog = {"appendonly.aof"};

std::vector<Call> changesIn(const std::vector<Call>& trace) {
  std::vector<Call> changes;
  for (const Call call : trace) {
    if (call != Call::kRead && call != Call::kOpenRead) changes.push_back(call);
  }
  return changes;
}

// A data set of one key, "a", and a log that is on.
struct RunningBench : RewriteBench {
  explicit RunningBench(FsyncPolicy policy = FsyncPolicy::kEverySecond) : RewriteBench(policy) {
    put(0, "a", "1");
    REQUIRE_FALSE(switchOn());
    files.clearTrace();
  }
};

// The same, and bytes of it are lost.
struct LossyBench : RunningBench {
  LossyBench() {
    loseBytes();
    REQUIRE(log->needsRewrite());
    REQUIRE_FALSE(log->lastWriteOk());
    files.clearTrace();
  }
};

// Both keys; their order is that of their hashes.
bool holdsAAndB(const std::string& text) {
  const std::string a = resp({"SET", "a", "1"});
  const std::string b = resp({"SET", "b", "2"});
  return text == kSelect0 + a + b || text == kSelect0 + b + a;
}

}  // namespace

TEST_CASE("switching on writes the data set in place of an old log, durably") {
  RewriteBench bench;
  bench.files.put(kPath, kOld);
  bench.put(0, "a", "1");
  REQUIRE_FALSE(bench.switchOn());
  REQUIRE(bench.log->isOn());
  bench.files.powerCut();
  REQUIRE(bench.names() == kOnlyTheLog);
  REQUIRE(bench.text() == kSnapshotOfA);
  REQUIRE(bench.sink.countContaining("1 keys, 50 bytes") == 1);
}

TEST_CASE("switching on with an empty data set leaves an empty log") {
  RewriteBench bench;
  bench.files.put(kPath, kOld);
  REQUIRE_FALSE(bench.switchOn());
  REQUIRE(bench.names() == kOnlyTheLog);
  REQUIRE(bench.text().empty());
}

TEST_CASE("fault 2: data, rename and directory reach the disk in this order") {
  RewriteBench bench;
  bench.put(0, "a", "1");
  REQUIRE_FALSE(bench.switchOn());
  REQUIRE(changesIn(bench.files.trace()) == std::vector<Call>{Call::kOpenAppend, Call::kTruncate,
                                                              Call::kAppend, Call::kSync,
                                                              Call::kRename, Call::kSyncDirectory});
}

TEST_CASE("the log goes on in the new file with SELECT, and its sizes are those of the file") {
  RunningBench bench;
  REQUIRE(bench.log->counters().current_size == kSnapshotOfA.size());
  REQUIRE(bench.log->counters().base_size == kSnapshotOfA.size());
  REQUIRE(bench.log->fedOffset() == 0);
  REQUIRE(bench.log->durableOffset() == 0);
  bench.write("b", "2");
  const std::string fed = kSelect0 + resp({"SET", "b", "2"});
  REQUIRE(bench.log->fedOffset() == fed.size());
  REQUIRE(bench.flush(FlushMode::kForce) == FlushOutcome::kFlushed);
  REQUIRE(bench.durable() == kSnapshotOfA + fed);
  REQUIRE(bench.log->counters().current_size == bench.text().size());
  REQUIRE(bench.log->counters().base_size == kSnapshotOfA.size());
}

TEST_CASE("offsets go on when the log is switched off and on again") {
  RunningBench bench;
  bench.write("b", "2");
  REQUIRE_FALSE(bench.log->close());
  const uint64_t fed = bench.log->fedOffset();
  REQUIRE(fed > 0);
  REQUIRE_FALSE(bench.switchOn());
  REQUIRE(bench.log->fedOffset() == fed);
  REQUIRE(bench.log->writtenOffset() == fed);
  REQUIRE(bench.log->durableOffset() == fed);
  REQUIRE(holdsAAndB(bench.text()));
}

TEST_CASE("any step of switching on that fails leaves the old log and no temporary file") {
  const Call failing =
      GENERATE(Call::kOpenAppend, Call::kTruncate, Call::kAppend, Call::kSync, Call::kRename);
  RewriteBench bench;
  bench.files.put(kPath, kOld);
  bench.put(0, "a", "1");
  bench.files.failNth(failing, 1, std::errc::io_error);
  REQUIRE(bench.switchOn() == std::errc::io_error);
  REQUIRE_FALSE(bench.log->isOn());
  REQUIRE(bench.names() == kOnlyTheLog);
  REQUIRE(bench.text() == kOld);
  REQUIRE(bench.sink.countContaining("failed while") == 1);
  // And works as soon as the disk does.
  REQUIRE_FALSE(bench.switchOn());
  REQUIRE(bench.text() == kSnapshotOfA);
}

TEST_CASE("switching on fails when the directory cannot be synced") {
  RewriteBench bench;
  bench.put(0, "a", "1");
  bench.files.failNth(Call::kSyncDirectory, 1, std::errc::io_error);
  REQUIRE(bench.switchOn() == std::errc::io_error);
  REQUIRE_FALSE(bench.log->isOn());
  REQUIRE(bench.sink.countContaining("syncing its directory") == 1);
}

TEST_CASE("a temporary file of the same name, left by another process, is no part of the log") {
  RewriteBench bench;
  bench.files.put(rewriteTempPath(kDirectory, ::getpid()), "rest of a snapshot");
  bench.put(0, "a", "1");
  REQUIRE_FALSE(bench.switchOn());
  REQUIRE(bench.text() == kSnapshotOfA);
}

TEST_CASE("a power cut at any call of a rewrite leaves the old log or the new one, whole") {
  for (int calls = 0;; ++calls) {
    RewriteBench bench;
    bench.files.put(kPath, kOld);
    bench.put(0, "a", "1");
    int left = calls;
    bench.files.onCall([&left](Call) {
      const bool dead = left-- <= 0;
      return dead ? std::make_error_code(std::errc::io_error) : std::error_code{};
    });
    const std::error_code error = bench.switchOn();
    bench.files.onCall({});
    bench.files.powerCut();
    INFO("calls before the cut: " << calls);
    const bool is_new = bench.text() == kSnapshotOfA;
    REQUIRE((is_new || bench.text() == kOld));
    if (!error) {
      REQUIRE(is_new);
      REQUIRE(calls == 6);
      break;
    }
  }
}

TEST_CASE("with timestamps the new log begins with one, and the next stands only in a new second") {
  RewriteBench bench;
  bench.settings.timestamp_enabled = true;
  REQUIRE_FALSE(bench.switchOn());
  bench.write("b", "2");
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  REQUIRE(bench.text() == "#TS:1700000000\r\n" + kSelect0 + resp({"SET", "b", "2"}));
}

TEST_CASE("nothing is written anew while no bytes are lost") {
  RunningBench bench;
  bench.heal();
  REQUIRE(bench.files.trace().empty());
}

TEST_CASE("fault 5: lost bytes are healed from the data set, and writes are accepted again") {
  LossyBench bench;
  const uint64_t fed = bench.log->fedOffset();
  bench.heal();
  REQUIRE_FALSE(bench.log->needsRewrite());
  REQUIRE(bench.log->lastWriteOk());
  REQUIRE(bench.sink.countContaining("looks solved") == 1);
  REQUIRE(bench.sink.countContaining("written from the data set: 2 keys") == 1);
  REQUIRE(bench.log->fedOffset() == fed);
  REQUIRE(bench.log->durableOffset() == fed);
  bench.write("c", "3");
  REQUIRE(bench.flush(FlushMode::kForce) == FlushOutcome::kFlushed);
  bench.background.waitIdle();
  bench.files.powerCut();
  REQUIRE(bench.names() == kOnlyTheLog);
  const std::string tail = kSelect0 + resp({"SET", "c", "3"});
  REQUIRE(bench.text().ends_with(tail));
  REQUIRE(holdsAAndB(bench.text().substr(0, bench.text().size() - tail.size())));
}

TEST_CASE("what waited in the buffer is in the new log once, and its reply may leave") {
  LossyBench bench;
  // Some changes are not refused: an expired key is deleted all the same.
  bench.files.setSpace(0);
  bench.write("a", "1");
  REQUIRE(bench.flush() == FlushOutcome::kHeld);
  bench.files.setSpace(std::nullopt);
  bench.heal();
  REQUIRE(bench.log->counters().buffer_length == 0);
  REQUIRE(bench.log->acknowledgeableOffset() == bench.log->fedOffset());
  REQUIRE(bench.flush(FlushMode::kForce) == FlushOutcome::kFlushed);
  REQUIRE(holdsAAndB(bench.text()));
  REQUIRE(bench.log->lastWriteOk());
}

TEST_CASE("a sync of the old file that ends after the rewrite says nothing about the new one") {
  RunningBench bench;
  const bool fails = GENERATE(true, false);
  bench.write("b", "2");
  bench.clock.advance(1000);
  bench.files.holdSyncs();
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  bench.files.waitUntilSyncHeld();
  if (fails) bench.files.failNth(Call::kSync, 1, std::errc::io_error);

  bench.write("c", "3");
  bench.files.put("/data/new", "whole");
  bench.log->adopt(bench.settings, {bench.files.openAppend("/data/new").value, 5, {}, {}});
  const uint64_t durable = bench.log->durableOffset();
  REQUIRE(durable == bench.log->fedOffset());
  bench.files.releaseSyncs();
  bench.background.waitIdle();
  bench.log->onSyncCompletions();
  REQUIRE(bench.sink.countContaining("Error syncing") == 0);
  REQUIRE(bench.log->durableOffset() == durable);
  REQUIRE(bench.log->counters().pending_bio_fsync == 0);
  REQUIRE(bench.files.contents("/data/new") == "whole");
}

TEST_CASE("a file whose syncs go on failing, or that cannot be read, is left for another one") {
  RunningBench bench;
  const Call failing = GENERATE(Call::kSync, Call::kRead, Call::kOverwrite);
  bench.write("b", "2");
  bench.files.failNth(Call::kSync, 1, std::errc::io_error);
  REQUIRE(bench.nextSecond() == FlushOutcome::kFlushed);
  bench.files.failNth(failing, 1, std::errc::io_error, 4);
  for (int second = 0; second < 4; ++second) {
    REQUIRE_FALSE(bench.log->needsRewrite());
    REQUIRE(bench.nextSecond() == FlushOutcome::kFlushed);
  }
  REQUIRE(bench.log->needsRewrite());
  bench.heal();
  REQUIRE_FALSE(bench.log->needsRewrite());
  REQUIRE(bench.log->lastWriteOk());
  REQUIRE(holdsAAndB(bench.durable()));
}

TEST_CASE("a sync that succeeds after all makes the rewrite unnecessary") {
  RunningBench bench;
  bench.write("b", "2");
  bench.files.failNth(Call::kSync, 1, std::errc::io_error, 5);
  for (int second = 0; second < 5; ++second) {
    REQUIRE(bench.nextSecond() == FlushOutcome::kFlushed);
  }
  REQUIRE(bench.log->needsRewrite());
  REQUIRE(bench.nextSecond() == FlushOutcome::kFlushed);
  REQUIRE_FALSE(bench.log->needsRewrite());
  REQUIRE(bench.log->lastWriteOk());
}

TEST_CASE("a failed healing leaves the old log in use and is tried again with growing waits") {
  LossyBench bench;
  const std::string old = bench.text();
  bench.files.failAlways(Call::kRename, std::errc::io_error);
  std::vector<int64_t> attempts;
  const int64_t started_ms = bench.clock.now_ms;
  for (int tick = 0; tick < 2000; ++tick) {
    const int before = bench.files.count(Call::kRename);
    bench.heal();
    if (bench.files.count(Call::kRename) > before) {
      attempts.push_back(bench.clock.now_ms - started_ms);
    }
    bench.clock.advance(100);
  }
  REQUIRE(attempts ==
          std::vector<int64_t>{0, 1000, 3000, 7000, 15000, 31000, 63000, 123000, 183000});
  REQUIRE(bench.names() == kOnlyTheLog);
  REQUIRE(bench.text() == old);
  REQUIRE(bench.log->needsRewrite());
  REQUIRE_FALSE(bench.log->lastWriteOk());
  REQUIRE(bench.sink.countContaining("Next attempt in 60 seconds") == 3);

  bench.files.heal();
  bench.clock.advance(60'000);
  bench.heal();
  REQUIRE(bench.log->lastWriteOk());
  REQUIRE(holdsAAndB(bench.durable()));
}

TEST_CASE("a success sets the wait back, and keeps attempts a second apart") {
  RetryDelay delay(1000, 60'000);
  REQUIRE(delay.due(-5));
  REQUIRE(delay.failed(0) == 1000);
  REQUIRE(delay.failed(1000) == 2000);
  REQUIRE_FALSE(delay.due(2999));
  REQUIRE(delay.due(3000));
  delay.succeeded(3000);
  REQUIRE_FALSE(delay.due(3999));
  REQUIRE(delay.due(4000));
  REQUIRE(delay.failed(4000) == 1000);
}

TEST_CASE("a rename that a power cut may undo keeps writes refused until the directory is synced") {
  LossyBench bench;
  bench.files.failNth(Call::kSyncDirectory, 1, std::errc::io_error, 2);
  bench.heal();
  // The old file has no name any more, so text goes to the new one.
  REQUIRE_FALSE(bench.log->needsRewrite());
  REQUIRE(holdsAAndB(bench.text()));
  REQUIRE_FALSE(bench.log->lastWriteOk());
  REQUIRE(bench.log->durableOffset() < bench.log->fedOffset());
  REQUIRE(bench.nextSecond() == FlushOutcome::kFlushed);
  REQUIRE_FALSE(bench.log->lastWriteOk());
  REQUIRE(bench.nextSecond() == FlushOutcome::kFlushed);
  REQUIRE(bench.log->lastWriteOk());
  REQUIRE(bench.log->durableOffset() == bench.log->fedOffset());
  bench.files.powerCut();
  REQUIRE(holdsAAndB(bench.text()));
}

TEST_CASE("an unsynced directory counts also when every byte is durable") {
  const FsyncPolicy policy = GENERATE(FsyncPolicy::kEverySecond, FsyncPolicy::kNo);
  RunningBench bench(policy);
  const std::error_code error = std::make_error_code(std::errc::io_error);
  bench.files.put("/data/new", "whole");
  bench.log->adopt(bench.settings, {bench.files.openAppend("/data/new").value, 5, {}, error});
  REQUIRE(bench.log->durableOffset() == bench.log->fedOffset());
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  REQUIRE_FALSE(bench.log->lastWriteOk());
  bench.files.clearTrace();
  REQUIRE(bench.nextSecond() == FlushOutcome::kFlushed);
  REQUIRE(bench.files.count(Call::kSyncDirectory) == 1);
  REQUIRE(bench.log->lastWriteOk());
}

TEST_CASE("under no the directory is synced as well before writes are accepted again") {
  LossyBench bench;
  bench.settings.fsync = FsyncPolicy::kNo;
  bench.log->updateSettings(bench.settings);
  bench.files.failNth(Call::kSyncDirectory, 1, std::errc::io_error);
  bench.heal();
  REQUIRE_FALSE(bench.log->lastWriteOk());
  REQUIRE(bench.nextSecond() == FlushOutcome::kFlushed);
  REQUIRE(bench.log->lastWriteOk());
  bench.files.powerCut();
  REQUIRE(holdsAAndB(bench.text()));
}

TEST_CASE("a sync that fails after the directory did has only the new text written again") {
  LossyBench bench;
  bench.files.failNth(Call::kSyncDirectory, 1, std::errc::io_error);
  bench.heal();
  const uint64_t snapshot_size = bench.text().size();
  bench.set("c", "3");
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  bench.files.failNth(Call::kSync, 1, std::errc::io_error);
  REQUIRE(bench.nextSecond() == FlushOutcome::kFlushed);
  REQUIRE(bench.nextSecond() == FlushOutcome::kFlushed);
  REQUIRE(bench.log->lastWriteOk());
  REQUIRE(bench.files.overwrittenFrom() == snapshot_size);
  REQUIRE(bench.durable() == bench.text());
}

TEST_CASE("healing writes to where the log is, also when the settings name another place") {
  LossyBench bench;
  AppendOnlySettings elsewhere = bench.settings;
  elsewhere.directory = "/elsewhere";
  bench.log->updateSettings(elsewhere);
  bench.heal();
  REQUIRE(holdsAAndB(bench.durable()));
  REQUIRE(bench.files.listDirectory("/elsewhere").value.empty());
}
