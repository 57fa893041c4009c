#include "persistence/ledger/ledger_choice.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "persistence/files/rewrite_files.h"
#include "persistence/ledger/ledger_builder.h"
#include "persistence/ledger/ledger_writer.h"
#include "tests/unit/persistence/fault_file_system.h"
#include "tests/unit/persistence/log/log_fixture.h"

using namespace inkstone;
using namespace inkstone::test;

namespace {

const std::string kLedger = kPath + ".ledger";
const std::string kOfRewrite = rewriteLedgerPath(kDirectory, 7);

std::string textOf(std::string_view value) {
  std::string text;
  for (int i = 0; i < 20; ++i) text += resp({"SET", "key" + std::to_string(i), value});
  return text;
}

struct ChoiceBench {
  ChoiceBench() { settings.directory = kDirectory; }

  void ledgerOf(std::string_view log, const std::string& path) {
    LedgerBuilder builder;
    builder.add(log);
    REQUIRE_FALSE(builder.write(files, path, 1000));
  }
  LedgerChoice choose(const std::string& log) {
    files.put(kPath, log);
    const auto file = files.openRead(kPath);
    IoResult<LedgerChoice> choice = chooseLedger(files, settings, *file.value);
    REQUIRE(choice.ok());
    return choice.value;
  }
  void settle(const LedgerChoice& choice) { REQUIRE_FALSE(settleLedger(files, settings, choice)); }
  std::vector<std::string> names() { return files.listDirectory(kDirectory).value; }

  FaultFileSystem files;
  AppendOnlySettings settings;
};

const std::string kOld = textOf("of the old log");
const std::string kNew = textOf("what a rewrite wrote");
const std::vector<std::string> kBoth = {"appendonly.aof", "appendonly.aof.ledger"};

}  // namespace

TEST_CASE("a log without a ledger has none") {
  ChoiceBench bench;
  const LedgerChoice choice = bench.choose(kOld);
  REQUIRE(choice.state == LedgerChoice::State::kNone);
  REQUIRE(choice.ledger.empty());
  bench.settle(choice);
  REQUIRE(bench.names() == std::vector<std::string>{"appendonly.aof"});
}

TEST_CASE("the ledger beside a log is its own, also when the log is damaged") {
  ChoiceBench bench;
  bench.ledgerOf(kOld, kLedger);
  std::string log = kOld;
  const bool damaged = GENERATE(false, true);
  if (damaged) log[200] = '!';
  const LedgerChoice choice = bench.choose(log);
  REQUIRE(choice.state == LedgerChoice::State::kFound);
  REQUIRE(choice.path == kLedger);
  REQUIRE(choice.ledger.offset() == kOld.size());
  bench.settle(choice);
  REQUIRE(bench.names() == kBoth);
}

TEST_CASE("a ledger of another log is recognised and goes") {
  ChoiceBench bench;
  bench.ledgerOf(textOf("something else, and rather longer than what stands in this log"), kLedger);
  const LedgerChoice choice = bench.choose(kOld);
  REQUIRE(choice.state == LedgerChoice::State::kForeign);
  REQUIRE(choice.ledger.empty());
  bench.settle(choice);
  REQUIRE(bench.names() == std::vector<std::string>{"appendonly.aof"});
}

TEST_CASE("around a rewrite the log has the ledger that holds, whichever log there is") {
  ChoiceBench bench;
  bench.ledgerOf(kOld, kLedger);
  bench.ledgerOf(kNew, kOfRewrite);
  const bool renamed = GENERATE(false, true);
  const std::string log = renamed ? kNew + textOf("behind it") : kOld;
  const LedgerChoice choice = bench.choose(log);
  REQUIRE(choice.state == LedgerChoice::State::kFound);
  REQUIRE(choice.path == (renamed ? kOfRewrite : kLedger));
  REQUIRE(choice.ledger.offset() == (renamed ? kNew : kOld).size());
  bench.settle(choice);
  REQUIRE(bench.names() == kBoth);
  REQUIRE(bench.choose(log).ledger.offset() == choice.ledger.offset());
}

