#include <catch2/catch.hpp>

#include "server/command_table/errors.h"
#include "server/process/runtime.h"
#include "tests/unit/server/server_fixture.h"

using namespace inkstone;
using namespace inkstone::test;

TEST_CASE("SET replaces a value of any length and its time of expiry") {
  ServerFixture f;
  const std::string value = GENERATE(std::string(), std::string("v"), std::string("12345"),
                                     std::string(400, 'x'), std::string(100'000, 'y'));
  REQUIRE(f.run({"SET", "k", "before", "EX", "100"}) == kOk);
  REQUIRE(f.run({"SET", "k", value}) == kOk);
  CHECK(f.run({"GET", "k"}) == bulk(value));
  CHECK(f.run({"TTL", "k"}) == integer(-1));
  CHECK(f.run({"STRLEN", "k"}) == integer(static_cast<int64_t>(value.size())));
}

TEST_CASE("SET NX and XX look at whether the key exists") {
  ServerFixture f;
  CHECK(f.runLine("SET k 1 XX") == kNull);
  CHECK(f.runLine("EXISTS k") == integer(0));
  CHECK(f.runLine("SET k 1 NX") == kOk);
  CHECK(f.runLine("SET k 2 nx") == kNull);
  CHECK(f.runLine("SET k 3 xx") == kOk);
  CHECK(f.runLine("GET k") == bulk("3"));
}

TEST_CASE("SET GET replies what was there, also when NX or XX keeps it from setting") {
  ServerFixture f;
  CHECK(f.runLine("SET k 1 GET XX") == kNull);
  CHECK(f.runLine("SET k 1 NX GET") == kNull);
  CHECK(f.runLine("SET k 2 NX GET") == bulk("1"));
  CHECK(f.runLine("SET k 3 GET") == bulk("1"));
  CHECK(f.runLine("GET k") == bulk("3"));
}

TEST_CASE("SET refuses options that contradict each other and takes a time again in its form") {
  ServerFixture f;
  const std::string syntax = errorReply(errors::kSyntax);
  for (const char* options : {"NX XX", "XX NX", "EX 1 PX 1", "EX 1 KEEPTTL", "KEEPTTL EX 1",
                              "EXAT 1 PXAT 1", "PERSIST", "EX", "FOO", "EX abc FOO"}) {
    INFO(options);
    CHECK(f.runLine(std::string("SET k v ") + options) == syntax);
  }
  CHECK(f.runLine("SET k v EX 10 EX 5000") == kOk);
  CHECK(f.runLine("TTL k") == integer(5000));
  CHECK(f.runLine("SET k w KEEPTTL KEEPTTL") == kOk);
  CHECK(f.runLine("TTL k") == integer(5000));
}

TEST_CASE("times of SET must be positive and fit milliseconds") {
  ServerFixture f;
  for (const char* time : {"EX 0", "PX -1", "EX 9223372036854775807", "PX 9223372036854775807",
                           "EXAT 9223372036854776"}) {
    INFO(time);
    CHECK(f.runLine(std::string("SET k v ") + time) ==
          errorReply("ERR invalid expire time in 'set' command"));
  }
  CHECK(f.runLine("SET k v EX 1.5") == errorReply(errors::kNotInteger));
  CHECK(f.runLine("SETEX k 0 v") == errorReply("ERR invalid expire time in 'setex' command"));
  CHECK(f.runLine("PSETEX k x v") == errorReply(errors::kNotInteger));
  CHECK(f.runLine("EXISTS k") == integer(0));
  CHECK(f.runLine("SET k v EXAT 9223372036854775") == kOk);
  CHECK(f.runLine("EXPIRETIME k") == integer(9223372036854775));
}

TEST_CASE("SET with a time in the past leaves a key that has expired") {
  ServerFixture f;
  CHECK(f.runLine("SET k v PXAT 1") == kOk);
  CHECK(f.runLine("DBSIZE") == integer(1));
  CHECK(f.runLine("GET k") == kNull);
  CHECK(f.runLine("DBSIZE") == integer(0));
}

TEST_CASE("MSETNX sets all or nothing") {
  ServerFixture f;
  CHECK(f.runLine("MSETNX a 1 b 2 a 3") == integer(1));
  CHECK(f.runLine("MSETNX c 1 b 2") == integer(0));
  CHECK(f.runLine("MGET a b c") == array({bulk("3"), bulk("2"), kNull}));
  CHECK(f.runLine("MSET a 1 b") == errorReply("ERR wrong number of arguments for 'mset' command"));
  CHECK(f.runLine("MSETNX a 1 b") ==
        errorReply("ERR wrong number of arguments for 'msetnx' command"));
}

TEST_CASE("MGET answers more keys than it prefetches at once, in their order") {
  ServerFixture f;
  ServerFixture::Args args = {"MGET"};
  std::vector<std::string> names;
  for (int i = 0; i < 50; ++i) names.push_back("key:" + std::to_string(i));
  std::string expected = "*50\r\n";
  for (size_t i = 0; i < names.size(); ++i) {
    args.push_back(names[i]);
    if (i % 3 != 0) f.run({"SET", names[i], names[i]});
    expected += i % 3 != 0 ? bulk(names[i]) : kNull;
  }
  CHECK(f.run(args) == expected);
  CHECK(f.parts().runtime.stats.keyspace_misses == 17);
}

TEST_CASE("writes of strings are logged with the moment a key expires") {
  ServerFixture f;
  f.startLog();
  for (const char* line : {"SET k v EXAT 33333333333 XX", "SET k v EXAT 33333333333 GET",
                           "set k v PXAT 33333333333001", "SET k w NX", "SET k w xx get KeepTTL",
                           "GETSET k x", "SETNX k y", "MSET a 1 b 2", "MSETNX a 1 c 2", "GETDEL a",
                           "GETDEL a", "APPEND b 3", "GET b"}) {
    f.runLine(line);
  }
  CHECK(f.logged() ==
        "SELECT 0\nSET k v PXAT 33333333333000\nSET k v PXAT 33333333333001\n"
        "SET k w xx KeepTTL\nSET k x\nMSET a 1 b 2\nDEL a\nAPPEND b 3\n");
}
