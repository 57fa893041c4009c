#include "persistence/rewrite/log_base.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/unit/persistence/fault_file_system.h"
#include "tests/unit/persistence/log/log_fixture.h"
#include "tests/unit/persistence/rdb/rdb_world.h"

using namespace inkstone;
using namespace inkstone::test;

namespace {

struct BaseBench {
  BaseBench() {
    request.settings.directory = kDirectory;
    request.image.info.aof_base = true;
    world.string("k", "v");
  }

  LogBaseResult write() {
    return writeLogBase({files, clock, latency, steps}, world.keyspace, request, 77);
  }
  std::vector<std::string> names() { return files.listDirectory(kDirectory).value; }

  FaultFileSystem files;
  ManualClock clock;
  RecordingLatency latency;
  RewriteSteps steps;
  RdbWorld world;
  RewriteRequest request;
};

}  // namespace

TEST_CASE("the base of a log is an image or commands, as aof-use-rdb-preamble says") {
  BaseBench bench;
  bench.request.preamble = GENERATE(true, false);
  const LogBaseResult result = bench.write();
  REQUIRE(result.ok());
  REQUIRE(result.keys == 1);
  const std::string text = bench.files.durableContents(kPath);
  REQUIRE(result.bytes == text.size());
  if (bench.request.preamble) {
    REQUIRE(text.starts_with("REDIS"));
  } else {
    REQUIRE(text == resp({"SELECT", "0"}) + resp({"SET", "k", "v"}));
  }
  REQUIRE(bench.names() == std::vector<std::string>{"appendonly.aof", "appendonly.aof.ledger"});
}

TEST_CASE("a base that cannot be written leaves no log and no other file") {
  struct Failure {
    Call call;
    const char* step;
  };
  const Failure failure = GENERATE(
      Failure{Call::kOpenAppend, "opening it"}, Failure{Call::kTruncate, "emptying it"},
      Failure{Call::kAppend, "writing it"}, Failure{Call::kSync, "writing it"},
      Failure{Call::kSyncDirectory, "writing its ledger"}, Failure{Call::kRename, "renaming it"});
  BaseBench bench;
  bench.files.failNth(failure.call, 1, std::errc::no_space_on_device);
  const LogBaseResult result = bench.write();
  REQUIRE(result.error == std::errc::no_space_on_device);
  REQUIRE(result.step == failure.step);
  REQUIRE(bench.names().empty());
}

TEST_CASE("a base whose directory is not on the disk does not count") {
  BaseBench bench;
  bench.files.failNth(Call::kSyncDirectory, 2, std::errc::io_error);
  const LogBaseResult result = bench.write();
  REQUIRE_FALSE(result.ok());
  REQUIRE(result.step == "syncing its directory");
  bench.files.powerCut();
  REQUIRE_FALSE(bench.files.exists(kPath).value);
}
