#include <catch2/catch.hpp>

#include "server/command_table/errors.h"
#include "server/process/runtime.h"
#include "tests/unit/server/server_fixture.h"

using namespace inkstone;
using namespace inkstone::test;

TEST_CASE("GET of a missing key is the null of the protocol in use") {
  ServerFixture f;
  CHECK(f.runLine("GET k") == kNull);
  f.client().reply().setProtocol(3);
  CHECK(f.runLine("GET k") == "_\r\n");
}

TEST_CASE("reads count hits and misses, writes do not") {
  ServerFixture f;
  f.runLine("SET k v");
  f.runLine("INCR n");
  CHECK(f.parts().runtime.stats.keyspace_hits + f.parts().runtime.stats.keyspace_misses == 0);
  f.runLine("GET k");
  f.runLine("GETRANGE k 0 0");
  f.runLine("STRLEN none");
  CHECK(f.parts().runtime.stats.keyspace_hits == 2);
  CHECK(f.parts().runtime.stats.keyspace_misses == 1);
}

TEST_CASE("GETDEL takes the key away") {
  ServerFixture f;
  f.runLine("SET k v");
  CHECK(f.runLine("GETDEL k") == bulk("v"));
  CHECK(f.runLine("GETDEL k") == kNull);
  CHECK(f.runLine("DBSIZE") == integer(0));
}

TEST_CASE("GETEX replies the value and sets, keeps or takes away when it expires") {
  ServerFixture f;
  f.startLog();
  f.runLine("SET k v");
  CHECK(f.runLine("GETEX k") == bulk("v"));
  CHECK(f.runLine("GETEX k EXAT 33333333333") == bulk("v"));
  CHECK(f.runLine("PEXPIRETIME k") == integer(33333333333000));
  CHECK(f.runLine("GETEX k") == bulk("v"));
  CHECK(f.runLine("PEXPIRETIME k") == integer(33333333333000));
  CHECK(f.runLine("GETEX k PERSIST") == bulk("v"));
  CHECK(f.runLine("GETEX k PERSIST") == bulk("v"));
  CHECK(f.runLine("TTL k") == integer(-1));
  CHECK(f.runLine("GETEX k PXAT 1") == bulk("v"));
  CHECK(f.runLine("EXISTS k") == integer(0));
  CHECK(f.logged() == "SELECT 0\nSET k v\nPEXPIREAT k 33333333333000\nPERSIST k\nDEL k\n");
}

TEST_CASE("GETEX refuses what it does not know before it looks at the key, a wrong time after") {
  ServerFixture f;
  for (const char* options : {"NX", "KEEPTTL", "EX", "EX 1 PERSIST", "PERSIST EX 1", "GET"}) {
    INFO(options);
    CHECK(f.runLine(std::string("GETEX none ") + options) == errorReply(errors::kSyntax));
  }
  CHECK(f.runLine("GETEX none EX 0") == kNull);
  f.runLine("SET k v");
  CHECK(f.runLine("GETEX k EX 0") == errorReply("ERR invalid expire time in 'getex' command"));
}
