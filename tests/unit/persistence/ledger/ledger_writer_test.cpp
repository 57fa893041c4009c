#include "persistence/ledger/ledger_writer.h"

#include <catch2/catch.hpp>
#include <cerrno>

#include "persistence/ledger/range_hash.h"
#include "tests/unit/persistence/fault_file_system.h"
#include "tests/unit/persistence/log/log_fixture.h"

using namespace inkstone;
using namespace inkstone::test;

namespace {

const std::string kLedger = kPath + ".ledger";

// A log whose owner syncs it and says so.
struct WriterBench {
  WriterBench() { resume({}); }

  void resume(const Ledger& ledger) {
    log = files.openAppend(kPath).value;
    writer = std::make_unique<LedgerWriter>(files, kLedger, kLedger, ledger);
  }
  std::error_code durable(std::string_view text, int64_t unix_ms = 1000) {
    REQUIRE(log->append(text).ok());
    REQUIRE_FALSE(log->sync());
    REQUIRE_FALSE(files.syncDirectory(kDirectory));
    return writer->onDurable(*log, log->size().value, unix_ms);
  }
  Ledger ledger() { return readLedger(files, kLedger).value; }
  bool sound() {
    const auto file = files.openRead(kPath);
    return !firstDamage(*file.value, ledger()).value;
  }

  FaultFileSystem files;
  std::shared_ptr<AppendFile> log;
  std::unique_ptr<LedgerWriter> writer;
};

// The ledger as older servers wrote it, whose header had neither file nor boot.
std::string firstVersionOf(const Ledger& ledger) {
  std::string bytes = encodeLedgerHeader(ledger.header).substr(0, kLedgerHeaderBytesV1 - 8);
  bytes.replace(0, kLedgerMagicV1.size(), kLedgerMagicV1);
  const uint64_t checksum = RangeHash::of(bytes);
  for (int i = 0; i < 8; ++i) bytes += static_cast<char>(checksum >> (8 * i));
  for (const Ledger::Entry& entry : ledger.entries) {
    bytes += encodeLedgerRecord(entry.record, ledger.header.id);
  }
  return bytes;
}

}  // namespace

TEST_CASE("what is durable is recorded, range after range") {
  WriterBench bench;
  REQUIRE_FALSE(bench.files.exists(kLedger).value);
  REQUIRE_FALSE(bench.durable(resp({"SET", "a", "1"}), 1000));
  REQUIRE_FALSE(bench.durable(resp({"SET", "b", "2"}), 2000));
  REQUIRE_FALSE(bench.writer->onDurable(*bench.log, bench.log->size().value, 3000));
  const Ledger ledger = bench.ledger();
  REQUIRE(ledger.entries.size() == 2);
  REQUIRE(ledger.offset() == bench.log->size().value);
  REQUIRE(ledger.timeUnixMs() == 2000);
  REQUIRE(bench.writer->offset() == ledger.offset());
  REQUIRE(bench.writer->records() == 2);
  REQUIRE(bench.sound());
}

TEST_CASE("the ledger of an empty log knows the log by its beginning as soon as that is there") {
  WriterBench bench;
  REQUIRE_FALSE(bench.writer->begin(*bench.log, 0, 1000));
  REQUIRE(bench.ledger().begun);
  REQUIRE(bench.ledger().header.identity.bytes == 0);
  if (GENERATE(false, true)) bench.resume(bench.ledger());
  REQUIRE_FALSE(bench.durable("first"));
  REQUIRE_FALSE(bench.durable("second"));
  REQUIRE(bench.ledger().header.identity == identityOf("first"));
  REQUIRE(bench.ledger().entries.size() == 2);
  REQUIRE(bench.sound());
}

TEST_CASE("a ledger that is begun beside a log is synced once, when it has caught up") {
  WriterBench bench;
  REQUIRE_FALSE(bench.durable("what there was"));
  bench.files.powerCut();
  REQUIRE(bench.ledger().offset() == 14);
}

