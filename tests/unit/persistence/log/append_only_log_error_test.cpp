#include <catch2/catch.hpp>
#include <string>

#include "tests/unit/persistence/log/log_test_bench.h"

using namespace inkstone;
using namespace inkstone::test;

namespace {

const std::string kFirst = kSelect0 + resp({"SET", "a", "1"});
const std::string kSecond = resp({"SET", "b", "2"});

// An AOF that holds kFirst, which is on the disk.
struct WrittenLog : LogBench {
  explicit WrittenLog(FsyncPolicy policy) : LogBench(policy) {
    REQUIRE_FALSE(open());
    set("a", "1");
    REQUIRE(flush(FlushMode::kForce) == FlushOutcome::kFlushed);
    files.clearTrace();
  }
};

}  // namespace

TEST_CASE("under always a failed write ends the server without the reply and without the text") {
  WrittenLog bench(FsyncPolicy::kAlways);
  const bool cut_works = GENERATE(true, false);
  bench.files.shortenNextAppend(5, std::errc::no_space_on_device);
  if (!cut_works) bench.files.failNth(Call::kTruncate, 1, std::errc::io_error);
  bench.set("b", "2");
  REQUIRE(bench.flush() == FlushOutcome::kFatal);
  REQUIRE(bench.log->acknowledgeableOffset() < bench.log->fedOffset());
  REQUIRE(bench.text() == kFirst);
  REQUIRE(bench.sink.countContaining("Can't recover from AOF write error") == 1);
}

TEST_CASE("under always a failed sync ends the server and leaves nothing unsynced to build on") {
  WrittenLog bench(FsyncPolicy::kAlways);
  bench.files.failNth(Call::kSync, 1, std::errc::io_error);
  bench.set("b", "2");
  REQUIRE(bench.flush() == FlushOutcome::kFatal);
  REQUIRE(bench.log->acknowledgeableOffset() == kFirst.size());
  REQUIRE(bench.log->writtenOffset() == bench.log->fedOffset());
  REQUIRE(bench.text() == kFirst);
  REQUIRE(bench.durable() == kFirst);
}

TEST_CASE(
    "under always replies that left before the policy was set keep their text when a write fails") {
  WrittenLog bench(FsyncPolicy::kNo);
  bench.set("b", "2");
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  bench.settings.fsync = FsyncPolicy::kAlways;
  bench.log->updateSettings(bench.settings);
  bench.files.failAlways(Call::kSync, std::errc::io_error);
  bench.set("c", "3");
  REQUIRE(bench.flush() == FlushOutcome::kFatal);
  REQUIRE(bench.text() == kFirst + kSecond);
  REQUIRE(bench.sink.countContaining("Could not cut the AOF file back") == 1);
}

TEST_CASE(
    "fault 6: under everysec and no a reply waits while the disk is full, and leaves when there is "
    "space") {
  const FsyncPolicy policy = GENERATE(FsyncPolicy::kEverySecond, FsyncPolicy::kNo);
  WrittenLog bench(policy);
  bench.files.setSpace(4);
  bench.set("b", "2");
  REQUIRE(bench.flush() == FlushOutcome::kHeld);
  REQUIRE(bench.log->acknowledgeableOffset() == kFirst.size());
  REQUIRE_FALSE(bench.log->lastWriteOk());
  REQUIRE(bench.log->writeError() ==
          "MISCONF Errors writing to the AOF file: No space left on device");
  // The file is cut back to whole commands, so that a process killed now leaves a sound AOF.
  REQUIRE(bench.text() == kFirst);
  REQUIRE(bench.log->counters().buffer_length == kSecond.size());

  bench.files.setSpace(std::nullopt);
  // Failed writes are tried again a few times a second, not each turn.
  bench.clock.advance(249);
  REQUIRE(bench.flush() == FlushOutcome::kHeld);
  REQUIRE(bench.files.count(Call::kAppend) == 1);
  bench.clock.advance(1);
  REQUIRE(bench.log->onCron() == FlushOutcome::kFlushed);
  REQUIRE(bench.text() == kFirst + kSecond);
  REQUIRE(bench.log->lastWriteOk());
  REQUIRE(bench.sink.countContaining("looks solved") == 1);
}

