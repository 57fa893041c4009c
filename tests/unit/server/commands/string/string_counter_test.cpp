#include <catch2/catch.hpp>

#include "server/command_table/errors.h"
#include "tests/unit/server/server_fixture.h"

using namespace inkstone;
using namespace inkstone::test;

TEST_CASE("counters count from zero, across sizes and signs") {
  ServerFixture f;
  CHECK(f.runLine("INCR k") == integer(1));
  CHECK(f.runLine("INCRBY k 8388607") == integer(8388608));
  CHECK(f.runLine("INCRBY k 9223372036846387199") == integer(9223372036854775807));
  CHECK(f.runLine("INCR k") == errorReply(errors::kOverflow));
  CHECK(f.runLine("GET k") == bulk("9223372036854775807"));
  CHECK(f.runLine("DECRBY n 5") == integer(-5));
  CHECK(f.runLine("DECRBY n 9223372036854775803") == integer(-9223372036854775807 - 1));
  CHECK(f.runLine("DECR n") == errorReply(errors::kOverflow));
  CHECK(f.runLine("DECRBY n -9223372036854775808") == errorReply(errors::kDecrementOverflow));
}

TEST_CASE("counters keep the time of expiry and take strings that are integers") {
  ServerFixture f;
  f.runLine("SET k 9 EX 1000");
  CHECK(f.runLine("INCR k") == integer(10));
  CHECK(f.runLine("TTL k") == integer(1000));
  f.runLine("APPEND k 0");
  CHECK(f.runLine("OBJECT ENCODING k") == bulk("raw"));
  CHECK(f.runLine("INCR k") == integer(101));
  CHECK(f.runLine("OBJECT ENCODING k") == bulk("int"));
  CHECK(f.runLine("TTL k") == integer(1000));
}

TEST_CASE("what is no integer is not counted") {
  ServerFixture f;
  for (const char* text : {"", " 1", "1 ", "+1", "01", "1.0", "9223372036854775808", "abc"}) {
    INFO(text);
    f.run({"SET", "k", text});
    CHECK(f.runLine("INCR k") == errorReply(errors::kNotInteger));
    CHECK(f.run({"INCRBY", "none", text}) == errorReply(errors::kNotInteger));
  }
  CHECK(f.runLine("EXISTS none") == integer(0));
}

TEST_CASE("INCRBYFLOAT leaves text and logs its result") {
  ServerFixture f;
  f.startLog();
  CHECK(f.runLine("INCRBYFLOAT k 10.5") == bulk("10.5"));
  CHECK(f.runLine("INCRBYFLOAT k 0.1") == bulk("10.6"));
  f.runLine("EXPIREAT k 33333333333");
  CHECK(f.runLine("INCRBYFLOAT k -0.6") == bulk("10"));
  CHECK(f.runLine("OBJECT ENCODING k") == bulk("embstr"));
  CHECK(f.runLine("EXPIRETIME k") == integer(33333333333));
  CHECK(f.logged() ==
        "SELECT 0\nSET k 10.5 KEEPTTL\nSET k 10.6 KEEPTTL\nPEXPIREAT k 33333333333000\n"
        "SET k 10 KEEPTTL\n");
  f.runLine("SET k abc");
  CHECK(f.runLine("INCRBYFLOAT k 1") == errorReply(errors::kNotFloat));
  CHECK(f.runLine("INCRBYFLOAT n x") == errorReply(errors::kNotFloat));
  CHECK(f.runLine("INCRBYFLOAT n inf") == errorReply(errors::kNotFinite));
}
