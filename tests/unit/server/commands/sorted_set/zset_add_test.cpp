#include <catch2/catch.hpp>

#include "server/command_table/errors.h"
#include "tests/unit/server/commands/sorted_set/zset_replies.h"

using namespace inkstone;
using namespace inkstone::test;

TEST_CASE("ZADD adds, moves, and counts what is new or with CH what changed") {
  const auto directives = GENERATE(std::vector<std::string>(), kTreesOnly);
  ServerFixture f(directives);
  CHECK(f.runLine("ZADD z 1 a 2 b 3 c") == integer(3));
  CHECK(f.runLine("ZADD z 5 a 2 b 4 d") == integer(1));
  CHECK(f.runLine("ZADD z CH 6 a 2 b 7 e") == integer(2));
  CHECK(f.runLine("ZADD z CH 1 x 2 x 3 x") == integer(3));
  CHECK(f.runLine("ZRANGE z 0 -1 WITHSCORES") == bulks("b 2 c 3 x 3 d 4 a 6 e 7"));
}

TEST_CASE("ZADD's conditions decide which scores are taken") {
  const auto directives = GENERATE(std::vector<std::string>(), kTreesOnly);
  ServerFixture f(directives);
  CHECK(f.runLine("ZADD none XX 1 a") == integer(0));
  CHECK(f.runLine("EXISTS none") == integer(0));
  f.runLine("ZADD z 10 a 20 b");
  CHECK(f.runLine("ZADD z NX CH 5 a 30 c") == integer(1));
  CHECK(f.runLine("ZADD z XX CH 11 a 40 d") == integer(1));
  CHECK(f.runLine("ZADD z GT CH 9 a 21 b 1 e") == integer(2));
  CHECK(f.runLine("ZADD z LT CH 10 a 22 b 2 e") == integer(1));
  CHECK(f.runLine("ZADD z GT XX CH 99 f 12 a") == integer(1));
  CHECK(f.runLine("ZRANGE z 0 -1 WITHSCORES") == bulks("e 1 a 12 b 21 c 30"));
}

TEST_CASE("ZADD INCR and ZINCRBY add to the score and reply it") {
  ServerFixture f;
  CHECK(f.runLine("ZADD z INCR 1.5 a") == bulk("1.5"));
  CHECK(f.runLine("ZINCRBY z 2 a") == bulk("3.5"));
  CHECK(f.runLine("ZADD z INCR NX 1 a") == kNull);
  CHECK(f.runLine("ZADD z INCR XX 1 b") == kNull);
  CHECK(f.runLine("ZADD none INCR XX 1 b") == kNull);
  CHECK(f.runLine("ZADD z GT INCR -1 a") == kNull);
  CHECK(f.runLine("ZADD z LT INCR -1 a") == bulk("2.5"));
  CHECK(f.runLine("ZADD z INCR 0 a") == bulk("2.5"));
  CHECK(f.runLine("ZINCRBY z inf a") == bulk("inf"));
  CHECK(f.runLine("ZINCRBY z -inf a") == errorReply(errors::kScoreNan));
  CHECK(f.runLine("ZADD z INCR -inf a") == errorReply(errors::kScoreNan));
  CHECK(f.runLine("ZSCORE z a") == bulk("inf"));
  f.runLine("HELLO 3");
  CHECK(f.runLine("ZADD z INCR 0.25 n") == number("0.25"));
  CHECK(f.runLine("ZADD z INCR NX 1 n") == kNullThree);
  CHECK(f.runLine("ZINCRBY z 1e20 n") == number("1e+20"));
}

TEST_CASE("ZADD refuses wrong options and scores before it changes anything") {
  ServerFixture f;
  f.runLine("SET text x");
  CHECK(f.runLine("ZADD z NX XX 1 a") == errorReply(errors::kZaddNxXx));
  for (const char* options : {"NX GT", "NX LT", "GT LT", "NX GT LT"}) {
    INFO(options);
    CHECK(f.runLine("ZADD z " + std::string(options) + " 1 a") == errorReply(errors::kZaddGtLtNx));
  }
  CHECK(f.runLine("ZADD z INCR 1 a 2 b") == errorReply(errors::kZaddIncrPairs));
  CHECK(f.runLine("ZADD z INCR 1 a 2") == errorReply(errors::kSyntax));
  CHECK(f.runLine("ZADD z NX XX") == errorReply(errors::kSyntax));
  CHECK(f.runLine("ZADD z 1 a 2") == errorReply(errors::kSyntax));
  CHECK(f.runLine("ZADD text NX XX 1 a") == errorReply(errors::kZaddNxXx));
  CHECK(f.runLine("ZADD text x a") == errorReply(errors::kNotFloat));
  CHECK(f.runLine("ZADD text 1 a") == errorReply(errors::kWrongType));
  CHECK(f.runLine("ZINCRBY text x a") == errorReply(errors::kNotFloat));
  CHECK(f.runLine("ZINCRBY text 1 a") == errorReply(errors::kWrongType));
  CHECK(f.runLine("ZADD z 1 a x b") == errorReply(errors::kNotFloat));
  for (const char* score : {"", "nan", " 1", "1 ", "1e400", "1e-400", "1x", "--1"}) {
    INFO(score);
    CHECK(f.run({"ZADD", "z", score, "a"}) == errorReply(errors::kNotFloat));
  }
  CHECK(f.runLine("EXISTS z") == integer(0));
}