TEST_CASE("time in the ledger does not go back with the clock") {
  WriterBench bench;
  REQUIRE_FALSE(bench.durable("one", 5000));
  REQUIRE_FALSE(bench.durable("two", 4000));
  REQUIRE(bench.ledger().timeUnixMs() == 5000);
}

TEST_CASE("a long stretch is recorded in ranges, a part each call") {
  WriterBench bench;
  bench.files.put(kPath, std::string(LedgerWriter::kCatchUpBytes + 1, 'x'));
  bench.resume({});
  const uint64_t size = bench.log->size().value;
  REQUIRE_FALSE(bench.writer->onDurable(*bench.log, size, 1000));
  REQUIRE(bench.writer->offset() == LedgerWriter::kCatchUpBytes);
  REQUIRE_FALSE(bench.writer->onDurable(*bench.log, size, 1000));
  REQUIRE(bench.writer->offset() == size);
  for (const Ledger::Entry& entry : bench.ledger().entries) {
    REQUIRE(entry.record.end - entry.record.begin <= kLedgerRangeMax);
  }
}

TEST_CASE("a ledger is gone on with after a restart, behind its last whole record") {
  WriterBench bench;
  REQUIRE_FALSE(bench.durable("first"));
  REQUIRE_FALSE(bench.durable("second"));
  std::string bytes = bench.files.contents(kLedger);
  const size_t torn = GENERATE(0U, 1U, 39U);
  bench.files.put(kLedger, bytes.substr(0, bytes.size() - torn) + (torn == 0 ? "rest" : ""));
  bench.resume(bench.ledger());
  REQUIRE_FALSE(bench.durable("third"));
  const Ledger ledger = bench.ledger();
  REQUIRE(ledger.damaged_records == 0);
  REQUIRE(ledger.offset() == std::string_view("firstsecondthird").size());
  REQUIRE(bench.files.contents(kLedger).size() == ledger.ledgerBytes());
  REQUIRE(bench.sound());
}

TEST_CASE("an empty ledger drops what stands in its place") {
  WriterBench bench;
  bench.files.put(kLedger, "of another log");
  bench.resume({});
  REQUIRE_FALSE(bench.durable("text"));
  REQUIRE(bench.ledger().offset() == 4);
  REQUIRE(bench.ledger().entries.size() == 1);
}

TEST_CASE("a record never claims what a power cut can take") {
  for (const Unsynced unsynced :
       {Unsynced::kLost, Unsynced::kWritten, Unsynced::kHalfWritten, Unsynced::kZeroed}) {
    for (const bool names_written : {false, true}) {
      WriterBench bench;
      bench.files.keepMoments();
      for (int i = 0; i < 5; ++i) REQUIRE_FALSE(bench.durable(resp({"SET", "k", "value"}), i));
      REQUIRE(bench.log->append("not synced").ok());
      for (const DiskMoment& moment : bench.files.takeMoments()) {
        FaultFileSystem after;
        for (const auto& [name, bytes] : moment.afterPowerCut(unsynced, names_written)) {
          after.put(name, bytes);
        }
        const Ledger ledger = readLedger(after, kLedger).value;
        if (ledger.empty()) continue;
        const auto log = after.openRead(kPath);
        REQUIRE(log.ok());
        REQUIRE_FALSE(firstDamage(*log.value, ledger).value);
      }
    }
  }
}

TEST_CASE("canary: a record about bytes that were not synced does not survive every power cut") {
  WriterBench bench;
  REQUIRE_FALSE(bench.durable("synced"));
  REQUIRE(bench.log->append("not synced").ok());
  REQUIRE_FALSE(bench.writer->onDurable(*bench.log, bench.log->size().value, 1000));
  bench.files.put(kLedger, bench.files.contents(kLedger));
  bench.files.powerCut();
  REQUIRE_FALSE(bench.sound());
}

