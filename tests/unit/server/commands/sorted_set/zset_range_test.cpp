#include <catch2/catch.hpp>

#include "server/command_table/errors.h"
#include "tests/unit/server/commands/sorted_set/zset_replies.h"

using namespace inkstone;
using namespace inkstone::test;

namespace {

// Members a to e with the scores 1 to 5, in both encodings.
std::vector<std::string> anyEncoding() {
  return GENERATE(std::vector<std::string>(), kTreesOnly);
}

void fill(ServerFixture& f) {
  f.runLine("ZADD z 1 a 2 b 3 c 4 d 5 e");
}

void fillTexts(ServerFixture& f) {
  f.runLine("ZADD t 0 a 0 b 0 c 0 d 0 e");
}

}  // namespace

TEST_CASE("ZRANGE takes ranks from both ends") {
  ServerFixture f(anyEncoding());
  fill(f);
  CHECK(f.runLine("ZRANGE z 0 -1") == bulks("a b c d e"));
  CHECK(f.runLine("ZRANGE z 1 2") == bulks("b c"));
  CHECK(f.runLine("ZRANGE z -2 99") == bulks("d e"));
  CHECK(f.runLine("ZRANGE z -99 0") == bulks("a"));
  CHECK(f.runLine("ZRANGE z 3 1") == bulks(""));
  CHECK(f.runLine("ZRANGE z 5 9") == bulks(""));
  CHECK(f.runLine("ZRANGE z -9 -6") == bulks(""));
  CHECK(f.runLine("ZRANGE z 0 1 REV") == bulks("e d"));
  CHECK(f.runLine("ZREVRANGE z -1 -1") == bulks("a"));
  CHECK(f.runLine("ZREVRANGE z 1 3 WITHSCORES") == bulks("d 4 c 3 b 2"));
  CHECK(f.runLine("ZRANGE none 0 -1") == bulks(""));
  CHECK(f.runLine("ZRANGE z 0 9223372036854775807") == bulks("a b c d e"));
  CHECK(f.runLine("ZRANGE z -9223372036854775808 0") == bulks("a"));
}

TEST_CASE("ranges by score take open and closed ends, in both directions") {
  ServerFixture f(anyEncoding());
  fill(f);
  CHECK(f.runLine("ZRANGE z 2 4 BYSCORE") == bulks("b c d"));
  CHECK(f.runLine("ZRANGE z (2 (4 BYSCORE WITHSCORES") == bulks("c 3"));
  CHECK(f.runLine("ZRANGE z 4 2 BYSCORE") == bulks(""));
  CHECK(f.runLine("ZRANGE z 4 2 BYSCORE REV") == bulks("d c b"));
  CHECK(f.runLine("ZRANGE z (4 -inf BYSCORE REV") == bulks("c b a"));
  CHECK(f.runLine("ZRANGEBYSCORE z -inf (2") == bulks("a"));
  CHECK(f.runLine("ZRANGEBYSCORE z 2.5 inf WITHSCORES") == bulks("c 3 d 4 e 5"));
  CHECK(f.runLine("ZREVRANGEBYSCORE z 2 1 withscores") == bulks("b 2 a 1"));
  CHECK(f.runLine("ZREVRANGEBYSCORE z 1 2") == bulks(""));
}

TEST_CASE("ranges by text take open and closed ends, in both directions") {
  ServerFixture f(anyEncoding());
  fillTexts(f);
  CHECK(f.runLine("ZRANGE t [b [d BYLEX") == bulks("b c d"));
  CHECK(f.runLine("ZRANGE t (b (d BYLEX") == bulks("c"));
  CHECK(f.runLine("ZRANGE t [d (b BYLEX REV") == bulks("d c"));
  CHECK(f.runLine("ZRANGEBYLEX t - [b") == bulks("a b"));
  CHECK(f.runLine("ZRANGEBYLEX t [bb +") == bulks("c d e"));
  CHECK(f.runLine("ZRANGEBYLEX t + -") == bulks(""));
  CHECK(f.runLine("ZREVRANGEBYLEX t + (c") == bulks("e d"));
  CHECK(f.runLine("ZREVRANGEBYLEX t - +") == bulks(""));
}

