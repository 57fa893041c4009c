#include <catch2/catch.hpp>

#include "server/command_table/errors.h"
#include "server/data/data_set.h"
#include "tests/unit/server/server_fixture.h"

using namespace inkstone;
using namespace inkstone::test;

TEST_CASE("LMOVE moves between any two ends") {
  struct Row {
    const char* from;
    const char* to;
    const char* moved;
    std::string target;
  };
  const std::vector<Row> rows = {
      {"LEFT", "LEFT", "a", array({bulk("a"), bulk("x")})},
      {"LEFT", "RIGHT", "a", array({bulk("x"), bulk("a")})},
      {"right", "left", "c", array({bulk("c"), bulk("x")})},
      {"RIGHT", "RIGHT", "c", array({bulk("x"), bulk("c")})},
  };
  for (const Row& row : rows) {
    ServerFixture f;
    f.runLine("RPUSH l a b c");
    f.runLine("RPUSH t x");
    CHECK(f.run({"LMOVE", "l", "t", row.from, row.to}) == bulk(row.moved));
    CHECK(f.runLine("LRANGE t 0 -1") == row.target);
    CHECK(f.runLine("LLEN l") == integer(2));
  }
}

TEST_CASE("a move creates its target and deletes an emptied source") {
  ServerFixture f;
  f.runLine("RPUSH l 1 2");
  CHECK(f.runLine("RPOPLPUSH l t") == bulk("2"));
  CHECK(f.runLine("RPOPLPUSH l t") == bulk("1"));
  CHECK(f.runLine("EXISTS l") == integer(0));
  CHECK(f.runLine("LRANGE t 0 -1") == array({bulk("1"), bulk("2")}));
}

TEST_CASE("a list can be rotated, also one of a single element") {
  ServerFixture f;
  f.runLine("RPUSH l a b c");
  CHECK(f.runLine("LMOVE l l LEFT RIGHT") == bulk("a"));
  CHECK(f.runLine("LRANGE l 0 -1") == array({bulk("b"), bulk("c"), bulk("a")}));
  CHECK(f.runLine("RPOPLPUSH l l") == bulk("a"));
  CHECK(f.runLine("LRANGE l 0 -1") == array({bulk("a"), bulk("b"), bulk("c")}));
  f.runLine("RPUSH single a");
  f.runLine("EXPIREAT single 33333333333");
  CHECK(f.runLine("RPOPLPUSH single single") == bulk("a"));
  CHECK(f.runLine("LRANGE single 0 -1") == array({bulk("a")}));
  CHECK(f.runLine("EXPIRETIME single") == integer(33333333333));
}

TEST_CASE("moves say what is wrong") {
  ServerFixture f;
  f.runLine("SET s x");
  f.runLine("RPUSH l a");
  CHECK(f.runLine("LMOVE none s UP LEFT") == errorReply(errors::kSyntax));
  CHECK(f.runLine("LMOVE none s LEFT UP") == errorReply(errors::kSyntax));
  CHECK(f.runLine("LMOVE none s LEFT LEFT") == kNull);
  CHECK(f.runLine("RPOPLPUSH none s") == kNull);
  CHECK(f.runLine("RPOPLPUSH l s") == errorReply(errors::kWrongType));
  CHECK(f.runLine("RPOPLPUSH s l") == errorReply(errors::kWrongType));
  CHECK(f.runLine("LRANGE l 0 -1") == array({bulk("a")}));
}

TEST_CASE("moves log as they came, each one change") {
  ServerFixture f;
  f.runLine("RPUSH l a b");
  f.startLog();
  const uint64_t before = f.parts().data.dirty;
  f.runLine("LMOVE l t LEFT RIGHT");
  f.runLine("RPOPLPUSH t t");
  f.runLine("RPOPLPUSH none t");
  CHECK(f.parts().data.dirty - before == 2);
  CHECK(f.logged() == "SELECT 0\nLMOVE l t LEFT RIGHT\nRPOPLPUSH t t\n");
}

TEST_CASE("a move between lists that have expired finds nothing and leaves nothing behind") {
  ServerFixture f;
  f.runLine("RPUSH l a");
  f.runLine("RPUSH t b");
  f.runLine("PEXPIRE t 1");
  f.sleepMs(5);
  CHECK(f.runLine("RPOPLPUSH l t") == bulk("a"));
  CHECK(f.runLine("LRANGE t 0 -1") == array({bulk("a")}));
  CHECK(f.runLine("PTTL t") == integer(-1));
  f.runLine("PEXPIRE t 1");
  f.sleepMs(5);
  CHECK(f.runLine("RPOPLPUSH t l") == kNull);
  CHECK(f.runLine("DBSIZE") == integer(0));
}