TEST_CASE("a ledger that cannot be written stops and is removed") {
  WriterBench bench;
  REQUIRE_FALSE(bench.durable("first"));
  REQUIRE(bench.log->append("second").ok());
  REQUIRE_FALSE(bench.log->sync());
  const uint64_t size = bench.log->size().value;
  SECTION("the disk is broken") {
    bench.files.failNth(Call::kAppend, 1, std::errc::io_error);
    REQUIRE(bench.writer->onDurable(*bench.log, size, 1) == std::errc::io_error);
  }
  SECTION("the log cannot be read back") {
    bench.files.failNth(Call::kRead, 1, std::errc::io_error);
    REQUIRE(bench.writer->onDurable(*bench.log, size, 1) == std::errc::io_error);
  }
  SECTION("the log is shorter than is said") {
    REQUIRE(bench.writer->onDurable(*bench.log, size + 1, 1) == std::errc::io_error);
  }
  REQUIRE(bench.writer->stopped());
  REQUIRE_FALSE(bench.files.exists(kLedger).value);
  // The error is returned once. The AOF goes on without a ledger.
  REQUIRE_FALSE(bench.durable("third"));
  REQUIRE_FALSE(bench.files.exists(kLedger).value);
}

TEST_CASE("a ledger waits while the disk is full, and catches up") {
  WriterBench bench;
  REQUIRE_FALSE(bench.durable("first"));
  const std::string before = bench.files.contents(kLedger);
  REQUIRE(bench.log->append("second").ok());
  REQUIRE_FALSE(bench.log->sync());
  bench.files.shortenNextAppend(7, std::errc::no_space_on_device);
  REQUIRE_FALSE(bench.writer->onDurable(*bench.log, bench.log->size().value, 1));
  REQUIRE_FALSE(bench.writer->stopped());
  REQUIRE(bench.writer->offset() == 5);
  REQUIRE(bench.files.contents(kLedger) == before);
  REQUIRE_FALSE(bench.durable("third"));
  REQUIRE(bench.ledger().offset() == bench.log->size().value);
  REQUIRE(bench.sound());
}

TEST_CASE("the ledger of a rewritten log gets its name with the first call") {
  WriterBench bench;
  REQUIRE_FALSE(bench.durable("text"));
  const std::string of_rewrite = kDirectory + "/temp-rewriteaof-ledger-1.aof";
  bench.files.put(of_rewrite, bench.files.contents(kLedger));
  bench.files.put(kLedger, "of the old log");
  bench.writer = std::make_unique<LedgerWriter>(bench.files, of_rewrite, kLedger,
                                                readLedger(bench.files, of_rewrite).value);
  SECTION("nothing is new") {
    REQUIRE_FALSE(bench.writer->onDurable(*bench.log, 4, 1));
    REQUIRE(bench.ledger().offset() == 4);
  }
  SECTION("something is") {
    REQUIRE_FALSE(bench.durable("more"));
    REQUIRE(bench.ledger().offset() == 8);
  }
  SECTION("it cannot be renamed: neither ledger stays beside the new log") {
    bench.files.failNth(Call::kRename, 1, std::errc::io_error);
    REQUIRE(bench.writer->onDurable(*bench.log, 4, 1) == std::errc::io_error);
    REQUIRE_FALSE(bench.files.exists(kLedger).value);
  }
  REQUIRE_FALSE(bench.files.exists(of_rewrite).value);
}

TEST_CASE("a ledger knows the log's file, the boot and the size from when the log was opened") {
  WriterBench bench;
  bench.files.knowFiles("first boot");
  REQUIRE_FALSE(bench.durable("text"));
  bench.files.restartMachine("second boot");
  bench.resume(bench.ledger());
  REQUIRE_FALSE(bench.writer->begin(*bench.log, 4, 1000));
  const bool cut = GENERATE(false, true);
  REQUIRE_FALSE(bench.files.syncDirectory(kDirectory));
  if (cut) bench.files.powerCut();
  const LedgerHeader header = bench.ledger().header;
  REQUIRE(header.file == bench.files.openRead(kPath).value->identity());
  REQUIRE(header.boot == bootOf("second boot"));
  REQUIRE(header.opened == 4);
  REQUIRE(bench.ledger().offset() == 4);
}

