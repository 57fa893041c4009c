#include "persistence/ledger/zero_blocks.h"

#include <catch2/catch.hpp>
#include <string>

#include "tests/unit/persistence/fault_file_system.h"
#include "tests/unit/persistence/log/log_fixture.h"

using namespace inkstone;
using namespace inkstone::test;

namespace {

std::string zeros(size_t bytes) {
  return std::string(bytes, '\0');
}

std::vector<ZeroRange> inText(const std::string& text, uint64_t offset) {
  std::vector<ZeroRange> ranges;
  ZeroBlockScan scan(offset);
  // Whatever stands before is no zero.
  scan.restart(offset, offset % kDiskBlockBytes == 0 ? "" : "x");
  scan.add(text, ranges);
  return ranges;
}

std::optional<uint64_t> firstIn(const std::string& text, uint64_t begin,
                                const std::vector<ZeroRange>& intended = {}) {
  FaultFileSystem files;
  files.put(kPath, text);
  const auto file = files.openRead(kPath);
  const auto found = firstZeroBlock(*file.value, begin, text.size(), intended);
  REQUIRE(found.ok());
  return found.value;
}

}  // namespace

TEST_CASE("only whole blocks of the file count, wherever the text begins") {
  REQUIRE(inText(zeros(kDiskBlockBytes), 0) == std::vector<ZeroRange>{{0, kDiskBlockBytes}});
  REQUIRE(inText(zeros(kDiskBlockBytes), 1).empty());
  REQUIRE(inText(zeros(2 * kDiskBlockBytes - 1), 1) ==
          std::vector<ZeroRange>{{kDiskBlockBytes, 2 * kDiskBlockBytes}});
  REQUIRE(inText(zeros(2 * kDiskBlockBytes - 2), 1).empty());
  REQUIRE(inText("", 4096).empty());
}

TEST_CASE("blocks in a row are one range, and any other byte ends it") {
  std::string text = zeros(5 * kDiskBlockBytes);
  REQUIRE(inText(text, 8192) == std::vector<ZeroRange>{{8192, 8192 + 5 * kDiskBlockBytes}});
  const size_t at = GENERATE(size_t{2 * kDiskBlockBytes}, size_t{3 * kDiskBlockBytes - 1});
  text[at] = 'x';
  REQUIRE(inText(text, 8192) ==
          std::vector<ZeroRange>{{8192, 8192 + 2 * kDiskBlockBytes},
                                 {8192 + 3 * kDiskBlockBytes, 8192 + 5 * kDiskBlockBytes}});
}

TEST_CASE("a block is found in whatever pieces its text comes") {
  const std::string text = "x" + zeros(3 * kDiskBlockBytes) + "x" + zeros(kDiskBlockBytes);
  const uint64_t offset = kDiskBlockBytes - 1;
  for (size_t split = 0; split <= text.size(); ++split) {
    std::vector<ZeroRange> ranges;
    ZeroBlockScan scan(offset);
    scan.add(text.substr(0, split), ranges);
    scan.add(text.substr(split), ranges);
    CAPTURE(split);
    REQUIRE(ranges == inText(text, offset));
    REQUIRE(scan.offset() == offset + text.size());
  }
  REQUIRE(inText(text, offset) == std::vector<ZeroRange>{{kDiskBlockBytes, 4 * kDiskBlockBytes}});
  REQUIRE(inText(text, kDiskBlockBytes) ==
          std::vector<ZeroRange>{{2 * kDiskBlockBytes, 4 * kDiskBlockBytes}});
}

TEST_CASE("what is unknown before the first piece counts as zeros, what is known as what it is") {
  std::vector<ZeroRange> ranges;
  ZeroBlockScan scan(100);
  scan.add(zeros(kDiskBlockBytes - 100), ranges);
  REQUIRE(ranges == std::vector<ZeroRange>{{0, kDiskBlockBytes}});
  scan.restart(2, zeros(2));
  scan.add(zeros(kDiskBlockBytes - 2), ranges);
  REQUIRE(ranges.size() == 2);
  scan.restart(2, std::string("\0x", 2));
  scan.add(zeros(kDiskBlockBytes - 2), ranges);
  REQUIRE(ranges.size() == 2);
}

TEST_CASE("of ranges that are cut the whole blocks before stay") {
  std::vector<ZeroRange> ranges = {{0, kDiskBlockBytes}, {8192, 8192 + 2 * kDiskBlockBytes}};
  cutRanges(ranges, 8192 + kDiskBlockBytes + 1);
  REQUIRE(ranges == std::vector<ZeroRange>{{0, kDiskBlockBytes}, {8192, 8192 + kDiskBlockBytes}});
  cutRanges(ranges, 8192);
  REQUIRE(ranges == std::vector<ZeroRange>{{0, kDiskBlockBytes}});
}

TEST_CASE("the first block of zeros of a file is found behind a place, but not what is intended") {
  for (const uint64_t block : {0U, 1U, 31U, 32U, 33U, 70U}) {
    std::string text(72 * kDiskBlockBytes, 'x');
    text.replace(block * kDiskBlockBytes, kDiskBlockBytes, zeros(kDiskBlockBytes));
    const uint64_t at = block * kDiskBlockBytes;
    REQUIRE(firstIn(text, 0) == at);
    REQUIRE(firstIn(text, at) == at);
    REQUIRE_FALSE(firstIn(text, at + 1));
    REQUIRE_FALSE(firstIn(text, 0, {{at, at + kDiskBlockBytes}}));
    REQUIRE(firstIn(text, 0, {{at + 1, at + kDiskBlockBytes}}) == at);
    REQUIRE(firstIn(text + zeros(100), 0) == at);
  }
  REQUIRE_FALSE(firstIn("x" + zeros(kDiskBlockBytes), 0));
  REQUIRE_FALSE(firstIn(std::string(kDiskBlockBytes, 'x') + zeros(kDiskBlockBytes - 1), 0));
}

TEST_CASE("a file that cannot be read has no answer") {
  FaultFileSystem files;
  files.put(kPath, zeros(kDiskBlockBytes));
  const auto file = files.openRead(kPath);
  files.failNth(Call::kRead, 1, std::errc::io_error);
  REQUIRE(firstZeroBlock(*file.value, 0, kDiskBlockBytes, {}).error == std::errc::io_error);
}