TEST_CASE("scores are read in every form and printed in the shortest") {
  ServerFixture f(kTreesOnly);
  f.runLine("ZADD z 0 zero");
  const auto shown = [&f](std::string_view score) {
    f.run({"ZADD", "z", score, "m"});
    return f.runLine("ZSCORE z m");
  };
  CHECK(shown("0x10") == bulk("16"));
  CHECK(shown("+inf") == bulk("inf"));
  CHECK(shown("-Infinity") == bulk("-inf"));
  CHECK(shown("0.1") == bulk("0.1"));
  CHECK(shown("+3.0") == bulk("3"));
  CHECK(shown(".5") == bulk("0.5"));
  CHECK(shown("3.0000000000000001") == bulk("3"));
  CHECK(shown("1e20") == bulk("1e+20"));
  CHECK(shown("-0") == bulk("-0"));
  CHECK(shown("4611686018427387904") == bulk("4611686018427387904"));
  CHECK(shown("1.7976931348623157e308") == bulk("1.7976931348623157e+308"));
  CHECK(shown("4.9e-324") == bulk("5e-324"));
}

TEST_CASE("what changes no score is not logged") {
  ServerFixture f;
  f.startLog();
  f.runLine("ZADD z 1 a 2 b");
  f.runLine("ZADD z 1 a");
  f.runLine("ZADD z XX 1 none");
  f.runLine("ZADD z NX 9 a");
  f.runLine("ZADD z GT 0 a");
  f.runLine("ZADD z INCR 0 a");
  f.runLine("ZADD none XX 1 a");
  f.runLine("ZINCRBY z 0 a");
  CHECK(f.logged() == "SELECT 0\nZADD z 1 a 2 b\n");
  f.runLine("ZADD z INCR 2.5 a");
  f.runLine("ZINCRBY z 1 b");
  f.runLine("ZADD z XX CH 7 a 1 none");
  CHECK(f.logged() == "ZADD z INCR 2.5 a\nZINCRBY z 1 b\nZADD z XX CH 7 a 1 none\n");
}

TEST_CASE("many pairs at once are as good as few") {
  ServerFixture f;
  std::vector<std::string> words = {"ZADD", "z"};
  for (int i = 0; i < 1000; ++i) {
    words.push_back(std::to_string(i * 0.5));
    words.push_back("m" + std::to_string(i));
  }
  CHECK(f.run(ServerFixture::Args(words.begin(), words.end())) == integer(1000));
  CHECK(f.runLine("ZSCORE z m999") == bulk("499.5"));
  CHECK(f.runLine("ZRANK z m998") == integer(998));
  words.back() = "m0";
  words[words.size() - 2] = "x";
  CHECK(f.run(ServerFixture::Args(words.begin(), words.end())) == errorReply(errors::kNotFloat));
}

TEST_CASE("a sorted set becomes a tree with its size, a long member, or a big ZADD") {
  ServerFixture f({"--zset-max-listpack-entries", "3", "--zset-max-listpack-value", "5"});
  const std::string listpack = bulk("listpack");
  const std::string tree = bulk("skiplist");
  f.runLine("ZADD z 1 a 2 b 3 c");
  CHECK(f.runLine("OBJECT ENCODING z") == listpack);
  f.runLine("ZADD z 4 d");
  CHECK(f.runLine("OBJECT ENCODING z") == tree);
  f.runLine("ZREM z c d");
  CHECK(f.runLine("OBJECT ENCODING z") == tree);
  f.runLine("ZADD long 1 12345 2 123456");
  CHECK(f.runLine("OBJECT ENCODING long") == tree);
  f.runLine("ZADD same 1 a 2 a 3 a 4 a");
  CHECK(f.runLine("OBJECT ENCODING same") == tree);
  f.runLine("ZADD grown 1 a");
  f.runLine("ZADD grown 1 a 2 a 3 a 4 a");
  CHECK(f.runLine("OBJECT ENCODING grown") == tree);
}
