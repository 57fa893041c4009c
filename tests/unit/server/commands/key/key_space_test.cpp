#include <catch2/catch.hpp>
#include <chrono>
#include <thread>

#include "server/command_table/errors.h"
#include "server/data/data_set.h"
#include "tests/unit/server/server_fixture.h"

using namespace inkstone;
using namespace inkstone::test;

TEST_CASE("FLUSHDB empties the selected database, FLUSHALL all of them") {
  ServerFixture f;
  const std::string mode = GENERATE("", " SYNC", " async");
  f.runLine("MSET a 1 b 2");
  f.client().db = 5;
  f.runLine("SET a 5");
  CHECK(f.runLine("FLUSHDB" + mode) == kOk);
  CHECK(f.runLine("DBSIZE") == integer(0));
  f.client().db = 0;
  CHECK(f.runLine("DBSIZE") == integer(2));
  CHECK(f.runLine("FLUSHALL" + mode) == kOk);
  CHECK(f.parts().data.keyspace.keyCount() == 0);
  CHECK(f.runLine("SET a 1") == kOk);
  CHECK(f.runLine("GET a") == bulk("1"));
}

TEST_CASE("FLUSHALL frees on another thread when asked or configured to") {
  ServerFixture f;
  f.runLine("MSET a 1 b 2");
  f.runLine("FLUSHALL");
  CHECK(f.parts().data.lazy_free.pending() + f.parts().data.lazy_free.freed() == 0);
  f.runLine("MSET a 1 b 2");
  f.runLine("FLUSHALL ASYNC");
  f.configure("lazyfree-lazy-user-flush", "yes");
  f.runLine("SET a 1");
  f.runLine("FLUSHDB");
  f.runLine("SET a 1");
  f.runLine("FLUSHDB SYNC");
  while (f.parts().data.lazy_free.pending() > 0)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  CHECK(f.parts().data.lazy_free.freed() == 3);
}

TEST_CASE("flushing is logged as it came, also when there was nothing to flush") {
  ServerFixture f;
  f.startLog();
  for (const char* line : {"flushdb", "FLUSHALL ASYNC", "FLUSHDB foo", "FLUSHALL SYNC ASYNC"}) {
    f.runLine(line);
  }
  CHECK(f.logged() == "SELECT 0\nflushdb\nFLUSHALL ASYNC\n");
  CHECK(f.runLine("FLUSHDB foo") == errorReply(errors::kSyntax));
}

TEST_CASE("SWAPDB exchanges what clients see") {
  ServerFixture f;
  f.startLog();
  f.runLine("SET a 0");
  CHECK(f.runLine("SWAPDB 0 7") == kOk);
  CHECK(f.runLine("EXISTS a") == integer(0));
  f.client().db = 7;
  CHECK(f.runLine("GET a") == bulk("0"));
  CHECK(f.runLine("SWAPDB 3 3") == kOk);
  CHECK(f.runLine("SWAPDB x 16") == errorReply(errors::kInvalidFirstDb));
  CHECK(f.runLine("SWAPDB 16 2147483648") == errorReply(errors::kInvalidSecondDb));
  CHECK(f.runLine("SWAPDB 16 0") == errorReply(errors::kDbIndexOutOfRange));
  CHECK(f.runLine("SWAPDB 0 -1") == errorReply(errors::kDbIndexOutOfRange));
  CHECK(f.logged() == "SELECT 0\nSET a 0\nSWAPDB 0 7\nSELECT 7\nSWAPDB 3 3\n");
}
