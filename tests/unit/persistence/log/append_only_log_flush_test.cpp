#include <catch2/catch.hpp>
#include <string>

#include "tests/unit/persistence/log/log_test_bench.h"

using namespace inkstone;
using namespace inkstone::test;

TEST_CASE("under always a reply may leave only when its text is on the disk") {
  LogBench bench(FsyncPolicy::kAlways);
  REQUIRE_FALSE(bench.open());
  bench.set("a", "1");
  REQUIRE(bench.log->acknowledgeableOffset() < bench.log->fedOffset());
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  REQUIRE(bench.log->acknowledgeableOffset() == bench.log->fedOffset());
  REQUIRE(bench.log->durableOffset() == bench.log->fedOffset());
  bench.files.powerCut();
  REQUIRE(bench.text() == kSelect0 + resp({"SET", "a", "1"}));
}

TEST_CASE("under everysec a reply may leave only when its text is in the kernel") {
  LogBench bench(FsyncPolicy::kEverySecond);
  REQUIRE_FALSE(bench.open());
  bench.set("a", "1");
  REQUIRE(bench.log->acknowledgeableOffset() < bench.log->fedOffset());
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  REQUIRE(bench.log->acknowledgeableOffset() == bench.log->fedOffset());
  REQUIRE(bench.text() == kSelect0 + resp({"SET", "a", "1"}));
  REQUIRE(bench.log->durableOffset() == 0);
}

TEST_CASE("under everysec a power cut takes at most what the last second wrote") {
  LogBench bench(FsyncPolicy::kEverySecond);
  REQUIRE_FALSE(bench.open());
  bench.set("a", "1");
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  // No command comes any more: an empty buffer must still bring what was written to the disk.
  REQUIRE(bench.nextSecond() == FlushOutcome::kFlushed);
  REQUIRE(bench.log->durableOffset() == bench.log->fedOffset());
  bench.set("b", "2");
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  bench.files.powerCut();
  REQUIRE(bench.text() == kSelect0 + resp({"SET", "a", "1"}));
}

TEST_CASE("under everysec syncs are a second apart, and none runs when nothing was written") {
  LogBench bench(FsyncPolicy::kEverySecond);
  REQUIRE_FALSE(bench.open());
  const int at_open = bench.files.count(Call::kSync);
  for (int i = 0; i < 30; ++i) {
    bench.set("k", "v");
    REQUIRE(bench.flush() == FlushOutcome::kFlushed);
    bench.background.waitIdle();
    bench.clock.advance(100);
  }
  REQUIRE(bench.files.count(Call::kSync) == at_open + 2);
  REQUIRE(bench.nextSecond() == FlushOutcome::kFlushed);
  const int after = bench.files.count(Call::kSync);
  for (int i = 0; i < 5; ++i) REQUIRE(bench.nextSecond() == FlushOutcome::kFlushed);
  REQUIRE(bench.files.count(Call::kSync) == after);
}

TEST_CASE("under no nothing is synced until the log is closed") {
  LogBench bench(FsyncPolicy::kNo);
  REQUIRE_FALSE(bench.open());
  const int at_open = bench.files.count(Call::kSync);
  bench.set("a", "1");
  for (int i = 0; i < 5; ++i) REQUIRE(bench.nextSecond() == FlushOutcome::kFlushed);
  REQUIRE(bench.files.count(Call::kSync) == at_open);
  REQUIRE(bench.log->acknowledgeableOffset() == bench.log->fedOffset());
  REQUIRE_FALSE(bench.log->close());
  bench.files.powerCut();
  REQUIRE(bench.text() == kSelect0 + resp({"SET", "a", "1"}));
}

TEST_CASE("fault 6: text reaches the kernel while a background sync is stuck") {
  LogBench bench(FsyncPolicy::kEverySecond);
  REQUIRE_FALSE(bench.open());
  bench.set("a", "1");
  bench.clock.advance(1000);
  bench.files.holdSyncs();
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  bench.files.waitUntilSyncHeld();
  REQUIRE(bench.log->counters().pending_bio_fsync == 1);

  bench.set("b", "2");
  const FlushOutcome outcome = bench.flush();
  const std::string written = bench.text();
  const uint64_t acknowledgeable = bench.log->acknowledgeableOffset();
  const uint64_t durable = bench.log->durableOffset();
  bench.files.releaseSyncs();
  REQUIRE(outcome == FlushOutcome::kFlushed);
  REQUIRE(written == kSelect0 + resp({"SET", "a", "1"}) + resp({"SET", "b", "2"}));
  REQUIRE(acknowledgeable == written.size());
  REQUIRE(durable == 0);

  // The sync began before the second write, so it must not make that write count as durable.
  bench.background.waitIdle();
  bench.log->onCompletions();
  REQUIRE(bench.log->durableOffset() == (kSelect0 + resp({"SET", "a", "1"})).size());
  REQUIRE(bench.nextSecond() == FlushOutcome::kFlushed);
  REQUIRE(bench.log->durableOffset() == written.size());
}

