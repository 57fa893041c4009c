#include <catch2/catch.hpp>

#include "server/command_table/errors.h"
#include "tests/unit/server/commands/sorted_set/zset_replies.h"

using namespace inkstone;
using namespace inkstone::test;

TEST_CASE("ZPOPMIN and ZPOPMAX take members from their end") {
  ServerFixture f(GENERATE(std::vector<std::string>(), kTreesOnly));
  f.runLine("ZADD z 1 a 2 b 3 c 4 d 5 e 6 f");
  CHECK(f.runLine("ZPOPMIN z") == bulks("a 1"));
  CHECK(f.runLine("ZPOPMAX z") == bulks("f 6"));
  CHECK(f.runLine("ZPOPMIN z 0") == bulks(""));
  CHECK(f.runLine("ZPOPMAX z 2") == bulks("e 5 d 4"));
  CHECK(f.runLine("ZPOPMIN z 9223372036854775807") == bulks("b 2 c 3"));
  CHECK(f.runLine("EXISTS z") == integer(0));
  CHECK(f.runLine("ZPOPMIN z") == bulks(""));
  CHECK(f.runLine("ZPOPMAX z 5") == bulks(""));
}

TEST_CASE("in RESP3 a count gives pairs") {
  ServerFixture f;
  f.runLine("ZADD z 1 a 2 b 3 c 4.5 d");
  f.runLine("HELLO 3");
  CHECK(f.runLine("ZPOPMIN z") == array({bulk("a"), number("1")}));
  CHECK(f.runLine("ZPOPMAX z 1") == pairs("d 4.5"));
  CHECK(f.runLine("ZPOPMIN z 7") == pairs("b 2 c 3"));
  CHECK(f.runLine("ZPOPMIN z") == bulks(""));
  CHECK(f.runLine("ZPOPMIN z 2") == bulks(""));
}

TEST_CASE("wrong counts are told before a key of another type") {
  ServerFixture f;
  f.runLine("SET text x");
  for (const char* line : {"ZPOPMIN text x", "ZPOPMAX text -1", "ZPOPMIN z 99999999999999999999"}) {
    INFO(line);
    CHECK(f.runLine(line) == errorReply(errors::kMustBePositive));
  }
  CHECK(f.runLine("ZPOPMIN z 1 2") == errorReply(errors::kSyntax));
  CHECK(f.runLine("ZPOPMIN text 0") == errorReply(errors::kWrongType));
  CHECK(f.runLine("ZPOPMAX text") == errorReply(errors::kWrongType));
}

TEST_CASE("pops are logged as they came, if they took anything") {
  ServerFixture f;
  f.runLine("ZADD z 1 a 2 b 3 c");
  f.startLog();
  f.runLine("ZPOPMIN z 0");
  f.runLine("ZPOPMIN none 3");
  CHECK(f.logged() == "");
  f.runLine("ZPOPMIN z");
  f.runLine("ZPOPMAX z 9");
  CHECK(f.logged() == "SELECT 0\nZPOPMIN z\nZPOPMAX z 9\n");
}

TEST_CASE("ZMPOP pops from the first sorted set that has members") {
  ServerFixture f(GENERATE(std::vector<std::string>(), kTreesOnly));
  f.runLine("ZADD z 1 a 2 b 3 c 4 d");
  CHECK(f.runLine("ZMPOP 2 none z MIN") == array({bulk("z"), bulkPairs("a 1")}));
  CHECK(f.runLine("ZMPOP 1 z max COUNT 2") == array({bulk("z"), bulkPairs("d 4 c 3")}));
  f.runLine("HELLO 3");
  CHECK(f.runLine("ZMPOP 2 z none MIN COUNT 9") == array({bulk("z"), pairs("b 2")}));
  CHECK(f.runLine("EXISTS z") == integer(0));
  CHECK(f.runLine("ZMPOP 1 z MIN") == kNullThree);
  f.runLine("HELLO 2");
  CHECK(f.runLine("ZMPOP 1 z MIN") == kNullArray);
}

TEST_CASE("ZMPOP is logged as a pop of the key it found") {
  ServerFixture f;
  f.runLine("ZADD z 1 a 2 b 3 c");
  f.startLog();
  f.runLine("ZMPOP 2 none z MIN");
  f.runLine("ZMPOP 1 z MAX COUNT 100");
  f.runLine("ZMPOP 1 z MAX COUNT 100");
  CHECK(f.logged() == "SELECT 0\nZPOPMIN z 1\nZPOPMAX z 2\n");
}

TEST_CASE("ZMPOP tells what is wrong with its arguments") {
  ServerFixture f;
  f.runLine("SET text x");
  f.runLine("ZADD z 1 a");
  for (const char* line : {"ZMPOP 0 z MIN", "ZMPOP x z MIN", "ZMPOP -1 z MIN"}) {
    INFO(line);
    CHECK(f.runLine(line) == errorReply(errors::kNumkeysNotPositive));
  }
  for (const char* line : {"ZMPOP 1 z MIN COUNT 0", "ZMPOP 1 z MIN COUNT x"}) {
    INFO(line);
    CHECK(f.runLine(line) == errorReply(errors::kCountNotPositive));
  }
  for (const char* line :
       {"ZMPOP 1 z MID", "ZMPOP 2 z MIN", "ZMPOP 3 z MIN", "ZMPOP 9223372036854775807 z MIN",
        "ZMPOP 1 z MIN COUNT", "ZMPOP 1 z MIN COUNT 1 COUNT 1", "ZMPOP 1 z MIN x 1",
        "ZMPOP 1 z MIN MAX"}) {
    INFO(line);
    CHECK(f.runLine(line) == errorReply(errors::kSyntax));
  }
  CHECK(f.runLine("ZMPOP 2 text z MIN") == errorReply(errors::kWrongType));
  CHECK(f.runLine("ZMPOP 2 none text MIN") == errorReply(errors::kWrongType));
  CHECK(f.runLine("ZCARD z") == integer(1));
}
