// Score text: the forms Redis 7.2 prints, and that every text reads back as the same number.
#include "storage/types/score_text.h"

#include <algorithm>
#include <bit>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <limits>
#include <string>
#include <utility>

#include "tests/unit/seeded_random.h"

namespace inkstone::testing {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::string textOf(double score) {
  ScoreText room;
  return std::string(scoreText(score, room));
}

size_t digitsIn(const std::string& text) {
  const std::string mantissa = text.substr(0, text.find('e'));
  std::string digits;
  std::copy_if(mantissa.begin(), mantissa.end(), std::back_inserter(digits),
               [](char c) { return c >= '0' && c <= '9'; });
  digits.erase(0, digits.find_first_not_of('0'));
  digits.erase(digits.find_last_not_of('0') + 1);
  return digits.size();
}

// A score of any kind but nan: any bit pattern, or a number as people use them.
double anyScore(SeededRandom& random) {
  switch (random.below(4)) {
    case 0:
      return static_cast<double>(static_cast<int64_t>(random()) >> random.below(64));
    case 1:
      return static_cast<double>(static_cast<int32_t>(random())) / std::pow(10, random.below(12));
    default: {
      const auto score = std::bit_cast<double>(random());
      return std::isnan(score) ? 0 : score;
    }
  }
}

}  // namespace

TEST_CASE("scores are printed as Redis 7.2 does") {
  const std::pair<double, const char*> cases[] = {
      {0.0, "0"},
      {-0.0, "-0"},
      {1, "1"},
      {-17, "-17"},
      {3.14, "3.14"},
      {-0.1, "-0.1"},
      {0.1 + 0.2, "0.30000000000000004"},
      {kInfinity, "inf"},
      {-kInfinity, "-inf"},
      {std::nan(""), "nan"},
      {1e15, "1000000000000000"},
      {1e18, "1000000000000000000"},
      {4611686018427387904.0, "4611686018427387904"},
      {-4611686018427387904.0, "-4611686018427387904"},
      {4611686018427388928.0, "4611686018427389000"},
      {5e18, "5e+18"},
      {1e19, "1e+19"},
      {1.2345678901234567e19, "12345678901234567000"},
      {1.2345678901234567e23, "123456789012345670000000"},
      {1.2345678901234568e24, "1.2345678901234568e+24"},
      {1e20, "1e+20"},
      {-1.5e300, "-1.5e+300"},
      {0.5, "0.5"},
      {0.000001, "0.000001"},
      {0.0000012, "1.2e-6"},
      {0.0000001, "1e-7"},
      {1.5e-7, "1.5e-7"},
      {0.0012345678, "0.0012345678"},
      {0.00012345678, "1.2345678e-4"},
      {0.000123, "0.000123"},
      {1234.5678901234, "1234.5678901234"},
      {12345.5678901234, "1.23455678901234e+4"},
      {1234567.125, "1234567.125"},
      {5e-324, "5e-324"},
      {2.2250738585072014e-308, "2.2250738585072014e-308"},
      {1.7976931348623157e308, "1.7976931348623157e+308"},
      {-1.7976931348623157e308, "-1.7976931348623157e+308"},
  };
  for (const auto& [score, expected] : cases) CHECK(textOf(score) == expected);
}

TEST_CASE("the text of a score reads back as the same number, in no more digits than that takes") {
  SeededRandom random("score text");
  for (int i = 0; i < 300000; ++i) {
    const double score = anyScore(random);
    const std::string text = textOf(score);
    CAPTURE(text);
    REQUIRE(text.size() <= ScoreText().size());
    REQUIRE(std::bit_cast<uint64_t>(scoreFromText(text)) == std::bit_cast<uint64_t>(score));
    int64_t whole;
    if (wholeScore(score, whole) || std::isinf(score)) continue;
    int digits = 1;
    char shorter[64];
    for (; digits < 17; ++digits) {
      std::snprintf(shorter, sizeof shorter, "%.*e", digits - 1, score);
      if (std::strtod(shorter, nullptr) == score) break;
    }
    REQUIRE(digitsIn(text) == static_cast<size_t>(digits));
  }
}

TEST_CASE("what is no number reads as nan") {
  for (const char* text : {"", "x", "1x", " 1", "1 ", "1e", "--1"}) {
    CHECK(std::isnan(scoreFromText(text)));
  }
  CHECK(scoreFromText("inf") == kInfinity);
  CHECK(scoreFromText("-inf") == -kInfinity);
  CHECK(scoreFromText("1e+20") == 1e20);
}

TEST_CASE("whole scores are those a listpack keeps as integers") {
  int64_t whole = 7;
  CHECK((wholeScore(-0.0, whole) && whole == 0));
  CHECK((wholeScore(4611686018427387904.0, whole) && whole == int64_t{1} << 62));
  CHECK((wholeScore(-4611686018427387904.0, whole) && whole == -(int64_t{1} << 62)));
  CHECK((wholeScore(-3, whole) && whole == -3));
  for (const double score : {4611686018427388928.0, -4611686018427388928.0, 0.5, 1e300, kInfinity,
                             -kInfinity, std::nan(""), 5e-324}) {
    CHECK_FALSE(wholeScore(score, whole));
  }
}

}  // namespace inkstone::testing
