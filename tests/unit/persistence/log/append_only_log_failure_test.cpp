// A disk that takes nothing: the reserve, and the end of the waiting for clients.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cerrno>
#include <string>
#include <utility>

#include "tests/unit/persistence/log/log_test_bench.h"

using namespace inkstone;
using namespace inkstone::test;

namespace {

constexpr uint64_t kKb = 1024;
constexpr uint64_t kReserve = 16 * kKb;
const std::string kFirst = kSelect0 + resp({"SET", "a", "1"});
const std::string kSecond = resp({"SET", "b", "2"});
const std::string kThird = resp({"SET", "c", "3"});

struct FailingLog : LogBench {
  explicit FailingLog(FsyncPolicy policy, uint64_t reserve = kReserve) : LogBench(policy) {
    settings.disk_reserve_bytes = reserve;
    REQUIRE_FALSE(open());
    set("a", "1");
    REQUIRE(flush(FlushMode::kForce) == FlushOutcome::kFlushed);
  }

  // Runs the cron and the work that it started in the background.
  FlushOutcome cron() {
    static_cast<void>(log->onCron());
    background.waitIdle();
    return log->onCron();
  }
  FlushOutcome flushAfter(int64_t milliseconds) {
    clock.advance(milliseconds);
    return flush();
  }
  bool has(const std::pair<std::string, int64_t>& event) const {
    return std::find(latency.events.begin(), latency.events.end(), event) != latency.events.end();
  }
};

FsyncPolicy anyButAlways() {
  return GENERATE(FsyncPolicy::kEverySecond, FsyncPolicy::kNo);
}

}  // namespace

TEST_CASE(
    "fault 6: a write that meets a full disk gets the room of the reserve, and writes are refused "
    "until that is there again") {
  FailingLog bench(anyButAlways());
  REQUIRE(bench.log->counters().reserve_bytes == kReserve);
  bench.files.setSpace(4);
  bench.set("b", "2");
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  REQUIRE(bench.text() == kFirst + kSecond);
  REQUIRE_FALSE(bench.log->holdsAreOver());
  REQUIRE_FALSE(bench.log->failureDueMs());
  REQUIRE_FALSE(bench.log->lastWriteOk());
  REQUIRE(bench.log->writeError() ==
          "MISCONF Errors writing to the AOF file: No space left on device");
  REQUIRE(bench.sink.countContaining("Writes are refused from here on") == 1);
  REQUIRE(bench.log->counters().reserve_bytes == 0);
  REQUIRE(bench.log->counters().reserve_given_up == 1);
  REQUIRE(bench.log->takeSpaceWanted());
  REQUIRE_FALSE(bench.log->takeSpaceWanted());

  // Text that is fed while writes are refused (the DEL of an expired key) uses the space that is
  // left.
  bench.set("c", "3");
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  bench.files.setSpace(kReserve);
  for (int second = 0; second < 3; ++second) REQUIRE(bench.nextSecond() == FlushOutcome::kFlushed);
  REQUIRE_FALSE(bench.log->lastWriteOk());

  bench.files.setSpace(2 * kReserve);
  REQUIRE(bench.nextSecond() == FlushOutcome::kFlushed);
  REQUIRE(bench.log->lastWriteOk());
  REQUIRE(bench.log->counters().reserve_bytes == kReserve);
  REQUIRE(bench.files.space() == kReserve);
  REQUIRE(bench.text() == kFirst + kSecond + kThird);
  REQUIRE(bench.sink.countContaining("looks solved") == 1);
}

TEST_CASE("a used up quota is met by the reserve, a file that may not grow is not") {
  FailingLog bench(FsyncPolicy::kNo);
  bench.files.shortenNextAppend(3, std::errc::file_too_large);
  bench.set("b", "2");
  REQUIRE(bench.flush() == FlushOutcome::kHeld);
  REQUIRE(bench.log->counters().reserve_bytes == kReserve);
  REQUIRE(bench.flushAfter(1000) == FlushOutcome::kFlushed);

  bool failed = false;
  bench.files.onCall([&failed](Call call) -> std::error_code {
    if (call != Call::kAppend || std::exchange(failed, true)) return {};
    return {EDQUOT, std::generic_category()};
  });
  bench.set("c", "3");
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  REQUIRE(bench.log->counters().reserve_given_up == 1);
}

