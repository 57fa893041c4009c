#include <catch2/catch.hpp>

#include "server/command_table/errors.h"
#include "tests/unit/server/commands/sorted_set/zset_replies.h"

using namespace inkstone;
using namespace inkstone::test;

TEST_CASE("members are looked up by name") {
  const auto directives = GENERATE(std::vector<std::string>(), kTreesOnly);
  ServerFixture f(directives);
  f.runLine("ZADD z 1 a 2.5 b 2.5 c -inf d");
  CHECK(f.runLine("ZCARD z") == integer(4));
  CHECK(f.runLine("ZCARD none") == integer(0));
  CHECK(f.runLine("ZSCORE z b") == bulk("2.5"));
  CHECK(f.runLine("ZSCORE z x") == kNull);
  CHECK(f.runLine("ZSCORE none x") == kNull);
  CHECK(f.runLine("ZMSCORE z a x d") == array({bulk("1"), kNull, bulk("-inf")}));
  CHECK(f.runLine("ZMSCORE none a b") == array({kNull, kNull}));
  CHECK(f.runLine("ZRANK z d") == integer(0));
  CHECK(f.runLine("ZRANK z c") == integer(3));
  CHECK(f.runLine("ZREVRANK z c") == integer(0));
  CHECK(f.runLine("ZREVRANK z d") == integer(3));
  CHECK(f.runLine("ZRANK z x") == kNull);
  CHECK(f.runLine("ZREVRANK none x") == kNull);
}

TEST_CASE("ZRANK WITHSCORE replies rank and score, or a null array") {
  const auto directives = GENERATE(std::vector<std::string>(), kTreesOnly);
  ServerFixture f(directives);
  f.runLine("ZADD z 1 a 2.5 b");
  CHECK(f.runLine("ZRANK z b WITHSCORE") == array({integer(1), bulk("2.5")}));
  CHECK(f.runLine("ZREVRANK z b withscore") == array({integer(0), bulk("2.5")}));
  CHECK(f.runLine("ZRANK z x WITHSCORE") == kNullArray);
  CHECK(f.runLine("ZREVRANK none x WITHSCORE") == kNullArray);
  CHECK(f.runLine("ZRANK z b WITHSCORES") == errorReply(errors::kSyntax));
  CHECK(f.runLine("ZRANK z b WITHSCORE x") ==
        errorReply("ERR wrong number of arguments for 'zrank' command"));
  f.runLine("HELLO 3");
  CHECK(f.runLine("ZRANK z b WITHSCORE") == array({integer(1), number("2.5")}));
  CHECK(f.runLine("ZRANK z x WITHSCORE") == kNullThree);
  CHECK(f.runLine("ZRANK z x") == kNullThree);
}

TEST_CASE("RESP3 has scores as doubles") {
  ServerFixture f;
  f.runLine("ZADD z 1 a 2.5 b");
  f.runLine("HELLO 3");
  CHECK(f.runLine("ZSCORE z b") == number("2.5"));
  CHECK(f.runLine("ZSCORE z x") == kNullThree);
  CHECK(f.runLine("ZMSCORE z a x") == array({number("1"), kNullThree}));
}

TEST_CASE("ZCOUNT counts what lies within two scores") {
  const auto directives = GENERATE(std::vector<std::string>(), kTreesOnly);
  ServerFixture f(directives);
  f.runLine("ZADD z 1 a 2 b 3 c inf d");
  const auto count = [&f](std::string_view min, std::string_view max) {
    return f.run({"ZCOUNT", "z", min, max});
  };
  CHECK(count("-inf", "+inf") == integer(4));
  CHECK(count("1", "3") == integer(3));
  CHECK(count("(1", "(3") == integer(1));
  CHECK(count("3", "1") == integer(0));
  CHECK(count("(2", "2") == integer(0));
  CHECK(count("2", "2") == integer(1));
  CHECK(count("(inf", "inf") == integer(0));
  CHECK(count("1e999", "1e999") == integer(1));
  CHECK(count("", "0x2") == integer(2));
  CHECK(count("(", " 1") == integer(1));
  for (const char* bad : {"x", "((1", "1 ", "nan", "(x", "[1"}) {
    INFO(bad);
    CHECK(count(bad, "1") == errorReply(errors::kNotScoreRange));
    CHECK(count("1", bad) == errorReply(errors::kNotScoreRange));
  }
  CHECK(f.runLine("ZCOUNT none 1 2") == integer(0));
}

TEST_CASE("ZLEXCOUNT counts what lies between two texts") {
  const auto directives = GENERATE(std::vector<std::string>(), kTreesOnly);
  ServerFixture f(directives);
  f.runLine("ZADD z 0 a 0 b 0 bb 0 c");
  const auto count = [&f](std::string_view min, std::string_view max) {
    return f.run({"ZLEXCOUNT", "z", min, max});
  };
  CHECK(count("-", "+") == integer(4));
  CHECK(count("+", "-") == integer(0));
  CHECK(count("[b", "(c") == integer(2));
  CHECK(count("(b", "[c") == integer(2));
  CHECK(count("[b", "[b") == integer(1));
  CHECK(count("(b", "[b") == integer(0));
  CHECK(count("[", "[az") == integer(1));
  CHECK(count("-", "(a") == integer(0));
  for (const char* bad : {"", "b", "-x", "+x", "b("}) {
    INFO(bad);
    CHECK(count(bad, "+") == errorReply(errors::kNotLexRange));
    CHECK(count("-", bad) == errorReply(errors::kNotLexRange));
  }
}

TEST_CASE("a key of another type is told, after what is wrong with the arguments") {
  ServerFixture f;
  f.runLine("SET text x");
  for (const char* line :
       {"ZCARD text", "ZSCORE text a", "ZMSCORE text a", "ZRANK text a", "ZREVRANK text a",
        "ZRANK text a WITHSCORE", "ZCOUNT text 1 2", "ZLEXCOUNT text - +"}) {
    INFO(line);
    CHECK(f.runLine(line) == errorReply(errors::kWrongType));
  }
  CHECK(f.runLine("ZCOUNT text x 2") == errorReply(errors::kNotScoreRange));
  CHECK(f.runLine("ZLEXCOUNT text a b") == errorReply(errors::kNotLexRange));
}
