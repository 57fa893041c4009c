#include <catch2/catch.hpp>

#include "server/command_table/errors.h"
#include "server/data/data_set.h"
#include "tests/unit/server/server_fixture.h"

using namespace inkstone;
using namespace inkstone::test;

TEST_CASE("times are told left and absolute, in both units") {
  ServerFixture f;
  f.runLine("SET k v");
  for (const char* command : {"TTL", "PTTL", "EXPIRETIME", "PEXPIRETIME"}) {
    INFO(command);
    CHECK(f.runLine(std::string(command) + " k") == integer(-1));
    CHECK(f.runLine(std::string(command) + " none") == integer(-2));
  }
  CHECK(f.runLine("PEXPIREAT k 33333333333500") == integer(1));
  CHECK(f.runLine("PEXPIRETIME k") == integer(33333333333500));
  CHECK(f.runLine("EXPIRETIME k") == integer(33333333334));
  CHECK(f.runLine("EXPIRE k 1000") == integer(1));
  CHECK(f.runLine("TTL k") == integer(1000));
  CHECK(f.runLine("PERSIST k") == integer(1));
  CHECK(f.runLine("PERSIST k") == integer(0));
  CHECK(f.runLine("TTL k") == integer(-1));
}

TEST_CASE("a key is there until its time and gone after it") {
  ServerFixture f;
  f.runLine("SET k v PX 30");
  CHECK(f.runLine("GET k") == bulk("v"));
  f.sleepMs(32);
  CHECK(f.runLine("GET k") == kNull);
}

TEST_CASE("the last moment there is can be a time of expiry") {
  ServerFixture f;
  f.runLine("SET k v");
  CHECK(f.runLine("PEXPIREAT k 9223372036854775807") == integer(1));
  CHECK(f.runLine("PEXPIRETIME k") == integer(9223372036854775807));
  CHECK(f.runLine("EXPIRETIME k") == integer(9223372036854776));
  f.runLine("INCRBYFLOAT n 1");
  CHECK(f.runLine("SET k w KEEPTTL") == kOk);
  CHECK(f.runLine("PEXPIRETIME k") == integer(9223372036854775807));
}

TEST_CASE("times that milliseconds cannot say are refused before the key is looked up") {
  ServerFixture f;
  const std::string expire = errorReply("ERR invalid expire time in 'expire' command");
  CHECK(f.runLine("EXPIRE none 9223372036854775807") == expire);
  CHECK(f.runLine("EXPIRE none -9223372036854775808") == expire);
  CHECK(f.runLine("PEXPIRE none 9223372036854775807") ==
        errorReply("ERR invalid expire time in 'pexpire' command"));
  CHECK(f.runLine("EXPIREAT none 9223372036854776") ==
        errorReply("ERR invalid expire time in 'expireat' command"));
  CHECK(f.runLine("PEXPIRE none -9223372036854775808") == integer(0));
  CHECK(f.runLine("EXPIRE none x") == errorReply(errors::kNotInteger));
}

TEST_CASE("conditions of EXPIRE compare with the time there is, none counting as forever") {
  ServerFixture f;
  const auto expire = [&f](const std::string& tail) { return f.runLine("EXPIREAT k " + tail); };
  f.runLine("SET k v");
  CHECK(expire("33333333333 XX") == integer(0));
  CHECK(expire("33333333333 GT") == integer(0));
  CHECK(expire("33333333333 LT") == integer(1));
  CHECK(expire("33333333333 NX") == integer(0));
  CHECK(expire("33333333333 gt") == integer(0));
  CHECK(expire("33333333333 lt") == integer(0));
  CHECK(expire("33333333334 XX GT") == integer(1));
  CHECK(expire("33333333332 XX LT") == integer(1));
  f.runLine("PERSIST k");
  CHECK(expire("33333333332 XX LT") == integer(0));
  CHECK(expire("33333333332 NX") == integer(1));
}

TEST_CASE("conditions of EXPIRE are judged before its time") {
  ServerFixture f;
  CHECK(f.runLine("EXPIRE k x FOO") == errorReply("ERR Unsupported option FOO"));
  CHECK(f.runLine("EXPIRE k x NX XX") == errorReply(errors::kExpireNxConflict));
  CHECK(f.runLine("EXPIRE k x LT NX") == errorReply(errors::kExpireNxConflict));
  CHECK(f.runLine("EXPIRE k x GT LT") == errorReply(errors::kExpireGtLtConflict));
  CHECK(f.runLine("EXPIRE k x GT LT NX") == errorReply(errors::kExpireNxConflict));
}

TEST_CASE("a time in the past deletes, and is logged as that") {
  ServerFixture f;
  f.startLog();
  f.runLine("MSET a 1 b 2");
  CHECK(f.runLine("EXPIRE a -1") == integer(1));
  CHECK(f.runLine("DBSIZE") == integer(1));
  f.configure("lazyfree-lazy-expire", "yes");
  CHECK(f.runLine("PEXPIREAT b 0") == integer(1));
  CHECK(f.runLine("DBSIZE") == integer(0));
  CHECK(f.logged() == "SELECT 0\nMSET a 1 b 2\nDEL a\nUNLINK b\n");
}

TEST_CASE("times are logged as the moment they mean, with their conditions") {
  ServerFixture f;
  f.startLog();
  for (const char* line : {"SET k v", "EXPIREAT k 33333333333", "expireat k 33333333334 gt",
                           "PExpireAt k 33333333335000", "EXPIREAT k 1 GT",
                           "EXPIREAT none 33333333333", "PERSIST k", "PERSIST k"}) {
    f.runLine(line);
  }
  CHECK(f.logged() ==
        "SELECT 0\nSET k v\nPEXPIREAT k 33333333333000\nPEXPIREAT k 33333333334000 gt\n"
        "PExpireAt k 33333333335000\nPERSIST k\n");
}

TEST_CASE("relative times are logged as the moment they mean") {
  ServerFixture f;
  f.startLog();
  f.runLine("SET k v PX 5000");
  const std::string moment = f.runLine("PEXPIRETIME k");
  const std::string digits = moment.substr(1, moment.size() - 3);
  CHECK(f.logged() == "SELECT 0\nSET k v PXAT " + digits + "\n");
}

TEST_CASE("replaying the log keeps keys whose time has passed until it is over") {
  ServerFixture f;
  f.replay({"SET", "k", "v"});
  f.replay({"PEXPIREAT", "k", "1"});
  f.replay({"APPEND", "k", "w"});
  f.replay({"SET", "n", "1", "PXAT", "1"});
  f.replay({"INCR", "n"});
  CHECK(f.parts().data.keyspace[0].size() == 2);
  f.replay({"PERSIST", "k"});
  CHECK(f.runLine("GET k") == bulk("vw"));
  CHECK(f.runLine("GET n") == kNull);
  CHECK(f.parts().data.keyspace[0].size() == 1);
}
