#include "persistence/start/data_choice.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "persistence/files/posix_file_system.h"
#include "tests/unit/config/temp_dir.h"

using namespace inkstone;

namespace {

using Source = DataSource;
using Sources = std::vector<DataSource>;

const DataNames kNames{"/data", "appendonly.aof", "appendonlydir", "dump.rdb"};

struct World : DataInventory {
  World& withLog(int64_t time_ms, uint64_t bytes = 100) {
    log.found = true;
    log.bytes = bytes;
    log.time_ms = time_ms;
    return *this;
  }
  World& withLedger(int64_t time_ms, uint64_t bytes = 100) {
    log.ledger_bytes = bytes;
    log.ledger_time_ms = time_ms;
    return *this;
  }
  World& withDump(int64_t time_ms, LogMarkAnswer answer = LogMarkAnswer::kNoMark,
                  uint64_t log_bytes = 0) {
    dump.found = true;
    dump.bytes = 100;
    dump.time_ms = time_ms;
    dump.changed_ms = time_ms + 999;
    dump.mark = {answer, log_bytes, false};
    return *this;
  }
  World& ofTheSameFile() {
    dump.mark.same_file = true;
    return *this;
  }
  World& withParts(int64_t time_ms) {
    parts.found = true;
    parts.bytes = 100;
    parts.time_ms = time_ms;
    parts.log.found = true;
    parts.log.files = {"appendonly.aof.1.base.rdb"};
    return *this;
  }
  World& withoutManifest() {
    parts.log = {};
    parts.orphans = {"appendonly.aof.1.base.rdb"};
    return *this;
  }
};

StartChoice on(const World& world) {
  return chooseData(world, kNames, true);
}

StartChoice off(const World& world) {
  return chooseData(world, kNames, false);
}

}  // namespace

TEST_CASE("with the log on, what there is alone is loaded") {
  CHECK(on({}).source == Source::kNothing);
  CHECK(on(World().withLog(5)).source == Source::kLog);
  CHECK(on(World().withParts(5)).source == Source::kParts);
  CHECK(on(World().withDump(5)).source == Source::kDump);
  for (const World& world :
       {World(), World().withLog(5), World().withParts(5), World().withDump(5)}) {
    CHECK_FALSE(on(world).refused());
  }
}

TEST_CASE("a log without a byte is as none") {
  CHECK(on(World().withLog(9000, 0).withDump(5000)).source == Source::kDump);
  CHECK(on(World().withLog(9000, 0).withParts(5000)).source == Source::kParts);
  CHECK_FALSE(on(World().withLog(9000, 0).withDump(5000)).refused());
}

TEST_CASE("a log goes before what is older") {
  CHECK(on(World().withLog(9000).withDump(5000)).source == Source::kLog);
  const StartChoice beside_folder = on(World().withLog(9000).withParts(5000));
  CHECK(beside_folder.source == Source::kLog);
  REQUIRE(beside_folder.notes.size() == 1);
  CHECK_THAT(beside_folder.notes[0], Catch::Contains("/data/appendonlydir"));
}

TEST_CASE("a dump that is newer than the log must hold the same") {
  for (const LogMarkAnswer answer :
       {LogMarkAnswer::kNoMark, LogMarkAnswer::kLogWasOff, LogMarkAnswer::kOtherLog}) {
    const StartChoice choice = on(World().withLog(5000).withDump(9000, answer));
    CHECK(choice.source == Source::kLog);
    CHECK(choice.compare_dump);
  }
  CHECK_FALSE(on(World().withLog(9000).withDump(5000)).compare_dump);
}

TEST_CASE("a dump of the second in which the log was written last may be newer") {
  World world = World().withLog(5100).withDump(5000);
  CHECK(on(world).compare_dump);
  // The file itself is older.
  world.dump.changed_ms = 5050;
  CHECK_FALSE(on(world).compare_dump);
}

TEST_CASE("a folder that is newer than the log refuses the start") {
  const StartChoice folder = on(World().withLog(5000).withParts(9000).withDump(7000));
  CHECK(folder.refused());
  CHECK(folder.rivals == Sources{Source::kLog, Source::kParts, Source::kDump});
  CHECK(on(World().withLog(5000).withParts(9000).withoutManifest()).refused());
  CHECK_FALSE(on(World().withLog(9000).withParts(5000).withoutManifest()).refused());
}

TEST_CASE("a dump that was written beside the log may be newer than its last write") {
  const World world = World().withLog(5000).withDump(9000, LogMarkAnswer::kThisLog, 80);
  CHECK(on(world).source == Source::kLog);
  CHECK_FALSE(on(world).refused());
  CHECK_FALSE(on(world).compare_dump);
}

TEST_CASE("a folder that was imported, and is what it was then, does not count") {
  World world = World().withLog(5000).withParts(9000);
  world.parts.imported = true;
  CHECK_FALSE(on(world).refused());
  CHECK(on(world).notes.empty());
}

TEST_CASE("a ledger without its log refuses the start unless something is younger") {
  const StartChoice alone = on(World().withLedger(5000));
  CHECK(alone.refused());
  CHECK(alone.rivals.empty());
  CHECK(on(World().withLedger(5000).withDump(3000)).refused());
  CHECK(on(World().withLedger(5000).withParts(3000)).refused());
  CHECK(on(World().withLedger(5000).withDump(9000)).source == Source::kDump);
  CHECK(on(World().withLedger(5000).withParts(9000)).source == Source::kParts);
  World taken_over = World().withLedger(5000).withParts(3000);
  taken_over.parts.log.files = {"appendonly.aof"};
  CHECK(on(taken_over).source == Source::kParts);
}

