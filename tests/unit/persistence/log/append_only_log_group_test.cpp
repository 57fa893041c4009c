// The log with a writer thread: groups under always, and what goes on while a sync runs.
#include <catch2/catch.hpp>
#include <chrono>
#include <initializer_list>
#include <string>
#include <thread>

#include "persistence/log/log_writer.h"
#include "tests/unit/persistence/log/log_test_bench.h"

using namespace inkstone;
using namespace inkstone::test;

namespace {

struct GroupBench : LogBench {
  explicit GroupBench(FsyncPolicy policy) : LogBench(policy) {
    log->useWriter(writer);
    REQUIRE_FALSE(open());
  }
  // The log refers to the writer, and a check that failed must not keep the thread from ending.
  ~GroupBench() {
    files.releaseSyncs();
    log.reset();
  }

  FlushOutcome settle() {
    writer.waitIdle();
    background.waitIdle();
    return settleHeld();
  }
  // Does the same while syncs are held, when no sync can end.
  FlushOutcome settleHeld() {
    static_cast<void>(flush());
    // The group that waits for clients that were answered just now waits no longer.
    clock.advance(2);
    return flush();
  }
  // Each of the keys is written by one client, and all are answered after one slow sync.
  void answerTogether(std::initializer_list<const char*> keys) {
    files.holdSyncs();
    for (const char* key : keys) set(key, "v");
    static_cast<void>(flush());
    endSlowSync();
  }
  // Ends the sync that is held; it took so long that a quarter of it is not over at once.
  void endSlowSync() {
    files.waitUntilSyncHeld();
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    files.releaseSyncs();
    writer.waitIdle();
  }
  uint64_t waiting() const { return log->fedOffset() - log->acknowledgeableOffset(); }

  LogWriter writer;
};

std::string setText(const std::string& key) {
  return resp({"SET", key, "v"});
}

}  // namespace

TEST_CASE("under always the loop does not wait for the sync, and what it covers waits for it") {
  GroupBench bench(FsyncPolicy::kAlways);
  bench.files.holdSyncs();
  bench.set("a", "v");
  REQUIRE(bench.flush() == FlushOutcome::kHeld);
  bench.files.waitUntilSyncHeld();
  REQUIRE(bench.waiting() == (kSelect0 + setText("a")).size());
  bench.files.releaseSyncs();
  REQUIRE(bench.settle() == FlushOutcome::kFlushed);
  REQUIRE(bench.waiting() == 0);
  REQUIRE(bench.durable() == kSelect0 + setText("a"));
}

TEST_CASE("what is fed while a group is synced is the next group, with one sync for all of it") {
  GroupBench bench(FsyncPolicy::kAlways);
  const int syncs = bench.files.count(Call::kSync);
  bench.files.holdSyncs();
  bench.set("a", "v");
  REQUIRE(bench.flush() == FlushOutcome::kHeld);
  const uint64_t first = bench.log->gatheringFrom();
  bench.files.waitUntilSyncHeld();
  for (const char* key : {"b", "c", "d"}) {
    bench.set(key, "v");
    REQUIRE(bench.flush() == FlushOutcome::kHeld);
  }
  REQUIRE(bench.log->gatheringFrom() == first);
  bench.files.releaseSyncs();
  bench.writer.waitIdle();
  // The second group may not be over before this looks.
  bench.files.holdSyncs();
  REQUIRE(bench.settleHeld() == FlushOutcome::kHeld);
  REQUIRE(bench.log->acknowledgeableOffset() == first);
  bench.files.releaseSyncs();
  REQUIRE(bench.settle() == FlushOutcome::kFlushed);
  REQUIRE(bench.files.count(Call::kSync) == syncs + 2);
  REQUIRE(bench.log->counters().groups.count == 2);
  bench.files.powerCut();
  REQUIRE(bench.text() == kSelect0 + setText("a") + setText("b") + setText("c") + setText("d"));
}