TEST_CASE("damage around a rewrite is told from a log that has another ledger") {
  ChoiceBench bench;
  bench.ledgerOf(kOld, kLedger);
  SECTION("beside a sound ledger of the new log") {
    bench.ledgerOf(kNew, kOfRewrite);
  }
  SECTION("beside one that was not written to its end") {
    bench.files.put(kOfRewrite, "");
  }
  std::string log = kOld;
  log[300] = '!';
  const LedgerChoice choice = bench.choose(log);
  REQUIRE(choice.state == LedgerChoice::State::kFound);
  REQUIRE(choice.path == kLedger);
}

TEST_CASE("a rewrite to an empty log leaves no damage behind") {
  ChoiceBench bench;
  bench.ledgerOf(kOld, kLedger);
  bench.ledgerOf("", kOfRewrite);
  const LedgerChoice choice = bench.choose("");
  REQUIRE(choice.state == LedgerChoice::State::kNone);
  bench.settle(choice);
  REQUIRE(bench.names() == std::vector<std::string>{"appendonly.aof"});
}

TEST_CASE("the ledger of a log that was empty is the log's whatever came since") {
  ChoiceBench bench;
  bench.ledgerOf("", kLedger);
  const LedgerChoice choice = bench.choose(kOld);
  REQUIRE(choice.state == LedgerChoice::State::kFound);
  REQUIRE(choice.ledger.empty());
  REQUIRE(mayBeUnsynced(choice, 0, kOld.size()));
  bench.settle(choice);
  REQUIRE(bench.names() == kBoth);
}

TEST_CASE("a log that was emptied is not taken for a new one") {
  ChoiceBench bench;
  bench.ledgerOf(kOld, kLedger);
  REQUIRE(bench.choose("").state == LedgerChoice::State::kFound);
}

TEST_CASE("the log's name is on the disk before a ledger goes") {
  ChoiceBench bench;
  bench.ledgerOf(kNew, kOfRewrite);
  bench.ledgerOf(kOld, kLedger);
  const LedgerChoice choice = bench.choose(kNew);
  bench.files.failNth(Call::kSyncDirectory, 1, std::errc::io_error);
  REQUIRE(settleLedger(bench.files, bench.settings, choice) == std::errc::io_error);
  REQUIRE(bench.names().size() == 3);
}

TEST_CASE("a ledger is cut durably, at whole records") {
  ChoiceBench bench;
  bench.ledgerOf(kOld, kLedger);
  REQUIRE_FALSE(bench.files.syncDirectory(kDirectory));
  LedgerChoice choice = bench.choose(kOld);
  REQUIRE_FALSE(cutLedger(bench.files, choice, kOld.size()));
  REQUIRE(choice.ledger.offset() == kOld.size());
  REQUIRE_FALSE(cutLedger(bench.files, choice, kOld.size() - 1));
  REQUIRE(choice.ledger.empty());
  bench.files.powerCut();
  REQUIRE(readLedger(bench.files, kLedger).value.empty());
}

TEST_CASE("a file is known by inode and birth, and by its device only where there is no birth") {
  const FileIdentity born{1, 10, 1000};
  REQUIRE(sameFile(born, {1, 10, 1000}, true) == true);
  // The device has another number after another boot, or in a snapshot.
  REQUIRE(sameFile(born, {2, 10, 1000}, true) == true);
  REQUIRE(sameFile(born, {1, 11, 1000}, true) == false);
  // The inode was used again.
  REQUIRE(sameFile(born, {1, 10, 1001}, true) == false);
  const FileIdentity unborn{1, 10, 0};
  REQUIRE(sameFile(unborn, {1, 10, 1000}, true) == true);
  REQUIRE(sameFile(unborn, {2, 10, 0}, true) == false);
  REQUIRE(sameFile(unborn, {2, 10, 0}, false) == true);
  REQUIRE_FALSE(sameFile({}, born, true));
  REQUIRE_FALSE(sameFile(born, {}, true));
}

namespace {

// The AOF of one generation, and its ledger in ranges: the base, then each text behind it.
struct Generation {
  explicit Generation(std::string base) : log(std::move(base)) { builder.add(log); }

