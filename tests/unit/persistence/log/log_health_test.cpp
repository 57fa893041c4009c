#include "persistence/log/log_health.h"

#include <catch2/catch.hpp>
#include <optional>

#include "tests/unit/persistence/fault_file_system.h"
#include "tests/unit/persistence/log/log_fixture.h"

namespace inkstone::test {
namespace {

using State = LogHealth::State;

struct HealthBench {
  void failWrite(std::errc reason = std::errc::io_error) {
    health.writeBegun(clock.monotonicMs());
    health.writeFailed(std::make_error_code(reason), "it failed");
  }
  void succeed() {
    health.writeBegun(clock.monotonicMs());
    health.writeSucceeded(clock.monotonicMs());
  }

  FaultFileSystem files;
  BackgroundSync background;
  ManualClock clock;
  RecordingSink sink;
  RecordingLatency latency;
  AppendOnlySettings settings;
  DiskReserve reserve{files, background, clock, sink};
  LogHealth health{settings, clock, sink, latency, reserve};
};

}  // namespace

TEST_CASE("a write that fails is retried every quarter of a second while replies wait") {
  HealthBench bench;
  bench.failWrite();
  CHECK(bench.health.state() == State::kFailing);
  CHECK_FALSE(bench.health.sound());
  CHECK(bench.health.dueMs(false) == bench.clock.monotonicMs() + 250);
  CHECK(bench.health.dueMs(true) == bench.clock.monotonicMs() + LogHealth::kHoldMsMax);
  bench.clock.advance(249);
  CHECK(bench.health.retryLater(bench.clock.monotonicMs()));
  bench.clock.advance(1);
  CHECK_FALSE(bench.health.retryLater(bench.clock.monotonicMs()));
}

TEST_CASE("after a second replies wait no more, and the write is retried each second") {
  HealthBench bench;
  bench.failWrite();
  bench.clock.advance(LogHealth::kHoldMsMax);
  bench.failWrite();
  bench.health.noteTime(bench.clock.monotonicMs());
  CHECK(bench.health.state() == State::kHoldsOver);
  CHECK(bench.health.dueMs(false) == std::nullopt);
  bench.clock.advance(999);
  CHECK(bench.health.retryLater(bench.clock.monotonicMs()));
  bench.clock.advance(1);
  CHECK_FALSE(bench.health.retryLater(bench.clock.monotonicMs()));
  REQUIRE(bench.latency.events.size() == 1);
  CHECK(bench.latency.events[0].first == "aof-reply-hold");
}

TEST_CASE("a write that succeeds again ends the trouble only when the file is confirmed") {
  HealthBench bench;
  bench.failWrite();
  bench.succeed();
  CHECK(bench.health.state() == State::kRecovering);
  bench.health.settle(false);
  CHECK_FALSE(bench.health.sound());
  bench.health.settle(true);
  CHECK(bench.health.sound());
  CHECK(bench.sink.countContaining("looks solved") == 1);
}

TEST_CASE("a sync that fails refuses writes and does not end the waiting for those that succeed") {
  HealthBench bench;
  bench.health.syncFailed(std::make_error_code(std::errc::io_error), "no sync");
  CHECK(bench.health.state() == State::kRecovering);
  CHECK(bench.health.dueMs(false) == std::nullopt);
  bench.failWrite();
  CHECK(bench.health.state() == State::kFailing);
  bench.health.settle(true);
  CHECK(bench.health.state() == State::kFailing);
}

TEST_CASE("a broken promise stays until the end or another file") {
  HealthBench bench;
  bench.settings.fsync = FsyncPolicy::kAlways;
  bench.failWrite();
  bench.health.breakPromise();
  bench.succeed();
  bench.health.settle(true);
  bench.health.noteTime(bench.clock.monotonicMs() + 10'000);
  CHECK(bench.health.state() == State::kPromiseBroken);
  SECTION("another file") {
    bench.health.beginFile();
    bench.health.settle(true);
    CHECK(bench.health.sound());
  }
  SECTION("the end") {
    bench.health.giveUp();
    bench.health.beginFile();
    CHECK(bench.health.state() == State::kGivenUp);
  }
}

TEST_CASE("no promise is broken where nobody waits for the disk") {
  HealthBench bench;
  bench.failWrite();
  bench.health.breakPromise();
  CHECK(bench.health.state() == State::kFailing);
}

TEST_CASE("a full disk takes the reserve, asks for more room and tries at once") {
  HealthBench bench;
  bench.reserve.useDirectory(kDirectory);
  bench.reserve.want(1024 * 1024);
  bench.reserve.make();
  REQUIRE(bench.reserve.heldBytes() > 0);
  bench.failWrite(std::errc::no_space_on_device);
  CHECK(bench.health.roomMade());
  CHECK_FALSE(bench.health.retryLater(bench.clock.monotonicMs()));
  CHECK(bench.health.takeSpaceWanted());
  CHECK_FALSE(bench.health.takeSpaceWanted());
  bench.succeed();
  // The reserve is owed.
  bench.health.settle(true);
  CHECK(bench.health.state() == State::kRecovering);
}

}  // namespace inkstone::test