TEST_CASE("a ledger that is begun beside a log tells how it was written") {
  WriterBench bench;
  const std::string log = GENERATE(std::string("REDIS0011 and more"), std::string("*1\r\n"));
  REQUIRE(bench.log->append(log).ok());
  REQUIRE_FALSE(bench.writer->begin(*bench.log, log.size(), 1000));
  const bool preamble = log.starts_with("REDIS");
  REQUIRE(bench.ledger().header.preamble == preamble);
  REQUIRE(bench.ledger().header.base == (preamble ? log.size() : 0));
  REQUIRE(bench.ledger().header.identity == identityOf(log));
  REQUIRE(bench.ledger().durable() == log.size());
  REQUIRE(bench.ledger().empty());
}

TEST_CASE("a ledger of the first version keeps its records and becomes one of this") {
  WriterBench bench;
  bench.files.knowFiles("boot");
  REQUIRE_FALSE(bench.durable("first", 1000));
  REQUIRE_FALSE(bench.durable("second", 2000));
  const Ledger before = bench.ledger();
  bench.files.put(kLedger, firstVersionOf(before));
  const Ledger old = bench.ledger();
  REQUIRE(old.header.header_bytes == kLedgerHeaderBytesV1);
  REQUIRE(old.entries.size() == 2);
  REQUIRE(old.header.file == FileIdentity());
  bench.resume(old);
  const bool full = GENERATE(false, true);
  if (full) bench.files.failNth(Call::kAppend, 1, std::errc::no_space_on_device);
  REQUIRE_FALSE(bench.writer->begin(*bench.log, 11, 3000));
  REQUIRE_FALSE(bench.durable("third", 3000));
  const Ledger ledger = bench.ledger();
  // On a full disk the ledger goes on with its old header.
  REQUIRE(ledger.header.header_bytes == (full ? kLedgerHeaderBytesV1 : kLedgerHeaderBytes));
  REQUIRE(ledger.header.boot == (full ? 0 : bootOf("boot")));
  REQUIRE(ledger.entries.size() == 3);
  REQUIRE(ledger.entries[0].record == before.entries[0].record);
  REQUIRE(bench.files.listDirectory(kDirectory).value.size() == 2);
  REQUIRE(bench.sound());
}

TEST_CASE("a note is on the disk when the call returns, and takes no record's place") {
  WriterBench bench;
  REQUIRE_FALSE(bench.writer->begin(*bench.log, 0, 1000));
  REQUIRE_FALSE(bench.files.syncDirectory(kDirectory));
  REQUIRE_FALSE(bench.durable("first"));
  REQUIRE_FALSE(bench.writer->noteZeros({{4096, 8192}, {16384, 20480}}));
  const auto fault = GENERATE(false, true);
  if (fault) bench.files.powerCut();
  REQUIRE(bench.ledger().zeros == std::vector<ZeroRange>{{4096, 8192}, {16384, 20480}});
  REQUIRE(bench.ledger().ledgerBytes() == bench.files.contents(kLedger).size());
  if (fault) return;
  // The writer goes on behind the notes.
  bench.resume(bench.ledger());
  REQUIRE_FALSE(bench.durable("second"));
  REQUIRE(bench.ledger().zeros.size() == 2);
  REQUIRE(bench.ledger().entries.size() == 2);
  REQUIRE(bench.sound());
}

TEST_CASE("notes about what a log has no more are dropped when it is opened") {
  WriterBench bench;
  bench.files.knowFiles("boot");
  REQUIRE_FALSE(bench.writer->begin(*bench.log, 0, 1000));
  REQUIRE_FALSE(bench.durable("first"));
  REQUIRE_FALSE(bench.writer->noteZeros({{4096, 8192}}));
  bench.resume(bench.ledger());
  REQUIRE_FALSE(bench.writer->begin(*bench.log, 5, 2000));
  REQUIRE(bench.ledger().zeros.empty());
  REQUIRE_FALSE(bench.durable("second"));
  REQUIRE(bench.ledger().entries.size() == 2);
  REQUIRE(bench.sound());
}

