// Parent and child of a rewrite together; where the power is cut meanwhile, see
// rewrite_power_cut_test.cpp.
#include "persistence/rewrite/background_rewrite.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <csignal>
#include <string>
#include <thread>
#include <vector>

#include "persistence/log/log_writer.h"
#include "tests/unit/persistence/rewrite/rewrite_bench.h"

using namespace inkstone;
using namespace inkstone::test;

namespace {

using Result = BackgroundRewrite::Result;

const std::string kImageOfA = kSelect0 + resp({"SET", "a", "1"});
const std::vector<std::string> kOnlyTheLog = {"appendonly.aof"};
const std::vector<std::string> kLogAndLedger = {"appendonly.aof", "appendonly.aof.ledger"};

// A data set of one key, and an AOF that is on and holds more than that.
struct RunningBench : RewriteBench {
  explicit RunningBench(FsyncPolicy policy = FsyncPolicy::kEverySecond) : RewriteBench(policy) {
    std::signal(SIGPIPE, SIG_IGN);
    REQUIRE_FALSE(open());
    for (const char* value : {"3", "2", "1"}) set("a", value);
    put(0, "a", "1");
    REQUIRE(flush(FlushMode::kForce) == FlushOutcome::kFlushed);
    files.clearTrace();
  }
};

// A clock that is ten seconds later each time it is read.
class HurriedClock final : public LogClock {
 public:
  int64_t monotonicUs() override { return now_us_ += 10'000'000; }
  int64_t unixMs() override { return 0; }

 private:
  int64_t now_us_ = 0;
};

size_t positionOf(const std::vector<Call>& trace, Call call, size_t from) {
  const auto found = std::find(trace.begin() + static_cast<ptrdiff_t>(from), trace.end(), call);
  REQUIRE(found != trace.end());
  return static_cast<size_t>(found - trace.begin());
}

}  // namespace

TEST_CASE("the new log is the data set at the fork and what was logged since, under every policy") {
  const FsyncPolicy policy =
      GENERATE(FsyncPolicy::kAlways, FsyncPolicy::kEverySecond, FsyncPolicy::kNo);
  RunningBench bench(policy);
  bench.begin();
  // Before the child reads, while it writes, and when it has ended.
  bench.set("b", "early");
  bench.log->feedFrame(7, resp({"SET", "c", "elsewhere"}));
  bench.runChild();
  const RewriteOutcome outcome = bench.serveChild();
  REQUIRE_FALSE(outcome.error);
  REQUIRE(outcome.keys == 1);
  bench.set("b", "late");
  REQUIRE(bench.finish(outcome) == Result::kInstalled);
  bench.set("b", "after");
  REQUIRE(bench.flush(FlushMode::kForce) == FlushOutcome::kFlushed);

  const std::string expected = kImageOfA + kSelect0 + resp({"SET", "b", "early"}) +
                               resp({"SELECT", "7"}) + resp({"SET", "c", "elsewhere"}) + kSelect0 +
                               resp({"SET", "b", "late"}) + kSelect0 + resp({"SET", "b", "after"});
  REQUIRE(bench.text() == expected);
  REQUIRE(bench.durable() == expected);
  REQUIRE(bench.names() == kLogAndLedger);
  REQUIRE(bench.log->durableOffset() == bench.log->fedOffset());
  REQUIRE(bench.log->counters().current_size == expected.size());
  REQUIRE(bench.rewrite.phase() == BackgroundRewrite::Phase::kIdle);
  REQUIRE(bench.rewrite.bufferLength() == 0);
}