TEST_CASE("where the reserve is too small waiting is over after a second, and the text is kept") {
  FailingLog bench(anyButAlways());
  bench.files.setSpace(4);
  const std::string big(kReserve + 100, 'x');
  bench.set("b", big);
  REQUIRE(bench.flush() == FlushOutcome::kHeld);
  REQUIRE(bench.text() == kFirst);
  REQUIRE(bench.flushAfter(999) == FlushOutcome::kHeld);
  REQUIRE_FALSE(bench.log->holdsAreOver());
  REQUIRE(bench.flushAfter(1) == FlushOutcome::kHeld);
  REQUIRE(bench.log->holdsAreOver());
  REQUIRE(bench.log->acknowledgeableOffset() == kFirst.size());

  bench.files.setSpace(big.size() + 10 * kKb);
  bench.clock.advance(1000);
  REQUIRE(bench.cron() == FlushOutcome::kFlushed);
  REQUIRE(bench.text() == kFirst + resp({"SET", "b", big}));
  REQUIRE_FALSE(bench.log->holdsAreOver());
  // There is no room for the reserve yet.
  REQUIRE_FALSE(bench.log->lastWriteOk());
  bench.files.setSpace(2 * kReserve);
  REQUIRE(bench.nextSecond() == FlushOutcome::kFlushed);
  REQUIRE(bench.log->lastWriteOk());
}

TEST_CASE("under other errors waiting is over after a second, and writing is tried meanwhile") {
  FailingLog bench(anyButAlways());
  bench.files.failAlways(Call::kAppend, std::errc::io_error);
  bench.files.clearTrace();
  bench.set("b", "2");
  REQUIRE(bench.flush() == FlushOutcome::kHeld);
  const int64_t began_ms = bench.clock.monotonicMs();
  REQUIRE(bench.log->unloggedError() ==
          "MISCONF The write is applied in memory and is not in the AOF file: Input/output error");
  REQUIRE(bench.log->counters().reserve_bytes == kReserve);
  REQUIRE_FALSE(bench.log->takeSpaceWanted());
  REQUIRE(bench.sink.countContaining("Writes are refused from here on") == 1);
  while (!bench.log->holdsAreOver()) {
    REQUIRE(bench.log->failureDueMs() > bench.clock.monotonicMs());
    bench.clock.now_ms = *bench.log->failureDueMs();
    REQUIRE(bench.flush() == FlushOutcome::kHeld);
  }
  REQUIRE(bench.clock.monotonicMs() == began_ms + LogHealth::kHoldMsMax);
  REQUIRE(bench.files.count(Call::kAppend) == 5);
  REQUIRE_FALSE(bench.log->failureDueMs());
  REQUIRE(bench.has({"aof-reply-hold", 1000}));

  bench.files.heal();
  REQUIRE(bench.flushAfter(999) == FlushOutcome::kHeld);
  REQUIRE(bench.flushAfter(1) == FlushOutcome::kFlushed);
  REQUIRE_FALSE(bench.log->holdsAreOver());
  REQUIRE(bench.text() == kFirst + kSecond);
  REQUIRE(bench.log->lastWriteOk());
}

TEST_CASE("a disk that fails for less than a second ends nobody's waiting") {
  FailingLog bench(FsyncPolicy::kEverySecond, 0);
  bench.files.failNth(Call::kAppend, 1, std::errc::io_error, 2);
  bench.set("b", "2");
  REQUIRE(bench.flush() == FlushOutcome::kHeld);
  REQUIRE(bench.flushAfter(249) == FlushOutcome::kHeld);
  REQUIRE(bench.flushAfter(1) == FlushOutcome::kHeld);
  REQUIRE(bench.flushAfter(250) == FlushOutcome::kFlushed);
  REQUIRE(bench.has({"aof-reply-hold", 500}));
  bench.clock.advance(5000);
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  REQUIRE_FALSE(bench.log->holdsAreOver());
}

