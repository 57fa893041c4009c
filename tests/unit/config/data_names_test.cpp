#include "config/data_names.h"

#include <catch2/catch.hpp>

#include "config/config.h"

using namespace inkstone;
using Pairs = std::vector<Config::Pair>;

namespace {

struct Names {
  const char* dump;
  const char* log;
  const char* folder;
};

std::string conflictOf(const Names& names) {
  ConfigValues values;
  values.dir = "/data";
  values.dbfilename = names.dump;
  values.appendfilename = names.log;
  values.appenddirname = names.folder;
  const auto conflict = dataNameConflict(values);
  return conflict ? conflict->directive + "|" + conflict->other : "";
}

}  // namespace

TEST_CASE("names that differ are no conflict, however alike they are") {
  const Names names =
      GENERATE(values<Names>({{"dump.rdb", "appendonly.aof", "appendonlydir"},
                              {"appendonly.aof.rdb", "appendonly.aof", "appendonlydir"},
                              {"appendonly.aof.cut-old", "appendonly.aof", "d"},
                              {"temp-my.rdb", "temp.aof", "temp-1"},
                              {"temp-.rdb", "a", "d"},
                              {"", "appendonly.aof", "appendonlydir"}}));
  CHECK(conflictOf(names).empty());
}

TEST_CASE("a dump, a log and a folder have each a name of their own") {
  CHECK(conflictOf({"x", "x", "d"}) == "dbfilename|appendfilename");
  CHECK(conflictOf({"x", "a", "x"}) == "dbfilename|appenddirname");
  CHECK(conflictOf({"dump.rdb", "x", "x"}) == "appendfilename|appenddirname");
}

TEST_CASE("nothing may be called as what stands beside a log or a dump") {
  const std::string name =
      GENERATE(values<std::string>({"a.ledger", "a.cut-1700000000", "a.manifest", "a.imported",
                                    "a.ledger.unreadable", ".a.lock"}));
  CHECK(conflictOf({name.c_str(), "a", "d"}) == "dbfilename|appendfilename");
  CHECK(conflictOf({"dump.rdb", "a", name.c_str()}) == "appenddirname|appendfilename");
  CHECK(conflictOf({"a", name.c_str(), "d"}) == "appendfilename|dbfilename");
}

TEST_CASE("nothing may be called as a temporary file") {
  const std::string name = GENERATE(values<std::string>(
      {"temp-12.rdb", "temp-rewriteaof-1.aof", "temp-rewriteaof-bg-7.aof", "temp-rewriteaof-x"}));
  CHECK(conflictOf({name.c_str(), "a", "d"}) == "dbfilename|");
  CHECK(conflictOf({"dump.rdb", name.c_str(), "d"}) == "appendfilename|");
  CHECK(conflictOf({"dump.rdb", "a", name.c_str()}) == "appenddirname|");
}

TEST_CASE("other files that the server writes may not be one of them") {
  ConfigValues values;
  values.dir = "/data";
  std::string ConfigValues::*const field =
      GENERATE(&ConfigValues::logfile, &ConfigValues::pidfile, &ConfigValues::unixsocket,
               &ConfigValues::aclfile);
  for (const char* path :
       {"dump.rdb", "/data/appendonly.aof", "../data/./appendonly.aof.ledger", "appendonlydir"}) {
    values.*field = path;
    INFO(path);
    CHECK(dataNameConflict(values).has_value());
  }
  for (const char* path : {"", "/var/dump.rdb", "sub/appendonly.aof", "server.log"}) {
    values.*field = path;
    INFO(path);
    CHECK_FALSE(dataNameConflict(values).has_value());
  }
}

TEST_CASE("a conflict is refused at start when all sources are read, and not before") {
  Config config;
  CommandLine line;
  line.options = {"--dbfilename", "appendonly.aof", "--appendfilename", "other.aof"};
  CHECK(config.loadAll(line, {}).ok());
  line.options = {"--dbfilename", "other.aof"};
  const std::string error = config.loadAll(line, {}).error;
  CHECK_THAT(error, Catch::Contains("FATAL CONFIG FILE ERROR"));
  CHECK_THAT(error, Catch::Contains("dbfilename and appendfilename can't be the same name"));
  CHECK(config.values().dbfilename == "appendonly.aof");
}

TEST_CASE("CONFIG SET refuses a conflict and keeps what was") {
  Config config;
  config.update(
      [](ConfigValues& values) { values.enable_protected_configs = ProtectedAction::kYes; });
  const std::string error = config.set(Pairs{{"dbfilename", "appendonly.aof"}}).error;
  CHECK_THAT(error, Catch::StartsWith("CONFIG SET failed (possibly related to argument "
                                      "'dbfilename') - dbfilename and appendfilename"));
  CHECK(config.values().dbfilename == "dump.rdb");
}
