// The ledger of a log that is open: what it tells of, when, and what it must not tell of.
#include <catch2/catch.hpp>
#include <string>

#include "tests/unit/persistence/log/log_test_bench.h"
#include "tests/unit/persistence/rewrite/rewrite_bench.h"

using namespace inkstone;
using namespace inkstone::test;

namespace {

const std::string kLedger = kPath + ".ledger";

struct LedgerBench : RewriteBench {
  explicit LedgerBench(FsyncPolicy policy) : RewriteBench(policy) {
    log->keepLedger();
    REQUIRE_FALSE(open());
  }

  void settle() {
    background.waitIdle();
    log->onCompletions();
  }
  // The sync of the second, and what is recorded after it.
  void secondPasses() {
    static_cast<void>(nextSecond());
    settle();
  }
  Ledger ledger() { return readLedger(files, kLedger).value; }
  bool sound() {
    const auto file = files.openRead(kPath);
    return !firstDamage(*file.value, ledger()).value;
  }
};

}  // namespace

TEST_CASE("the ledger follows what is durable within a second") {
  LedgerBench bench(GENERATE(FsyncPolicy::kEverySecond, FsyncPolicy::kAlways));
  bench.set("a", "1");
  static_cast<void>(bench.flush());
  REQUIRE(bench.ledger().empty());
  bench.secondPasses();
  bench.secondPasses();
  REQUIRE(bench.ledger().offset() == bench.text().size());
  REQUIRE(bench.log->counters().ledger_offset == bench.text().size());
  REQUIRE(bench.log->counters().ledger_records == 1);
  REQUIRE(bench.sound());
}

TEST_CASE("the ledger of an empty log is on the disk before the log is used") {
  LedgerBench bench(FsyncPolicy::kEverySecond);
  bench.files.powerCut();
  REQUIRE(bench.files.exists(kPath).value);
  REQUIRE(bench.ledger().begun);
  REQUIRE(bench.ledger().empty());
}

TEST_CASE("64 KB are recorded at once") {
  LedgerBench bench(FsyncPolicy::kAlways);
  bench.set("a", std::string(LedgerFollower::kLedgerBytes, 'v'));
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  bench.settle();
  REQUIRE(bench.ledger().offset() == bench.text().size());
}

TEST_CASE("what was written and not synced is not recorded") {
  LedgerBench bench(FsyncPolicy::kEverySecond);
  bench.set("a", "1");
  static_cast<void>(bench.flush());
  bench.secondPasses();
  bench.files.failAlways(Call::kSync, std::errc::io_error);
  bench.set("b", std::string(LedgerFollower::kLedgerBytes, 'v'));
  static_cast<void>(bench.flush());
  for (int i = 0; i < 3; ++i) bench.secondPasses();
  REQUIRE(bench.ledger().offset() <= bench.durable().size());
  bench.files.heal();
  for (int i = 0; i < 3; ++i) bench.secondPasses();
  REQUIRE(bench.ledger().offset() == bench.text().size());
  REQUIRE(bench.sound());
}

TEST_CASE("a forced flush and a close record everything") {
  LedgerBench bench(FsyncPolicy::kEverySecond);
  bench.set("a", "1");
  SECTION("flush") {
    REQUIRE(bench.flush(FlushMode::kForce) == FlushOutcome::kFlushed);
  }
  SECTION("close") {
    REQUIRE_FALSE(bench.log->close());
  }
  REQUIRE(bench.ledger().offset() == bench.text().size());
  REQUIRE(bench.sound());
}

TEST_CASE("a log that is opened again goes on in its ledger") {
  LedgerBench bench(FsyncPolicy::kEverySecond);
  bench.set("a", "1");
  REQUIRE_FALSE(bench.log->close());
  REQUIRE_FALSE(bench.open());
  bench.set("b", "1");
  REQUIRE_FALSE(bench.log->close());
  REQUIRE(bench.ledger().entries.size() == 2);
  REQUIRE(bench.ledger().offset() == bench.text().size());
  REQUIRE(bench.sound());
}

TEST_CASE("a ledger that tells of more than the log has is begun anew") {
  LedgerBench bench(FsyncPolicy::kEverySecond);
  bench.set("a", "1");
  REQUIRE_FALSE(bench.log->close());
  bench.files.put(kPath, "");
  REQUIRE_FALSE(bench.open());
  bench.set("b", "1");
  REQUIRE_FALSE(bench.log->close());
  REQUIRE(bench.ledger().entries.size() == 1);
  REQUIRE(bench.sound());
}

TEST_CASE("a broken ledger is said once and does not disturb the log") {
  LedgerBench bench(FsyncPolicy::kEverySecond);
  bench.set("a", "1");
  static_cast<void>(bench.flush());
  bench.files.failAlways(Call::kRead, std::errc::io_error);
  for (int i = 0; i < 4; ++i) {
    bench.set("a", "2");
    bench.secondPasses();
  }
  REQUIRE(bench.sink.countContaining("checksum ledger") == 1);
  REQUIRE_FALSE(bench.files.exists(kLedger).value);
  REQUIRE(bench.log->lastWriteOk());
}

TEST_CASE("a rewritten log has the ledger of its child, and goes on in it") {
  LedgerBench bench(GENERATE(FsyncPolicy::kEverySecond, FsyncPolicy::kAlways, FsyncPolicy::kNo));
  bench.set("a", "1");
  bench.put(0, "a", "1");
  static_cast<void>(bench.flush());
  bench.secondPasses();
  REQUIRE(bench.rewriteAll() == BackgroundRewrite::Result::kInstalled);
  for (int i = 0; i < 2; ++i) bench.secondPasses();
  REQUIRE(bench.names() == std::vector<std::string>{"appendonly.aof", "appendonly.aof.ledger"});
  REQUIRE(bench.ledger().offset() == bench.text().size());
  REQUIRE(bench.sound());
  bench.set("b", "1");
  REQUIRE_FALSE(bench.log->close());
  REQUIRE(bench.ledger().entries.size() == 2);
  REQUIRE(bench.ledger().offset() == bench.text().size());
  REQUIRE(bench.sound());
}