  std::string log;
  LedgerBuilder builder;
};

// Writes the generation's log and ledger, with `behind` appended, and copies the log.
LedgerChoice chooseCopy(ChoiceBench& bench, const std::string& base,
                        const std::vector<std::string>& behind, const std::string& log) {
  Generation generation(base);
  bench.files.knowFiles("boot");
  bench.files.put(kPath, base);
  const FileIdentity file = bench.files.openRead(kPath).value->identity();
  REQUIRE_FALSE(generation.builder.write(bench.files, kLedger, 1000, file));
  const auto growing = bench.files.openAppend(kPath);
  LedgerWriter writer(bench.files, kLedger, kLedger, readLedger(bench.files, kLedger).value);
  for (const std::string& text : behind) {
    REQUIRE(growing.value->append(text).ok());
    REQUIRE_FALSE(writer.onDurable(*growing.value, growing.value->size().value, 2000));
  }
  bench.files.put(kPath, log);
  bench.files.copy(kPath, kPath);
  const auto copied = bench.files.openRead(kPath);
  IoResult<LedgerChoice> choice = chooseLedger(bench.files, bench.settings, *copied.value);
  REQUIRE(choice.ok());
  return choice.value;
}

std::string imageOf(char second, const std::string& rest) {
  return "REDIS0011 made at second " + std::string(1, second) + textOf(rest);
}

}  // namespace

TEST_CASE("copied across a rewrite, neither log is damaged by the other's ledger") {
  ChoiceBench bench;
  const std::vector<std::string> behind = {textOf("one"), textOf("two"), textOf("three")};
  const bool preamble = GENERATE(true, false);
  // The two bases differ in one byte only, like those of two rewrites of nearly the same data.
  const std::string base = preamble ? imageOf('1', "data") : textOf("data 1");
  const std::string other = preamble ? imageOf('2', "data") : textOf("data 2");
  const bool grown = GENERATE(true, false);
  const LedgerChoice choice =
      chooseCopy(bench, base, grown ? behind : std::vector<std::string>(),
                 other + textOf("of the other log, and a good deal longer than what stood there"));
  REQUIRE(choice.state == LedgerChoice::State::kForeign);
  bench.settle(choice);
  REQUIRE(bench.names() == std::vector<std::string>{"appendonly.aof"});
}

TEST_CASE("a log that was never rewritten is not damaged by the ledger of its first rewrite") {
  ChoiceBench bench;
  const LedgerChoice choice = chooseCopy(bench, imageOf('1', "data"), {textOf("behind")}, kOld);
  REQUIRE(choice.state == LedgerChoice::State::kForeign);
}

TEST_CASE("a changed byte of a copy is found in whatever part it is") {
  ChoiceBench bench;
  const std::vector<std::string> behind = {textOf("one"), textOf("two")};
  const std::string base = GENERATE(imageOf('1', "data"), textOf("data"), std::string());
  std::string log = base + behind[0] + behind[1];
  const size_t place = GENERATE_COPY(base.size() / 2, base.size() + 10, log.size() - 10);
  log[place] = static_cast<char>(log[place] ^ 1);
  const LedgerChoice choice = chooseCopy(bench, base, behind, log);
  CAPTURE(base.size(), place);
  REQUIRE(choice.state == LedgerChoice::State::kFound);
  REQUIRE(choice.copied);
  const auto file = bench.files.openRead(kPath);
  const auto damage = firstDamage(*file.value, choice.ledger);
  REQUIRE(damage.value);
  REQUIRE(damage.value->begin <= place);
  REQUIRE(damage.value->end > place);
}

TEST_CASE("an older log beside the newer ledger is a copy that lacks its end") {
  ChoiceBench bench;
  const LedgerChoice choice =
      chooseCopy(bench, imageOf('1', "data"), {textOf("one"), textOf("two")}, imageOf('1', "data"));
  REQUIRE(choice.state == LedgerChoice::State::kFound);
  REQUIRE(choice.copied);
  REQUIRE(choice.lacks);
  REQUIRE(choice.ledger.offset() == imageOf('1', "data").size());
  bench.settle(choice);
  REQUIRE(readLedger(bench.files, kLedger).value.offset() == choice.ledger.offset());
}