TEST_CASE("LIMIT counts from the end where the reply begins") {
  ServerFixture f(anyEncoding());
  fill(f);
  fillTexts(f);
  CHECK(f.runLine("ZRANGE z 2 5 BYSCORE LIMIT 1 2") == bulks("c d"));
  CHECK(f.runLine("ZRANGE z 5 2 BYSCORE REV LIMIT 1 2") == bulks("d c"));
  CHECK(f.runLine("ZRANGE z 2 5 BYSCORE LIMIT 1 -7") == bulks("c d e"));
  CHECK(f.runLine("ZRANGE z 2 5 BYSCORE LIMIT -1 2") == bulks(""));
  CHECK(f.runLine("ZRANGE z 2 5 BYSCORE LIMIT 4 2") == bulks(""));
  CHECK(f.runLine("ZRANGE z 2 5 BYSCORE LIMIT 3 9223372036854775807") == bulks("e"));
  CHECK(f.runLine("ZRANGE z 2 5 BYSCORE LIMIT 0 0") == bulks(""));
  CHECK(f.runLine("ZRANGEBYSCORE z 2 5 LIMIT 0 1 WITHSCORES") == bulks("b 2"));
  CHECK(f.runLine("ZREVRANGEBYLEX t + - LIMIT 1 2") == bulks("d c"));
  CHECK(f.runLine("ZRANGEBYLEX t - + LIMIT 4 9") == bulks("e"));
  // It is not heeded where it says that there is none.
  CHECK(f.runLine("ZRANGE z 0 1 LIMIT 5 -1") == bulks("a b"));
}

TEST_CASE("RESP3 has a pair for each member with its score") {
  ServerFixture f(anyEncoding());
  fill(f);
  f.runLine("HELLO 3");
  CHECK(f.runLine("ZRANGE z 0 1 WITHSCORES") == pairs("a 1 b 2"));
  CHECK(f.runLine("ZREVRANGE z 0 1 WITHSCORES") == pairs("e 5 d 4"));
  CHECK(f.runLine("ZRANGEBYSCORE z 2 3 WITHSCORES") == pairs("b 2 c 3"));
  CHECK(f.runLine("ZREVRANGEBYSCORE z 2 3 WITHSCORES") == bulks(""));
  CHECK(f.runLine("ZRANGE z 0 1") == bulks("a b"));
}

TEST_CASE("options that contradict each other or the command are refused") {
  ServerFixture f;
  fill(f);
  for (const char* line : {"ZRANGE z 0 1 BYLEX BYSCORE", "ZRANGE z 0 1 REV REV", "ZRANGE z 0 1 x",
                           "ZRANGE z 0 1 LIMIT 1", "ZREVRANGE z 0 1 REV", "ZREVRANGE z 0 1 BYSCORE",
                           "ZRANGEBYSCORE z 0 1 REV", "ZRANGEBYSCORE z 0 1 BYLEX",
                           "ZRANGEBYLEX z - + BYLEX", "ZRANGESTORE d z 0 1 WITHSCORES"}) {
    INFO(line);
    CHECK(f.runLine(line) == errorReply(errors::kSyntax));
  }
  CHECK(f.runLine("ZRANGE z x y LIMIT 0 1") == errorReply(errors::kLimitNeedsBy));
  CHECK(f.runLine("ZREVRANGE z 0 1 LIMIT 0 1") == errorReply(errors::kLimitNeedsBy));
  CHECK(f.runLine("ZRANGE z - + BYLEX WITHSCORES") == errorReply(errors::kLexWithScores));
  CHECK(f.runLine("ZRANGEBYLEX z x y WITHSCORES") == errorReply(errors::kLexWithScores));
}