TEST_CASE("a sync that finds the disk full frees the reserve, so that its bytes can be written") {
  FailingLog bench(FsyncPolicy::kEverySecond);
  bench.set("b", "2");
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  bench.files.setSpace(0);
  bench.files.failNth(Call::kSync, 1, std::errc::no_space_on_device);
  REQUIRE(bench.nextSecond() == FlushOutcome::kFlushed);
  REQUIRE(bench.log->counters().reserve_given_up == 1);
  bench.files.setSpace(2 * kReserve);
  REQUIRE(bench.nextSecond() == FlushOutcome::kFlushed);
  REQUIRE(bench.nextSecond() == FlushOutcome::kFlushed);
  REQUIRE(bench.log->lastWriteOk());
  REQUIRE(bench.durable() == kFirst + kSecond);
}

TEST_CASE("under always there is no reserve, and no end of waiting but that of the server") {
  FailingLog bench(FsyncPolicy::kAlways);
  REQUIRE(bench.log->counters().reserve_bytes == 0);
  bench.files.setSpace(4);
  bench.set("b", "2");
  REQUIRE(bench.flush() == FlushOutcome::kFatal);
  REQUIRE_FALSE(bench.log->holdsAreOver());
  REQUIRE_FALSE(bench.log->failureDueMs());
  REQUIRE(bench.sink.countContaining("Writes are refused") == 0);
}

TEST_CASE("the reserve follows the policy and its directive") {
  FailingLog bench(FsyncPolicy::kAlways);
  bench.settings.fsync = FsyncPolicy::kNo;
  bench.log->updateSettings(bench.settings);
  static_cast<void>(bench.cron());
  REQUIRE(bench.log->counters().reserve_bytes == kReserve);
  bench.settings.disk_reserve_bytes = kReserve / 2;
  bench.log->updateSettings(bench.settings);
  static_cast<void>(bench.cron());
  REQUIRE(bench.log->counters().reserve_bytes == kReserve / 2);
  bench.settings.disk_reserve_bytes = 0;
  bench.log->updateSettings(bench.settings);
  static_cast<void>(bench.cron());
  REQUIRE(bench.log->counters().reserve_bytes == 0);
}

TEST_CASE("a reserve that is not wanted any more is not waited for") {
  FailingLog bench(FsyncPolicy::kNo);
  bench.files.setSpace(0);
  bench.set("b", "2");
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  REQUIRE_FALSE(bench.log->lastWriteOk());
  bench.settings.disk_reserve_bytes = 0;
  bench.log->updateSettings(bench.settings);
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  REQUIRE(bench.log->lastWriteOk());
}