TEST_CASE("the ledger of a rewritten log keeps its name until the log has its own for good") {
  LedgerBench bench(FsyncPolicy::kEverySecond);
  bench.set("a", "1");
  bench.put(0, "a", "1");
  static_cast<void>(bench.flush());
  bench.secondPasses();
  const std::string old_ledger = bench.files.contents(kLedger);
  REQUIRE(bench.rewriteAll() == BackgroundRewrite::Result::kInstalled);
  bench.files.failAlways(Call::kSyncDirectory, std::errc::io_error);
  for (int i = 0; i < 2; ++i) bench.secondPasses();
  REQUIRE(bench.files.contents(kLedger) == old_ledger);
  REQUIRE(bench.files.exists(rewriteLedgerPath(kDirectory, kChildPid)).value);
  bench.files.heal();
  for (int i = 0; i < 2; ++i) bench.secondPasses();
  REQUIRE_FALSE(bench.files.exists(rewriteLedgerPath(kDirectory, kChildPid)).value);
  REQUIRE(bench.ledger().offset() == bench.text().size());
  REQUIRE(bench.sound());
}

TEST_CASE("zeros of a client are noted durably before they count as durable") {
  const FsyncPolicy policy = GENERATE(FsyncPolicy::kEverySecond, FsyncPolicy::kAlways);
  LedgerBench bench(policy);
  bench.set("plain", std::string(3 * kDiskBlockBytes, 'v'));
  bench.set("zeros", std::string(3 * kDiskBlockBytes, '\0'));
  static_cast<void>(bench.flush());
  if (policy == FsyncPolicy::kEverySecond) static_cast<void>(bench.nextSecond());
  REQUIRE(bench.log->durableOffset() == bench.log->fedOffset());
  bench.files.powerCut();
  const Ledger ledger = bench.ledger();
  REQUIRE(ledger.zeros.size() == 1);
  const std::string log = bench.files.contents(kPath);
  REQUIRE(log.substr(ledger.zeros[0].begin, ledger.zeros[0].end - ledger.zeros[0].begin) ==
          std::string(2 * kDiskBlockBytes, '\0'));
}

TEST_CASE("zeros that came while a rewrite ran are noted in the new log's ledger") {
  LedgerBench bench(GENERATE(FsyncPolicy::kEverySecond, FsyncPolicy::kAlways));
  bench.begin();
  bench.runChild();
  const RewriteOutcome outcome = bench.serveChild();
  // The child was not sent these.
  bench.set("zeros", std::string(3 * kDiskBlockBytes, '\0'));
  static_cast<void>(bench.flush());
  REQUIRE(bench.finish(outcome) == BackgroundRewrite::Result::kInstalled);
  for (int i = 0; i < 2; ++i) bench.secondPasses();
  const Ledger ledger = bench.ledger();
  const auto file = bench.files.openRead(kPath);
  REQUIRE(ledger.header.base < file.value->size().value);
  REQUIRE_FALSE(
      firstZeroBlock(*file.value, ledger.header.base, file.value->size().value, ledger.zeros)
          .value);
  REQUIRE(ledger.zeros.size() == 1);
}

TEST_CASE("a ledger that cannot take a note is removed, and that is said") {
  LedgerBench bench(FsyncPolicy::kAlways);
  bench.set("zeros", std::string(3 * kDiskBlockBytes, '\0'));
  // The second is the note's.
  bench.files.failNth(Call::kAppend, 2, std::errc::no_space_on_device);
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  bench.secondPasses();
  REQUIRE(bench.sink.countContaining("cannot be written and is removed") == 1);
  bench.files.powerCut();
  REQUIRE_FALSE(bench.files.exists(kLedger).value);
}

TEST_CASE("what a log has when it is opened is said to be durable, and by which boot and file") {
  LedgerBench bench(FsyncPolicy::kEverySecond);
  bench.files.knowFiles("boot");
  bench.set("a", "1");
  REQUIRE_FALSE(bench.log->close());
  REQUIRE_FALSE(bench.open());
  bench.files.powerCut();
  const Ledger ledger = bench.ledger();
  REQUIRE(ledger.header.opened == bench.text().size());
  REQUIRE(ledger.header.boot == bootOf("boot"));
  REQUIRE(ledger.header.file == bench.files.openRead(kPath).value->identity());
}

TEST_CASE("the ledger of a rewrite knows the new log's file, which keeps it with its name") {
  LedgerBench bench(FsyncPolicy::kEverySecond);
  bench.files.knowFiles("boot");
  bench.request.preamble = GENERATE(true, false);
  bench.set("a", "1");
  bench.put(0, "a", "1");
  const FileIdentity old = bench.files.openRead(kPath).value->identity();
  REQUIRE(bench.rewriteAll() == BackgroundRewrite::Result::kInstalled);
  for (int i = 0; i < 2; ++i) bench.secondPasses();
  const LedgerHeader header = bench.ledger().header;
  REQUIRE_FALSE(header.file == old);
  REQUIRE(header.file == bench.files.openRead(kPath).value->identity());
  REQUIRE(header.preamble == bench.request.preamble);
  REQUIRE(header.base == header.opened);
}
