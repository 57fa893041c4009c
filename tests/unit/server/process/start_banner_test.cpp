#include "server/process/start_banner.h"

#include <catch2/catch.hpp>

using namespace inkstone;

TEST_CASE("the banner tells mode, port and process id") {
  std::string text;
  for (const std::string& line : startBanner("1.2.3", "7.2.5", 6380, 4711)) {
    CHECK(line.size() <= 80);
    text += line + "\n";
  }
  CHECK_THAT(text, Catch::Contains("Inkstone 1.2.3"));
  CHECK_THAT(text, Catch::Contains("Running in standalone mode"));
  CHECK_THAT(text, Catch::Contains("Port: 6380\n"));
  CHECK_THAT(text, Catch::Contains("PID: 4711\n"));
}
