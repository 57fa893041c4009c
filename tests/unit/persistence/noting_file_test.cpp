#include "persistence/noting_file.h"

#include <catch2/catch.hpp>
#include <string>

#include "tests/unit/persistence/fault_file_system.h"
#include "tests/unit/persistence/log_fixture.h"

using namespace inkstone;
using namespace inkstone::test;

namespace {

const std::string kLedger = kPath + ".ledger";
const std::string kZeros(2 * kDiskBlockBytes, '\0');

struct NotingBench {
  NotingBench() {
    std::shared_ptr<AppendFile> log = files.openAppend(kPath).value;
    ledger = std::make_shared<LedgerWriter>(files, kLedger, kLedger, Ledger());
    REQUIRE_FALSE(ledger->begin(*log, 0, 1000));
    REQUIRE_FALSE(files.syncDirectory(kDirectory));
    file = std::make_unique<NotingFile>(std::move(log), ledger, 0);
  }

  void append(const std::string& text) { REQUIRE(file->append(text).ok()); }
  std::vector<ZeroRange> notes() { return readLedger(files, kLedger).value.zeros; }

  FaultFileSystem files;
  std::shared_ptr<LedgerWriter> ledger;
  std::unique_ptr<NotingFile> file;
};

}  // namespace

TEST_CASE("what a sync has confirmed is noted durably, at its place in the file") {
  NotingBench bench;
  bench.append(std::string(kDiskBlockBytes, 'x'));
  bench.append(kZeros);
  REQUIRE(bench.notes().empty());
  REQUIRE_FALSE(bench.file->sync());
  bench.files.powerCut();
  REQUIRE(bench.files.contents(kPath).size() == 3 * kDiskBlockBytes);
  REQUIRE(bench.notes() == std::vector<ZeroRange>{{kDiskBlockBytes, 3 * kDiskBlockBytes}});
}

TEST_CASE("a text without blocks of zeros costs the ledger nothing") {
  NotingBench bench;
  bench.files.clearTrace();
  bench.append(std::string(10 * kDiskBlockBytes, 'x') + std::string(kDiskBlockBytes - 1, '\0'));
  REQUIRE_FALSE(bench.file->sync());
  REQUIRE(bench.files.trace() == std::vector<Call>{Call::kAppend, Call::kSync});
}

TEST_CASE("a note that could be neither written nor made needless fails the sync, and is owed") {
  NotingBench bench;
  bench.append(kZeros);
  bench.files.failNth(Call::kAppend, 1, std::errc::io_error);
  bench.files.failNth(Call::kRemove, 1, std::errc::io_error);
  REQUIRE(bench.file->sync() == std::errc::io_error);
  REQUIRE(bench.file->sync() == std::errc::io_error);
}

TEST_CASE("what was cut off is not noted, and what replaces it has its own place") {
  NotingBench bench;
  bench.append(std::string(kDiskBlockBytes, 'x') + kZeros);
  REQUIRE_FALSE(bench.file->truncate(2 * kDiskBlockBytes));
  bench.append(std::string(kDiskBlockBytes, 'y') + std::string(kDiskBlockBytes, '\0'));
  REQUIRE_FALSE(bench.file->sync());
  REQUIRE(bench.notes() == std::vector<ZeroRange>{{kDiskBlockBytes, 2 * kDiskBlockBytes},
                                                  {3 * kDiskBlockBytes, 4 * kDiskBlockBytes}});
}

TEST_CASE("of a short write only what was written is noted") {
  NotingBench bench;
  bench.files.shortenNextAppend(kDiskBlockBytes + 5, std::errc::no_space_on_device);
  REQUIRE_FALSE(bench.file->append(kZeros).ok());
  REQUIRE_FALSE(bench.file->sync());
  REQUIRE(bench.notes() == std::vector<ZeroRange>{{0, kDiskBlockBytes}});
}