TEST_CASE(
    "a sync that takes longer than two seconds is counted as delayed, once every two seconds") {
  LogBench bench(FsyncPolicy::kEverySecond);
  REQUIRE_FALSE(bench.open());
  bench.set("a", "1");
  bench.clock.advance(1000);
  bench.files.holdSyncs();
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  bench.files.waitUntilSyncHeld();
  bench.set("b", "2");
  std::vector<uint64_t> counted;
  for (int i = 0; i < 5; ++i) {
    static_cast<void>(bench.log->onCron());
    counted.push_back(bench.log->counters().delayed_fsync);
    bench.clock.advance(1000);
  }
  const int in_flight = bench.files.count(Call::kSync);
  bench.files.releaseSyncs();
  bench.background.waitIdle();
  REQUIRE(counted == std::vector<uint64_t>{0, 0, 1, 1, 2});
  REQUIRE(bench.sink.countContaining("taking too long") == 2);
  // At most one sync is in flight, so the others waited.
  REQUIRE(bench.files.count(Call::kSync) == in_flight + 1);
}

TEST_CASE("no-appendfsync-on-rewrite holds syncs back while a child runs, and only then") {
  const FsyncPolicy policy = GENERATE(FsyncPolicy::kAlways, FsyncPolicy::kEverySecond);
  LogBench bench(policy);
  bench.settings.no_fsync_on_rewrite = true;
  REQUIRE_FALSE(bench.open());
  const int at_open = bench.files.count(Call::kSync);
  bench.log->setChildActive(true);
  bench.set("a", "1");
  REQUIRE(bench.nextSecond() == FlushOutcome::kFlushed);
  REQUIRE(bench.files.count(Call::kSync) == at_open);
  REQUIRE(bench.log->acknowledgeableOffset() == bench.log->fedOffset());
  bench.log->setChildActive(false);
  REQUIRE(bench.nextSecond() == FlushOutcome::kFlushed);
  REQUIRE(bench.log->durableOffset() == bench.log->fedOffset());
}

TEST_CASE("a forced flush leaves everything on the disk under every policy") {
  const FsyncPolicy policy =
      GENERATE(FsyncPolicy::kAlways, FsyncPolicy::kEverySecond, FsyncPolicy::kNo);
  LogBench bench(policy);
  REQUIRE_FALSE(bench.open());
  bench.set("a", "1");
  REQUIRE(bench.flush(FlushMode::kForce) == FlushOutcome::kFlushed);
  REQUIRE(bench.log->durableOffset() == bench.log->fedOffset());
  bench.files.powerCut();
  REQUIRE(bench.text() == kSelect0 + resp({"SET", "a", "1"}));
}

TEST_CASE(
    "changing the policy to always brings what was only written to the disk with the next flush") {
  LogBench bench(FsyncPolicy::kNo);
  REQUIRE_FALSE(bench.open());
  bench.set("a", "1");
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  bench.settings.fsync = FsyncPolicy::kAlways;
  bench.log->updateSettings(bench.settings);
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  REQUIRE(bench.durable() == kSelect0 + resp({"SET", "a", "1"}));
}

TEST_CASE(
    "fault 2: the first creation of the log survives a power cut before anything is acknowledged") {
  LogBench bench(FsyncPolicy::kAlways);
  REQUIRE_FALSE(bench.open());
  REQUIRE(bench.files.trace() ==
          std::vector<Call>{Call::kOpenAppend, Call::kSync, Call::kSyncDirectory});
  bench.set("a", "1");
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  bench.files.powerCut();
  REQUIRE(bench.text() == kSelect0 + resp({"SET", "a", "1"}));
}

TEST_CASE("a log that cannot be opened or made durable stays off") {
  const Call failing = GENERATE(Call::kOpenAppend, Call::kSync, Call::kSyncDirectory);
  LogBench bench(FsyncPolicy::kAlways);
  bench.files.failNth(failing, 1, std::errc::io_error);
  REQUIRE(bench.open() == std::errc::io_error);
  REQUIRE_FALSE(bench.log->isOn());
  REQUIRE_FALSE(bench.open());
}

TEST_CASE("slow writes and syncs are recorded as latency events") {
  LogBench bench(FsyncPolicy::kAlways);
  bench.files.onCall([&](Call) {
    bench.clock.advance(7);
    return std::error_code{};
  });
  REQUIRE_FALSE(bench.open());
  bench.latency.events.clear();
  bench.set("a", "1");
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  using Events = std::vector<std::pair<std::string, int64_t>>;
  REQUIRE(bench.latency.events ==
          Events{{"aof-write", 7}, {"aof-write-alone", 7}, {"aof-fsync-always", 7}});
  bench.latency.events.clear();
  bench.log->setChildActive(true);
  bench.set("a", "1");
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  REQUIRE(bench.latency.events[1] == Events::value_type{"aof-write-active-child", 7});
}
