#include "config/units.h"

#include <catch2/catch.hpp>

using namespace inkstone;

TEST_CASE("memory sizes know decimal and binary units in any case") {
  CHECK(parseMemory("100") == 100U);
  CHECK(parseMemory("1B") == 1U);
  CHECK(parseMemory("1k") == 1000U);
  CHECK(parseMemory("1Kb") == 1024U);
  CHECK(parseMemory("2m") == 2000000U);
  CHECK(parseMemory("2MB") == 2097152U);
  CHECK(parseMemory("1g") == 1000000000U);
  CHECK(parseMemory("1gB") == 1073741824U);
  CHECK(parseMemory("18446744073709551615") == 18446744073709551615U);
}

TEST_CASE("memory sizes that do not fit or do not parse are refused") {
  for (const char* text :
       {"-1", " 1", "1 ", "1tb", "1.5gb", "18446744073709551616", "99999999999999gb"}) {
    INFO(text);
    CHECK_FALSE(parseMemory(text));
  }
}

TEST_CASE("integers have one form") {
  CHECK(parseInteger("-12") == -12);
  CHECK(parseInteger("0") == 0);
  for (const char* text : {"", "+5", "05", " 5", "5 ", "-0", "0x5", "9223372036854775808"}) {
    INFO(text);
    CHECK_FALSE(parseInteger(text));
  }
}

TEST_CASE("sizes, octal numbers and decimals are written as they are read") {
  CHECK(formatMemory(1073741824) == "1gb");
  CHECK(formatMemory(3145728) == "3mb");
  CHECK(formatMemory(3000000) == "3000000");
  CHECK(formatMemory(0) == "0");
  CHECK(parseOctal("770") == 0770);
  CHECK_FALSE(parseOctal("778"));
  CHECK(formatOctal(0770) == "770");
  CHECK(formatDecimal(99.9) == "99.9");
  CHECK(formatDecimal(33.3333333333333) == "33.333333");
  CHECK(formatDecimal(100) == "100");
  CHECK_FALSE(parseDecimal("nan"));
}
