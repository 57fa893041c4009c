#include <catch2/catch.hpp>

#include "server/command_table/errors.h"
#include "tests/unit/server/commands/sorted_set/zset_replies.h"

using namespace inkstone;
using namespace inkstone::test;

namespace {

void fill(ServerFixture& f) {
  f.runLine("ZADD z 1 a 2 b 3 d");
  f.runLine("SADD s a b c");
  f.runLine("SADD n 1 2 3");
  f.runLine("ZADD zn 10 1 20 2 30 x");
  f.runLine("SET text x");
}

}  // namespace

TEST_CASE("ZUNION adds the scores of sorted sets and sets, which count 1 each") {
  ServerFixture f(GENERATE(std::vector<std::string>(), kTreesOnly));
  fill(f);
  CHECK(f.runLine("ZUNION 2 z s") == bulks("c a b d"));
  CHECK(f.runLine("ZUNION 3 z none s WITHSCORES") == bulks("c 1 a 2 b 3 d 3"));
  CHECK(f.runLine("ZUNION 2 n zn WITHSCORES") == bulks("3 1 1 11 2 21 x 30"));
  CHECK(f.runLine("ZUNION 2 z z WITHSCORES") == bulks("a 2 b 4 d 6"));
  CHECK(f.runLine("ZUNION 2 none none WITHSCORES") == bulks(""));
}

TEST_CASE("weights multiply, the aggregate chooses") {
  ServerFixture f(GENERATE(std::vector<std::string>(), kTreesOnly));
  fill(f);
  CHECK(f.runLine("ZUNION 2 z s WEIGHTS 2 3 WITHSCORES") == bulks("c 3 a 5 d 6 b 7"));
  CHECK(f.runLine("ZUNION 2 z s WEIGHTS 2 3 AGGREGATE MAX WITHSCORES") == bulks("a 3 c 3 b 4 d 6"));
  CHECK(f.runLine("ZUNION 2 z s AGGREGATE min WITHSCORES") == bulks("a 1 b 1 c 1 d 3"));
  CHECK(f.runLine("ZUNION 1 z AGGREGATE MIN AGGREGATE SUM WEIGHTS 5 WEIGHTS -1 WITHSCORES") ==
        bulks("d -3 b -2 a -1"));
  CHECK(f.runLine("ZINTER 2 z s WITHSCORES WEIGHTS 1 0.5") == bulks("a 1.5 b 2.5"));
  CHECK(f.runLine("ZINTER 2 z s AGGREGATE MAX WITHSCORES") == bulks("a 1 b 2"));
}

TEST_CASE("what is not a number counts as zero") {
  ServerFixture f;
  f.runLine("ZADD up inf a");
  f.runLine("ZADD down -inf a");
  CHECK(f.runLine("ZUNION 2 up down WITHSCORES") == bulks("a 0"));
  CHECK(f.runLine("ZINTER 2 up down WITHSCORES") == bulks("a 0"));
  CHECK(f.runLine("ZUNION 1 up WEIGHTS 0 WITHSCORES") == bulks("a 0"));
  CHECK(f.runLine("ZUNION 2 up down AGGREGATE MAX WITHSCORES") == bulks("a inf"));
}

TEST_CASE("ZINTER and ZDIFF take sets and what does not exist") {
  ServerFixture f(GENERATE(std::vector<std::string>(), kTreesOnly));
  fill(f);
  CHECK(f.runLine("ZINTER 2 z s") == bulks("a b"));
  CHECK(f.runLine("ZINTER 1 s WITHSCORES") == bulks("a 1 b 1 c 1"));
  CHECK(f.runLine("ZINTER 2 zn n WITHSCORES") == bulks("1 11 2 21"));
  CHECK(f.runLine("ZINTER 2 none z") == bulks(""));
  CHECK(f.runLine("ZDIFF 2 z s WITHSCORES") == bulks("d 3"));
  CHECK(f.runLine("ZDIFF 2 s z WITHSCORES") == bulks("c 1"));
  CHECK(f.runLine("ZDIFF 2 zn n WITHSCORES") == bulks("x 30"));
  CHECK(f.runLine("ZDIFF 3 z none none") == bulks("a b d"));
  CHECK(f.runLine("ZDIFF 2 none z") == bulks(""));
  CHECK(f.runLine("ZDIFF 2 z z") == bulks(""));
}

TEST_CASE("RESP3 has pairs") {
  ServerFixture f;
  fill(f);
  f.runLine("HELLO 3");
  CHECK(f.runLine("ZUNION 2 z s WITHSCORES") == pairs("c 1 a 2 b 3 d 3"));
  CHECK(f.runLine("ZINTER 2 z s WITHSCORES") == pairs("a 2 b 3"));
  CHECK(f.runLine("ZDIFF 2 z s WITHSCORES") == pairs("d 3"));
  CHECK(f.runLine("ZDIFF 2 z s") == bulks("d"));
}

