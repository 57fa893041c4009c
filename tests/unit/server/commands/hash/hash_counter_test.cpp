#include <catch2/catch.hpp>

#include "server/command_table/errors.h"
#include "server/data/data_set.h"
#include "tests/unit/server/server_fixture.h"

using namespace inkstone;
using namespace inkstone::test;

TEST_CASE("HINCRBY counts from zero, up to the ends of the range") {
  for (const char* entries : {"512", "0"}) {
    ServerFixture f({"--hash-max-listpack-entries", entries});
    CHECK(f.runLine("HINCRBY h a 5") == integer(5));
    CHECK(f.runLine("HINCRBY h a -7") == integer(-2));
    f.runLine("HSET h max 9223372036854775807 min -9223372036854775808");
    CHECK(f.runLine("HINCRBY h max 0") == integer(9223372036854775807));
    CHECK(f.runLine("HINCRBY h max 1") == errorReply(errors::kOverflow));
    CHECK(f.runLine("HINCRBY h min -1") == errorReply(errors::kOverflow));
    CHECK(f.runLine("HINCRBY h min 9223372036854775807") == integer(-1));
    CHECK(f.runLine("HGET h max") == bulk("9223372036854775807"));
  }
}

TEST_CASE("HINCRBY says what is wrong: increment, type, value") {
  ServerFixture f;
  f.runLine("SET s x");
  CHECK(f.runLine("HINCRBY s a x") == errorReply(errors::kNotInteger));
  CHECK(f.runLine("HINCRBY s a 1.0") == errorReply(errors::kNotInteger));
  CHECK(f.runLine("HINCRBY s a 1") == errorReply(errors::kWrongType));
  for (const char* text : {"", " 1", "1 ", "01", "+1", "1.5", "abc", "9223372036854775808"}) {
    INFO(text);
    f.run({"HSET", "h", "a", text});
    CHECK(f.runLine("HINCRBY h a 1") == errorReply(errors::kHashValueNotInteger));
    CHECK(f.runLine("HGET h a") == bulk(text));
  }
  CHECK(f.runLine("HINCRBY none a 9223372036854775808") == errorReply(errors::kNotInteger));
  CHECK(f.runLine("EXISTS none") == integer(0));
}

TEST_CASE("HINCRBYFLOAT adds in fixed notation") {
  ServerFixture f;
  CHECK(f.runLine("HINCRBYFLOAT h a 10.5") == bulk("10.5"));
  CHECK(f.runLine("HINCRBYFLOAT h a 0.1") == bulk("10.6"));
  CHECK(f.runLine("HINCRBYFLOAT h a -0.6") == bulk("10"));
  CHECK(f.runLine("HINCRBY h a 1") == integer(11));
  CHECK(f.runLine("HINCRBYFLOAT h a 5.0e3") == bulk("5011"));
  CHECK(f.runLine("HINCRBYFLOAT h a 1e19") == bulk("10000000000000005011"));
}

TEST_CASE("HINCRBYFLOAT says what is wrong: increment, type, value, result") {
  ServerFixture f;
  f.runLine("SET s x");
  for (const char* text : {"x", "", "nan", " 1", "1 ", "1e5000"}) {
    CHECK(f.run({"HINCRBYFLOAT", "s", "a", text}) == errorReply(errors::kNotFloat));
  }
  for (const char* text : {"inf", "-inf", "+infinity"}) {
    CHECK(f.run({"HINCRBYFLOAT", "s", "a", text}) == errorReply(errors::kNanOrInfinity));
  }
  CHECK(f.runLine("HINCRBYFLOAT s a 1") == errorReply(errors::kWrongType));
  for (const char* text : {"abc", "", "nan", " 1", "1 "}) {
    f.run({"HSET", "h", "a", text});
    CHECK(f.runLine("HINCRBYFLOAT h a 1") == errorReply(errors::kHashValueNotFloat));
  }
  f.runLine("HSET h a inf");
  CHECK(f.runLine("HINCRBYFLOAT h a 1") == errorReply(errors::kNotFinite));
}

TEST_CASE("HINCRBY logs as it came, HINCRBYFLOAT its result, each one change") {
  ServerFixture f;
  f.startLog();
  const uint64_t before = f.parts().data.dirty;
  f.runLine("HINCRBY h a 3");
  f.runLine("HINCRBY h a 0");
  f.runLine("HINCRBYFLOAT h a 0.25");
  f.runLine("HINCRBYFLOAT h a x");
  CHECK(f.parts().data.dirty - before == 3);
  CHECK(f.logged() == "SELECT 0\nHINCRBY h a 3\nHINCRBY h a 0\nHSET h a 3.25\n");
}

TEST_CASE("a number longer than the limit of values makes a hash a table") {
  ServerFixture f({"--hash-max-listpack-value", "4"});
  f.runLine("HINCRBY h a 9999");
  CHECK(f.runLine("OBJECT ENCODING h") == bulk("listpack"));
  f.runLine("HINCRBY h a 1");
  CHECK(f.runLine("OBJECT ENCODING h") == bulk("hashtable"));
  CHECK(f.runLine("HGET h a") == bulk("10000"));
}
