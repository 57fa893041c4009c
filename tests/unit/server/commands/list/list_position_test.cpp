#include <catch2/catch.hpp>

#include "server/command_table/errors.h"
#include "tests/unit/server/server_fixture.h"

using namespace inkstone;
using namespace inkstone::test;

namespace {

struct Row {
  const char* options;
  std::string reply;
};

}  // namespace

TEST_CASE("LPOS finds matches from either end") {
  const std::vector<Row> rows = {
      {"a", integer(0)},
      {"1", integer(9)},
      {"zz", kNull},
      {"a RANK 2", integer(3)},
      {"a RANK -1", integer(6)},
      {"a RANK 4", kNull},
      {"a RANK -9223372036854775807", kNull},
      {"a RANK 1 RANK 2", integer(3)},
      {"a COUNT 0", array({integer(0), integer(3), integer(6)})},
      {"a COUNT 2", array({integer(0), integer(3)})},
      {"a COUNT 2 RANK 2", array({integer(3), integer(6)})},
      {"a COUNT 0 RANK -1", array({integer(6), integer(3), integer(0)})},
      {"a count 1 rank -2", array({integer(3)})},
      {"a COUNT 0 RANK 4", array({})},
      {"zz COUNT 1", array({})},
      {"a COUNT 9223372036854775807", array({integer(0), integer(3), integer(6)})},
      {"a COUNT 0 MAXLEN 3", array({integer(0)})},
      {"a COUNT 0 MAXLEN 4", array({integer(0), integer(3)})},
      {"a COUNT 0 RANK -1 MAXLEN 9", array({integer(6)})},
      {"a MAXLEN 0", integer(0)},
      {"1 COUNT 0", array({integer(9), integer(12)})},
      {"01", kNull},
  };
  for (const char* limit : {"-2", "3"}) {
    ServerFixture f({"--list-max-listpack-size", limit});
    f.runLine("RPUSH p a b c a b c a b c 1 2 3 1");
    for (const Row& row : rows) {
      INFO(row.options);
      CHECK(f.runLine(std::string("LPOS p ") + row.options) == row.reply);
    }
    CHECK(f.runLine("LPOS none a") == kNull);
    CHECK(f.runLine("LPOS none a COUNT 1") == array({}));
  }
}

TEST_CASE("LPOS says what is wrong with its options before it looks at the key") {
  ServerFixture f;
  f.runLine("SET s x");
  CHECK(f.runLine("LPOS s a") == errorReply(errors::kWrongType));
  CHECK(f.runLine("LPOS s a RANK 0") == errorReply(errors::kRankZero));
  CHECK(f.runLine("LPOS s a RANK x") == errorReply(errors::kNotInteger));
  CHECK(f.runLine("LPOS s a RANK -9223372036854775808") == errorReply(errors::kNotSymmetricLong));
  for (const char* text : {"-1", "x", "9223372036854775808"}) {
    CHECK(f.run({"LPOS", "none", "a", "COUNT", text}) == errorReply(errors::kCountNegative));
    CHECK(f.run({"LPOS", "none", "a", "MAXLEN", text}) == errorReply(errors::kMaxlenNegative));
  }
  for (const char* line : {"LPOS s a RANK", "LPOS s a FOO 1", "LPOS s a COUNT 1 MAXLEN"}) {
    CHECK(f.runLine(line) == errorReply(errors::kSyntax));
  }
}
