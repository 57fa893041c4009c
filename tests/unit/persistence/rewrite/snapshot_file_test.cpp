#include "persistence/rewrite/snapshot_file.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/unit/persistence/fault_file_system.h"
#include "tests/unit/persistence/log/log_fixture.h"
#include "tests/unit/persistence/rdb/rdb_world.h"

using namespace inkstone;
using namespace inkstone::test;

namespace {

struct SaveBench {
  SaveBench() {
    settings.directory = kDirectory;
    world.string("k", "v");
    world.list("l", {"a", "b", "3"});
    world.string("far", std::string(100'000, 'x'));
  }

  SnapshotResult save() { return writeSnapshotFile(files, world.keyspace, settings, {}, 77); }
  void removeLeftovers() { removeSnapshotLeftovers(files, settings, sink); }
  std::vector<std::string> names() { return files.listDirectory(kDirectory).value; }
  bool holdsTheDataSet(const std::string& bytes) const {
    RdbWorld copy;
    KeyspaceFiller loader(bytes, copy.keyspace, copy.clock, {});
    KeyspaceFiller::Status status = KeyspaceFiller::Status::kMore;
    while (status == KeyspaceFiller::Status::kMore) status = loader.step(2);
    return status == KeyspaceFiller::Status::kDone && copy.describe() == world.describe();
  }

  FaultFileSystem files;
  RecordingSink sink;
  SnapshotSettings settings;
  RdbWorld world;
};

const std::string kDump = "/data/dump.rdb";

}  // namespace

TEST_CASE("a snapshot holds the data set and leaves no other file") {
  SaveBench bench;
  const SnapshotResult result = bench.save();
  REQUIRE(result.ok());
  REQUIRE(result.keys == 3);
  REQUIRE(result.bytes == bench.files.contents(kDump).size());
  REQUIRE(bench.holdsTheDataSet(bench.files.durableContents(kDump)));
  REQUIRE(bench.names() == std::vector<std::string>{"dump.rdb"});
}

TEST_CASE("a snapshot's data, name and directory reach the disk in this order") {
  SaveBench bench;
  REQUIRE(bench.save().ok());
  std::vector<Call> order;
  for (const Call call : bench.files.trace()) {
    if (call == Call::kSync || call == Call::kRename || call == Call::kSyncDirectory) {
      order.push_back(call);
    }
  }
  REQUIRE(order == std::vector<Call>{Call::kSync, Call::kRename, Call::kSyncDirectory});
}

TEST_CASE("whatever fails, the old snapshot or the whole new one is there, and nothing else") {
  struct Failure {
    Call call;
    const char* step;
  };
  const Failure failure =
      GENERATE(Failure{Call::kOpenAppend, "opening it"}, Failure{Call::kTruncate, "emptying it"},
               Failure{Call::kAppend, "writing it"}, Failure{Call::kSync, "writing it"},
               Failure{Call::kRename, "renaming it"},
               Failure{Call::kSyncDirectory, "syncing its directory"});
  SaveBench bench;
  bench.files.put(kDump, "old");
  bench.files.failNth(failure.call, 1, std::errc::no_space_on_device);
  const SnapshotResult result = bench.save();
  CHECK(result.error == std::errc::no_space_on_device);
  CHECK(result.step == failure.step);
  CHECK(bench.names() == std::vector<std::string>{"dump.rdb"});
  if (failure.call == Call::kSyncDirectory) {
    CHECK(bench.holdsTheDataSet(bench.files.contents(kDump)));
  } else {
    CHECK(bench.files.contents(kDump) == "old");
  }
  CHECK(bench.save().ok());
  CHECK(bench.holdsTheDataSet(bench.files.durableContents(kDump)));
}

TEST_CASE("a power cut at any call of a save leaves the old snapshot or the whole new one") {
  size_t calls = 0;
  {
    SaveBench bench;
    bench.files.clearTrace();
    REQUIRE(bench.save().ok());
    calls = bench.files.trace().size();
  }
  bool old_seen = false;
  for (size_t cut = 1; cut <= calls + 1; ++cut) {
    SaveBench bench;
    bench.files.put(kDump, "old");
    size_t done = 0;
    bench.files.onCall([&](Call) {
      return ++done >= cut ? std::make_error_code(std::errc::io_error) : std::error_code();
    });
    const SnapshotResult result = bench.save();
    bench.files.onCall({});
    bench.files.powerCut();
    const std::string left = bench.files.contents(kDump);
    old_seen = old_seen || left == "old";
    if (left != "old" && !bench.holdsTheDataSet(left)) FAIL("half a snapshot, cut " << cut);
    if (result.ok() && left == "old") FAIL("a save that succeeded is lost");
  }
  REQUIRE(old_seen);
}

TEST_CASE("a file that a process of the same number left does not get into the snapshot") {
  SaveBench bench;
  bench.files.put(snapshotTempPath(kDirectory, 77), "rubbish");
  REQUIRE(bench.save().ok());
  REQUIRE(bench.holdsTheDataSet(bench.files.contents(kDump)));
}

TEST_CASE("names of temporary files of saves are told from others") {
  REQUIRE(isSnapshotTempName("temp-1.rdb"));
  REQUIRE(isSnapshotTempName(snapshotTempPath("d", 12345).substr(2)));
  for (const char* other :
       {"temp-.rdb", "temp-1x.rdb", "temp-0.rdb", "temp--1.rdb", "temp-1.rdb.cut", "dump.rdb",
        "temp-1", "my-temp-1.rdb", "temp-rewriteaof-1.aof", "temp-99999999999999.rdb", ""}) {
    INFO(other);
    REQUIRE_FALSE(isSnapshotTempName(other));
  }
}

TEST_CASE("at start what saves left is removed, but not what a living process writes") {
  SaveBench bench;
  // No process has this number: it is above what kernels give out.
  const std::string dead = "temp-2000000000.rdb";
  const std::string living = "temp-" + std::to_string(::getppid()) + ".rdb";
  const std::string own = "temp-" + std::to_string(::getpid()) + ".rdb";
  for (const std::string& name : {dead, living, own, std::string("temp-mine.rdb")}) {
    bench.files.put(kDirectory + "/" + name, "x");
  }
  bench.removeLeftovers();
  REQUIRE(bench.names() == std::vector<std::string>{living, "temp-mine.rdb"});
  REQUIRE(bench.sink.countContaining("Removed temp-") == 2);
}

TEST_CASE("a snapshot that is called like a temporary file stays") {
  SaveBench bench;
  bench.settings.filename = "temp-2000000000.rdb";
  bench.files.put(bench.settings.path(), "x");
  bench.removeLeftovers();
  REQUIRE(bench.names().size() == 1);
}

TEST_CASE("a file left by a save that cannot be removed is logged") {
  SaveBench bench;
  bench.files.put(kDirectory + "/temp-2000000000.rdb", "x");
  bench.files.failNth(Call::kRemove, 1, std::errc::permission_denied);
  bench.removeLeftovers();
  REQUIRE(bench.sink.countContaining("Cannot remove temp-2000000000.rdb") == 1);
}
