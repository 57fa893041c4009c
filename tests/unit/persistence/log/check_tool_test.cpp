#include "persistence/log/check_tool.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "persistence/ledger/ledger_writer.h"
#include "tests/unit/persistence/fault_file_system.h"
#include "tests/unit/persistence/log/log_fixture.h"

namespace inkstone::test {
namespace {

// Has no streams.
class PleasedJudge final : public CommandJudge {
 public:
  Objection objection(std::span<const std::string_view> args) override {
    const bool unknown = args[0] == "XADD" || args[0] == "NOSUCH";
    return unknown ? Objection{"Unknown command", true} : Objection{};
  }
};

const std::string kWhole = resp({"SELECT", "0"}) + resp({"SET", "k", "v"});
const std::string kTail = "*3\r\n$3\r\nSET";
const std::string kAside = kPath + ".cut-1700000000";

struct ToolBench {
  int run(const std::vector<std::string>& words, const std::string& answer = "") {
    const CheckArguments arguments = parseCheckArguments(words);
    REQUIRE(arguments.refusal.empty());
    std::istringstream in(answer);
    std::ostringstream text;
    const int status = CheckTool(files, clock, judge, in, text).run(arguments.request);
    out = text.str();
    return status;
  }
  bool said(std::string_view part) const { return out.find(part) != std::string::npos; }