TEST_CASE("the next group waits for those who were answered, but not for long") {
  GroupBench bench(FsyncPolicy::kAlways);
  bench.files.holdSyncs();
  bench.set("a", "v");
  bench.set("b", "v");
  static_cast<void>(bench.flush());
  bench.files.waitUntilSyncHeld();
  bench.set("c", "v");
  static_cast<void>(bench.flush());
  bench.endSlowSync();
  REQUIRE(bench.flush() == FlushOutcome::kHeld);
  REQUIRE(bench.log->gathersUntilUs() > bench.clock.monotonicUs());
  bench.set("a", "again");
  static_cast<void>(bench.flush());
  REQUIRE(bench.log->counters().groups.count == 1);
  SECTION("all have written") {
    bench.set("b", "again");
  }
  SECTION("the time is over") {
    bench.clock.advance(GroupCommit::kGatherUsMax / 1000);
  }
  static_cast<void>(bench.flush());
  REQUIRE_FALSE(bench.log->gathersUntilUs());
  bench.writer.waitIdle();
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  REQUIRE(bench.log->counters().groups.count == 2);
}

TEST_CASE("who was answered together is waited for by the first of them, too") {
  GroupBench bench(FsyncPolicy::kAlways);
  bench.answerTogether({"a", "b"});
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  bench.set("a", "again");
  REQUIRE(bench.flush() == FlushOutcome::kHeld);
  REQUIRE(bench.log->counters().groups.count == 1);
  bench.set("b", "again");
  static_cast<void>(bench.flush());
  bench.writer.waitIdle();
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  REQUIRE(bench.log->counters().groups.count == 2);
}

TEST_CASE("nobody who was answered writes again: the time to wait for them ends") {
  GroupBench bench(FsyncPolicy::kAlways);
  bench.answerTogether({"a"});
  static_cast<void>(bench.flush());
  REQUIRE(bench.log->gathersUntilUs());
  bench.clock.advance(GroupCommit::kGatherUsMax / 1000);
  static_cast<void>(bench.flush());
  REQUIRE_FALSE(bench.log->gathersUntilUs());
}

TEST_CASE("a single writer never waits for others") {
  GroupBench bench(FsyncPolicy::kAlways);
  for (int i = 0; i < 3; ++i) {
    bench.set("a", "v");
    REQUIRE(bench.flush() == FlushOutcome::kHeld);
    REQUIRE_FALSE(bench.log->gathersUntilUs());
    bench.writer.waitIdle();
    REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  }
  REQUIRE(bench.log->counters().groups.count == 3);
}

TEST_CASE("under always a group that cannot be synced ends the server, and its text is cut off") {
  GroupBench bench(FsyncPolicy::kAlways);
  bench.set("a", "v");
  static_cast<void>(bench.flush());
  REQUIRE(bench.settle() == FlushOutcome::kFlushed);
  bench.files.failNth(Call::kSync, 1, std::errc::io_error);
  bench.set("b", "v");
  REQUIRE(bench.flush() == FlushOutcome::kHeld);
  REQUIRE(bench.settle() == FlushOutcome::kFatal);
  REQUIRE(bench.waiting() > 0);
  REQUIRE(bench.flush() == FlushOutcome::kFatal);
  REQUIRE(bench.text() == kSelect0 + setText("a"));
}

TEST_CASE("under always a group that is written short ends the server, and its text is cut off") {
  GroupBench bench(FsyncPolicy::kAlways);
  bench.set("a", "v");
  static_cast<void>(bench.flush());
  REQUIRE(bench.settle() == FlushOutcome::kFlushed);
  bench.files.shortenNextAppend(3, std::errc::no_space_on_device);
  bench.set("b", "v");
  REQUIRE(bench.flush() == FlushOutcome::kHeld);
  REQUIRE(bench.settle() == FlushOutcome::kFatal);
  REQUIRE(bench.text() == kSelect0 + setText("a"));
}