TEST_CASE("a short write that cannot be cut back is continued where it stopped") {
  WrittenLog bench(FsyncPolicy::kEverySecond);
  bench.files.shortenNextAppend(7, std::errc::no_space_on_device);
  bench.files.failNth(Call::kTruncate, 1, std::errc::io_error);
  bench.set("b", "2");
  REQUIRE(bench.flush() == FlushOutcome::kHeld);
  REQUIRE(bench.text() == kFirst + kSecond.substr(0, 7));
  REQUIRE(bench.log->writtenOffset() == kFirst.size() + 7);
  REQUIRE(bench.log->counters().buffer_length == kSecond.size() - 7);
  bench.set("c", "3");
  bench.clock.advance(1000);
  REQUIRE(bench.log->onCron() == FlushOutcome::kFlushed);
  REQUIRE(bench.text() == kFirst + kSecond + resp({"SET", "c", "3"}));
}

TEST_CASE("what is in the file is synced on time while later writes fail") {
  WrittenLog bench(FsyncPolicy::kEverySecond);
  bench.set("b", "2");
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  bench.files.setSpace(0);
  bench.set("c", "3");
  REQUIRE(bench.nextSecond() == FlushOutcome::kHeld);
  REQUIRE(bench.durable() == kFirst + kSecond);
}

TEST_CASE("errors are logged at most every 30 seconds") {
  WrittenLog bench(FsyncPolicy::kEverySecond);
  bench.files.setSpace(0);
  bench.set("b", "2");
  for (int second = 0; second < 61; ++second) REQUIRE(bench.nextSecond() == FlushOutcome::kHeld);
  REQUIRE(bench.sink.countContaining("Error writing to the AOF file") == 3);
}

TEST_CASE(
    "fault 5: after a failed sync the bytes are written again, and writes are accepted once they "
    "are durable") {
  const FsyncPolicy policy = FsyncPolicy::kEverySecond;
  WrittenLog bench(policy);
  bench.set("b", "2");
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  bench.files.failNth(Call::kSync, 1, std::errc::io_error);
  REQUIRE(bench.nextSecond() == FlushOutcome::kFlushed);
  REQUIRE_FALSE(bench.log->lastWriteOk());
  REQUIRE(bench.log->writeError() == "MISCONF Errors writing to the AOF file: Input/output error");
  REQUIRE(bench.log->durableOffset() == kFirst.size());
  // Some writes are not refused (the DEL of an expired key). Their text is in the kernel at once
  // even now.
  bench.set("c", "3");
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);

  REQUIRE(bench.nextSecond() == FlushOutcome::kFlushed);
  REQUIRE(bench.log->lastWriteOk());
  REQUIRE(bench.log->durableOffset() == bench.log->fedOffset());
  bench.files.powerCut();
  REQUIRE(bench.text() == kFirst + kSecond + resp({"SET", "c", "3"}));
}

TEST_CASE(
    "fault 5: writes stay refused as long as syncs fail, and a lucky sync alone is not believed") {
  WrittenLog bench(FsyncPolicy::kEverySecond);
  bench.set("b", "2");
  bench.files.failNth(Call::kSync, 1, std::errc::io_error, 3);
  for (int second = 0; second < 3; ++second) {
    REQUIRE(bench.nextSecond() == FlushOutcome::kFlushed);
    REQUIRE_FALSE(bench.log->lastWriteOk());
    REQUIRE(bench.log->durableOffset() == kFirst.size());
  }
  REQUIRE(bench.nextSecond() == FlushOutcome::kFlushed);
  REQUIRE(bench.log->lastWriteOk());
  REQUIRE(bench.files.count(Call::kOverwrite) == 3);
  REQUIRE(bench.durable() == kFirst + kSecond);
}

TEST_CASE(
    "fault 5: a failed sync heals also under policy no, where the next would come only at the "
    "end") {
  WrittenLog bench(FsyncPolicy::kEverySecond);
  bench.set("b", "2");
  bench.files.failNth(Call::kSync, 1, std::errc::io_error);
  REQUIRE(bench.nextSecond() == FlushOutcome::kFlushed);
  bench.settings.fsync = FsyncPolicy::kNo;
  bench.settings.no_fsync_on_rewrite = true;
  bench.log->updateSettings(bench.settings);
  bench.log->setChildActive(true);
  REQUIRE(bench.nextSecond() == FlushOutcome::kFlushed);
  REQUIRE(bench.log->lastWriteOk());
  REQUIRE(bench.durable() == kFirst + kSecond);
}

