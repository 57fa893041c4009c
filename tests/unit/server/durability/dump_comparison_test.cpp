#include "server/durability/dump_comparison.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <string>

#include "persistence/files/posix_file_system.h"
#include "server/data/data_set.h"
#include "server/process/runtime.h"
#include "tests/unit/config/temp_dir.h"
#include "tests/unit/server/server_fixture.h"

using namespace inkstone;
using namespace inkstone::test;

namespace {

// Keys of all kinds, in two databases, and a dump of them.
class ComparisonBench {
 public:
  ComparisonBench() {
    fixture_.configure("dir", dir_.path());
    for (const char* words :
         {"SET a 1", "RPUSH l x y z", "SADD s 1 2 3", "HSET h f v", "ZADD z 1.5 m", "SADD t a b c",
          "SET gone v PXAT 5000000000000", "SET until v PXAT 4000000000000"}) {
      run(words);
    }
    for (int i = 0; i < 200; ++i) run("SET k" + std::to_string(i) + " v");
    run("SELECT 3");
    run("SET elsewhere v");
    run("SAVE");
    run("SELECT 0");
  }
  ~ComparisonBench() { fixture_.configure("dir", before_.string()); }

  void run(const std::string& words) {
    const std::string reply = fixture_.runLine(words);
    INFO(words);
    REQUIRE(reply[0] != '-');
  }
  void sleepMs(int milliseconds) { fixture_.sleepMs(milliseconds); }
  DumpComparison compare() {
    return compareWithDump(files_, fixture_.parts().data.keyspace, path(),
                           fixture_.parts().runtime.clock.unixMs());
  }
  std::string path() const { return dir_.path() + "/dump.rdb"; }

 private:
  const std::filesystem::path before_ = std::filesystem::current_path();
  TempDir dir_;
  ServerFixture fixture_{{"--enable-protected-configs", "yes", "--enable-debug-command", "yes"}};
  PosixFileSystem files_;
};

}  // namespace

TEST_CASE("a dump of the data set holds the same") {
  ComparisonBench bench;
  const DumpComparison result = bench.compare();
  CHECK(result.difference == "");
  CHECK(result.unreadable == "");
  CHECK(result.keys == 209);
  CHECK(result.is_dump);
}

TEST_CASE("any change since is a difference") {
  struct Change {
    const char* words;
    const char* said;
  };
  const Change change = GENERATE(values<Change>(
      {{"SET a 2", "key 'a' of database 0 has another value"},
       {"RPUSH l w", "key 'l' of database 0 has another value"},
       {"SREM s 3", "key 's' of database 0 has another value"},
       {"HSET h f w", "key 'h' of database 0 has another value"},
       {"ZADD z 2.5 m", "key 'z' of database 0 has another value"},
       {"PERSIST until", "key 'until' of database 0 has another value"},
       {"PEXPIREAT until 4000000000001", "key 'until' of database 0 has another value"},
       {"EXPIRE a 1000", "key 'a' of database 0 has another value"},
       {"DEL a", "key 'a' of database 0 is only in the dump"},
       {"SET more v", "209 keys instead of 210"}}));
  ComparisonBench bench;
  bench.run(change.words);
  CHECK(bench.compare().difference == change.said);
}

TEST_CASE("keys that have expired count on neither side") {
  ComparisonBench bench;
  bench.run("DEBUG SET-ACTIVE-EXPIRE 0");
  bench.run("PEXPIRE gone 20");
  bench.run("SAVE");
  bench.sleepMs(25);
  CHECK(bench.compare().same());
  CHECK(bench.compare().keys == 208);
}

TEST_CASE("what cannot be read is told from what is no dump") {
  ComparisonBench bench;
  std::filesystem::resize_file(bench.path(), std::filesystem::file_size(bench.path()) - 20);
  CHECK_FALSE(bench.compare().unreadable.empty());
  CHECK(bench.compare().is_dump);
  std::ofstream(bench.path()) << "something else";
  CHECK_FALSE(bench.compare().unreadable.empty());
  CHECK_FALSE(bench.compare().is_dump);
  std::filesystem::remove(bench.path());
  CHECK(bench.compare().unreadable == "No such file or directory");
}
