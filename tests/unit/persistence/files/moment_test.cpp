#include "persistence/files/moment.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <ctime>
#include <string>

using inkstone::parseMoment;

TEST_CASE("Unix seconds and ISO 8601 name the same moment") {
  for (const char* text :
       {"1700000005", "2023-11-14T22:13:25Z", "2023-11-14t22:13:25z", "2023-11-14 22:13:25Z",
        "2023-11-14 22:13:25.999 UTC", "2023-11-14T22:13:25.5Z", "2023-11-14T23:13:25+01:00",
        "2023-11-14T23:13:25+0100", "2023-11-14T23:13:25+01", "2023-11-14T16:43:25-05:30",
        "20231114T221325Z", "2023-11-15T00:13:25,25 +02:00"}) {
    INFO(text);
    CHECK(parseMoment(text) == 1700000005);
  }
  CHECK(parseMoment("2023-11-14T22:13Z") == 1700000005 - 25);
  CHECK(parseMoment("2024-02-29T00:00:00Z") == 1709164800);
}

TEST_CASE("without a zone it is the local time") {
  const char* const before = std::getenv("TZ");
  const std::string zone = before == nullptr ? "" : before;
  ::setenv("TZ", "ABC-3", 1);
  ::tzset();
  CHECK(parseMoment("2023-11-15T01:13:25") == 1700000005);
  CHECK(parseMoment("2023-11-15") == 1699995600);
  if (before == nullptr) {
    ::unsetenv("TZ");
  } else {
    ::setenv("TZ", zone.c_str(), 1);
  }
  ::tzset();
}

TEST_CASE("what is no moment is not taken for one") {
  for (const char* text : {"",
                           "x",
                           "5x",
                           "-1",
                           "0",
                           "99999999999999999999",
                           "2023-11",
                           "2023-13-01Z",
                           "2023-11-14T",
                           "2023-11-14T22",
                           "2023-11-14T24:00:00Z",
                           "2023-11-14T22:60:00Z",
                           "2023-11-14T22:13:25+",
                           "2023-11-14T22:13:25+1",
                           "2023-11-14T22:13:25+24:00",
                           "2023-11-14T22:13:25Zx",
                           "2023-11-14T22:13:25.Z",
                           "2023-02-30T00:00:00Z",
                           "1969-12-31T23:59:59Z",
                           "2023-11-14  22:13:25Z",
                           "2023-11-14T22:13:25 UTx",
                           "0-0"}) {
    INFO(text);
    CHECK_FALSE(parseMoment(text));
  }
}