TEST_CASE("the reserve grows when there is room, and a full disk at start is said once") {
  LogBench bench(FsyncPolicy::kNo);
  bench.settings.disk_reserve_bytes = kReserve;
  bench.files.setSpace(kKb);
  REQUIRE_FALSE(bench.open());
  REQUIRE(bench.log->lastWriteOk());
  REQUIRE(bench.sink.countContaining("No disk space can be set aside") == 1);
  for (int minute = 0; minute < 3; ++minute) {
    bench.clock.advance(60'000);
    static_cast<void>(bench.nextSecond());
  }
  REQUIRE(bench.sink.countContaining("No disk space can be set aside") == 1);
  bench.files.setSpace(100 * kKb);
  bench.clock.advance(60'000);
  static_cast<void>(bench.nextSecond());
  REQUIRE(bench.log->counters().reserve_bytes == kReserve);
}

TEST_CASE("a file system that sets nothing aside is said once, and the log goes on without") {
  LogBench bench(FsyncPolicy::kNo);
  bench.settings.disk_reserve_bytes = kReserve;
  bench.files.failAlways(Call::kAllocate, std::errc::operation_not_supported);
  REQUIRE_FALSE(bench.open());
  REQUIRE(bench.log->lastWriteOk());
  bench.clock.advance(600'000);
  static_cast<void>(bench.nextSecond());
  REQUIRE(bench.files.count(Call::kAllocate) == 1);
  REQUIRE(bench.sink.countContaining("No disk space can be set aside") == 1);
}

TEST_CASE("switching the log off frees the reserve") {
  FailingLog bench(FsyncPolicy::kNo);
  bench.files.setSpace(0);
  REQUIRE_FALSE(bench.log->close());
  REQUIRE(bench.files.space() == kReserve);
  // The space is free for all again, and a new reserve takes its share of it.
  REQUIRE_FALSE(bench.open());
  REQUIRE(bench.log->counters().reserve_bytes == kReserve / 4);
}

TEST_CASE("the writer thread writes once more when the reserve was given up") {
  FailingLog bench(FsyncPolicy::kEverySecond);
  LogWriter writer;
  bench.log->useWriter(writer);
  bench.files.setSpace(4);
  bench.set("b", "2");
  REQUIRE(bench.flush() == FlushOutcome::kHeld);
  REQUIRE(bench.log->counters().reserve_given_up == 1);
  writer.waitIdle();
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  REQUIRE(bench.text() == kFirst + kSecond);
}

TEST_CASE(
    "a group that was slow and then met the full disk is written once more before waiting ends") {
  FailingLog bench(FsyncPolicy::kEverySecond);
  LogWriter writer;
  bench.log->useWriter(writer);
  bench.set("b", "2");
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  bench.files.holdSyncs();
  bench.clock.advance(1000);
  REQUIRE(bench.log->onCron() == FlushOutcome::kFlushed);
  bench.files.waitUntilSyncHeld();
  bench.files.setSpace(4);
  bench.set("c", "3");
  // The writer thread writes while the sync runs.
  REQUIRE(bench.flush() == FlushOutcome::kHeld);
  writer.waitIdle();
  bench.clock.advance(5000);
  REQUIRE(bench.flush() == FlushOutcome::kHeld);
  REQUIRE(bench.log->counters().reserve_given_up == 1);
  REQUIRE_FALSE(bench.log->holdsAreOver());
  writer.waitIdle();
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  REQUIRE(bench.text() == kFirst + kSecond + kThird);
}

TEST_CASE("a group that was slow and then failed otherwise is not waited for any longer") {
  FailingLog bench(FsyncPolicy::kEverySecond);
  LogWriter writer;
  bench.log->useWriter(writer);
  bench.set("b", "2");
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  bench.files.holdSyncs();
  bench.clock.advance(1000);
  REQUIRE(bench.log->onCron() == FlushOutcome::kFlushed);
  bench.files.waitUntilSyncHeld();
  bench.files.failAlways(Call::kAppend, std::errc::io_error);
  bench.set("c", "3");
  REQUIRE(bench.flush() == FlushOutcome::kHeld);
  REQUIRE_FALSE(bench.log->holdsAreOver());
  writer.waitIdle();
  bench.clock.advance(5000);
  REQUIRE(bench.flush() == FlushOutcome::kHeld);
  REQUIRE(bench.log->holdsAreOver());
}

TEST_CASE("the reserve is given up although the background thread has been asked for more of it") {
  FailingLog bench(FsyncPolicy::kEverySecond);
  bench.set("b", "2");
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  bench.files.holdSyncs();
  bench.clock.advance(1000);
  REQUIRE(bench.log->onCron() == FlushOutcome::kFlushed);
  bench.files.waitUntilSyncHeld();
  bench.settings.disk_reserve_bytes = 2 * kReserve;
  bench.log->updateSettings(bench.settings);
  // The background thread is to enlarge the reserve when the sync is over.
  REQUIRE(bench.log->onCron() == FlushOutcome::kFlushed);
  bench.files.setSpace(4);
  bench.set("c", "3");
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  REQUIRE(bench.text() == kFirst + kSecond + kThird);
  bench.files.releaseSyncs();
  REQUIRE(bench.nextSecond() == FlushOutcome::kFlushed);
  REQUIRE(bench.log->counters().reserve_bytes == 0);
  REQUIRE_FALSE(bench.log->lastWriteOk());
}