  FaultFileSystem files;
  ManualClock clock;
  PleasedJudge judge;
  std::string out;
};

}  // namespace

TEST_CASE("arguments that make no sense are answered with the usage", "[check]") {
  const std::vector<std::vector<std::string>> refused = {
      {},
      {"--what", "f"},
      {"a", "b"},
      {"--truncate-to-timestamp", "f"},
      {"--cut-at-unknown", "f"},
      {"--fix", "--truncate-to-timestamp", "5", "f"}};
  for (const auto& words : refused) REQUIRE(parseCheckArguments(words).refusal == kCheckUsage);
  for (const std::string second : {"x", "5x", "-1", "0", ""}) {
    const std::vector<std::string> words = {"--truncate-to-timestamp", second, "f"};
    REQUIRE(parseCheckArguments(words).refusal == "Invalid timestamp, aborting...\n");
  }
  const std::vector<std::string> words = {"--yes", "--fix", "f"};
  const CheckArguments taken = parseCheckArguments(words);
  REQUIRE(taken.request.fix);
  REQUIRE(taken.request.yes);
  REQUIRE(taken.request.path == "f");
}

TEST_CASE("a log is not changed without --fix", "[check]") {
  ToolBench bench;
  bench.files.put(kPath, kWhole + kTail);
  REQUIRE(bench.run({kPath}, "y\n") == CheckTool::kExitNotValid);
  REQUIRE(bench.said("is not valid. Use the --fix option to try fixing it."));
  REQUIRE(bench.files.contents(kPath) == kWhole + kTail);
}

TEST_CASE("whoever does not say yes keeps the log as it is", "[check]") {
  for (const std::string answer : {"", "n\n", "\n", "no, y\n"}) {
    ToolBench bench;
    bench.files.put(kPath, kWhole + kTail);
    REQUIRE(bench.run({"--fix", kPath}, answer) == CheckTool::kExitNotValid);
    REQUIRE(bench.said("Continue? [y/N]: Aborting...\n"));
    REQUIRE(bench.files.contents(kPath) == kWhole + kTail);
  }
}

TEST_CASE("what is cut off is kept beside the log", "[check]") {
  struct Way {
    std::vector<std::string> words;
    std::string answer;
  };
  for (const Way& way : {Way{{"--fix", kPath}, "y\n"}, Way{{"--fix", kPath}, "Yes\n"},
                         Way{{"--fix", "--yes", kPath}, ""}}) {
    ToolBench bench;
    bench.files.put(kPath, kWhole + kTail);
    REQUIRE(bench.run(way.words, way.answer) == CheckTool::kExitValid);
    REQUIRE(bench.said("Successfully truncated AOF " + kPath));
    REQUIRE(bench.files.contents(kPath) == kWhole);
    REQUIRE(bench.files.contents(kAside) == kTail);
    REQUIRE(bench.run({kPath}) == CheckTool::kExitValid);
  }
}

TEST_CASE("a cut that fails is said, and the log has its end", "[check]") {
  ToolBench bench;
  bench.files.put(kPath, kWhole + kTail);
  bench.files.failAlways(Call::kTruncate, std::errc::io_error);
  REQUIRE(bench.run({"--fix", "--yes", kPath}) == CheckTool::kExitNotValid);
  REQUIRE(bench.said("Failed to truncate AOF"));
  REQUIRE(bench.files.contents(kPath) == kWhole + kTail);
}

TEST_CASE("a log is taken back to a moment, and what came later is kept", "[check]") {
  ToolBench bench;
  const std::string later = "#TS:1700000010\r\n" + kWhole;
  bench.files.put(kPath, kWhole + later);
  REQUIRE(bench.run({"--truncate-to-timestamp", "1700000005", kPath}) == CheckTool::kExitValid);
  REQUIRE(bench.said("to timestamp 1700000005"));
  REQUIRE(bench.files.contents(kPath) == kWhole);
  REQUIRE(bench.files.contents(kAside) == later);
}

TEST_CASE("a command that other servers have is cut only when that is said", "[check]") {
  const std::string log = kWhole + resp({"XADD", "s", "1-1", "f", "v"}) + kWhole;
  ToolBench bench;
  bench.files.put(kPath, log);
  REQUIRE(bench.run({kPath}) == CheckTool::kExitNotValid);
  REQUIRE(
      bench.said("this server has no XADD yet; the log is sound (XADD came with Redis 7.2 or "
                 "before)\n"));
  REQUIRE_FALSE(bench.said("--fix"));
  REQUIRE(bench.run({"--fix", "--yes", kPath}) == CheckTool::kExitNotValid);
  REQUIRE(bench.said("There is nothing to fix."));
  REQUIRE(bench.said("--fix --cut-at-unknown"));
  REQUIRE(bench.files.contents(kPath) == log);
  REQUIRE(bench.run({"--fix", "--cut-at-unknown", kPath}, "n\n") == CheckTool::kExitNotValid);
  REQUIRE(bench.files.contents(kPath) == log);
  REQUIRE(bench.run({"--fix", "--yes", "--cut-at-unknown", kPath}) == CheckTool::kExitValid);
  REQUIRE(bench.files.contents(kPath) == kWhole);
  REQUIRE(bench.files.contents(kAside) == log.substr(kWhole.size()));
}

TEST_CASE("damage behind a command that is missing here is mended without cutting there",
          "[check]") {
  const std::string sound = kWhole + resp({"XADD", "s", "1-1", "f", "v"}) + kWhole;
  ToolBench bench;
  bench.files.put(kPath, sound + kTail);
  REQUIRE(bench.run({"--fix", "--yes", kPath}) == CheckTool::kExitValid);
  REQUIRE(bench.said("the log is sound as far as that"));
  REQUIRE(bench.files.contents(kPath) == sound);
  // A word that nobody knows may be damage.
  ToolBench unknown;
  unknown.files.put(kPath, sound + resp({"NOSUCH"}) + kWhole);
  REQUIRE(unknown.run({"--fix", "--yes", kPath}) == CheckTool::kExitValid);
  REQUIRE(unknown.files.contents(kPath) == sound);
  // Asked for both, the first place counts.
  ToolBench both;
  both.files.put(kPath, sound + kTail);
  REQUIRE(both.run({"--fix", "--yes", "--cut-at-unknown", kPath}) == CheckTool::kExitValid);
  REQUIRE(both.files.contents(kPath) == kWhole);
}

TEST_CASE("a transaction with a command that is missing here is cut in front of its MULTI",
          "[check]") {
  const std::string block = resp({"MULTI"}) + resp({"SET", "a", "1"}) +
                            resp({"XADD", "s", "1-1", "f", "v"}) + resp({"EXEC"});
  ToolBench bench;
  bench.files.put(kPath, kWhole + block);
  REQUIRE(bench.run({"--fix", "--yes", "--cut-at-unknown", kPath}) == CheckTool::kExitValid);
  REQUIRE(bench.files.contents(kPath) == kWhole);
}

TEST_CASE("going back to a moment is not stopped by a command that is missing here", "[check]") {
  const std::string early = kWhole + resp({"XADD", "s", "1-1", "f", "v"});
  ToolBench bench;
  bench.files.put(kPath, early + "#TS:1700000010\r\n" + kWhole);
  REQUIRE(bench.run({"--truncate-to-timestamp", "2023-11-14T22:13:25Z", kPath}) ==
          CheckTool::kExitValid);
  REQUIRE(bench.said("to timestamp 1700000005"));
  REQUIRE(bench.said("this server has no XADD yet"));
  REQUIRE(bench.files.contents(kPath) == early);
}

TEST_CASE("files of other producers are never cut", "[check]") {
  const std::string newer = "REDIS0013\xfe";
  const std::string valkey = "VALKEY081\xfe";
  const std::string hash = std::string("VALKEY080\xfe\0\x16\1hx", 14);
  const std::string gzip = std::string("\x1f\x8b\x08\x00", 4) + "rest";
  struct Foreign {
    std::string bytes;
    const char* named;
  };
  for (const Foreign& foreign : {Foreign{newer, "Redis 7.4 or later, format 0013"},
                                 Foreign{valkey, "Valkey 9.2, format 081"},
                                 Foreign{hash, "Valkey 9, format 080"}, Foreign{gzip, "gzip"}}) {
    ToolBench bench;
    bench.files.put(kPath, foreign.bytes);
    REQUIRE(bench.run({"--fix", "--yes", "--cut-at-unknown", kPath}) == CheckTool::kExitNotValid);
    REQUIRE(bench.said(foreign.named));
    REQUIRE_FALSE(bench.said("not sane"));
    REQUIRE_FALSE(bench.said("--fix"));
    REQUIRE(bench.files.contents(kPath) == foreign.bytes);
  }
}

TEST_CASE("data of modules in a preamble are told, and what is torn behind it is cut", "[check]") {
  const std::string image =
      std::string("REDIS0009\xf7\x05\x02\x01\x00\xff", 15) + std::string(8, '\0');
  ToolBench bench;
  bench.files.put(kPath, image + kWhole);
  REQUIRE(bench.run({"--fix", "--yes", "--cut-at-unknown", kPath}) == CheckTool::kExitNotValid);
  REQUIRE(bench.said("AUX data of the module types 'AAAAAAAAA'"));
  REQUIRE(bench.said("rdb-skip-module-aux"));
  REQUIRE(bench.files.contents(kPath) == image + kWhole);
  bench.files.put(kPath, image + kWhole + kTail);
  REQUIRE(bench.run({"--fix", "--yes", kPath}) == CheckTool::kExitValid);
  REQUIRE(bench.files.contents(kPath) == image + kWhole);
}

TEST_CASE("a damaged preamble is never cut", "[check]") {
  ToolBench bench;
  bench.files.put(kPath, "REDIS0010garbage");
  REQUIRE(bench.run({"--fix", "--yes", kPath}) == CheckTool::kExitNotValid);
  REQUIRE(bench.said("RDB preamble of AOF file is not sane, aborting."));
  REQUIRE(bench.files.contents(kPath) == "REDIS0010garbage");
}

TEST_CASE("what follows the first bad byte is shown", "[check]") {
  ToolBench bench;
  bench.files.put(kPath, kWhole + "a\"b\x01\r\n" + kWhole);
  REQUIRE(bench.run({kPath}) == CheckTool::kExitNotValid);
  REQUIRE(bench.said("What follows there: \"a\\\"b\\x01\\r\\n*2\\r\\n$6"));
  REQUIRE(bench.said(" bytes more"));
}

namespace {

const std::string kManifest = "/data/log.manifest";
const std::string kParts =
    "# a comment\nfile log.1.base.aof seq 1 type b\nfile log.0.incr.aof seq 1 type h\n"
    "file log.1.incr.aof seq 1 type i\nfile log.2.incr.aof seq 2 type i\n";

void putParts(ToolBench& bench) {
  bench.files.put(kManifest, kParts);
  bench.files.put("/data/log.1.base.aof", kWhole);
  bench.files.put("/data/log.1.incr.aof", kWhole);
  bench.files.put("/data/log.2.incr.aof", kWhole);
}

}  // namespace

TEST_CASE("all files that a manifest names are checked", "[check]") {
  ToolBench bench;
  putParts(bench);
  REQUIRE(bench.run({kManifest}) == CheckTool::kExitValid);
  REQUIRE(bench.said("BASE AOF log.1.base.aof is valid"));
  REQUIRE(bench.said("INCR AOF log.1.incr.aof is valid"));
  REQUIRE(bench.said("INCR AOF log.2.incr.aof is valid"));
  REQUIRE(bench.said("All AOF files and manifest are valid"));
}

TEST_CASE("only the last file of a manifest is cut", "[check]") {
  ToolBench bench;
  putParts(bench);
  bench.files.put("/data/log.2.incr.aof", kWhole + kTail);
  REQUIRE(bench.run({"--fix", "--yes", kManifest}) == CheckTool::kExitValid);
  REQUIRE(bench.files.contents("/data/log.2.incr.aof") == kWhole);

  bench.files.put("/data/log.1.incr.aof", kWhole + kTail);
  REQUIRE(bench.run({"--fix", "--yes", kManifest}) == CheckTool::kExitNotValid);
  REQUIRE(bench.said("because it is not the last file"));
  REQUIRE(bench.files.contents("/data/log.1.incr.aof") == kWhole + kTail);
}

TEST_CASE("a manifest with a mistake, or a file too few, is not valid", "[check]") {
  ToolBench bench;
  putParts(bench);
  REQUIRE_FALSE(bench.files.remove("/data/log.1.incr.aof"));
  REQUIRE(bench.run({kManifest}) == CheckTool::kExitNotValid);
  REQUIRE(bench.said("Cannot open file /data/log.1.incr.aof"));
  bench.files.put(kManifest, "file log.1.base.aof seq one type b\n");
  REQUIRE(bench.run({kManifest}) == CheckTool::kExitNotValid);
  REQUIRE(bench.said("Bad manifest"));
}

TEST_CASE("a file that is not there is named", "[check]") {
  ToolBench bench;
  REQUIRE(bench.run({"/data/none"}) == CheckTool::kExitNotValid);
  REQUIRE(bench.said("Cannot open file /data/none: "));
}

namespace {

const std::string kLedger = kPath + ".ledger";

// Three commands, each recorded a second after the one before.
struct VerifiedBench : ToolBench {
  VerifiedBench() {
    const auto log = files.openAppend(kPath);
    LedgerWriter writer(files, kLedger, kLedger, {});
    for (int i = 0; i < 3; ++i) {
      REQUIRE(log.value->append(command(i)).ok());
      ends.push_back(log.value->size().value);
      REQUIRE_FALSE(writer.onDurable(*log.value, ends.back(), (kFirstSecond + i) * 1000 + 500));
    }
  }

