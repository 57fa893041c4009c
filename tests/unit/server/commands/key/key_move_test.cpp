#include <catch2/catch.hpp>

#include "server/command_table/errors.h"
#include "tests/unit/server/server_fixture.h"

using namespace inkstone;
using namespace inkstone::test;

TEST_CASE("RENAME carries value and time of expiry, and replaces both of what was there") {
  ServerFixture f;
  const std::string value =
      GENERATE(std::string("v"), std::string("12345678901"), std::string(100'000, 'x'));
  f.run({"SET", "a", value, "EXAT", "33333333333"});
  f.runLine("SET b other EXAT 22222222222");
  CHECK(f.runLine("RENAME a b") == kOk);
  CHECK(f.runLine("GET b") == bulk(value));
  CHECK(f.runLine("EXPIRETIME b") == integer(33333333333));
  CHECK(f.runLine("EXISTS a") == integer(0));
  f.runLine("SET c plain");
  CHECK(f.runLine("RENAME c b") == kOk);
  CHECK(f.runLine("TTL b") == integer(-1));
  CHECK(f.runLine("DBSIZE") == integer(1));
}

TEST_CASE("RENAME to the same name does nothing, RENAMENX to a name in use neither") {
  ServerFixture f;
  f.startLog();
  f.runLine("MSET a 1 b 2");
  CHECK(f.runLine("RENAME a a") == kOk);
  CHECK(f.runLine("RENAMENX a a") == integer(0));
  CHECK(f.runLine("RENAMENX a b") == integer(0));
  CHECK(f.runLine("RENAME none none") == errorReply(errors::kNoSuchKey));
  CHECK(f.runLine("RENAMENX none a") == errorReply(errors::kNoSuchKey));
  CHECK(f.runLine("RENAMENX a c") == integer(1));
  CHECK(f.logged() == "SELECT 0\nMSET a 1 b 2\nRENAMENX a c\n");
}

TEST_CASE("RENAME onto a key that has expired deletes it first") {
  ServerFixture f;
  f.startLog();
  for (int i = 0; i < 200; ++i) f.run({"SET", "filler:" + std::to_string(i), "v", "PXAT", "1"});
  f.runLine("SET a 1");
  f.runLine("SET b 2 PXAT 1");
  f.logged();
  CHECK(f.runLine("RENAMENX a b") == integer(1));
  CHECK(f.runLine("GET b") == bulk("1"));
  CHECK(f.logged() == "DEL b\nRENAMENX a b\n");
}

TEST_CASE("MOVE takes a key to another database unless one is there") {
  ServerFixture f({"--databases", "4"});
  f.runLine("SET a 1 EXAT 33333333333");
  CHECK(f.runLine("MOVE a 3") == integer(1));
  CHECK(f.runLine("EXISTS a") == integer(0));
  CHECK(f.client().db == 0);
  f.runLine("SET a 2");
  CHECK(f.runLine("MOVE a 3") == integer(0));
  CHECK(f.runLine("MOVE none 3") == integer(0));
  f.client().db = 3;
  CHECK(f.runLine("GET a") == bulk("1"));
  CHECK(f.runLine("EXPIRETIME a") == integer(33333333333));
}

TEST_CASE("MOVE and COPY judge the database before the key") {
  ServerFixture f({"--databases", "4"});
  CHECK(f.runLine("MOVE none 0") == errorReply(errors::kSameObject));
  CHECK(f.runLine("MOVE none 4") == errorReply(errors::kDbIndexOutOfRange));
  CHECK(f.runLine("MOVE none -1") == errorReply(errors::kDbIndexOutOfRange));
  CHECK(f.runLine("MOVE none 2147483648") == errorReply(errors::kNotInt));
  CHECK(f.runLine("MOVE none x") == errorReply(errors::kNotInteger));
  CHECK(f.runLine("COPY none none") == errorReply(errors::kSameObject));
  CHECK(f.runLine("COPY none x DB 4") == errorReply(errors::kDbIndexOutOfRange));
  CHECK(f.runLine("COPY none x DB") == errorReply(errors::kSyntax));
  CHECK(f.runLine("COPY none x FOO") == errorReply(errors::kSyntax));
  CHECK(f.runLine("COPY none x") == integer(0));
}

TEST_CASE("COPY leaves the source alone and replaces only when told to") {
  ServerFixture f;
  const std::string value = GENERATE(std::string("7"), std::string("text"), std::string(5000, 'x'));
  f.run({"SET", "a", value, "EXAT", "33333333333"});
  CHECK(f.runLine("COPY a b") == integer(1));
  CHECK(f.runLine("APPEND a changed") == integer(static_cast<int64_t>(value.size()) + 7));
  CHECK(f.runLine("GET b") == bulk(value));
  CHECK(f.runLine("EXPIRETIME b") == integer(33333333333));
  CHECK(f.runLine("COPY a b") == integer(0));
  CHECK(f.runLine("COPY a b replace DB 0") == integer(1));
  CHECK(f.runLine("GET b") == bulk(value + "changed"));
  CHECK(f.runLine("COPY a a DB 2") == integer(1));
  CHECK(f.client().db == 0);
  f.client().db = 2;
  CHECK(f.runLine("GET a") == bulk(value + "changed"));
}
