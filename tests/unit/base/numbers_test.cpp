// Expected texts of long doubles were taken from redis-server 7.0.15: INCRBYFLOAT for
// formatLongDouble.
#include "base/numbers.h"

#include <array>
#include <bit>
#include <catch2/catch.hpp>
#include <charconv>
#include <cmath>
#include <limits>

#include "tests/unit/seeded_random.h"

namespace inkstone::testing {
namespace {

constexpr int64_t kInt64Max = std::numeric_limits<int64_t>::max();
constexpr int64_t kInt64Min = std::numeric_limits<int64_t>::min();

std::string int64Text(int64_t value) {
  char text[kInt64TextMax];
  return std::string(text, formatInt64(text, value));
}

TEST_CASE("an integer is read back from its text, up to both limits") {
  for (int64_t value : {int64_t{0}, int64_t{1}, int64_t{-1}, int64_t{10}, int64_t{-10}, kInt64Max,
                        kInt64Max - 1, kInt64Min, kInt64Min + 1}) {
    int64_t read = 42;
    CAPTURE(value);
    CHECK(parseInt64(int64Text(value), read));
    CHECK(read == value);
  }
  CHECK(int64Text(kInt64Min).size() == kInt64TextMax);
}

TEST_CASE("random integers are read back from their text") {
  SeededRandom random("random integers are read back from their text");
  CAPTURE(random.seed());
  for (int i = 0; i < 10000; ++i) {
    const auto value = static_cast<int64_t>(random()) >> random.below(64);
    int64_t read = 0;
    REQUIRE(parseInt64(int64Text(value), read));
    REQUIRE(read == value);
  }
}

TEST_CASE("text that no integer prints as is refused") {
  for (const char* text : {"",
                           "-",
                           "+1",
                           "01",
                           "-01",
                           "-0",
                           "00",
                           " 1",
                           "1 ",
                           "1a",
                           "a",
                           "0x1",
                           "1.0",
                           "--1",
                           "1-",
                           "9223372036854775808",
                           "-9223372036854775809",
                           "99999999999999999999",
                           "-99999999999999999999",
                           "000000000000000000000",
                           "123456789012345678901"}) {
    int64_t value = 0;
    INFO(text);
    CHECK_FALSE(parseInt64(text, value));
  }
  int64_t value = 0;
  CHECK_FALSE(parseInt64(std::string_view("1\0", 2), value));
}

TEST_CASE("a double is read in decimal, hexadecimal and by name") {
  const std::pair<const char*, double> cases[] = {
      {"0", 0.0},
      {"1", 1.0},
      {"+1", 1.0},
      {"-1.5", -1.5},
      {".5", 0.5},
      {"1.", 1.0},
      {"1e5", 1e5},
      {"1E-5", 1e-5},
      {"0x10", 16.0},
      {"0x1p-3", 0.125},
      {"5e-324", 5e-324},
      {"1.7976931348623157e308", 1.7976931348623157e308},
      {"inf", HUGE_VAL},
      {"+inf", HUGE_VAL},
      {"Infinity", HUGE_VAL},
      {"-INFINITY", -HUGE_VAL}};
  for (const auto& [text, expected] : cases) {
    double value = 42;
    INFO(text);
    CHECK(parseDouble(text, value));
    CHECK(value == expected);
  }
}

const char* const kNoFloats[] = {"",     " ",   " 1",  "\t1", "\v1", "1 ",   "1\n",  "nan",
                                 "-nan", "1_0", "..1", "1e",  "1e+", "abc",  "1abc", "-",
                                 "+",    "0x",  "--1", "1,5", "in",  "infx", "."};

TEST_CASE("text around a number, blanks and nan are refused") {
  for (const char* text : kNoFloats) {
    double value = 0;
    long double long_value = 0;
    INFO(text);
    CHECK_FALSE(parseDouble(text, value));
    CHECK_FALSE(parseLongDouble(text, long_value));
  }
  double value = 0;
  CHECK_FALSE(parseDouble(std::string_view("1\0", 2), value));
  CHECK_FALSE(parseDouble(std::string_view("1\0002", 3), value));
}

TEST_CASE("a number too large or too small for its type is refused, a subnormal is not") {
  double value = 0;
  CHECK_FALSE(parseDouble("1e400", value));
  CHECK_FALSE(parseDouble("-1e400", value));
  CHECK_FALSE(parseDouble("1e-400", value));
  CHECK(parseDouble("1e-310", value));
  long double long_value = 0;
  CHECK(parseLongDouble("1e400", long_value));
  CHECK(parseLongDouble("1e4932", long_value));
  CHECK_FALSE(parseLongDouble("1e4933", long_value));
  CHECK(parseLongDouble("3.6e-4951", long_value));
  CHECK_FALSE(parseLongDouble("1e-4951", long_value));
}

TEST_CASE("a number of 5,119 bytes is read, a longer one is refused") {
  const std::string longest = "0." + std::string(5117, '1');
  long double long_value = 0;
  double value = 0;
  CHECK(parseLongDouble(longest, long_value));
  CHECK(parseDouble(longest, value));
  CHECK(value == 1.0 / 9);
  CHECK_FALSE(parseLongDouble(longest + "1", long_value));
  CHECK_FALSE(parseDouble(longest + "1", value));
}

TEST_CASE("random doubles are read exactly") {
  SeededRandom random("random doubles are read exactly");
  CAPTURE(random.seed());
  for (int i = 0; i < 10000; ++i) {
    const auto value = std::bit_cast<double>(random());
    if (std::isnan(value)) continue;
    double read = 0;
    std::array<char, 32> text;
    const char* const end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    REQUIRE(parseDouble({text.data(), static_cast<size_t>(end - text.data())}, read));
    REQUIRE(std::bit_cast<uint64_t>(read) == std::bit_cast<uint64_t>(value));
  }
}

TEST_CASE("a long double prints as INCRBYFLOAT stores it") {
  const std::pair<long double, const char*> cases[] = {
      {0.0L, "0"},
      {-0.0L, "0"},
      {0.1L, "0.1"},
      {0.1L + 0.2L, "0.3"},
      {10.5L + 0.1L, "10.6"},
      {3.0e3L + 1, "3001"},
      {5.0e3L + 2.0e2L, "5200"},
      {-1e-20L, "0"},
      {1e-18L, "0"},
      {1e-17L, "0.00000000000000001"},
      {1 + 1e-17L, "1.00000000000000001"},
      {0.99999999999999999L, "0.99999999999999999"},
      {9223372036854775807.0L + 1, "9223372036854775808"},
      {123456789.123456789L, "123456789.12345678899873747"},
      {-2.5L, "-2.5"},
      {100, "100"},
      {static_cast<long double>(HUGE_VAL), "inf"},
      {-static_cast<long double>(HUGE_VAL), "-inf"}};
  for (const auto& [value, expected] : cases) CHECK(formatLongDouble(value) == expected);
}

TEST_CASE("the largest numbers INCRBYFLOAT can store are read back") {
  for (const char* text : {"1e300", "1.7e308", "1e4000", "1e4932", "-1e4932"}) {
    long double value = 0;
    REQUIRE(parseLongDouble(text, value));
    const std::string stored = formatLongDouble(value);
    long double read = 0;
    INFO(text);
    CHECK(stored.size() > 300);
    CHECK(parseLongDouble(stored, read));
    CHECK(read == value);
  }
}

}  // namespace
}  // namespace inkstone::testing
