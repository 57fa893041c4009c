#include "persistence/ledger/noting_file.h"

#include <catch2/catch.hpp>
#include <string>

#include "tests/unit/persistence/fault_file_system.h"
#include "tests/unit/persistence/log/log_fixture.h"

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

TEST_CASE("a block of zeros that comes in pieces is noted, wherever they end") {
  const std::string value = "head" + std::string(kDiskBlockBytes * 2, '\0') + "tail";
  const std::vector<ZeroRange> noted = {{kDiskBlockBytes, 2 * kDiskBlockBytes}};
  for (size_t split = 0; split <= value.size(); ++split) {
    NotingBench bench;
    bench.append(value.substr(0, split));
    bench.append(value.substr(split));
    REQUIRE_FALSE(bench.file->sync());
    CAPTURE(split);
    REQUIRE(bench.notes() == noted);
  }
  for (const size_t piece : {size_t{1}, size_t{7}, size_t{1000}, kDiskBlockBytes - 1}) {
    NotingBench bench;
    for (size_t at = 0; at < value.size(); at += piece) bench.append(value.substr(at, piece));
    REQUIRE_FALSE(bench.file->sync());
    CAPTURE(piece);
    REQUIRE(bench.notes() == noted);
  }
}

TEST_CASE("a block that a sync comes in the middle of is noted by the next") {
  NotingBench bench;
  bench.append(kZeros.substr(0, 100));
  REQUIRE_FALSE(bench.file->sync());
  REQUIRE(bench.notes().empty());
  bench.append(kZeros.substr(0, kDiskBlockBytes));
  REQUIRE_FALSE(bench.file->sync());
  REQUIRE(bench.notes() == std::vector<ZeroRange>{{0, kDiskBlockBytes}});
}

TEST_CASE("what a short write left is part of the block that the rest completes") {
  NotingBench bench;
  bench.files.shortenNextAppend(5, std::errc::no_space_on_device);
  const IoResult<size_t> written = bench.file->append(kZeros);
  REQUIRE(written.value == 5);
  bench.append(kZeros.substr(written.value));
  REQUIRE_FALSE(bench.file->sync());
  REQUIRE(bench.notes() == std::vector<ZeroRange>{{0, 2 * kDiskBlockBytes}});
}

TEST_CASE("after a cut in the middle of a block, what is left of it tells") {
  NotingBench bench;
  const std::string zeros = kZeros.substr(0, kDiskBlockBytes - 10);
  SECTION("zeros, behind which something else stood") {
    bench.append(kZeros.substr(0, 10) + std::string(kDiskBlockBytes, 'x'));
    REQUIRE_FALSE(bench.file->truncate(10));
    bench.append(zeros);
    REQUIRE_FALSE(bench.file->sync());
    REQUIRE(bench.notes() == std::vector<ZeroRange>{{0, kDiskBlockBytes}});
  }
  SECTION("zeros, as all behind them") {
    bench.append(kZeros);
    REQUIRE_FALSE(bench.file->truncate(10));
    bench.append(zeros);
    REQUIRE_FALSE(bench.file->sync());
    REQUIRE(bench.notes() == std::vector<ZeroRange>{{0, kDiskBlockBytes}});
  }
  SECTION("something else, before zeros") {
    bench.append("x" + kZeros);
    REQUIRE_FALSE(bench.file->truncate(10));
    bench.append(zeros);
    REQUIRE_FALSE(bench.file->sync());
    REQUIRE(bench.notes().empty());
  }
  SECTION("something that cannot be read counts as zeros") {
    bench.append("x" + kZeros);
    bench.files.failNth(Call::kRead, 1, std::errc::io_error);
    REQUIRE_FALSE(bench.file->truncate(10));
    bench.append(zeros);
    REQUIRE_FALSE(bench.file->sync());
    REQUIRE(bench.notes() == std::vector<ZeroRange>{{0, kDiskBlockBytes}});
  }
}

TEST_CASE("the block in which a file was opened counts as zeros before") {
  NotingBench bench;
  bench.append(kZeros.substr(0, 10));
  NotingFile opened(bench.files.openAppend(kPath).value, bench.ledger, 10);
  REQUIRE(opened.append(kZeros).ok());
  REQUIRE_FALSE(opened.sync());
  REQUIRE(bench.notes() == std::vector<ZeroRange>{{0, 2 * kDiskBlockBytes}});
}
