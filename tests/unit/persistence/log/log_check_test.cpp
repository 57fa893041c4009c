// The verdict of the check must agree with what the loader does.
#include "persistence/log/log_check.h"

#include <catch2/catch.hpp>
#include <string>

#include "tests/unit/persistence/log/replay_bench.h"
#include "tests/unit/persistence/rdb/rdb_bytes.h"

namespace inkstone::test {
namespace {

// Knows all commands but one that nobody knows and two that other servers have.
class StubJudge final : public CommandJudge {
 public:
  Objection objection(std::span<const std::string_view> args) override {
    const bool unknown = args[0] == "NOSUCH" || args[0] == "XADD" || args[0] == "FUNCTION";
    if (!unknown) return {};
    return {"Unknown command '" + std::string(args[0]) + "'", true};
  }
};

LogCheckResult checkText(const std::string& text, std::optional<int64_t> up_to_second = {}) {
  FaultFileSystem files;
  files.put(kPath, text);
  StubJudge judge;
  LogCheckSettings settings;
  settings.now_ms = 1'700'000'000'000;
  settings.up_to_second = up_to_second;
  return checkLog(*files.openRead(kPath).value, settings, judge);
}

const std::string kSelect = resp({"SELECT", "0"});
const std::string kSet = resp({"SET", "key", "value"});
const std::string kMulti = resp({"MULTI"});
const std::string kExec = resp({"EXEC"});
const std::string kLog =
    kSelect + kSet + "#TS:1700000000\r\n" + kMulti + kSet + kSet + kExec + kSet;

constexpr int kExpiry = 252;
constexpr int kAux = 250;

std::string image() {
  return RdbBytes(10)
      .byte(kAux)
      .string("ctime")
      .string("1600000000")
      .byte(kExpiry)
      .little(1'500'000'000'000, 8)
      .key(0, "old")
      .string("v")
      .byte(kExpiry)
      .little(1'800'000'000'000, 8)
      .key(0, "new")
      .string("v")
      .key(0, "lasting")
      .string("v")
      .end();
}

// The judgements of both must be the same one.
void requireAgreement(const std::string& text) {
  ReplayBench bench(text);
  const LoadResult loaded = bench.load();
  const LogCheckResult checked = checkText(text);
  CAPTURE(text, loaded.message, checked.reason);
  switch (loaded.status) {
    case LoadStatus::kLoaded:
      REQUIRE((checked.verdict == LogVerdict::kValid || checked.verdict == LogVerdict::kEmpty));
      REQUIRE(checked.ok_up_to == text.size());
      break;
    case LoadStatus::kTailCut:
      REQUIRE(checked.verdict == LogVerdict::kNotValid);
      REQUIRE(checked.torn);
      REQUIRE(checked.ok_up_to == loaded.offset);
      break;
    default:
      REQUIRE(loaded.status == LoadStatus::kDamaged);
      REQUIRE(checked.verdict == LogVerdict::kNotValid);
      REQUIRE_FALSE(checked.torn);
      break;
  }
  if (checked.verdict != LogVerdict::kNotValid) return;
  REQUIRE(checked.bad_offset >= checked.ok_up_to);
  REQUIRE(checked.bad_offset <= text.size());
  REQUIRE(!checked.reason.empty());
  const LogCheckResult cut = checkText(text.substr(0, checked.ok_up_to));
  REQUIRE((cut.verdict == LogVerdict::kValid || cut.verdict == LogVerdict::kEmpty));
}

}  // namespace

TEST_CASE("the check calls every prefix of a log what the loader calls it", "[check]") {
  for (size_t length = 0; length <= kLog.size(); ++length) {
    requireAgreement(kLog.substr(0, length));
    requireAgreement(kLog.substr(0, length) + std::string(5, '\0'));
  }
}

TEST_CASE("the check calls every changed byte of a log what the loader calls it", "[check]") {
  for (size_t at = 0; at < kLog.size(); ++at) {
    for (const int change : {1, 0x20, 0x80, 0xff}) {
      std::string text = kLog;
      text[at] = static_cast<char>(text[at] ^ change);
      requireAgreement(text);
    }
  }
}

TEST_CASE("a torn command is found at the end of the file and cut where it begins", "[check]") {
  const LogCheckResult found = checkText(kSelect + "*3\r\n$3\r\nSET\r\n$5\r\nva");
  REQUIRE(found.verdict == LogVerdict::kNotValid);
  REQUIRE(found.torn);
  REQUIRE(found.ok_up_to == kSelect.size());
  REQUIRE(found.bad_offset == found.size);
  // SELECT has five lines, and four are whole behind them.
  REQUIRE(found.line == 10);
}

TEST_CASE("the first bad byte is found within its command", "[check]") {
  std::string text = kSelect + kSet + kSet;
  const size_t bad = kSelect.size() + kSet.find("$3\r\nkey") + 1;
  text[bad] = 'x';
  const LogCheckResult found = checkText(text);
  REQUIRE(found.verdict == LogVerdict::kNotValid);
  REQUIRE_FALSE(found.torn);
  REQUIRE(found.ok_up_to == kSelect.size());
  REQUIRE(found.bad_offset == bad);
  REQUIRE(found.line == 9);
}

TEST_CASE("a transaction without its end is cut before its MULTI", "[check]") {
  const LogCheckResult found = checkText(kSelect + kMulti + kSet);
  REQUIRE(found.verdict == LogVerdict::kNotValid);
  REQUIRE(found.ok_up_to == kSelect.size());
  REQUIRE(found.reason == "Reached EOF before reading EXEC for MULTI");
}

TEST_CASE("to the check a second MULTI within a transaction changes nothing", "[check]") {
  requireAgreement(kSelect + kMulti + kSet + kMulti + kSet + kExec + kSet);
  REQUIRE(checkText(kMulti + kMulti + kExec).verdict == LogVerdict::kValid);
}

TEST_CASE("a command the server does not know is found with its line", "[check]") {
  const std::string unknown = resp({"NOSUCH", "x"});
  const LogCheckResult found = checkText(kSelect + kSet + unknown + kSet);
  REQUIRE(found.verdict == LogVerdict::kNotValid);
  REQUIRE(found.reason == "Unknown command 'NOSUCH'");
  REQUIRE(found.bad_offset == kSelect.size() + kSet.size());
  REQUIRE(found.ok_up_to == found.bad_offset);
  REQUIRE(found.line == 13);

  const std::string before = kSelect + kMulti + kSet;
  const LogCheckResult inside = checkText(before + unknown + kSet + kExec + kSet);
  REQUIRE(inside.verdict == LogVerdict::kNotValid);
  REQUIRE(inside.bad_offset == before.size());
  REQUIRE(inside.ok_up_to == kSelect.size());
  REQUIRE(inside.line == 16);
}

TEST_CASE("a log is followed up to a moment", "[check]") {
  const std::string first = "#TS:1600000010\r\n" + kSelect + kSet;
  const std::string second = "#TS:1600000020\r\n" + kSet;
  const std::string text = first + second;
  REQUIRE(checkText(text, 1600000020).verdict == LogVerdict::kValid);
  REQUIRE(checkText(text, 1600000009).verdict == LogVerdict::kAllLater);
  for (const int64_t moment : {1600000010, 1600000019}) {
    const LogCheckResult found = checkText(text, moment);
    REQUIRE(found.verdict == LogVerdict::kLaterFollows);
    REQUIRE(found.ok_up_to == first.size());
  }
  const std::string open = first + kMulti + kSet + "#TS:1600000020\r\n" + kSet + kExec;
  const LogCheckResult found = checkText(open, 1600000015);
  REQUIRE(found.verdict == LogVerdict::kLaterFollows);
  REQUIRE(found.ok_up_to == first.size());

  const LogCheckResult bad = checkText(first + "#TS:16x\r\n" + kSet, 1600000015);
  REQUIRE(bad.verdict == LogVerdict::kBadTimestamp);
  REQUIRE(bad.bad_offset == first.size());
  REQUIRE(checkText(first + "#TS:16x\r\n" + kSet).verdict == LogVerdict::kValid);
}

TEST_CASE("a preamble is read through and counted", "[check]") {
  const LogCheckResult found = checkText(image() + kLog);
  REQUIRE(found.verdict == LogVerdict::kValid);
  REQUIRE(found.ok_up_to == found.size);
  REQUIRE(found.image->end_offset == image().size());
  REQUIRE(found.image->keys == 3);
  REQUIRE(found.image->deadlines == 2);
  REQUIRE(found.image->expired == 1);
  const LogCheckResult torn = checkText(image() + kSelect + "*1\r");
  REQUIRE(torn.verdict == LogVerdict::kNotValid);
  REQUIRE(torn.ok_up_to == image().size() + kSelect.size());
}

TEST_CASE("a moment before the image was written cannot be gone back to", "[check]") {
  const std::string text = image() + "#TS:1600000010\r\n" + kSet;
  REQUIRE(checkText(text, 1599999999).verdict == LogVerdict::kAllLater);
  const LogCheckResult found = checkText(text, 1600000000);
  REQUIRE(found.verdict == LogVerdict::kLaterFollows);
  REQUIRE(found.ok_up_to == image().size());
}

TEST_CASE("no prefix of an image passes for a log", "[check]") {
  for (size_t length = 5; length < image().size(); ++length) {
    const LogCheckResult found = checkText(image().substr(0, length));
    CAPTURE(length);
    REQUIRE(found.verdict == LogVerdict::kBadImage);
    REQUIRE(!found.reason.empty());
  }
}

TEST_CASE("a key that an image has twice is found", "[check]") {
  const RdbBytes head = RdbBytes(10).key(0, "a").string("1").key(0, "b").string("2");
  const std::string text = RdbBytes(head).key(0, "a").string("3").end();
  const LogCheckResult found = checkText(text);
  REQUIRE(found.verdict == LogVerdict::kBadImage);
  REQUIRE(found.bad_offset == head.bytes().size());
  constexpr int kSelectDb = 254;
  const std::string apart = RdbBytes(head).byte(kSelectDb).length(1).key(0, "a").string("3").end();
  REQUIRE(checkText(apart).verdict == LogVerdict::kValid);
}

TEST_CASE("a file that cannot be read is no damaged one", "[check]") {
  FaultFileSystem files;
  files.put(kPath, kLog);
  files.failAlways(Call::kRead, std::errc::io_error);
  StubJudge judge;
  const LogCheckResult found = checkLog(*files.openRead(kPath).value, {}, judge);
  REQUIRE(found.verdict == LogVerdict::kUnreadable);
  REQUIRE(found.error == std::errc::io_error);
}

TEST_CASE("commands that other servers have leave a log valid, and are counted") {
  const std::string set = resp({"SET", "a", "1"});
  const std::string log =
      set + resp({"XADD", "s", "1-1", "f", "v"}) + set + resp({"FUNCTION", "LOAD", "x"});
  const LogCheckResult result = checkText(log);
  REQUIRE(result.verdict == LogVerdict::kValid);
  REQUIRE(result.ok_up_to == log.size());
  REQUIRE(result.missing_count == 2);
  REQUIRE(result.missing);
  REQUIRE(result.missing->offset == set.size());
  REQUIRE(result.missing->ok_up_to == set.size());
  REQUIRE(result.missing->line == 8);
}

}  // namespace inkstone::test
