#include "persistence/log/log_file.h"

#include <catch2/catch.hpp>
#include <string>

#include "tests/unit/persistence/fault_file_system.h"
#include "tests/unit/persistence/log/log_fixture.h"

namespace inkstone::test {
namespace {

struct FileBench {
  FileBench() {
    IoResult<std::shared_ptr<AppendFile>> opened = files.openAppend(kPath);
    REQUIRE(opened.ok());
    file.open(std::move(opened.value), kDirectory, 0);
  }
  void write(std::string_view text) {
    offsets.feed(text.size());
    REQUIRE(file.file()->append(text).ok());
    file.grow(text);
    offsets.write(text.size());
  }
  RewrittenLog rewritten() {
    RewrittenLog log;
    log.file = files.openAppend("/data/new.aof").value;
    static_cast<void>(file.release());
    return log;
  }

  FaultFileSystem files;
  LogOffsets offsets;
  LogFile file{files, offsets};
};

}  // namespace

TEST_CASE("a sync confirms what was written before it, and its name counts from the start") {
  FileBench bench;
  CHECK_FALSE(bench.file.syncOwed());
  bench.write("abc");
  CHECK(bench.file.syncOwed());
  CHECK(bench.file.durableBytes() == 0);
  bench.file.syncBegun();
  bench.write("de");
  bench.file.syncSucceeded(3);
  CHECK(bench.file.durableBytes() == 3);
  CHECK(bench.file.syncOwed());
  CHECK(bench.file.size() == 5);
  bench.file.wholeSynced();
  CHECK_FALSE(bench.file.syncOwed());
  CHECK(bench.file.durableBytes() == 5);
}

TEST_CASE("after a failed sync the bytes are written again before another one is believed") {
  FileBench bench;
  bench.write("abc");
  bench.file.syncFailed();
  CHECK(bench.file.inDoubt());
  CHECK(bench.file.needsRepair());
  CHECK_FALSE(bench.file.repair());
  CHECK_FALSE(bench.file.needsRepair());
  // Written again, but not synced yet.
  CHECK(bench.file.inDoubt());
  bench.file.wholeSynced();
  CHECK_FALSE(bench.file.inDoubt());
}

TEST_CASE("bytes that a failed sync has lost are healed by a rewrite only") {
  FileBench bench;
  bench.write("abc");
  bench.file.syncFailed();
  REQUIRE_FALSE(bench.file.file()->overwrite(1, "X"));
  const FileTrouble trouble = bench.file.repair();
  REQUIRE(trouble);
  CHECK(trouble.text.find("rewrite the log") != std::string::npos);
  CHECK(bench.file.needsRewrite());
  static_cast<void>(bench.file.release());
  CHECK_FALSE(bench.file.needsRewrite());
}

TEST_CASE("syncs that go on failing make another file worth trying") {
  FileBench bench;
  bench.write("abc");
  for (int i = 0; i < 5; ++i) {
    CHECK_FALSE(bench.file.needsRewrite());
    CHECK_FALSE(bench.file.repair());
    bench.file.syncFailed();
  }
  CHECK(bench.file.needsRewrite());
  bench.file.wholeSynced();
  CHECK_FALSE(bench.file.needsRewrite());
}

TEST_CASE("a file adopted unsynced is durable only with its next sync") {
  FileBench bench;
  bench.write("abc");
  UnsyncedRange unsynced;
  RewrittenLog log = bench.rewritten();
  log.size = 3;
  log.unsynced = &unsynced;
  CHECK_FALSE(bench.file.adopt(log, kDirectory));
  CHECK(bench.file.adoptedUnsynced());
  CHECK(bench.file.inDoubt());
  CHECK(bench.file.durableBytes() == 0);
  CHECK(bench.offsets.durable() == 0);
  bench.file.wholeSynced();
  CHECK_FALSE(bench.file.adoptedUnsynced());
  CHECK(bench.file.durableBytes() == 3);
}

TEST_CASE("a file whose directory could not be synced is in doubt until it is") {
  FileBench bench;
  RewrittenLog log = bench.rewritten();
  log.directory_error = std::make_error_code(std::errc::io_error);
  CHECK(bench.file.adopt(log, kDirectory));
  CHECK(bench.file.needsRepair());
  bench.files.failNth(Call::kSyncDirectory, 1, std::errc::io_error);
  CHECK(bench.file.repair());
  CHECK(bench.file.inDoubt());
  CHECK_FALSE(bench.file.repair());
  CHECK_FALSE(bench.file.inDoubt());
}

TEST_CASE("text is cut off the file by its position in the stream") {
  FileBench bench;
  bench.write("abc");
  bench.write("defg");
  REQUIRE(bench.file.placeOf(3) == 3);
  CHECK_FALSE(bench.file.cutBack(3));
  CHECK(bench.files.contents(kPath) == "abc");
}

}  // namespace inkstone::test
