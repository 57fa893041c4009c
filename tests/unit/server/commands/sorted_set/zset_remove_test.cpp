#include <catch2/catch.hpp>

#include "server/command_table/errors.h"
#include "tests/unit/server/commands/sorted_set/zset_replies.h"

using namespace inkstone;
using namespace inkstone::test;

TEST_CASE("ZREM removes what is there, and the key with the last member") {
  ServerFixture f(GENERATE(std::vector<std::string>(), kTreesOnly));
  f.runLine("ZADD z 1 a 2 b 3 c");
  f.startLog();
  CHECK(f.runLine("ZREM z a a x") == integer(1));
  CHECK(f.runLine("ZREM z x") == integer(0));
  CHECK(f.runLine("ZREM none x") == integer(0));
  CHECK(f.runLine("ZRANGE z 0 -1") == bulks("b c"));
  CHECK(f.runLine("ZREM z b c d") == integer(2));
  CHECK(f.runLine("EXISTS z") == integer(0));
  CHECK(f.logged() == "SELECT 0\nZREM z a a x\nZREM z b c d\n");
}

TEST_CASE("ranges are removed by rank, score and text") {
  ServerFixture f(GENERATE(std::vector<std::string>(), kTreesOnly));
  f.runLine("ZADD z 1 a 2 b 3 c 4 d 5 e 6 f");
  f.runLine("ZADD t 0 a 0 b 0 c 0 d");
  CHECK(f.runLine("ZREMRANGEBYRANK z 0 0") == integer(1));
  CHECK(f.runLine("ZREMRANGEBYRANK z -1 -1") == integer(1));
  CHECK(f.runLine("ZREMRANGEBYRANK z 7 9") == integer(0));
  CHECK(f.runLine("ZREMRANGEBYSCORE z (2 (4") == integer(1));
  CHECK(f.runLine("ZRANGE z 0 -1 WITHSCORES") == bulks("b 2 d 4 e 5"));
  CHECK(f.runLine("ZRANK z e") == integer(2));
  CHECK(f.runLine("ZREMRANGEBYLEX t [b (d") == integer(2));
  CHECK(f.runLine("ZRANGE t 0 -1") == bulks("a d"));
}

TEST_CASE("a range that is the whole sorted set takes the key along") {
  ServerFixture f(GENERATE(std::vector<std::string>(), kTreesOnly));
  for (const char* line :
       {"ZREMRANGEBYRANK z 0 -1", "ZREMRANGEBYSCORE z -inf inf", "ZREMRANGEBYLEX z - +"}) {
    INFO(line);
    f.runLine("ZADD z 0 a 0 b 0 c");
    CHECK(f.runLine(line) == integer(3));
    CHECK(f.runLine("EXISTS z") == integer(0));
  }
}

TEST_CASE("removing nothing is not logged") {
  ServerFixture f;
  f.runLine("ZADD z 1 a");
  f.startLog();
  f.runLine("ZREMRANGEBYRANK z 3 4");
  f.runLine("ZREMRANGEBYSCORE z 2 3");
  f.runLine("ZREMRANGEBYLEX none - +");
  CHECK(f.logged() == "");
  f.runLine("ZREMRANGEBYSCORE z 1 1");
  CHECK(f.logged() == "SELECT 0\nZREMRANGEBYSCORE z 1 1\n");
}

TEST_CASE("wrong intervals are told before a key of another type") {
  ServerFixture f;
  f.runLine("SET text x");
  CHECK(f.runLine("ZREMRANGEBYRANK text a 1") == errorReply(errors::kNotInteger));
  CHECK(f.runLine("ZREMRANGEBYSCORE text a 1") == errorReply(errors::kNotScoreRange));
  CHECK(f.runLine("ZREMRANGEBYLEX text a -") == errorReply(errors::kNotLexRange));
  for (const char* line : {"ZREM text a", "ZREMRANGEBYRANK text 0 1", "ZREMRANGEBYSCORE text 0 1",
                           "ZREMRANGEBYLEX text - +"}) {
    INFO(line);
    CHECK(f.runLine(line) == errorReply(errors::kWrongType));
  }
}
