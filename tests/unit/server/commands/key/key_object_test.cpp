#include <catch2/catch.hpp>

#include "server/command_table/errors.h"
#include "server/process/runtime.h"
#include "tests/unit/server/server_fixture.h"

using namespace inkstone;
using namespace inkstone::test;

TEST_CASE("OBJECT ENCODING names the form of strings as Redis does") {
  ServerFixture f;
  f.run({"SET", "int", "-9223372036854775808"});
  f.run({"SET", "embstr", std::string(44, 'x')});
  f.run({"SET", "raw", std::string(45, 'x')});
  CHECK(f.runLine("OBJECT ENCODING int") == bulk("int"));
  CHECK(f.runLine("object encoding embstr") == bulk("embstr"));
  CHECK(f.runLine("OBJECT encoding raw") == bulk("raw"));
  CHECK(f.runLine("OBJECT ENCODING none") == kNull);
}

TEST_CASE("OBJECT FREQ and IDLETIME answer under the policy that keeps them") {
  ServerFixture f;
  f.runLine("SET k v");
  CHECK(f.runLine("OBJECT FREQ none") == kNull);
  CHECK(f.runLine("OBJECT FREQ k") == errorReply(errors::kNeedsLfu));
  CHECK(isSeconds(f.runLine("OBJECT IDLETIME k"), 0));
  f.configure("maxmemory-policy", "allkeys-lfu");
  f.runLine("SET k v");
  CHECK(f.runLine("OBJECT IDLETIME k") == errorReply(errors::kNeedsLru));
  f.runLine("SET new v");
  CHECK(f.runLine("OBJECT FREQ new") == integer(5));
}

TEST_CASE("how often a key is used outlives its value") {
  ServerFixture f({"--maxmemory-policy", "allkeys-lfu", "--lfu-log-factor", "0"});
  f.runLine("SET k v");
  for (int i = 0; i < 20; ++i) f.runLine("GET k");
  f.runLine("SET k w");
  CHECK(f.runLine("OBJECT FREQ k") == integer(26));
}

TEST_CASE("keys that hold the same small integer are counted each for itself") {
  ServerFixture f({"--maxmemory-policy", "allkeys-lfu", "--lfu-log-factor", "0"});
  f.runLine("MSET a 1 b 1");
  for (int i = 0; i < 20; ++i) f.runLine("GET a");
  CHECK(f.runLine("OBJECT FREQ a") == integer(25));
  CHECK(f.runLine("OBJECT FREQ b") == integer(5));
}

TEST_CASE("OBJECT REFCOUNT shows small integers as shared, as Redis does") {
  ServerFixture f;
  f.runLine("MSET small 9999 big 10000 text v");
  CHECK(f.runLine("OBJECT REFCOUNT small") == integer(2147483647));
  CHECK(f.runLine("OBJECT REFCOUNT big") == integer(1));
  CHECK(f.runLine("OBJECT REFCOUNT text") == integer(1));
}

TEST_CASE("TYPE tells strings from nothing and counts as a read") {
  ServerFixture f;
  f.runLine("SET k v");
  CHECK(f.runLine("TYPE k") == "+string\r\n");
  CHECK(f.runLine("TYPE none") == "+none\r\n");
  CHECK(f.parts().runtime.stats.keyspace_hits == 1);
  CHECK(f.parts().runtime.stats.keyspace_misses == 1);
}
