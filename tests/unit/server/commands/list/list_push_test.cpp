#include <catch2/catch.hpp>

#include "server/command_table/errors.h"
#include "server/data/data_set.h"
#include "tests/unit/server/server_fixture.h"

using namespace inkstone;
using namespace inkstone::test;

TEST_CASE("pushes add in the order of the arguments and reply the length") {
  ServerFixture f;
  CHECK(f.runLine("RPUSH l a b") == integer(2));
  CHECK(f.runLine("LPUSH l c d") == integer(4));
  CHECK(f.runLine("LRANGE l 0 -1") == array({bulk("d"), bulk("c"), bulk("a"), bulk("b")}));
  CHECK(f.runLine("TYPE l") == "+list\r\n");
}

TEST_CASE("what is pushed comes back as the same bytes, integers and empty text too") {
  ServerFixture f;
  const std::string long_text(100'000, 'x');
  const std::vector<std::string> texts = {"",
                                          "0",
                                          "-1",
                                          "007",
                                          "127",
                                          "128",
                                          "4095",
                                          "-128",
                                          "1.5",
                                          " 1 ",
                                          "-0",
                                          "+1",
                                          "2147483648",
                                          "-9223372036854775808",
                                          "9223372036854775807",
                                          "9223372036854775808",
                                          std::string("\0\r\n", 3),
                                          long_text};
  for (const std::string& text : texts) {
    f.run({"RPUSH", "tail", text});
    f.run({"LPUSH", "head", text});
  }
  for (size_t i = 0; i < texts.size(); ++i) {
    const std::string at = std::to_string(i);
    const std::string from_end = std::to_string(-static_cast<int>(i) - 1);
    INFO(texts[i].substr(0, 30));
    CHECK(f.run({"LINDEX", "tail", at}) == bulk(texts[i]));
    CHECK(f.run({"LINDEX", "head", from_end}) == bulk(texts[i]));
  }
}

TEST_CASE("LPUSHX and RPUSHX create no list") {
  ServerFixture f;
  CHECK(f.runLine("LPUSHX l a") == integer(0));
  CHECK(f.runLine("RPUSHX l a") == integer(0));
  CHECK(f.runLine("EXISTS l") == integer(0));
  f.runLine("RPUSH l b");
  CHECK(f.runLine("LPUSHX l a") == integer(2));
  CHECK(f.runLine("RPUSHX l c d") == integer(4));
  CHECK(f.runLine("LRANGE l 0 -1") == array({bulk("a"), bulk("b"), bulk("c"), bulk("d")}));
}

TEST_CASE("pushes refuse what is no list") {
  ServerFixture f;
  f.runLine("SET s x");
  for (const char* name : {"LPUSH", "RPUSH", "LPUSHX", "RPUSHX"}) {
    CHECK(f.run({name, "s", "a"}) == errorReply(errors::kWrongType));
  }
  CHECK(f.runLine("GET s") == bulk("x"));
}

TEST_CASE("pushes keep the time of expiry, count each element as a change and log as they came") {
  ServerFixture f;
  f.startLog();
  f.runLine("RPUSH l a b c");
  f.runLine("PEXPIREAT l 33333333333000");
  const uint64_t before = f.parts().data.dirty;
  f.runLine("LPUSH l 1 2");
  f.runLine("LPUSHX none 1 2");
  CHECK(f.parts().data.dirty - before == 2);
  CHECK(f.runLine("PEXPIRETIME l") == integer(33333333333000));
  CHECK(f.logged() == "SELECT 0\nRPUSH l a b c\nPEXPIREAT l 33333333333000\nLPUSH l 1 2\n");
}

TEST_CASE("a list becomes a quicklist when a push takes it beyond list-max-listpack-size") {
  ServerFixture f({"--list-max-listpack-size", "4"});
  f.runLine("RPUSH l 1 2 3 4");
  CHECK(f.runLine("OBJECT ENCODING l") == bulk("listpack"));
  f.runLine("RPUSH l 5");
  CHECK(f.runLine("OBJECT ENCODING l") == bulk("quicklist"));
  f.runLine("LPUSH at-once 1 2 3 4 5");
  CHECK(f.runLine("OBJECT ENCODING at-once") == bulk("quicklist"));
  CHECK(f.runLine("LRANGE at-once 0 -1") ==
        array({bulk("5"), bulk("4"), bulk("3"), bulk("2"), bulk("1")}));
}