  static std::string command(int number) {
    return resp({"SET", "key" + std::to_string(number), "value"});
  }
  std::string text() const { return files.contents(kPath); }
  Ledger ledger() { return readLedger(files, kLedger).value; }
  void flip(size_t offset) {
    std::string bytes = text();
    bytes[offset] = static_cast<char>(bytes[offset] ^ 1);
    files.put(kPath, bytes);
  }

  static constexpr int64_t kFirstSecond = 1'700'000'000;
  std::vector<size_t> ends;
};

}  // namespace

TEST_CASE("the check tool compares a log with its ledger", "[check]") {
  VerifiedBench bench;
  REQUIRE(bench.run({kPath}) == CheckTool::kExitValid);
  REQUIRE(bench.said("3 records, up to offset " + std::to_string(bench.ends[2])));
  REQUIRE(bench.said("All that it tells of is what was on the disk"));
}

TEST_CASE("a changed value is found by the ledger, and cut off with its ledger", "[check]") {
  VerifiedBench bench;
  const std::string before = bench.text();
  // Within the value of the second command: the text stays a log.
  bench.flip(bench.ends[1] - 4);
  const std::string damaged = bench.text();
  REQUIRE(bench.run({kPath}) == CheckTool::kExitNotValid);
  REQUIRE(bench.said("Bytes " + std::to_string(bench.ends[0]) + " to " +
                     std::to_string(bench.ends[1]) + " are not what was on the disk at "));
  REQUIRE(bench.text() == damaged);
  REQUIRE(bench.run({"--fix", "--yes", kPath}) == CheckTool::kExitValid);
  REQUIRE(bench.text() == before.substr(0, bench.ends[0]));
  REQUIRE(bench.files.contents(kAside) == damaged.substr(bench.ends[0]));
  REQUIRE(bench.ledger().offset() == bench.ends[0]);
  REQUIRE(bench.run({kPath}) == CheckTool::kExitValid);
}

TEST_CASE("a log that lost its end keeps what it has, and its ledger is shortened", "[check]") {
  VerifiedBench bench;
  const std::string torn = GENERATE(std::string(), std::string("*3\r\n$3"));
  bench.files.put(kPath, bench.text().substr(0, bench.ends[1]) + torn);
  REQUIRE(bench.run({kPath}) == CheckTool::kExitNotValid);
  REQUIRE(bench.run({"--fix", "--yes", kPath}) == CheckTool::kExitValid);
  REQUIRE(bench.text().size() == bench.ends[1]);
  REQUIRE(bench.ledger().offset() == bench.ends[1]);
  REQUIRE(bench.run({kPath}) == CheckTool::kExitValid);
}

TEST_CASE("a log without annotations is taken back to a moment by its ledger", "[check]") {
  VerifiedBench bench;
  const auto to = [&](int64_t second) {
    return bench.run({"--truncate-to-timestamp", std::to_string(second), kPath});
  };
  REQUIRE(to(VerifiedBench::kFirstSecond - 1) == CheckTool::kExitNotValid);
  REQUIRE(bench.said("has nothing before timestamp"));
  REQUIRE(to(VerifiedBench::kFirstSecond + 2) == CheckTool::kExitValid);
  REQUIRE(bench.said("Truncate nothing"));
  REQUIRE(bench.text().size() == bench.ends[2]);
  REQUIRE(to(VerifiedBench::kFirstSecond + 1) == CheckTool::kExitValid);
  REQUIRE(bench.text().size() == bench.ends[1]);
  REQUIRE(bench.files.contents(kAside) == VerifiedBench::command(2));
  REQUIRE(bench.ledger().offset() == bench.ends[1]);
}

TEST_CASE("annotations say more about moments than the ledger", "[check]") {
  VerifiedBench bench;
  // The ledger holds for the beginning; the annotation says that all of it is of later.
  const std::string later = "#TS:" + std::to_string(VerifiedBench::kFirstSecond + 9) + "\r\n";
  bench.files.put(kPath, bench.text() + later + VerifiedBench::command(3));
  REQUIRE(bench.run({"--truncate-to-timestamp", std::to_string(VerifiedBench::kFirstSecond),
                     kPath}) == CheckTool::kExitValid);
  REQUIRE(bench.text().size() == bench.ends[2]);
}

TEST_CASE("a ledger of another log is told and not used", "[check]") {
  VerifiedBench bench;
  bench.files.put(kPath, resp({"RPUSH", std::string(300, 'x'), "something else"}));
  REQUIRE(bench.run({kPath}) == CheckTool::kExitValid);
  REQUIRE(bench.said("is of another log"));
}

TEST_CASE("a ledger that cannot be shortened leaves the log as it is", "[check]") {
  VerifiedBench bench;
  bench.flip(bench.ends[1] - 4);
  const std::string damaged = bench.text();
  bench.files.failAlways(Call::kTruncate, std::errc::io_error);
  REQUIRE(bench.run({"--fix", "--yes", kPath}) == CheckTool::kExitNotValid);
  REQUIRE(bench.text() == damaged);
}

TEST_CASE("the check tool promises no cut where the server refuses", "[check]") {
  VerifiedBench bench;
  // Within the third command: torn for itself, but the ledger knows its end.
  bench.files.put(kPath, bench.text().substr(0, bench.ends[2] - 3));
  REQUIRE(bench.run({kPath}) == CheckTool::kExitNotValid);
  REQUIRE(bench.said("The server refuses to load this log"));
  REQUIRE_FALSE(bench.said("cuts it off"));
}

TEST_CASE("the check tool says of a copy what it lacks, and takes its end for a torn one",
          "[check]") {
  VerifiedBench bench;
  bench.files.knowFiles("boot");
  {
    const auto log = bench.files.openAppend(kPath);
    LedgerWriter writer(bench.files, kLedger, kLedger, bench.ledger());
    REQUIRE_FALSE(writer.begin(*log.value, bench.text().size(), 1));
  }
  const bool torn = GENERATE(false, true);
  bench.files.put(kPath, bench.text().substr(0, torn ? bench.ends[2] - 3 : bench.ends[1]));
  bench.files.copy(kPath, kPath);
  REQUIRE(bench.run({kPath}) == (torn ? CheckTool::kExitNotValid : CheckTool::kExitValid));
  REQUIRE(bench.said("The log is a copy"));
  REQUIRE(bench.said(fmt::format("its end lacks {}", torn ? 3 : bench.ends[2] - bench.ends[1])));
  REQUIRE(bench.said("the server cuts it off itself") == torn);
  if (!torn) return;
  REQUIRE(bench.run({"--fix", "--yes", kPath}) == CheckTool::kExitValid);
  REQUIRE(bench.text().size() == bench.ends[1]);
  REQUIRE(bench.ledger().offset() == bench.ends[1]);
}

TEST_CASE("the check tool shows a ledger without records as what it is", "[check]") {
  VerifiedBench bench;
  const auto log = bench.files.openAppend(kPath);
  LedgerWriter writer(bench.files, kLedger, kLedger, {});
  REQUIRE_FALSE(writer.begin(*log.value, 0, 1));
  REQUIRE(bench.run({kPath}) == CheckTool::kExitValid);
  REQUIRE(bench.said("no records yet"));
  REQUIRE_FALSE(bench.said("1970"));
}

TEST_CASE("the check tool names a ledger that it cannot read, and checks the log", "[check]") {
  VerifiedBench bench;
  // The first two are the tool's look at the file and the log's.
  bench.files.failNth(Call::kOpenRead, 3, std::errc::permission_denied);
  REQUIRE(bench.run({kPath}) == CheckTool::kExitValid);
  REQUIRE(bench.said("The ledger " + kLedger + " cannot be read"));
}

TEST_CASE("the check tool takes the ledger of a rewrite where a start would", "[check]") {
  VerifiedBench bench;
  bench.files.put("/data/temp-rewriteaof-ledger-7.aof", bench.files.contents(kLedger));
  bench.files.put(kLedger, "");
  REQUIRE(bench.run({kPath}) == CheckTool::kExitValid);
  REQUIRE(bench.said("temp-rewriteaof-ledger-7.aof: 3 records"));
}

TEST_CASE("the check tool finds the hole that a power cut left", "[check]") {
  VerifiedBench bench;
  bench.files.knowFiles("boot");
  {
    const auto log = bench.files.openAppend(kPath);
    LedgerWriter writer(bench.files, kLedger, kLedger, bench.ledger());
    REQUIRE_FALSE(writer.begin(*log.value, bench.text().size(), 1));
  }
  const std::string before = bench.text();
  bench.files.put(kPath, before + resp({"SET", "k", std::string(9000, '\0')}));
  REQUIRE(bench.run({kPath}) == CheckTool::kExitValid);
  bench.files.restartMachine("another boot");
  REQUIRE(bench.run({kPath}) == CheckTool::kExitNotValid);
  REQUIRE(bench.said("as a power cut leaves it"));
  REQUIRE(bench.said("unless appendfsync is no"));
  REQUIRE(bench.run({"--fix", "--yes", kPath}) == CheckTool::kExitValid);
  REQUIRE(bench.text() == before);
}

}  // namespace inkstone::test