TEST_CASE(
    "bytes that a failed sync dropped from the page cache are not replaced by what is there") {
  WrittenLog bench(FsyncPolicy::kEverySecond);
  bench.files.setFailedSyncDropsPages(true);
  bench.set("b", "2");
  bench.files.failNth(Call::kSync, 1, std::errc::io_error);
  REQUIRE(bench.nextSecond() == FlushOutcome::kFlushed);
  REQUIRE(bench.nextSecond() == FlushOutcome::kFlushed);
  REQUIRE(bench.log->needsRewrite());
  REQUIRE_FALSE(bench.log->lastWriteOk());
  REQUIRE(bench.log->durableOffset() == kFirst.size());
  REQUIRE(bench.files.count(Call::kOverwrite) == 0);
}

TEST_CASE("bytes that cannot be read or written again are tried again each second") {
  const Call failing = GENERATE(Call::kRead, Call::kOverwrite);
  WrittenLog bench(FsyncPolicy::kEverySecond);
  bench.set("b", "2");
  bench.files.failNth(Call::kSync, 1, std::errc::io_error);
  bench.files.failNth(failing, 1, std::errc::no_space_on_device, 2);
  for (int second = 0; second < 3; ++second) {
    REQUIRE(bench.nextSecond() == FlushOutcome::kFlushed);
    REQUIRE_FALSE(bench.log->lastWriteOk());
  }
  REQUIRE(bench.nextSecond() == FlushOutcome::kFlushed);
  REQUIRE(bench.log->lastWriteOk());
  REQUIRE(bench.durable() == kFirst + kSecond);
}

TEST_CASE(
    "closing tells when the last text did not reach the disk, and the log is off all the same") {
  WrittenLog bench(FsyncPolicy::kEverySecond);
  const Call failing = GENERATE(Call::kAppend, Call::kSync);
  bench.files.failAlways(failing, std::errc::io_error);
  bench.set("b", "2");
  REQUIRE(bench.log->close() == std::errc::io_error);
  REQUIRE_FALSE(bench.log->isOn());
  REQUIRE(bench.log->lastWriteOk());
  // No reply may wait for text that will never be written.
  REQUIRE(bench.log->acknowledgeableOffset() == bench.log->fedOffset());
  bench.files.heal();
  REQUIRE_FALSE(bench.open());
  bench.set("c", "3");
  REQUIRE(bench.flush(FlushMode::kForce) == FlushOutcome::kFlushed);
}

TEST_CASE("closing waits for the sync under way and believes its error") {
  WrittenLog bench(FsyncPolicy::kEverySecond);
  bench.set("b", "2");
  bench.files.failNth(Call::kSync, 1, std::errc::io_error);
  bench.clock.advance(1000);
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  // The bytes are written again and synced before the file is closed.
  REQUIRE_FALSE(bench.log->close());
  REQUIRE(bench.files.count(Call::kOverwrite) == 1);
  REQUIRE(bench.durable() == kFirst + kSecond);
}

TEST_CASE("an unsynced range larger than one chunk is written again whole") {
  WrittenLog bench(FsyncPolicy::kEverySecond);
  const std::string value(3'000'001, 'x');
  bench.set("b", value);
  bench.files.failNth(Call::kSync, 1, std::errc::io_error);
  REQUIRE(bench.nextSecond() == FlushOutcome::kFlushed);
  REQUIRE(bench.nextSecond() == FlushOutcome::kFlushed);
  REQUIRE(bench.log->lastWriteOk());
  // The extra parentheses keep a failure from printing megabytes.
  REQUIRE((bench.durable() == kFirst + resp({"SET", "b", value})));
}

TEST_CASE("after good syncs a failed one has only what came since written again") {
  WrittenLog bench(FsyncPolicy::kEverySecond);
  bench.set("b", "2");
  REQUIRE(bench.nextSecond() == FlushOutcome::kFlushed);
  bench.set("c", "3");
  bench.clock.advance(1000);
  bench.files.holdSyncs();
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  bench.files.waitUntilSyncHeld();
  // This text is written while the sync runs, so the sync does not cover it.
  bench.set("d", "4");
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  bench.files.releaseSyncs();
  bench.background.waitIdle();
  bench.log->onCompletions();
  bench.files.failNth(Call::kSync, 1, std::errc::io_error);
  bench.set("e", "5");
  REQUIRE(bench.nextSecond() == FlushOutcome::kFlushed);
  REQUIRE_FALSE(bench.log->lastWriteOk());
  const uint64_t durable = bench.log->durableOffset();
  REQUIRE(durable == (kFirst + kSecond + resp({"SET", "c", "3"})).size());
  REQUIRE(bench.nextSecond() == FlushOutcome::kFlushed);
  REQUIRE(bench.log->lastWriteOk());
  REQUIRE(bench.durable() == bench.text());
  REQUIRE(bench.files.overwrittenFrom() == durable);
}
