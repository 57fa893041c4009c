#include "persistence/log/tail_cut.h"

#include <catch2/catch.hpp>
#include <cerrno>
#include <ios>

#include "tests/unit/persistence/fault_file_system.h"
#include "tests/unit/persistence/log/log_fixture.h"

using namespace inkstone;
using namespace inkstone::test;

namespace {

TailCutResult cut(FaultFileSystem& files) {
  return cutTail(files, kDirectory, kPath, 10, 4, 1700000000);
}

}  // namespace

TEST_CASE(
    "the tail is kept beside the log, both on the disk, in an order that a power cut cannot hurt") {
  // Every prefix of the calls is tried: the cut is stopped by an error at the n-th call and the
  // power goes.
  FaultFileSystem files;
  files.put(kPath, "keeptail!!");
  REQUIRE_FALSE(cut(files).error);
  const std::vector<Call> calls = files.trace();
  REQUIRE(calls.size() >= 8);
  for (size_t stop = 0; stop < calls.size(); ++stop) {
    FaultFileSystem broken;
    broken.put(kPath, "keeptail!!");
    size_t seen = 0;
    broken.onCall([&](Call) {
      return seen++ == stop ? std::make_error_code(std::errc::io_error) : std::error_code{};
    });
    const TailCutResult result = cut(broken);
    CAPTURE(stop);
    REQUIRE(result.error == std::errc::io_error);
    broken.powerCut();
    const std::string log = broken.contents(kPath);
    const std::string kept_name = kPath + ".cut-1700000000";
    const bool kept = broken.exists(kept_name).value;
    REQUIRE((log == "keeptail!!" || (log == "keep" && kept)));
    if (log == "keep") REQUIRE(broken.contents(kept_name) == "tail!!");
  }
}

TEST_CASE("a second cut in the same second does not touch the first one's bytes") {
  FaultFileSystem files;
  files.put(kPath, "keeptail!!");
  files.put(kPath + ".cut-1700000000", "first");
  const TailCutResult result = cut(files);
  REQUIRE_FALSE(result.error);
  REQUIRE(result.kept_as == kPath + ".cut-1700000000-2");
  files.powerCut();
  REQUIRE(files.contents(kPath + ".cut-1700000000") == "first");
  REQUIRE(files.contents(result.kept_as) == "tail!!");
  REQUIRE(files.contents(kPath) == "keep");
}

TEST_CASE("on a full disk the tail moves into the space its cut frees") {
  FaultFileSystem files;
  files.put(kPath, "keeptail!!");
  files.setSpace(3);
  const TailCutResult result = cut(files);
  REQUIRE_FALSE(result.error);
  REQUIRE(files.contents(kPath) == "keep");
  REQUIRE(files.contents(result.kept_as) == "tail!!");
}

TEST_CASE("on a disk that stays full the log is cut all the same and no half copy is left") {
  FaultFileSystem files;
  files.put(kPath, "keeptail!!");
  files.failAlways(Call::kAppend, std::errc::no_space_on_device);
  const TailCutResult result = cut(files);
  REQUIRE_FALSE(result.error);
  REQUIRE(result.kept_as.empty());
  REQUIRE(files.contents(kPath) == "keep");
  REQUIRE(files.listDirectory(kDirectory).value.size() == 1);
}

TEST_CASE("a quota that is used up is a full disk, an unknown error of its number is not") {
  FaultFileSystem files;
  files.put(kPath, "keeptail!!");
  const bool quota = GENERATE(true, false);
  files.onCall([quota](Call call) {
    if (call != Call::kAppend) return std::error_code();
    return std::error_code(EDQUOT, quota ? std::generic_category() : std::iostream_category());
  });
  const TailCutResult result = cut(files);
  REQUIRE(!result.error == quota);
  REQUIRE(files.contents(kPath) == (quota ? "keep" : "keeptail!!"));
}