TEST_CASE("under everysec the loop writes itself unless a sync runs, then the writer thread does") {
  GroupBench bench(FsyncPolicy::kEverySecond);
  bench.set("a", "v");
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  REQUIRE(bench.log->counters().groups.count == 1);
  REQUIRE(bench.log->counters().groups.syncs == 0);
  bench.files.holdSyncs();
  bench.clock.advance(1000);
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  bench.files.waitUntilSyncHeld();
  bench.set("b", "v");
  REQUIRE(bench.flush() == FlushOutcome::kHeld);
  bench.writer.waitIdle();
  // The text is in the kernel, though the sync is not over.
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  REQUIRE(bench.text() == kSelect0 + setText("a") + setText("b"));
  REQUIRE(bench.log->counters().groups.count == 2);
  REQUIRE(bench.log->counters().groups.bytes == bench.text().size());
  bench.clock.advance(10);
  bench.files.releaseSyncs();
  bench.background.waitIdle();
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  REQUIRE(bench.log->counters().groups.syncs == 1);
  REQUIRE(bench.log->counters().groups.max_sync_us >= bench.log->counters().groups.last_sync_us);
}

TEST_CASE("under everysec a group that fails is taken back, in front of what was fed since") {
  GroupBench bench(FsyncPolicy::kEverySecond);
  bench.set("a", "v");
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  bench.files.holdSyncs();
  bench.clock.advance(1000);
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  bench.files.waitUntilSyncHeld();
  bench.files.shortenNextAppend(3, std::errc::no_space_on_device);
  bench.set("b", "v");
  REQUIRE(bench.flush() == FlushOutcome::kHeld);
  bench.set("c", "v");
  bench.writer.waitIdle();
  REQUIRE(bench.flush() == FlushOutcome::kHeld);
  REQUIRE_FALSE(bench.log->lastWriteOk());
  REQUIRE(bench.text() == kSelect0 + setText("a"));
  bench.files.releaseSyncs();
  bench.background.waitIdle();
  // It is tried again a second later.
  bench.clock.advance(1000);
  static_cast<void>(bench.flush());
  bench.writer.waitIdle();
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  REQUIRE(bench.log->lastWriteOk());
  REQUIRE(bench.text() == kSelect0 + setText("a") + setText("b") + setText("c"));
}

TEST_CASE("closing waits for the group that is under way, and for the next") {
  GroupBench bench(FsyncPolicy::kAlways);
  bench.set("a", "v");
  static_cast<void>(bench.flush());
  bench.set("b", "v");
  REQUIRE_FALSE(bench.log->close());
  REQUIRE(bench.durable() == kSelect0 + setText("a") + setText("b"));
}

TEST_CASE("a policy changed while a group is synced leaves order and promise as they were") {
  GroupBench bench(FsyncPolicy::kAlways);
  bench.files.holdSyncs();
  bench.set("a", "v");
  static_cast<void>(bench.flush());
  bench.files.waitUntilSyncHeld();
  bench.settings.fsync = FsyncPolicy::kEverySecond;
  bench.log->updateSettings(bench.settings);
  bench.set("b", "v");
  REQUIRE(bench.flush() == FlushOutcome::kHeld);
  bench.files.releaseSyncs();
  REQUIRE(bench.settle() == FlushOutcome::kFlushed);
  REQUIRE(bench.text() == kSelect0 + setText("a") + setText("b"));
}

TEST_CASE("what a rewrite's diff is told includes what the writer thread has") {
  GroupBench bench(FsyncPolicy::kAlways);
  bench.files.holdSyncs();
  RewriteDiff diff(bench.sink);
  bench.log->beginDiff(diff);
  bench.set("a", "v");
  static_cast<void>(bench.flush());
  bench.files.waitUntilSyncHeld();
  bench.set("b", "v");
  bench.log->feedDiff();
  REQUIRE(diff.size() == (kSelect0 + setText("a") + setText("b")).size());
  bench.files.releaseSyncs();
  static_cast<void>(bench.settle());
  bench.log->endDiff();
  REQUIRE(diff.size() == (kSelect0 + setText("a") + setText("b")).size());
}