TEST_CASE("what cannot be read or removed gives way under another name, and stays otherwise") {
  ChoiceBench bench;
  bench.ledgerOf(kOld, kLedger);
  bench.files.put(kPath, kOld);
  const auto file = bench.files.openRead(kPath);
  bench.files.failNth(Call::kOpenRead, 1, std::errc::is_a_directory);
  const LedgerChoice choice = chooseLedger(bench.files, bench.settings, *file.value).value;
  REQUIRE(choice.state == LedgerChoice::State::kUnreadable);
  const bool stuck = GENERATE(false, true);
  if (stuck) bench.files.failNth(Call::kRename, 1, std::errc::permission_denied);
  bench.settle(choice);
  REQUIRE(bench.files.exists(kLedger).value == stuck);
  REQUIRE(bench.files.exists(kLedger + ".unreadable").value != stuck);
}

TEST_CASE(
    "a ledger none of whose records a log reaches is its own only when the log begins alike") {
  ChoiceBench bench;
  const bool same = GENERATE(true, false);
  const std::string log = (same ? kOld : textOf("of another one, which")).substr(0, 600);
  const LedgerChoice choice = chooseCopy(bench, kOld, {}, log);
  REQUIRE(choice.state == (same ? LedgerChoice::State::kFound : LedgerChoice::State::kForeign));
  REQUIRE(choice.lacks.has_value() == same);
}

TEST_CASE("notes about blocks that remain outlive the cut of a ledger, in parts as well") {
  ChoiceBench bench;
  const std::string log(6 * kDiskBlockBytes, 'x');
  const auto file = bench.files.openAppend(kPath);
  REQUIRE(file.value->append(log.substr(0, kDiskBlockBytes)).ok());
  LedgerWriter writer(bench.files, kLedger, kLedger, {});
  REQUIRE_FALSE(writer.onDurable(*file.value, kDiskBlockBytes, 1000));
  REQUIRE(file.value->append(log.substr(kDiskBlockBytes)).ok());
  REQUIRE_FALSE(writer.onDurable(*file.value, log.size(), 1000));
  REQUIRE_FALSE(writer.noteZeros({{kDiskBlockBytes, 5 * kDiskBlockBytes}}));
  REQUIRE_FALSE(bench.files.syncDirectory(kDirectory));
  LedgerChoice choice = bench.choose(log);
  bench.files.keepMoments();
  REQUIRE_FALSE(cutLedger(bench.files, choice, 3 * kDiskBlockBytes + 100));
  // After a power cut at any moment there is a note about the blocks that remain.
  for (const DiskMoment& moment : bench.files.takeMoments()) {
    for (const bool names_written : {false, true}) {
      FaultFileSystem after;
      for (const auto& [name, bytes] : moment.afterPowerCut(Unsynced::kLost, names_written)) {
        after.put(name, bytes);
      }
      REQUIRE_FALSE(readLedger(after, kLedger).value.zeros.empty());
    }
  }
  bench.files.powerCut();
  const Ledger ledger = readLedger(bench.files, kLedger).value;
  REQUIRE(ledger.offset() == kDiskBlockBytes);
  REQUIRE(ledger.zeros == std::vector<ZeroRange>{{kDiskBlockBytes, 3 * kDiskBlockBytes}});
  REQUIRE(bench.names() == kBoth);
}

TEST_CASE("a copy of which so little is there that nothing can be compared is a damaged log") {
  ChoiceBench bench;
  const std::string base = textOf("data");
  const size_t bytes = GENERATE(size_t{0}, size_t{1}, size_t{3});
  const LedgerChoice choice = chooseCopy(bench, base, {textOf("behind")}, base.substr(0, bytes));
  REQUIRE(choice.state == LedgerChoice::State::kFound);
  REQUIRE_FALSE(choice.copied);
  REQUIRE_FALSE(choice.lacks);
  REQUIRE(choice.ledger.entries.size() == 2);
  bench.settle(choice);
  REQUIRE(readLedger(bench.files, kLedger).value.entries.size() == 2);
}

TEST_CASE("a file whose text is recorded is the file itself") {
  ChoiceBench bench;
  bench.files.knowFiles("boot");
  const auto file = bench.files.openAppend(kPath);
  LedgerBuilder builder;
  RecordedFile recorded(*file.value, builder);
  REQUIRE(recorded.identity() == file.value->identity());
  REQUIRE(recorded.identity().inode != 0);
}