TEST_CASE("of several errors the same one is told as by Redis") {
  ServerFixture f;
  f.runLine("SET text x");
  CHECK(f.runLine("ZRANGE text x 1") == errorReply(errors::kNotInteger));
  CHECK(f.runLine("ZRANGE none x 1 BYSCORE") == errorReply(errors::kNotScoreRange));
  CHECK(f.runLine("ZRANGE none 0 1 BYLEX") == errorReply(errors::kNotLexRange));
  CHECK(f.runLine("ZRANGE z x y BYSCORE LIMIT 1 b") == errorReply(errors::kNotInteger));
  CHECK(f.runLine("ZRANGE z 0 99999999999999999999") == errorReply(errors::kNotInteger));
  for (const char* line : {"ZRANGE text 0 1", "ZREVRANGE text 0 1", "ZRANGEBYSCORE text 0 1",
                           "ZREVRANGEBYLEX text + -", "ZRANGESTORE d text 0 1"}) {
    INFO(line);
    CHECK(f.runLine(line) == errorReply(errors::kWrongType));
  }
}

TEST_CASE("ZRANGESTORE stores what ZRANGE would have replied") {
  ServerFixture f(anyEncoding());
  fill(f);
  fillTexts(f);
  f.startLog();
  CHECK(f.runLine("ZRANGESTORE d z 1 -2") == integer(3));
  CHECK(f.runLine("ZRANGE d 0 -1 WITHSCORES") == bulks("b 2 c 3 d 4"));
  CHECK(f.runLine("ZRANGESTORE d z (5 2 BYSCORE REV LIMIT 0 2") == integer(2));
  CHECK(f.runLine("ZRANGE d 0 -1 WITHSCORES") == bulks("c 3 d 4"));
  CHECK(f.runLine("ZRANGESTORE d t (b + BYLEX") == integer(3));
  CHECK(f.runLine("ZRANGE d 0 -1") == bulks("c d e"));
  CHECK(f.runLine("ZRANGESTORE z z 0 1") == integer(2));
  CHECK(f.runLine("ZRANGE z 0 -1 WITHSCORES") == bulks("a 1 b 2"));
  CHECK(f.runLine("ZRANGESTORE d z 5 9") == integer(0));
  CHECK(f.runLine("EXISTS d") == integer(0));
  CHECK(f.logged() ==
        "SELECT 0\nZRANGESTORE d z 1 -2\nZRANGESTORE d z (5 2 BYSCORE REV LIMIT 0 2\n"
        "ZRANGESTORE d t (b + BYLEX\nZRANGESTORE z z 0 1\nZRANGESTORE d z 5 9\n");
}

TEST_CASE("ZRANGESTORE replaces a key of any type, and deletes it when nothing is found") {
  ServerFixture f;
  fill(f);
  f.runLine("SET d text EX 100");
  CHECK(f.runLine("ZRANGESTORE d z 0 0") == integer(1));
  CHECK(f.runLine("TTL d") == integer(-1));
  CHECK(f.runLine("ZRANGE d 0 -1 WITHSCORES") == bulks("a 1"));
  CHECK(f.runLine("ZRANGESTORE d none 0 -1") == integer(0));
  CHECK(f.runLine("EXISTS d") == integer(0));
  f.startLog();
  CHECK(f.runLine("ZRANGESTORE d none 0 -1") == integer(0));
  CHECK(f.logged() == "");
}

TEST_CASE("members that are integers are stored as they were") {
  ServerFixture f(anyEncoding());
  f.runLine("ZADD n 1 -5 2 007 3 12345678901234567890 4 9223372036854775807");
  CHECK(f.runLine("ZRANGESTORE d n 0 -1") == integer(4));
  CHECK(f.runLine("ZRANGE d 0 -1") == bulks("-5 007 12345678901234567890 9223372036854775807"));
}
