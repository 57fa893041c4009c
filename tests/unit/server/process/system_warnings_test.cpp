#include "server/process/system_warnings.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "tests/unit/config/temp_dir.h"

using namespace inkstone;

namespace {

SystemFacts sound() {
  SystemFacts facts;
  facts.overcommit_memory = 1;
  facts.somaxconn = 511;
  facts.huge_pages = "madvise";
  return facts;
}

constexpr SystemNeeds kNeeds = {6379, 511, false};

}  // namespace

TEST_CASE("a machine that is set up well is warned of nothing, nor one that tells nothing") {
  CHECK(systemWarnings(sound(), kNeeds).empty());
  CHECK(systemWarnings({}, kNeeds).empty());
}

TEST_CASE("a kernel that may refuse the fork is warned of") {
  SystemFacts facts = sound();
  facts.overcommit_memory = GENERATE(0, 2);
  const auto lines = systemWarnings(facts, kNeeds);
  REQUIRE(lines.size() == 1);
  CHECK_THAT(lines[0], Catch::StartsWith("WARNING overcommit_memory is set to "));
  CHECK_THAT(lines[0], Catch::Contains("sysctl vm.overcommit_memory=1"));
}

TEST_CASE("a backlog that cannot be had is warned of where there is a TCP port") {
  SystemFacts facts = sound();
  facts.somaxconn = 128;
  const auto lines = systemWarnings(facts, kNeeds);
  REQUIRE(lines.size() == 1);
  CHECK(lines[0] ==
        "WARNING: The TCP backlog setting of 511 cannot be enforced because "
        "/proc/sys/net/core/somaxconn is set to the lower value of 128.");
  CHECK(systemWarnings(facts, {0, 511, false}).empty());
  CHECK(systemWarnings(facts, {6379, 128, false}).empty());
}

TEST_CASE("huge pages are warned of unless they are off for the process") {
  SystemFacts facts = sound();
  facts.huge_pages = "always";
  const auto lines = systemWarnings(facts, kNeeds);
  REQUIRE(lines.size() == 1);
  CHECK_THAT(lines[0], Catch::Contains("Transparent Huge Pages (THP)"));
  CHECK(systemWarnings(facts, {6379, 511, true}).empty());
}

TEST_CASE("what the kernel says is read from its files") {
  const TempDir dir;
  for (const char* folder :
       {"/proc/sys/vm", "/proc/sys/net/core", "/sys/kernel/mm/transparent_hugepage"}) {
    std::filesystem::create_directories(dir.path() + folder);
  }
  std::ofstream(dir.path() + "/proc/sys/vm/overcommit_memory") << "2\n";
  std::ofstream(dir.path() + "/sys/kernel/mm/transparent_hugepage/enabled")
      << "always [madvise] never\n";
  std::ofstream(dir.path() + "/proc/sys/net/core/somaxconn") << "none\n";
  const SystemFacts facts = readSystemFacts(dir.path());
  CHECK(facts.overcommit_memory == 2);
  CHECK_FALSE(facts.somaxconn.has_value());
  CHECK(facts.huge_pages == "madvise");
}