TEST_CASE("megabytes that are logged meanwhile are in the new log once and in order") {
  RunningBench bench;
  bench.begin();
  std::string tail = kSelect0;
  const std::string value(100'000, 'v');
  const auto write = [&](int number) {
    const std::string key = "key" + std::to_string(number);
    bench.set(key, value);
    tail += resp({"SET", key, value});
  };
  for (int i = 0; i < 100; ++i) write(i);
  bench.runChild();
  const RewriteOutcome outcome = bench.serveChild();
  REQUIRE_FALSE(outcome.error);
  REQUIRE(outcome.diff_bytes > 1'000'000);
  for (int i = 100; i < 200; ++i) write(i);
  REQUIRE(bench.finish(outcome) == Result::kInstalled);
  REQUIRE(bench.text() == kImageOfA + tail);
  REQUIRE(bench.rewrite.bufferPeak() > 0);
}

TEST_CASE("with a preamble the data set is an RDB image") {
  RunningBench bench;
  bench.request.preamble = true;
  bench.begin();
  bench.set("b", "2");
  bench.runChild();
  REQUIRE(bench.finish(bench.serveChild()) == Result::kInstalled);
  REQUIRE(bench.text().starts_with("REDIS00"));
  REQUIRE(bench.text().ends_with(kSelect0 + resp({"SET", "b", "2"})));
}

TEST_CASE("with timestamps the text behind the data set begins with its moment") {
  RunningBench bench;
  bench.settings.timestamp_enabled = true;
  bench.log->updateSettings(bench.settings);
  bench.request.preamble = GENERATE(true, false);
  REQUIRE(bench.rewriteAll() == Result::kInstalled);
  const std::string annotation = "#TS:1700000000\r\n";
  REQUIRE(bench.text().find(annotation) != std::string::npos);
  bench.set("b", "2");
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  // Only one annotation tells this moment.
  REQUIRE(bench.text().find(annotation) == bench.text().rfind(annotation));
}

TEST_CASE("fault 2: under always data and directory reach the disk before the reply leaves") {
  RunningBench bench(FsyncPolicy::kAlways);
  bench.begin();
  bench.runChild();
  const RewriteOutcome outcome = bench.serveChild();
  bench.set("b", "2");
  const uint64_t waiting = bench.log->fedOffset();
  bench.files.clearTrace();
  bench.rewrite.childDone(kChildPid, outcome.bytes);
  REQUIRE(bench.rewrite.advance() == Result::kInstalled);
  REQUIRE(bench.log->acknowledgeableOffset() < waiting);
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  REQUIRE(bench.log->acknowledgeableOffset() == waiting);
  const std::vector<Call> trace = bench.files.trace();
  const size_t renamed = positionOf(trace, Call::kRename, positionOf(trace, Call::kAppend, 0));
  positionOf(trace, Call::kSyncDirectory, positionOf(trace, Call::kSync, renamed));
  bench.files.powerCut();
  REQUIRE(bench.text() == kImageOfA + kSelect0 + resp({"SET", "b", "2"}));
}

TEST_CASE("under always those who write wait for the last sync, and the loop for none") {
  LogWriter writer;
  RunningBench bench(FsyncPolicy::kAlways);
  bench.log->useWriter(writer);
  const auto settle = [&] {
    static_cast<void>(bench.flush());
    writer.waitIdle();
    return bench.flush();
  };
  bench.begin();
  bench.runChild();
  const RewriteOutcome outcome = bench.serveChild();
  bench.set("b", "2");
  REQUIRE(settle() == FlushOutcome::kFlushed);
  const uint64_t durable = bench.log->durableOffset();
  const uint64_t groups = bench.log->counters().groups.count;
  bench.files.clearTrace();
  bench.files.holdSyncs();
  bench.rewrite.childDone(kChildPid, outcome.bytes);
  REQUIRE(bench.rewrite.advance() == Result::kPending);
  bench.files.waitUntilSyncHeld();
  bench.set("c", "3");
  REQUIRE(settle() == FlushOutcome::kHeld);
  REQUIRE(bench.rewrite.advance() == Result::kPending);
  REQUIRE(bench.log->counters().groups.count == groups);
  bench.files.releaseSyncs();
  while (bench.rewrite.advance() == Result::kPending) std::this_thread::yield();
  REQUIRE(bench.rewrite.phase() == BackgroundRewrite::Phase::kIdle);
  REQUIRE(bench.files.count(Call::kRename) > 0);
  REQUIRE(bench.files.count(Call::kSyncDirectory) == 0);
  REQUIRE(bench.log->durableOffset() == durable);
  REQUIRE(settle() == FlushOutcome::kFlushed);
  REQUIRE(bench.log->durableOffset() == bench.log->fedOffset());
  REQUIRE(bench.files.count(Call::kSyncDirectory) == 1);
  bench.files.powerCut();
  REQUIRE(bench.text() == kImageOfA + kSelect0 + resp({"SET", "b", "2"}) + resp({"SET", "c", "3"}));
}

TEST_CASE("groups that a rewrite held back go to the old file when it fails") {
  LogWriter writer;
  RunningBench bench(FsyncPolicy::kAlways);
  bench.log->useWriter(writer);
  bench.begin();
  bench.runChild();
  const RewriteOutcome outcome = bench.serveChild();
  bench.set("b", "2");
  static_cast<void>(bench.flush());
  writer.waitIdle();
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  bench.rewrite.childDone(kChildPid, outcome.bytes);
  REQUIRE(bench.rewrite.advance() == Result::kPending);
  bench.set("c", "3");
  REQUIRE(bench.flush() == FlushOutcome::kHeld);
  bench.rewrite.abandon(kChildPid);
  // The sync before may have been a slow one, so that the next group waits for others.
  bench.clock.advance(GroupCommit::kGatherUsMax / 1000);
  static_cast<void>(bench.flush());
  writer.waitIdle();
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  REQUIRE(bench.text().ends_with(resp({"SET", "c", "3"})));
}

TEST_CASE("under everysec nothing counts as durable before file and directory are synced") {
  RunningBench bench;
  bench.begin();
  bench.runChild();
  const RewriteOutcome outcome = bench.serveChild();
  bench.set("b", "2");
  const uint64_t durable = bench.log->durableOffset();
  bench.files.clearTrace();
  REQUIRE(bench.finish(outcome) == Result::kInstalled);
  // The loop itself syncs nothing.
  REQUIRE(bench.files.count(Call::kSyncDirectory) == 0);
  REQUIRE(bench.log->durableOffset() == durable);
  REQUIRE(bench.log->acknowledgeableOffset() == bench.log->fedOffset());
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  bench.background.waitIdle();
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  REQUIRE(bench.files.count(Call::kSyncDirectory) == 1);
  REQUIRE(bench.log->durableOffset() == bench.log->fedOffset());
}

TEST_CASE("a directory that cannot be synced keeps writes refused until it can") {
  const FsyncPolicy policy =
      GENERATE(FsyncPolicy::kAlways, FsyncPolicy::kEverySecond, FsyncPolicy::kNo);
  RunningBench bench(policy);
  bench.begin();
  bench.runChild();
  const RewriteOutcome outcome = bench.serveChild();
  bench.files.failNth(Call::kSyncDirectory, 1, std::errc::io_error);
  REQUIRE(bench.finish(outcome) == Result::kInstalled);
  static_cast<void>(bench.nextSecond());
  REQUIRE_FALSE(bench.log->lastWriteOk());
  static_cast<void>(bench.nextSecond());
  static_cast<void>(bench.nextSecond());
  REQUIRE(bench.log->lastWriteOk());
  bench.files.powerCut();
  REQUIRE(bench.text() == kImageOfA);
}

TEST_CASE("a child that fails leaves the old log and no file, whatever call fails") {
  RunningBench bench;
  const std::string old = bench.text();
  const Call failing =
      GENERATE(Call::kOpenAppend, Call::kTruncate, Call::kAppend, Call::kSync, Call::kRename);
  bench.files.failAlways(failing, std::errc::io_error);
  bench.begin();
  bench.runChild();
  const RewriteOutcome outcome = bench.serveChild();
  REQUIRE(outcome.error == std::errc::io_error);
  REQUIRE_FALSE(outcome.step.empty());
  bench.files.heal();
  REQUIRE(bench.finish(outcome) == Result::kFailed);
  REQUIRE(bench.names() == kOnlyTheLog);
  bench.set("b", "2");
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  REQUIRE(bench.text() == old + kSelect0 + resp({"SET", "b", "2"}));
  REQUIRE(bench.rewriteAll() == Result::kInstalled);
}

TEST_CASE("a parent that fails leaves the old log and no file, whatever call fails") {
  const FsyncPolicy policy = GENERATE(FsyncPolicy::kAlways, FsyncPolicy::kEverySecond);
  RunningBench bench(policy);
  const std::string old = bench.text();
  bench.begin();
  bench.runChild();
  const RewriteOutcome outcome = bench.serveChild();
  REQUIRE_FALSE(outcome.error);
  const Call failing = GENERATE(Call::kOpenAppend, Call::kRename);
  bench.files.failNth(failing, 1, std::errc::io_error);
  REQUIRE(bench.finish(outcome) == Result::kFailed);
  REQUIRE(bench.names() == kOnlyTheLog);
  REQUIRE(bench.sink.countContaining("Error while putting the rewritten append only file") == 1);
  bench.set("b", "2");
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  REQUIRE(bench.text() == old + kSelect0 + resp({"SET", "b", "2"}));
}

TEST_CASE("a disk that fills up while the rest is appended leaves the old log") {
  RunningBench bench;
  const std::string old = bench.text();
  bench.begin();
  bench.runChild();
  const RewriteOutcome outcome = bench.serveChild();
  // Expired keys are deleted also while writes are refused: the old log has no room either.
  bench.files.setSpace(0);
  bench.set("b", "2");
  REQUIRE(bench.finish(outcome) == Result::kFailed);
  REQUIRE(bench.names() == kOnlyTheLog);
  REQUIRE(bench.text() == old);
  bench.files.setSpace(std::nullopt);
  static_cast<void>(bench.nextSecond());
  REQUIRE(bench.text() == old + kSelect0 + resp({"SET", "b", "2"}));
}

TEST_CASE("a file that is not as long as its child says is not used") {
  RunningBench bench;
  bench.begin();
  bench.runChild();
  RewriteOutcome outcome = bench.serveChild();
  ++outcome.bytes;
  REQUIRE(bench.finish(outcome) == Result::kFailed);
  REQUIRE(bench.names() == kOnlyTheLog);
}

TEST_CASE("a server that does not answer the handshake ends the child with an error") {
  RunningBench bench;
  bench.begin();
  HurriedClock clock;
  const RewriteOutcome outcome =
      RewriteChild(bench.files, clock, bench.child_steps, bench.child_channel)
          .run(bench.keyspace, bench.request, kChildPid);
  REQUIRE(outcome.error == std::errc::timed_out);
  REQUIRE(outcome.step == "waiting for the server to stop sending");
  REQUIRE(bench.finish(outcome) == Result::kFailed);
  REQUIRE(bench.names() == kOnlyTheLog);
}

TEST_CASE("a rewrite that is given up leaves no file of its child") {
  RunningBench bench;
  bench.begin();
  for (const std::string& path :
       {rewriteTempPath(kDirectory, kChildPid), rewriteSpoolPath(kDirectory, kChildPid),
        rewriteDonePath(kDirectory, kChildPid)}) {
    bench.files.put(path, "half");
  }
  bench.set("b", "2");
  bench.rewrite.abandon(kChildPid);
  REQUIRE(bench.names() == kOnlyTheLog);
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  REQUIRE(bench.text().ends_with(kSelect0 + resp({"SET", "b", "2"})));
}

TEST_CASE("switching on: nobody waits for a log that is not there yet, and nothing is lost") {
  const FsyncPolicy policy =
      GENERATE(FsyncPolicy::kAlways, FsyncPolicy::kEverySecond, FsyncPolicy::kNo);
  RewriteBench bench(policy);
  bench.files.put(kPath, "an old log that was no log");
  bench.put(0, "a", "1");
  bench.begin();
  bench.set("b", "2");
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  REQUIRE(bench.log->acknowledgeableOffset() == bench.log->fedOffset());
  REQUIRE(bench.text() == "an old log that was no log");
  bench.runChild();
  REQUIRE(bench.finish(bench.serveChild()) == Result::kInstalled);
  REQUIRE(bench.log->isOn());
  REQUIRE(bench.log->settings().fsync == policy);
  bench.set("c", "3");
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  REQUIRE(bench.text() ==
          kImageOfA + kSelect0 + resp({"SET", "b", "2"}) + kSelect0 + resp({"SET", "c", "3"}));
}

TEST_CASE("a switching on that failed leaves the log off") {
  RewriteBench bench;
  bench.put(0, "a", "1");
  bench.files.failAlways(Call::kAppend, std::errc::no_space_on_device);
  REQUIRE(bench.rewriteAll() == Result::kFailed);
  REQUIRE_FALSE(bench.log->isOn());
  bench.set("b", "2");
  REQUIRE(bench.log->counters().buffer_length == 0);
}

TEST_CASE("with the log off a rewrite leaves the data set as it was, and the log off") {
  RewriteBench bench;
  bench.put(0, "a", "1");
  bench.begin(false);
  bench.set("b", "2");
  bench.runChild();
  REQUIRE(bench.finish(bench.serveChild()) == Result::kInstalled);
  REQUIRE_FALSE(bench.log->isOn());
  REQUIRE(bench.durable() == kImageOfA);
}

TEST_CASE("a log that lost bytes in a failed sync is healed by a rewrite") {
  RunningBench bench;
  bench.files.setFailedSyncDropsPages(true);
  bench.put(0, "b", "2");
  bench.set("b", "2");
  bench.files.failNth(Call::kSync, 1, std::errc::io_error);
  static_cast<void>(bench.nextSecond());
  static_cast<void>(bench.nextSecond());
  bench.files.setFailedSyncDropsPages(false);
  REQUIRE(bench.log->needsRewrite());
  REQUIRE_FALSE(bench.log->lastWriteOk());
  REQUIRE(bench.rewriteAll() == Result::kInstalled);
  REQUIRE_FALSE(bench.log->needsRewrite());
  // Writes stay refused until the new file is on the disk.
  REQUIRE_FALSE(bench.log->lastWriteOk());
  static_cast<void>(bench.nextSecond());
  REQUIRE(bench.log->lastWriteOk());
  REQUIRE(bench.durable().find(resp({"SET", "b", "2"})) != std::string::npos);
}

TEST_CASE("what was set while a rewrite ran is in force behind it") {
  RunningBench bench;
  bench.begin();
  bench.settings.fsync = FsyncPolicy::kAlways;
  bench.log->updateSettings(bench.settings);
  bench.runChild();
  REQUIRE(bench.finish(bench.serveChild()) == Result::kInstalled);
  REQUIRE(bench.log->settings().fsync == FsyncPolicy::kAlways);
}
