#include <catch2/catch.hpp>
#include <random>

#include "server/command_table/errors.h"
#include "tests/unit/server/server_fixture.h"

using namespace inkstone;
using namespace inkstone::test;

TEST_CASE("LCS finds the subsequence, its length and its runs") {
  ServerFixture f;
  f.runLine("MSET a ohmytext b mynewtext");
  CHECK(f.runLine("LCS a b") == bulk("mytext"));
  CHECK(f.runLine("LCS a b LEN") == integer(6));
  const std::string long_run =
      array({array({integer(4), integer(7)}), array({integer(5), integer(8)})});
  const std::string short_run =
      array({array({integer(2), integer(3)}), array({integer(0), integer(1)})});
  CHECK(f.runLine("LCS a b IDX") ==
        array({bulk("matches"), array({long_run, short_run}), bulk("len"), integer(6)}));
  CHECK(f.runLine("LCS a b IDX MINMATCHLEN 4") ==
        array({bulk("matches"), array({long_run}), bulk("len"), integer(6)}));
  f.client().reply().setProtocol(3);
  CHECK(f.runLine("LCS a b IDX MINMATCHLEN 4 WITHMATCHLEN") ==
        "%2\r\n" + bulk("matches") +
            array({array(
                {array({integer(4), integer(7)}), array({integer(5), integer(8)}), integer(4)})}) +
            bulk("len") + integer(6));
}

TEST_CASE("LCS takes a missing key for an empty string") {
  ServerFixture f;
  f.runLine("SET a x");
  CHECK(f.runLine("LCS a none") == bulk(""));
  CHECK(f.runLine("LCS none none LEN") == integer(0));
  CHECK(f.runLine("LCS none a IDX") == array({bulk("matches"), "*0\r\n", bulk("len"), integer(0)}));
}

TEST_CASE("LCS judges its options and the memory it needs") {
  ServerFixture f({"--proto-max-bulk-len", "1mb"});
  CHECK(f.runLine("LCS a b LEN IDX") == errorReply(errors::kLcsBothForms));
  CHECK(f.runLine("LCS a b FOO") == errorReply(errors::kSyntax));
  CHECK(f.runLine("LCS a b MINMATCHLEN") == errorReply(errors::kSyntax));
  CHECK(f.runLine("LCS a b MINMATCHLEN x FOO") == errorReply(errors::kNotInteger));
  const std::string text(511, 'x');
  f.run({"SET", "a", text});
  CHECK(f.runLine("LCS a a LEN") == integer(511));
  f.run({"SET", "a", text + "x"});
  CHECK(f.runLine("LCS a a LEN") == errorReply(errors::kLcsOverLimit));
}

TEST_CASE("what LCS replies is a subsequence of both strings, of the length it tells") {
  ServerFixture f;
  const unsigned seed = GENERATE(1U, 2U, 3U);
  std::mt19937 random(seed);
  const auto isSubsequence = [](std::string_view part, std::string_view whole) {
    size_t at = 0;
    for (char c : whole) at += at < part.size() && part[at] == c ? 1 : 0;
    return at == part.size();
  };
  for (int round = 0; round < 100; ++round) {
    std::string a;
    std::string b;
    for (size_t i = random() % 30; i > 0; --i) a += static_cast<char>('a' + random() % 4);
    for (size_t i = random() % 30; i > 0; --i) b += static_cast<char>('a' + random() % 4);
    f.run({"SET", "a", a});
    f.run({"SET", "b", b});
    const std::string reply = f.runLine("LCS a b");
    const std::string found =
        reply.substr(reply.find('\n') + 1, reply.size() - reply.find('\n') - 3);
    INFO(a << ' ' << b << ' ' << found);
    CHECK(isSubsequence(found, a));
    CHECK(isSubsequence(found, b));
    CHECK(f.runLine("LCS b a LEN") == integer(static_cast<int64_t>(found.size())));
  }
}
