#include "persistence/ledger_choice.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "persistence/ledger_builder.h"
#include "persistence/rewrite_files.h"
#include "tests/unit/persistence/fault_file_system.h"
#include "tests/unit/persistence/log_fixture.h"

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