TEST_CASE("a note that reaches behind the log's end stays for the blocks before") {
  WriterBench bench;
  REQUIRE_FALSE(bench.writer->begin(*bench.log, 0, 1000));
  REQUIRE_FALSE(bench.durable(std::string(2 * kDiskBlockBytes, 'x')));
  REQUIRE_FALSE(bench.writer->noteZeros({{kDiskBlockBytes, 5 * kDiskBlockBytes}}));
  bench.resume(bench.ledger());
  REQUIRE_FALSE(bench.writer->begin(*bench.log, 2 * kDiskBlockBytes, 2000));
  REQUIRE(bench.ledger().zeros == std::vector<ZeroRange>{{kDiskBlockBytes, 2 * kDiskBlockBytes}});
}

TEST_CASE("on a full disk a ledger with notes of what is gone still tells of this opening") {
  WriterBench bench;
  bench.files.knowFiles("first boot");
  REQUIRE_FALSE(bench.writer->begin(*bench.log, 0, 1000));
  REQUIRE_FALSE(bench.durable("first"));
  REQUIRE_FALSE(bench.writer->noteZeros({{4096, 8192}}));
  bench.files.restartMachine("second boot");
  bench.resume(bench.ledger());
  bench.files.failNth(Call::kAppend, 1, std::errc::no_space_on_device);
  const bool nothing_works = GENERATE(false, true);
  if (nothing_works) {
    bench.files.failNth(Call::kOverwrite, 1, std::errc::no_space_on_device);
    REQUIRE(bench.writer->begin(*bench.log, 5, 2000) == std::errc::no_space_on_device);
    REQUIRE(bench.writer->stopped());
    REQUIRE_FALSE(bench.files.exists(kLedger).value);
    return;
  }
  REQUIRE_FALSE(bench.writer->begin(*bench.log, 5, 2000));
  REQUIRE(bench.ledger().header.boot == bootOf("second boot"));
  REQUIRE(bench.ledger().header.opened == 5);
  REQUIRE_FALSE(bench.durable("second"));
  REQUIRE(bench.sound());
}

TEST_CASE("a ledger that is begun late tells of all that is on the disk") {
  WriterBench bench;
  const std::string start = GENERATE(std::string("REDIS"), std::string("*1\r\n$"));
  bench.files.put(kPath, start + std::string(kLedgerRangeMax + 1, 'x'));
  bench.resume({});
  const uint64_t size = bench.log->size().value;
  REQUIRE_FALSE(bench.writer->onDurable(*bench.log, size, 1000));
  REQUIRE(bench.ledger().header.opened == size);
  REQUIRE(bench.ledger().header.base == (start == "REDIS" ? size : 0));
}

TEST_CASE("a ledger waits for room where a quota is used up") {
  WriterBench bench;
  REQUIRE_FALSE(bench.durable("first"));
  REQUIRE(bench.log->append("second").ok());
  REQUIRE_FALSE(bench.log->sync());
  bench.files.failNth(Call::kAppend, 1, static_cast<std::errc>(EDQUOT));
  REQUIRE_FALSE(bench.writer->onDurable(*bench.log, bench.log->size().value, 1));
  REQUIRE_FALSE(bench.writer->stopped());
}

TEST_CASE("a ledger that stops leaves the one that has taken its name") {
  WriterBench bench;
  bench.files.knowFiles("boot");
  REQUIRE_FALSE(bench.durable("text"));
  const std::string of_rewrite = kDirectory + "/temp-rewriteaof-ledger-1.aof";
  bench.files.put(of_rewrite, bench.files.contents(kLedger));
  LedgerWriter newer(bench.files, of_rewrite, kLedger, readLedger(bench.files, of_rewrite).value);
  const bool named = GENERATE(true, false);
  if (named) REQUIRE_FALSE(newer.onDurable(*bench.log, 4, 1));
  bench.files.failNth(Call::kAppend, 1, std::errc::io_error);
  REQUIRE_FALSE(bench.writer->noteZeros({{4096, 8192}}));
  REQUIRE(bench.writer->stopped());
  REQUIRE(bench.files.exists(kLedger).value == named);
}

