#include <catch2/catch.hpp>

#include "server/command_table/errors.h"
#include "server/process/runtime.h"
#include "tests/unit/server/server_fixture.h"

using namespace inkstone;
using namespace inkstone::test;

TEST_CASE("LRANGE counts from both ends, and cuts to what there is") {
  ServerFixture f;
  f.runLine("RPUSH l a b c d");
  const std::string all = array({bulk("a"), bulk("b"), bulk("c"), bulk("d")});
  CHECK(f.runLine("LRANGE l 0 -1") == all);
  CHECK(f.runLine("LRANGE l -100 100") == all);
  CHECK(f.runLine("LRANGE l -9223372036854775808 9223372036854775807") == all);
  CHECK(f.runLine("LRANGE l 1 2") == array({bulk("b"), bulk("c")}));
  CHECK(f.runLine("LRANGE l -3 -2") == array({bulk("b"), bulk("c")}));
  CHECK(f.runLine("LRANGE l 3 3") == array({bulk("d")}));
  for (const char* line : {"LRANGE l 4 5", "LRANGE l 2 1", "LRANGE l -1 -2", "LRANGE l 0 -5",
                           "LRANGE l 9223372036854775807 9223372036854775807",
                           "LRANGE l 0 -9223372036854775808", "LRANGE none 0 -1"}) {
    INFO(line);
    CHECK(f.runLine(line) == array({}));
  }
}

TEST_CASE("LINDEX finds every element from both ends, whatever the encoding") {
  for (const char* limit : {"-2", "3", "1"}) {
    ServerFixture f({"--list-max-listpack-size", limit});
    constexpr int kSize = 100;
    for (int i = 0; i < kSize; ++i) f.run({"RPUSH", "l", std::to_string(i * 7)});
    for (int i = 0; i < kSize; ++i) {
      const std::string expected = bulk(std::to_string(i * 7));
      CHECK(f.run({"LINDEX", "l", std::to_string(i)}) == expected);
      CHECK(f.run({"LINDEX", "l", std::to_string(i - kSize)}) == expected);
    }
    CHECK(f.runLine("LINDEX l 100") == kNull);
    CHECK(f.runLine("LINDEX l -101") == kNull);
    CHECK(f.runLine("LINDEX l -9223372036854775808") == kNull);
    CHECK(f.runLine("LLEN l") == integer(kSize));
  }
}

TEST_CASE("reading a list says what is wrong in Redis's order") {
  ServerFixture f;
  f.runLine("SET s x");
  f.runLine("RPUSH l a");
  CHECK(f.runLine("LLEN s") == errorReply(errors::kWrongType));
  CHECK(f.runLine("LLEN none") == integer(0));
  CHECK(f.runLine("LINDEX none x") == kNull);
  CHECK(f.runLine("LINDEX s x") == errorReply(errors::kWrongType));
  CHECK(f.runLine("LINDEX l x") == errorReply(errors::kNotInteger));
  CHECK(f.runLine("LRANGE s 0 x") == errorReply(errors::kNotInteger));
  CHECK(f.runLine("LRANGE none x 0") == errorReply(errors::kNotInteger));
  CHECK(f.runLine("LRANGE s 0 1") == errorReply(errors::kWrongType));
}

TEST_CASE("reading a list counts hits and misses") {
  ServerFixture f;
  f.runLine("RPUSH l a");
  const uint64_t hits = f.parts().runtime.stats.keyspace_hits;
  const uint64_t misses = f.parts().runtime.stats.keyspace_misses;
  for (const char* line : {"LLEN l", "LINDEX l 0", "LRANGE l 0 0", "LPOS l a"}) f.runLine(line);
  for (const char* line : {"LLEN n", "LINDEX n 0", "LRANGE n 0 0", "LPOS n a"}) f.runLine(line);
  CHECK(f.parts().runtime.stats.keyspace_hits - hits == 4);
  CHECK(f.parts().runtime.stats.keyspace_misses - misses == 4);
}
