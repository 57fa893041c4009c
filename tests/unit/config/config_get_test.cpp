#include <catch2/catch.hpp>

#include "config/config.h"

using namespace inkstone;
using Pairs = std::vector<Config::Pair>;

TEST_CASE("a directive is shown once, however many patterns match") {
  const Config config;
  CHECK(config.get({"maxmemory-s*", "*memory-samples", "MAXMEMORY-SAMPLES"}) ==
        Pairs{{"MAXMEMORY-SAMPLES", "5"}});
  CHECK(config.get({"maxmemory", "maxmemory"}).size() == 1);
}

TEST_CASE("aliases are shown under their own name") {
  const Config config;
  CHECK(config.get({"hash-max-*-value"}) ==
        Pairs{{"hash-max-listpack-value", "64"}, {"hash-max-ziplist-value", "64"}});
  CHECK(config.get({"slave-priority"}) == Pairs{{"slave-priority", "100"}});
}

TEST_CASE("hidden directives answer only to their exact name") {
  const Config config;
  CHECK(config.get({"key-load-dela?"}).empty());
  CHECK(config.get({"key-load-delay"}) == Pairs{{"key-load-delay", "0"}});
}

TEST_CASE("unknown names match nothing") {
  CHECK(Config().get({"nosuch", "no*such"}).empty());
}
