#include "persistence/rdb/rdb_check_tool.h"

#include <catch2/catch.hpp>
#include <sstream>
#include <string>

#include "tests/unit/persistence/fault_file_system.h"
#include "tests/unit/persistence/log/log_fixture.h"
#include "tests/unit/persistence/rdb/rdb_bytes.h"

namespace inkstone::test {
namespace {

struct RdbToolBench {
  int run(const std::string& bytes) {
    files.put(kPath, bytes);
    return check(kPath);
  }
  int check(const std::string& path) {
    std::ostringstream text;
    const int status = RdbCheckTool(files, clock, text).run(path);
    out = text.str();
    return status;
  }

  FaultFileSystem files;
  ManualClock clock;
  std::string out;
};

}  // namespace

TEST_CASE("a file that loads is sound, with what it holds", "[rdb]") {
  RdbToolBench bench;
  CHECK(bench.run(RdbBytes(9).key(0, "k").string("v").end()) == RdbCheckTool::kExitSound);
  CHECK_THAT(bench.out, Catch::Contains("\\o/ RDB looks OK! \\o/") &&
                            Catch::Contains("[info] 1 keys read\n") &&
                            !Catch::Contains("bytes follow"));
  CHECK(bench.run(RdbBytes(9).end() + "more") == RdbCheckTool::kExitSound);
  CHECK_THAT(bench.out, Catch::Contains("[info] 4 bytes follow its end"));
  CHECK(bench.run(RdbBytes(9).key(2, "e\n").length(0).end()) == RdbCheckTool::kExitSound);
  CHECK_THAT(bench.out, Catch::Contains("1 keys without elements, which a server leaves out: "
                                        "\"e\\n\"\n"));
}

TEST_CASE("damage, missing files and what cannot be loaded here end with another status", "[rdb]") {
  RdbToolBench bench;
  const std::string sound = RdbBytes(9).key(0, "k").string("v").end();
  CHECK(bench.check("/data/none") == RdbCheckTool::kExitNotSound);
  CHECK_THAT(bench.out, Catch::StartsWith("Cannot open file /data/none: "));
  CHECK(bench.run(sound.substr(0, 12)) == RdbCheckTool::kExitNotSound);
  CHECK_THAT(bench.out, Catch::Contains("--- RDB ERROR DETECTED ---") &&
                            Catch::Contains("Unexpected EOF reading RDB file"));
  CHECK(bench.run(sound.substr(0, sound.size() - 8) + "checksum") == RdbCheckTool::kExitNotSound);
  CHECK_THAT(bench.out, Catch::Contains("RDB CRC error"));
  CHECK(bench.run(RdbBytes(10).key(15, "s").end()) == RdbCheckTool::kExitNotSound);
  CHECK_THAT(bench.out,
             Catch::Contains("This server cannot load it: a stream") && !Catch::Contains("ERROR"));
  CHECK(bench.run("PK\x03\x04...") == RdbCheckTool::kExitNotSound);
  CHECK_THAT(bench.out,
             Catch::Contains("it is a zip archive: unpack it first. It is not damaged") &&
                 !Catch::Contains("ERROR"));
  CHECK(bench.run(RdbBytes(9).byte(247).length(5).length(2).length(1).length(0).end()) ==
        RdbCheckTool::kExitNotSound);
  CHECK_THAT(bench.out, Catch::Contains("RDB looks OK") && Catch::Contains("rdb-skip-module-aux"));
}

}  // namespace inkstone::test
