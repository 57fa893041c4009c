#include "persistence/files/rewrite_files.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/unit/persistence/fault_file_system.h"
#include "tests/unit/persistence/log/log_fixture.h"

using namespace inkstone;
using namespace inkstone::test;

namespace {

struct StartBench {
  StartBench() { settings.directory = kDirectory; }

  void removeLeftovers() { removeRewriteLeftovers(files, settings, sink); }

  FaultFileSystem files;
  RecordingSink sink;
  AppendOnlySettings settings;
};

}  // namespace

TEST_CASE("names of temporary files of rewrites are told from others") {
  REQUIRE(isRewriteTempName("temp-rewriteaof-1.aof"));
  REQUIRE(isRewriteTempName("temp-rewriteaof-bg-12345.aof"));
  REQUIRE(isRewriteTempName(rewriteTempPath("d", 77).substr(2)));
  for (const char* other : {"temp-rewriteaof-.aof", "temp-rewriteaof-bg-.aof", "temp-rewriteaof-12",
                            "appendonly.aof", "temp-rewriteaof-1x.aof", "my-temp-rewriteaof-1.aof",
                            "temp-rewriteaof-bg-bg-1.aof", "temp-rewriteaof-1.aof.cut-5",
                            "temp-rewriteaof-ledger-1.aof", "temp-rewriteaof-", "temp-1.rdb", ""}) {
    INFO(other);
    REQUIRE_FALSE(isRewriteTempName(other));
  }
  REQUIRE(isRewriteLedgerName(rewriteLedgerPath("d", 77).substr(2)));
  REQUIRE_FALSE(isRewriteLedgerName("temp-rewriteaof-1.aof"));
  REQUIRE_FALSE(isRewriteLedgerName("temp-rewriteaof-ledger-.aof"));
}

TEST_CASE("at start what rewrites left is removed, and nothing else") {
  StartBench bench;
  for (const char* name : {"temp-rewriteaof-1.aof", "temp-rewriteaof-bg-2.aof", "appendonly.aof",
                           "temp-rewriteaof-mine.aof", "dump.rdb"}) {
    bench.files.put(kDirectory + "/" + name, "x");
  }
  bench.removeLeftovers();
  REQUIRE(bench.files.listDirectory(kDirectory).value ==
          std::vector<std::string>{"appendonly.aof", "dump.rdb", "temp-rewriteaof-mine.aof"});
  REQUIRE(bench.sink.countContaining("Removed temp-rewriteaof-") == 2);
}

TEST_CASE("a log that is called like a temporary file stays") {
  StartBench bench;
  bench.settings.filename = "temp-rewriteaof-1.aof";
  bench.files.put(bench.settings.path(), "x");
  bench.removeLeftovers();
  REQUIRE(bench.files.contents(bench.settings.path()) == "x");
}

TEST_CASE("a leftover that cannot be removed is logged") {
  StartBench bench;
  bench.files.put(kDirectory + "/temp-rewriteaof-1.aof", "x");
  bench.files.failNth(Call::kRemove, 1, std::errc::permission_denied);
  bench.removeLeftovers();
  REQUIRE(bench.sink.countContaining("Cannot remove temp-rewriteaof-1.aof") == 1);
}