TEST_CASE("a ledger counts as stopped when the disk has answered, so that nobody waits for it") {
  WriterBench bench;
  REQUIRE_FALSE(bench.durable("text"));
  REQUIRE(bench.log->append("more").ok());
  bench.files.failNth(Call::kAppend, 1, std::errc::io_error);
  bool early = false;
  bench.files.onCall([&](Call) {
    early = early || bench.writer->stopped();
    return std::error_code();
  });
  REQUIRE_FALSE(bench.writer->noteZeros({{4096, 8192}}));
  REQUIRE(bench.writer->stopped());
  REQUIRE_FALSE(early);
}

TEST_CASE("notes that come before the ledger is begun are not lost") {
  WriterBench bench;
  bench.files.failNth(Call::kAppend, 1, std::errc::no_space_on_device);
  REQUIRE_FALSE(bench.writer->begin(*bench.log, 0, 1000));
  REQUIRE_FALSE(bench.writer->stopped());
  REQUIRE_FALSE(bench.writer->noteZeros({{4096, 8192}}));
  REQUIRE_FALSE(bench.durable("text"));
  REQUIRE(bench.ledger().zeros == std::vector<ZeroRange>{{4096, 8192}});
  REQUIRE(bench.ledger().offset() == 4);
}

TEST_CASE("a note that cannot be written stops the ledger durably, or fails the sync") {
  WriterBench bench;
  REQUIRE_FALSE(bench.writer->begin(*bench.log, 0, 1000));
  REQUIRE_FALSE(bench.files.syncDirectory(kDirectory));
  REQUIRE_FALSE(bench.durable("first"));
  const auto call = GENERATE(Call::kAppend, Call::kSync);
  bench.files.failNth(call, 1, std::errc::no_space_on_device);
  SECTION("it is removed") {
    REQUIRE_FALSE(bench.writer->noteZeros({{4096, 8192}}));
    REQUIRE(bench.writer->takeStopError() == std::errc::no_space_on_device);
    REQUIRE_FALSE(bench.writer->takeStopError());
    bench.files.powerCut();
    REQUIRE_FALSE(bench.files.exists(kLedger).value);
  }
  SECTION("it may come back") {
    bench.files.failNth(Call::kSyncDirectory, 1, std::errc::io_error);
    REQUIRE(bench.writer->noteZeros({{4096, 8192}}) == std::errc::io_error);
    REQUIRE(bench.writer->noteZeros({{4096, 8192}}) == std::errc::io_error);
  }
  REQUIRE(bench.writer->stopped());
}

TEST_CASE("a note that cannot be written does not take the old log's ledger away") {
  WriterBench bench;
  REQUIRE_FALSE(bench.durable("text"));
  const std::string of_rewrite = kDirectory + "/temp-rewriteaof-ledger-1.aof";
  bench.files.put(of_rewrite, bench.files.contents(kLedger));
  LedgerWriter writer(bench.files, of_rewrite, kLedger, readLedger(bench.files, of_rewrite).value);
  bench.files.failNth(Call::kAppend, 1, std::errc::io_error);
  REQUIRE(writer.noteZeros({{4096, 8192}}) == std::errc::io_error);
  REQUIRE_FALSE(writer.stopped());
  REQUIRE(bench.files.exists(kLedger).value);
  REQUIRE_FALSE(writer.noteZeros({{4096, 8192}}));
}

TEST_CASE("a ledger that cannot be begun or removed keeps no sync from succeeding") {
  WriterBench bench;
  bench.files.failNth(Call::kOpenAppend, 1, std::errc::is_a_directory);
  bench.files.failNth(Call::kRemove, 1, std::errc::is_a_directory);
  REQUIRE(bench.writer->begin(*bench.log, 0, 1000) == std::errc::is_a_directory);
  REQUIRE(bench.writer->stopped());
  REQUIRE_FALSE(bench.writer->noteZeros({{4096, 8192}}));
}
