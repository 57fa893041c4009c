#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

#include "tests/unit/persistence/log/replay_bench.h"

using namespace inkstone;
using namespace inkstone::test;

namespace {

struct Piece {
  std::string text;
  // What the replayer gets of it once it is complete.
  std::vector<std::string> commands;
};

// A small log of everything there is.
std::vector<Piece> pieces() {
  return {
      {"#TS:1700000000\r\n", {}},
      {resp({"SELECT", "0"}), {"SELECT 0"}},
      {resp({"SET", "key", "value"}), {"SET key value"}},
      {resp({"SET", "bin", std::string_view("\0\r\n*1\r\n\0", 8)}),
       {std::string("SET bin ") + std::string("\0\r\n*1\r\n\0", 8)}},
      {resp({"MULTI"}) + resp({"INCR", "n"}) + "#TS:1700000001\r\n" + resp({"DEL", ""}) +
           resp({"EXEC"}),
       {"INCR n", "DEL "}},
      {resp({"MSET", "a", "1", "b", "0123456789", "c", "3"}), {"MSET a 1 b 0123456789 c 3"}},
  };
}

std::string wholeLog() {
  std::string log;
  for (const Piece& piece : pieces()) log += piece.text;
  return log;
}

// The complete part of the first `length` bytes and its commands.
std::pair<size_t, std::vector<std::string>> completePart(size_t length) {
  size_t end = 0;
  std::vector<std::string> commands;
  for (const Piece& piece : pieces()) {
    if (end + piece.text.size() > length) break;
    end += piece.text.size();
    commands.insert(commands.end(), piece.commands.begin(), piece.commands.end());
  }
  return {end, commands};
}

}  // namespace

TEST_CASE("a log cut at any byte loads its complete part and keeps the rest beside it") {
  const std::string log = wholeLog();
  for (size_t length = 0; length <= log.size(); ++length) {
    CAPTURE(length);
    const auto [end, commands] = completePart(length);
    ReplayBench bench(log.substr(0, length));
    const LoadResult result = bench.load();
    REQUIRE(result.ok());
    REQUIRE(bench.replayer.commands == commands);
    REQUIRE(bench.text() == log.substr(0, end));
    REQUIRE(result.bytes == end);
    REQUIRE((result.status == LoadStatus::kTailCut) == (end < length));
    if (end == length) continue;
    REQUIRE(result.offset == end);
    REQUIRE(result.message.find("offset " + std::to_string(end)) != std::string::npos);
    REQUIRE(result.kept_as == kPath + ".cut-1700000000");
    bench.files.powerCut();
    REQUIRE(bench.text() == log.substr(0, end));
    REQUIRE(bench.files.contents(result.kept_as) == log.substr(end, length - end));
  }
}

TEST_CASE("a log cut at any byte and filled up with zeros loads its complete part") {
  const std::string log = wholeLog();
  for (const size_t zeros : {1U, 7U, 4096U, 10'000U}) {
    for (size_t length = 0; length < log.size(); ++length) {
      CAPTURE(length, zeros);
      // Zeros may complete a value that was cut; then the complete part is longer, and that is no
      // fault.
      const auto [end, commands] = completePart(length);
      ReplayBench bench(log.substr(0, length) + std::string(zeros, '\0'));
      const LoadResult result = bench.load();
      REQUIRE(result.status == LoadStatus::kTailCut);
      REQUIRE(bench.text() == log.substr(0, end));
      REQUIRE(bench.replayer.commands == commands);
      REQUIRE(bench.files.contents(result.kept_as).size() == length - end + zeros);
    }
  }
}

TEST_CASE("aof-load-truncated no refuses a torn log and changes nothing") {
  const std::string log = wholeLog();
  for (size_t length = 0; length < log.size(); ++length) {
    CAPTURE(length);
    const size_t end = completePart(length).first;
    ReplayBench bench(log.substr(0, length));
    bench.settings.load_truncated = false;
    const LoadResult result = bench.load();
    REQUIRE(bench.text() == log.substr(0, length));
    if (end == length) {
      REQUIRE(result.status == LoadStatus::kLoaded);
    } else {
      REQUIRE(result.status == LoadStatus::kTruncated);
      REQUIRE(result.offset == end);
      REQUIRE(result.message.find("aof-load-truncated") != std::string::npos);
      REQUIRE(result.message.find("offset " + std::to_string(end)) != std::string::npos);
    }
  }
}

TEST_CASE("a log with any byte changed is loaded, cut or refused, and what was cut is kept") {
  const std::string log = wholeLog();
  size_t refused = 0;
  for (size_t at = 0; at < log.size(); ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      if (static_cast<char>(byte) == log[at]) continue;
      std::string damaged = log;
      damaged[at] = static_cast<char>(byte);
      ReplayBench bench(damaged);
      const LoadResult result = bench.load();
      if (result.status == LoadStatus::kTailCut) {
        if (bench.text() + bench.files.contents(result.kept_as) != damaged) {
          FAIL("bytes lost at " << at << " changed to " << byte);
        }
      } else if (bench.text() != damaged) {
        FAIL("log changed at " << at << " changed to " << byte);
      }
      if (result.status == LoadStatus::kDamaged) {
        ++refused;
        if (result.message.find(kPath) == std::string::npos)
          FAIL("no file name in " << result.message);
      }
    }
  }
  // A replayer that knows its commands refuses more; the structure alone shows a good part.
  REQUIRE(refused > log.size() * 255 / 3);
}