TEST_CASE("ZINTERCARD counts, up to its limit") {
  ServerFixture f(GENERATE(std::vector<std::string>(), kTreesOnly));
  fill(f);
  CHECK(f.runLine("ZINTERCARD 2 z s") == integer(2));
  CHECK(f.runLine("ZINTERCARD 2 z s LIMIT 1") == integer(1));
  CHECK(f.runLine("ZINTERCARD 2 z s LIMIT 0") == integer(2));
  CHECK(f.runLine("ZINTERCARD 1 z LIMIT 9") == integer(3));
  CHECK(f.runLine("ZINTERCARD 2 z none") == integer(0));
  CHECK(f.runLine("ZINTERCARD 1 z LIMIT 2 LIMIT 1") == integer(1));
  for (const char* limit : {"-1", "x"}) {
    CHECK(f.run({"ZINTERCARD", "1", "z", "LIMIT", limit}) == errorReply(errors::kLimitNegative));
  }
  CHECK(f.runLine("ZINTERCARD 1 z LIMIT") == errorReply(errors::kSyntax));
  CHECK(f.runLine("ZINTERCARD 1 z WITHSCORES") == errorReply(errors::kSyntax));
}

TEST_CASE("results are stored in place of what was there") {
  ServerFixture f(GENERATE(std::vector<std::string>(), kTreesOnly));
  fill(f);
  f.startLog();
  f.runLine("SET d text");
  CHECK(f.runLine("ZUNIONSTORE d 2 z s") == integer(4));
  CHECK(f.runLine("ZRANGE d 0 -1 WITHSCORES") == bulks("c 1 a 2 b 3 d 3"));
  CHECK(f.runLine("ZINTERSTORE d 2 z s WEIGHTS 1 2 AGGREGATE MAX") == integer(2));
  CHECK(f.runLine("ZRANGE d 0 -1 WITHSCORES") == bulks("a 2 b 2"));
  CHECK(f.runLine("ZDIFFSTORE z 2 z s") == integer(1));
  CHECK(f.runLine("ZRANGE z 0 -1 WITHSCORES") == bulks("d 3"));
  CHECK(f.runLine("ZINTERSTORE d 2 z s") == integer(0));
  CHECK(f.runLine("EXISTS d") == integer(0));
  CHECK(f.runLine("ZINTERSTORE d 2 z s") == integer(0));
  CHECK(f.logged() ==
        "SELECT 0\nSET d text\nZUNIONSTORE d 2 z s\n"
        "ZINTERSTORE d 2 z s WEIGHTS 1 2 AGGREGATE MAX\nZDIFFSTORE z 2 z s\n"
        "ZINTERSTORE d 2 z s\n");
}

TEST_CASE("results have the encoding their size asks for") {
  ServerFixture f({"--zset-max-listpack-entries", "4"});
  f.runLine("ZADD x 1 a 2 b 3 c 4 d 5 e");
  f.runLine("ZADD y 1 a 2 b");
  f.runLine("ZUNIONSTORE d 1 x");
  CHECK(f.runLine("OBJECT ENCODING d") == bulk("skiplist"));
  f.runLine("ZINTERSTORE d 2 x y");
  CHECK(f.runLine("OBJECT ENCODING d") == bulk("listpack"));
  f.runLine("ZADD y 1 " + std::string(65, 'm'));
  f.runLine("ZUNIONSTORE d 1 y");
  CHECK(f.runLine("OBJECT ENCODING d") == bulk("skiplist"));
}

TEST_CASE("errors come in the order of Redis: number, keys, types, options") {
  ServerFixture f;
  fill(f);
  for (const char* name : {"zunion", "zinter", "zdiff", "zintercard"}) {
    const std::string command = name;
    INFO(command);
    const std::string none =
        errorReply("ERR at least 1 input key is needed for '" + command + "' command");
    CHECK(f.runLine(command + " 0 z") == none);
    CHECK(f.runLine(command + " -1 text") == none);
    CHECK(f.runLine(command + " x z") == errorReply(errors::kNotInteger));
    CHECK(f.runLine(command + " 2 z") == errorReply(errors::kSyntax));
    CHECK(f.runLine(command + " 99999999999 z") == errorReply(errors::kSyntax));
    CHECK(f.runLine(command + " 2 none text x") == errorReply(errors::kWrongType));
    CHECK(f.runLine(command + " 2 z s x") == errorReply(errors::kSyntax));
    if (command == "zintercard") continue;
    CHECK(f.runLine(command + "STORE d 0 z") ==
          errorReply("ERR at least 1 input key is needed for '" + command + "store' command"));
    CHECK(f.runLine(command + "STORE d 2 z s WITHSCORES") == errorReply(errors::kSyntax));
  }
  CHECK(f.runLine("ZUNION 2 z s WEIGHTS 2") == errorReply(errors::kSyntax));
  CHECK(f.runLine("ZUNION 2 z s WEIGHTS 2 x") == errorReply(errors::kNotWeight));
  CHECK(f.runLine("ZUNION 2 z s WEIGHTS nan 1") == errorReply(errors::kNotWeight));
  CHECK(f.runLine("ZUNION 2 z s AGGREGATE") == errorReply(errors::kSyntax));
  CHECK(f.runLine("ZUNION 2 z s AGGREGATE avg") == errorReply(errors::kSyntax));
  CHECK(f.runLine("ZDIFF 2 z s WEIGHTS 1 2") == errorReply(errors::kSyntax));
  CHECK(f.runLine("ZDIFF 2 z s AGGREGATE MIN") == errorReply(errors::kSyntax));
  CHECK(f.runLine("EXISTS d") == integer(0));
}
