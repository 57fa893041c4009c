#include "persistence/files/whole_file.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/unit/persistence/fault_file_system.h"

namespace inkstone::test {
namespace {

const std::string kTemp = "/data/temp";
const std::string kName = "/data/name";

void put(FaultFileSystem& files, const std::string& path, std::string_view text) {
  NewFile file(files, path);
  REQUIRE(file.open().ok());
  REQUIRE(file.write(text).ok());
  REQUIRE(file.syncDirectory().ok());
  file.keep();
}

WriteOutcome replace(FaultFileSystem& files, std::string_view text) {
  NewFile file(files, kTemp);
  WriteOutcome outcome = file.open();
  if (outcome.ok()) outcome = file.write(text);
  if (outcome.ok()) outcome = file.checkSize(text.size());
  if (outcome.ok()) outcome = file.rename(kName);
  if (!outcome.ok()) return outcome;
  file.keep();
  return file.syncDirectory();
}

}  // namespace

TEST_CASE("a new file takes the place of an old one, and of what was left under its own name") {
  FaultFileSystem files;
  put(files, kName, "old");
  put(files, kTemp, "left by somebody");
  REQUIRE(replace(files, "new").ok());
  CHECK(files.durableContents(kName) == "new");
  CHECK(files.listDirectory("/data").value == std::vector<std::string>{"name"});
}

TEST_CASE("a new file that fails is gone, the step is told, and the old one stands") {
  struct Failure {
    Call call;
    const char* step;
  };
  const Failure failure =
      GENERATE(Failure{Call::kOpenAppend, "opening it"}, Failure{Call::kTruncate, "emptying it"},
               Failure{Call::kAppend, "writing it"}, Failure{Call::kSync, "writing it"},
               Failure{Call::kRename, "renaming it"});
  FaultFileSystem files;
  put(files, kName, "old");
  files.failNth(failure.call, 1, std::errc::io_error);
  const WriteOutcome outcome = replace(files, "new");
  CHECK(outcome.error == std::errc::io_error);
  CHECK(outcome.step == failure.step);
  CHECK(files.durableContents(kName) == "old");
  CHECK(files.listDirectory("/data").value == std::vector<std::string>{"name"});
}

TEST_CASE("a new file is whole or not there, whenever the power goes") {
  FaultFileSystem files;
  put(files, kName, "old");
  files.keepMoments();
  REQUIRE(replace(files, "new").ok());
  for (const DiskMoment& moment : files.takeMoments()) {
    for (const bool names : {false, true}) {
      const auto left = moment.afterPowerCut(Unsynced::kZeroed, names);
      REQUIRE(left.contains(kName));
      CHECK((left.at(kName) == "old" || left.at(kName) == "new"));
    }
  }
}

TEST_CASE("a file of another length than was written is refused") {
  FaultFileSystem files;
  NewFile file(files, kTemp);
  REQUIRE(file.open().ok());
  REQUIRE(file.write("four").ok());
  CHECK(file.checkSize(4).ok());
  CHECK(file.checkSize(5).step == "checking its size");
}

TEST_CASE("a piece of a file ends where the file ends") {
  FaultFileSystem files;
  put(files, kName, "0123456789");
  const auto file = files.openRead(kName);
  REQUIRE(file.ok());
  CHECK(readPiece(*file.value, 2, 3).value == "234");
  CHECK(readPiece(*file.value, 8, 100).value == "89");
  CHECK(readPiece(*file.value, 100, 1).value.empty());
  CHECK(readWhole(files, kName, 10).value == "0123456789");
  CHECK(readWhole(files, kName, 9).error == std::errc::file_too_large);
  CHECK(readWhole(files, "/data/none", 9).error == std::errc::no_such_file_or_directory);
}

}  // namespace inkstone::test
