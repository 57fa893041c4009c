#include <catch2/catch.hpp>
#include <chrono>
#include <thread>

#include "server/data/data_set.h"
#include "server/process/runtime.h"
#include "tests/unit/server/server_fixture.h"

using namespace inkstone;
using namespace inkstone::test;

TEST_CASE("DEL and UNLINK count what they deleted, EXISTS and TOUCH what is there") {
  ServerFixture f;
  const std::string command = GENERATE("DEL", "UNLINK");
  f.runLine("MSET a 1 b 2 c 3");
  CHECK(f.runLine("EXISTS a a none b") == integer(3));
  CHECK(f.runLine("TOUCH a a none b") == integer(3));
  CHECK(f.runLine(command + " a none a b") == integer(2));
  CHECK(f.runLine("DBSIZE") == integer(1));
}

TEST_CASE("only deletions that deleted something are logged, as they came") {
  ServerFixture f;
  f.startLog();
  for (const char* line : {"MSET a 1 b 2", "DEL none", "UNLINK none", "unlink a none", "Del b"}) {
    f.runLine(line);
  }
  CHECK(f.logged() == "SELECT 0\nMSET a 1 b 2\nunlink a none\nDel b\n");
}

TEST_CASE("an expired key is not there: DEL does not count it, the log has its deletion once") {
  ServerFixture f;
  f.startLog();
  f.runLine("SET k v PXAT 1");
  CHECK(f.runLine("DEL k") == integer(0));
  CHECK(f.runLine("DEL k") == integer(0));
  CHECK(f.parts().runtime.stats.expired_keys == 1);
  CHECK(f.logged() == "SELECT 0\nSET k v PXAT 1\nDEL k\n");
}

TEST_CASE("UNLINK hands a big value to another thread, DEL when lazyfree-lazy-user-del says so") {
  ServerFixture f;
  const std::string big(100'000, 'x');
  f.run({"SET", "k", big});
  f.runLine("DEL k");
  CHECK(f.parts().data.lazy_free.pending() + f.parts().data.lazy_free.freed() == 0);
  f.run({"SET", "k", big});
  f.runLine("UNLINK k");
  f.configure("lazyfree-lazy-user-del", "yes");
  f.run({"SET", "k", big});
  f.runLine("DEL k");
  while (f.parts().data.lazy_free.pending() > 0)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  CHECK(f.parts().data.lazy_free.freed() == 2);
}
