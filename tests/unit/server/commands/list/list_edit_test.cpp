#include <catch2/catch.hpp>

#include "server/command_table/errors.h"
#include "server/data/data_set.h"
#include "tests/unit/server/server_fixture.h"

using namespace inkstone;
using namespace inkstone::test;

namespace {

std::string all(ServerFixture& f) {
  return f.runLine("LRANGE l 0 -1");
}

}  // namespace

TEST_CASE("LSET replaces one element") {
  for (const char* limit : {"-2", "2"}) {
    ServerFixture f({"--list-max-listpack-size", limit});
    f.runLine("RPUSH l a b c");
    CHECK(f.runLine("LSET l 0 first") == kOk);
    CHECK(f.runLine("LSET l -1 3") == kOk);
    CHECK(f.run({"LSET", "l", "1", ""}) == kOk);
    CHECK(all(f) == array({bulk("first"), bulk(""), bulk("3")}));
    CHECK(f.runLine("LSET l 3 x") == errorReply(errors::kIndexOutOfRange));
    CHECK(f.runLine("LSET l -4 x") == errorReply(errors::kIndexOutOfRange));
    CHECK(f.runLine("LSET l x x") == errorReply(errors::kNotInteger));
    f.runLine("SET s x");
    CHECK(f.runLine("LSET s x x") == errorReply(errors::kWrongType));
    CHECK(f.runLine("LSET none x x") == errorReply(errors::kNoSuchKey));
  }
}

TEST_CASE("LINSERT puts an element beside the first that equals the pivot") {
  for (const char* limit : {"-2", "2"}) {
    ServerFixture f({"--list-max-listpack-size", limit});
    f.runLine("RPUSH l a 10 b a");
    CHECK(f.runLine("LINSERT l BEFORE a x") == integer(5));
    CHECK(f.runLine("LINSERT l after 10 y") == integer(6));
    CHECK(f.runLine("LINSERT l AFTER none z") == integer(-1));
    CHECK(f.runLine("LRANGE l 0 -1") ==
          array({bulk("x"), bulk("a"), bulk("10"), bulk("y"), bulk("b"), bulk("a")}));
    f.runLine("RPUSH end only");
    CHECK(f.runLine("LINSERT end AFTER only last") == integer(2));
    CHECK(f.runLine("LRANGE end 0 -1") == array({bulk("only"), bulk("last")}));
    f.runLine("SET s x");
    CHECK(f.runLine("LINSERT s BESIDE a x") == errorReply(errors::kSyntax));
    CHECK(f.runLine("LINSERT s BEFORE a x") == errorReply(errors::kWrongType));
    CHECK(f.runLine("LINSERT none BEFORE a x") == integer(0));
  }
}

TEST_CASE("LREM removes so many from the head or, below zero, from the tail") {
  for (const char* limit : {"-2", "2"}) {
    ServerFixture f({"--list-max-listpack-size", limit});
    f.runLine("RPUSH l a 1 a 1 a 1");
    CHECK(f.runLine("LREM l 1 a") == integer(1));
    CHECK(all(f) == array({bulk("1"), bulk("a"), bulk("1"), bulk("a"), bulk("1")}));
    CHECK(f.runLine("LREM l -2 1") == integer(2));
    CHECK(all(f) == array({bulk("1"), bulk("a"), bulk("a")}));
    CHECK(f.runLine("LREM l 0 none") == integer(0));
    CHECK(f.runLine("LREM l -9223372036854775808 a") == integer(2));
    CHECK(f.runLine("LREM l 9223372036854775807 1") == integer(1));
    CHECK(f.runLine("EXISTS l") == integer(0));
    f.runLine("SET s x");
    CHECK(f.runLine("LREM s x a") == errorReply(errors::kNotInteger));
    CHECK(f.runLine("LREM s 0 a") == errorReply(errors::kWrongType));
    CHECK(f.runLine("LREM none 0 a") == integer(0));
  }
}

TEST_CASE("LTRIM keeps a range, and no key when that is empty") {
  for (const char* limit : {"-2", "2"}) {
    ServerFixture f({"--list-max-listpack-size", limit});
    f.runLine("RPUSH l 0 1 2 3 4 5 6 7");
    CHECK(f.runLine("LTRIM l -100 100") == kOk);
    CHECK(f.runLine("LTRIM l 1 -2") == kOk);
    CHECK(all(f) == array({bulk("1"), bulk("2"), bulk("3"), bulk("4"), bulk("5"), bulk("6")}));
    CHECK(f.runLine("LTRIM l 0 2") == kOk);
    CHECK(all(f) == array({bulk("1"), bulk("2"), bulk("3")}));
    CHECK(f.runLine("LTRIM l 2 1") == kOk);
    CHECK(f.runLine("EXISTS l") == integer(0));
    CHECK(f.runLine("LTRIM l 0 0") == kOk);
    f.runLine("SET s x");
    CHECK(f.runLine("LTRIM s 0 x") == errorReply(errors::kNotInteger));
    CHECK(f.runLine("LTRIM s 0 1") == errorReply(errors::kWrongType));
  }
}

TEST_CASE("edits log as they came and count what they changed") {
  ServerFixture f;
  f.runLine("RPUSH l a b c a b c");
  f.startLog();
  const auto changes = [&f](std::string_view line) {
    const uint64_t before = f.parts().data.dirty;
    f.runLine(line);
    return f.parts().data.dirty - before;
  };
  CHECK(changes("LSET l 0 a") == 1);
  CHECK(changes("LSET l 9 a") == 0);
  CHECK(changes("LINSERT l BEFORE a x") == 1);
  CHECK(changes("LINSERT l BEFORE none x") == 0);
  CHECK(changes("LREM l 0 c") == 2);
  CHECK(changes("LREM l 0 c") == 0);
  CHECK(changes("LTRIM l 0 -1") == 0);
  CHECK(changes("LTRIM l 1 -2") == 2);
  CHECK(changes("LTRIM l 1 0") == 3);
  CHECK(f.logged() ==
        "SELECT 0\nLSET l 0 a\nLINSERT l BEFORE a x\nLREM l 0 c\nLTRIM l 1 -2\nLTRIM l 1 0\n");
}