TEST_CASE("a log that was emptied refuses the start unless something is as young as its ledger") {
  CHECK(on(World().withLog(9000, 0).withLedger(5000)).refused());
  CHECK(on(World().withLog(9000, 0).withLedger(5000).withDump(3000)).refused());
  CHECK(on(World().withLog(9000, 0).withLedger(5000).withDump(6000)).source == Source::kDump);
}

TEST_CASE("files whose manifest is gone refuse the start when there is no log") {
  CHECK(on(World().withParts(5).withoutManifest()).refused());
  CHECK(on(World().withParts(5).withoutManifest().withDump(9000)).rivals ==
        Sources{Source::kParts, Source::kDump});
}

TEST_CASE("a dump that is younger than the log of Redis 7 is compared with it") {
  const StartChoice choice = on(World().withParts(5000).withDump(9000));
  CHECK(choice.source == Source::kParts);
  CHECK(choice.compare_dump);
  CHECK_FALSE(on(World().withParts(9000).withDump(5000)).compare_dump);
}

TEST_CASE("with the log off the dump counts, and a log that was written later refuses the start") {
  CHECK(off({}).source == Source::kNothing);
  CHECK(off(World().withDump(5000)).source == Source::kDump);
  CHECK_FALSE(off(World().withDump(9000).withLog(5000).withParts(5000)).refused());
  CHECK(off(World().withDump(5000).withLog(9000)).refused());
  CHECK(off(World().withDump(5000).withParts(9000)).refused());
  CHECK(off(World().withLog(9000)).refused());
  CHECK_FALSE(off(World().withLog(9000, 0)).refused());
  // The moments are compared by the second.
  CHECK_FALSE(off(World().withDump(5000).withLog(5999)).refused());
  CHECK(off(World().withDump(5000).withLog(6000)).refused());
  CHECK_FALSE(off(World().withLedger(9000)).refused());
  REQUIRE(off(World().withLedger(9000)).notes.size() == 1);
  CHECK_THAT(off(World().withLedger(9000)).notes[0], Catch::Contains("tells of 100 bytes"));
  CHECK(off(World().withLedger(9000).withDump(9000)).notes.empty());
}

TEST_CASE("a dump that holds all of the log is loaded with the log off") {
  const World whole = World().withDump(5000, LogMarkAnswer::kThisLog, 100).ofTheSameFile();
  CHECK_FALSE(off(World(whole).withLog(9000, 100)).refused());
  CHECK_FALSE(off(World(whole).withLog(9000, 90)).refused());
  CHECK(off(World(whole).withLog(5000, 101)).refused());
  CHECK(off(World().withDump(5000, LogMarkAnswer::kThisLog).ofTheSameFile().withLog(5000, 1))
            .refused());
  CHECK(off(World().withDump(5000, LogMarkAnswer::kThisLog, 100).withLog(9000, 101)).refused());
}

TEST_CASE("of a copy, or a log that was written anew, length and time both count") {
  const World copy = World().withDump(5000, LogMarkAnswer::kThisLog, 100);
  CHECK_FALSE(off(World(copy).withLog(5000, 100)).refused());
  CHECK(off(World(copy).withLog(5000, 101)).refused());
  CHECK(off(World(copy).withLog(9000, 90)).refused());
  CHECK_FALSE(on(World(copy).withLog(3000, 100)).compare_dump);
}

TEST_CASE("a refusal names what there is, its age and size, and what chooses") {
  const TempDir dir;
  const DataNames names{dir.path(), "appendonly.aof", "appendonlydir", "du'mp.rdb"};
  std::ofstream(names.logPath()) << "*1\r\n$8\r\nFLUSHALL\r\n*1\r\n$8\r\nFLUSHALL\r\n";
  std::ofstream(names.dumpPath()) << std::string(
                                         "REDIS0009\xfe\x00\x00\x01"
                                         "a\x01"
                                         "1\xff",
                                         17)
                                  << std::string(8, '\0');
  PosixFileSystem files;
  const World world = World().withLog(1'000'000, 36).withLedger(1'000'000, 36).withDump(9'000'000);
  StartChoice choice;
  choice.refusal = "They differ";
  choice.rivals = {Source::kLog, Source::kDump};
  const std::vector<std::string> lines = describeRefusal(files, world, names, choice);
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  INFO(text);
  CHECK_THAT(text, Catch::Contains("appendonly.aof, last written 1970-01-01 00:16:40.000 UTC, 36 "
                                   "bytes, 2 commands"));
  CHECK_THAT(text, Catch::Contains("du'mp.rdb, written 1970-01-01 02:30:00.000 UTC, 100 bytes, 1 "
                                   "keys"));
  const std::string aside = "'" + dir.path() + "/aside'";
  CHECK_THAT(text, Catch::Contains("To take the append only file: mkdir -p " + aside + " && mv '" +
                                   dir.path() + "/du'\\''mp.rdb' " + aside));
  CHECK_THAT(text, Catch::Contains("To take the dump: mkdir -p " + aside + " && mv '" + dir.path() +
                                   "/appendonly.aof' '" + dir.path() + "/appendonly.aof.ledger' "));
}
