// The tests of the AOF prove something only if this file system loses data of an AOF that does not
// sync. These tests check that.
#include "tests/unit/persistence/fault_file_system.h"

#include <catch2/catch.hpp>

using namespace inkstone;
using namespace inkstone::test;

TEST_CASE("a power cut takes bytes that were not synced") {
  FaultFileSystem files;
  files.put("/d/f", "old");
  const auto file = files.openAppend("/d/f");
  REQUIRE(file.value->append("new").ok());
  REQUIRE(files.contents("/d/f") == "oldnew");
  files.powerCut();
  REQUIRE(files.contents("/d/f") == "old");
}

TEST_CASE("a power cut takes names whose directory was not synced") {
  FaultFileSystem files;
  const auto created = files.openAppend("/d/new");
  REQUIRE(created.value->append("x").ok());
  REQUIRE_FALSE(created.value->sync());
  files.put("/d/from", "renamed");
  files.put("/d/to", "replaced");
  REQUIRE_FALSE(files.rename("/d/from", "/d/to"));
  REQUIRE(files.contents("/d/to") == "renamed");
  files.powerCut();
  REQUIRE_FALSE(files.exists("/d/new").value);
  REQUIRE(files.contents("/d/from") == "renamed");
  REQUIRE(files.contents("/d/to") == "replaced");

  REQUIRE_FALSE(files.rename("/d/from", "/d/to"));
  REQUIRE_FALSE(files.syncDirectory("/d"));
  files.powerCut();
  REQUIRE(files.contents("/d/to") == "renamed");
  REQUIRE_FALSE(files.exists("/d/from").value);
}

TEST_CASE("a sync after a failed one writes nothing unless the bytes were written again") {
  FaultFileSystem files;
  files.put("/d/f", "");
  const auto file = files.openAppend("/d/f");
  REQUIRE(file.value->append("abc").ok());
  files.failNth(Call::kSync, 1, std::errc::io_error);
  REQUIRE(file.value->sync() == std::errc::io_error);
  REQUIRE_FALSE(file.value->sync());
  REQUIRE(files.durableContents("/d/f") != "abc");
  REQUIRE_FALSE(file.value->overwrite(0, "abc"));
  REQUIRE_FALSE(file.value->sync());
  REQUIRE(files.durableContents("/d/f") == "abc");
}
