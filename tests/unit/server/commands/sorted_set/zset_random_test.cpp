#include <array>
#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "protocol/request_parser.h"
#include "server/command_table/errors.h"
#include "tests/unit/server/commands/sorted_set/zset_replies.h"

using namespace inkstone;
using namespace inkstone::test;

namespace {

// The words of a flat array of bulk strings.
std::vector<std::string> repliedWords(std::string_view reply) {
  RequestParser parser;
  std::vector<std::string_view> words;
  REQUIRE(parser.parse(reply, RequestLimits{}, words).status == ParseStatus::kComplete);
  return {words.begin(), words.end()};
}

constexpr int kMembers = 20;

void fill(ServerFixture& f) {
  for (int i = 0; i < kMembers; ++i) {
    const std::string score = std::to_string(i);
    const std::string member = "m" + score;
    f.run({"ZADD", "z", score, member});
  }
}

double chiSquare(const std::map<std::string, int>& counts, int draws, int choices) {
  const double expected = static_cast<double>(draws) / choices;
  double sum = expected * (choices - static_cast<int>(counts.size()));
  for (const auto& [name, count] : counts) {
    sum += (count - expected) * (count - expected) / expected;
  }
  return sum;
}

// 19 degrees of freedom exceed this once in a hundred million times.
constexpr double kChiSquareMax = 75;

}  // namespace

TEST_CASE("ZRANDMEMBER replies one, different, or repeating members") {
  ServerFixture f(GENERATE(std::vector<std::string>(), kTreesOnly));
  fill(f);
  CHECK(f.runLine("ZSCORE z " + repliedWords("*1\r\n" + f.runLine("ZRANDMEMBER z"))[0]) != kNull);
  for (const int count : {1, 5, 15, 19}) {
    const auto members = repliedWords(f.runLine("ZRANDMEMBER z " + std::to_string(count)));
    CHECK(std::set<std::string>(members.begin(), members.end()).size() ==
          static_cast<size_t>(count));
  }
  CHECK(repliedWords(f.runLine("ZRANDMEMBER z 99")).size() == kMembers);
  CHECK(repliedWords(f.runLine("ZRANDMEMBER z -99")).size() == 99);
  CHECK(f.runLine("ZRANDMEMBER z 0") == bulks(""));
}

TEST_CASE("members and scores that ZRANDMEMBER replies belong together") {
  ServerFixture f(GENERATE(std::vector<std::string>(), kTreesOnly));
  fill(f);
  for (const char* count : {"3", "12", "50", "-7"}) {
    const auto words = repliedWords(f.run({"ZRANDMEMBER", "z", count, "withscores"}));
    REQUIRE(words.size() % 2 == 0);
    for (size_t i = 0; i < words.size(); i += 2) CHECK(words[i] == "m" + words[i + 1]);
  }
}

TEST_CASE("ZRANDMEMBER is fair, with repeats and without") {
  ServerFixture f(GENERATE(std::vector<std::string>(), kTreesOnly));
  fill(f);
  const int count = GENERATE(-1, 1, 4, 12, -10);
  constexpr int kDraws = 20000;
  const std::string line = "ZRANDMEMBER z " + std::to_string(count);
  std::map<std::string, int> counts;
  int drawn = 0;
  while (drawn < kDraws) {
    for (const std::string& member : repliedWords(f.runLine(line))) {
      ++counts[member];
      ++drawn;
    }
  }
  CHECK(chiSquare(counts, drawn, kMembers) < kChiSquareMax);
}

TEST_CASE("the measure of fairness finds a member that is preferred") {
  std::map<std::string, int> counts;
  for (int i = 0; i < kMembers; ++i) counts["m" + std::to_string(i)] = 1000;
  CHECK(chiSquare(counts, 20000, kMembers) < 1);
  counts["m0"] += 300;
  CHECK(chiSquare(counts, 20300, kMembers) > kChiSquareMax);
}

TEST_CASE("RESP3 has pairs, and null without a member") {
  ServerFixture f;
  f.runLine("ZADD one 2.5 a");
  CHECK(f.runLine("ZRANDMEMBER none") == kNull);
  f.runLine("HELLO 3");
  CHECK(f.runLine("ZRANDMEMBER none") == kNullThree);
  CHECK(f.runLine("ZRANDMEMBER none 3") == bulks(""));
  CHECK(f.runLine("ZRANDMEMBER one") == bulk("a"));
  CHECK(f.runLine("ZRANDMEMBER one 1 WITHSCORES") == pairs("a 2.5"));
  CHECK(f.runLine("ZRANDMEMBER one -2 WITHSCORES") == pairs("a 2.5 a 2.5"));
}

TEST_CASE("ZRANDMEMBER tells what is wrong with its arguments first") {
  ServerFixture f;
  f.runLine("SET text x");
  CHECK(f.runLine("ZRANDMEMBER text x") == errorReply(errors::kNotInteger));
  CHECK(f.runLine("ZRANDMEMBER text -9223372036854775808") ==
        errorReply(errors::kNotSymmetricLong));
  CHECK(f.runLine("ZRANDMEMBER text 1 WITHSCORE") == errorReply(errors::kSyntax));
  CHECK(f.runLine("ZRANDMEMBER text 1 WITHSCORES x") == errorReply(errors::kSyntax));
  for (const char* count : {"4611686018427387904", "-4611686018427387905"}) {
    CHECK(f.run({"ZRANDMEMBER", "text", count, "WITHSCORES"}) == errorReply(errors::kOutOfRange));
  }
  CHECK(f.runLine("ZRANDMEMBER text 1") == errorReply(errors::kWrongType));
  CHECK(f.runLine("ZRANDMEMBER text") == errorReply(errors::kWrongType));
}