TEST_CASE(
    "damage in the middle is refused with its offset and the repair command, and nothing is cut") {
  const std::string first = resp({"SET", "a", "1"});
  const std::string last = resp({"SET", "b", "2"});
  const std::string damage = GENERATE(
      as<std::string>(), "*3\r\n$3\r\nSET\r\n$1\r\na\r\n$x\r\n1\r\n", "*-1\r\n", "*0\r\n", "\r\n",
      "PING\r\n", "*1\r\n$4\r\nPINGPONG\r\n", "*1\r\n$04\r\nPING\r\n", "*01\r\n$4\r\nPING\r\n",
      "*1\n$4\nPING\n", "*1\r\n+PING\r\n", "*2\r\n$4\r\nECHO\r\n", "*1\r\n$-1\r\n",
      "*1\r\n$99999999999999999999\r\nPING\r\n", "*1\r\n$99999999999\r\nPING\r\n",
      "*1048577\r\n$4\r\nPING\r\n", std::string("\0\0\0\0", 4));
  ReplayBench bench(first + damage + last);
  const LoadResult result = bench.load();
  CAPTURE(damage);
  REQUIRE(result.status == LoadStatus::kDamaged);
  REQUIRE(result.offset == first.size());
  REQUIRE(result.message.find("offset " + std::to_string(first.size())) != std::string::npos);
  REQUIRE(result.message.find("inkstone-check-aof --fix " + kPath) != std::string::npos);
  REQUIRE(bench.text() == first + damage + last);
  REQUIRE(bench.replayer.commands == std::vector<std::string>{"SET a 1"});
}

TEST_CASE(
    "fault 1: a log torn within a transaction is cut before its MULTI, and none of it is applied") {
  const std::string before = resp({"SET", "a", "1"});
  const std::string multi = resp({"MULTI"}) + resp({"SET", "b", "2"}) + resp({"SET", "c", "3"});
  for (size_t length = 1; length <= multi.size(); ++length) {
    ReplayBench bench(before + multi.substr(0, length));
    const LoadResult result = bench.load();
    REQUIRE(result.status == LoadStatus::kTailCut);
    REQUIRE(result.offset == before.size());
    REQUIRE(bench.text() == before);
    REQUIRE(bench.replayer.commands == std::vector<std::string>{"SET a 1"});
  }
}

TEST_CASE(
    "fault 4: a changed argument count is answered with an error or a cut, also an absurd one") {
  const std::string rest = resp({"SET", "a", "1"}).substr(2);
  for (const std::string count :
       {"1", "2", "4", "9", "2147483647", "9999999999999", "18446744073709551616"}) {
    CAPTURE(count);
    ReplayBench bench("*" + count + rest + resp({"SET", "b", "2"}));
    const LoadResult result = bench.load();
    REQUIRE(result.status == LoadStatus::kDamaged);
    REQUIRE(bench.files.contents(kPath).size() > 0);
  }
}

TEST_CASE("a length that reaches past the end is a torn tail that is found without reading on") {
  const std::string first = resp({"SET", "a", "1"});
  const std::string tail = "*1\r\n$536870912\r\n" + std::string(5'000'000, 'x');
  ReplayBench bench(first + tail);
  const LoadResult result = bench.load();
  REQUIRE(result.status == LoadStatus::kTailCut);
  REQUIRE(result.offset == first.size());
  REQUIRE(bench.files.contents(result.kept_as) == tail);
}

TEST_CASE("an argument longer than the limit is damage, up to the limit it is a torn tail") {
  const std::string first = resp({"SET", "a", "1"});
  const std::string tail = "*1\r\n$1073741824\r\nxyz";
  ReplayBench strict(first + tail);
  REQUIRE(strict.load().status == LoadStatus::kDamaged);
  REQUIRE(strict.text() == first + tail);
  ReplayBench wide(first + tail);
  wide.settings.bulk_bytes_max = 1073741824;
  REQUIRE(wide.load().status == LoadStatus::kTailCut);
  // What was logged before the limit was lowered stays readable.
  ReplayBench lowered(first + "*1\r\n$536870912\r\nxyz");
  lowered.settings.bulk_bytes_max = 1024 * 1024;
  REQUIRE(lowered.load().status == LoadStatus::kTailCut);
}

TEST_CASE("a tail that cannot be cut off stops the start and is still there") {
  ReplayBench bench(resp({"SET", "a", "1"}) + "*2");
  bench.files.failNth(Call::kTruncate, 1, std::errc::io_error);
  const LoadResult result = bench.load();
  REQUIRE(result.status == LoadStatus::kIoError);
  REQUIRE(result.message.find(kPath) != std::string::npos);
  REQUIRE(bench.text() == resp({"SET", "a", "1"}) + "*2");
}

TEST_CASE("an end that no further bytes could make a command is damage, not a torn tail") {
  const std::string first = resp({"SET", "a", "1"});
  const std::string end =
      GENERATE(as<std::string>(), "*1\r\n$04", "*1\r\n$4x", "*1x", "x", "*1\r\n$4\rx",
               "*1\r\n$9999999999999999999", "*1\r\n$536870913", "*1048577", "*2\r\n$1\r\na\r\n*");
  ReplayBench bench(first + end);
  const LoadResult result = bench.load();
  REQUIRE(result.status == LoadStatus::kDamaged);
  REQUIRE(result.offset == first.size());
  REQUIRE(bench.text() == first + end);
}
