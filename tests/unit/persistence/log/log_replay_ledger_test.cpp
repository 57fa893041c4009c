// Loading a log that has a ledger.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "persistence/ledger/ledger_writer.h"
#include "tests/unit/persistence/log/replay_bench.h"

using namespace inkstone;
using namespace inkstone::test;

namespace {

const std::string kLedger = kPath + ".ledger";

std::string setText(int number) {
  return resp({"SET", "key" + std::to_string(number), "value"});
}

std::string setTexts(int begin, int end) {
  std::string text;
  for (int i = begin; i < end; ++i) text += setText(i);
  return text;
}

// A log whose first commands are recorded, one by one.
struct VerifiedBench : ReplayBench {
  VerifiedBench(const std::string& recorded, const std::string& behind)
      : ReplayBench(recorded + behind) {
    const auto log = files.openAppend(kPath);
    LedgerWriter writer(files, kLedger, kLedger, {});
    const size_t step = setText(0).size();
    for (size_t end = step; end <= recorded.size(); end += step) {
      REQUIRE_FALSE(writer.onDurable(*log.value, end, 1'700'000'000'250));
    }
    REQUIRE(writer.offset() == recorded.size());
  }

  void flip(size_t offset) {
    std::string bytes = text();
    bytes[offset] = static_cast<char>(bytes[offset] ^ 1);
    files.put(kPath, bytes);
  }
  void append(const std::string& bytes) { files.put(kPath, text() + bytes); }
};

}  // namespace

TEST_CASE("a log that is what its ledger says is loaded") {
  VerifiedBench bench(setTexts(0, 3), setTexts(3, 5));
  const LoadResult result = bench.load();
  REQUIRE(result.status == LoadStatus::kLoaded);
  REQUIRE(result.commands == 5);
  REQUIRE(result.ledger.state == LedgerChoice::State::kFound);
  REQUIRE(result.ledger.ledger.offset() == setTexts(0, 3).size());
}

TEST_CASE("fault 7: any byte that was recorded and is another is found, and nothing is changed") {
  const std::string recorded = setTexts(0, 4);
  for (size_t offset = 0; offset < recorded.size(); ++offset) {
    VerifiedBench bench(recorded, setTexts(4, 6));
    bench.flip(offset);
    const std::string before = bench.text();
    const LoadResult result = bench.load();
    INFO(offset << ": " << result.message);
    REQUIRE(result.status == LoadStatus::kDamaged);
    REQUIRE(result.offset <= offset);
    REQUIRE(result.offset + setText(0).size() > offset);
    // The loader handed out nothing of the bad range.
    REQUIRE(result.commands <= offset / setText(0).size());
    REQUIRE(bench.text() == before);
  }
}

TEST_CASE("damage is told with its range, its moment and the way out") {
  VerifiedBench bench(setTexts(0, 4), "");
  const size_t step = setText(0).size();
  bench.flip(2 * step + 1);
  const LoadResult result = bench.load();
  INFO(result.message);
  for (const std::string& part :
       {"bytes " + std::to_string(2 * step) + " to " + std::to_string(3 * step), kPath, kLedger,
        std::string("2023-11-14 22:13:20.250 UTC"), std::string("inkstone-check-aof " + kPath)}) {
    REQUIRE(result.message.find(part) != std::string::npos);
  }
}

TEST_CASE("a log that lost its recorded end is damaged, not torn") {
  VerifiedBench bench(setTexts(0, 4), "");
  bench.files.put(kPath, bench.text().substr(0, setTexts(0, 3).size() + 5));
  const LoadResult result = bench.load();
  REQUIRE(result.status == LoadStatus::kDamaged);
  REQUIRE(result.offset == setTexts(0, 3).size());
  REQUIRE(bench.text().size() == setTexts(0, 3).size() + 5);
}

TEST_CASE("damage behind the last record is what a power cut leaves, and is cut off") {
  // A block that was never written, with written ones behind it.
  const std::string hole(60, '\0');
  VerifiedBench bench(setTexts(0, 3), setText(3) + hole + setText(9));
  const LoadResult result = bench.load();
  INFO(result.message);
  REQUIRE(result.status == LoadStatus::kTailCut);
  REQUIRE(result.commands == 4);
  REQUIRE(bench.text() == setTexts(0, 4));
  REQUIRE(bench.files.contents(result.kept_as) == hole + setText(9));
  REQUIRE(bench.load().status == LoadStatus::kLoaded);
}

TEST_CASE("damage behind the last record is damage where the ledger knows nothing about its age") {
  VerifiedBench bench(setTexts(0, 3), "!" + setText(3));
  SECTION("under appendfsync no") {
    bench.settings.fsync = FsyncPolicy::kNo;
  }
  SECTION("without a ledger") {
    REQUIRE_FALSE(bench.files.remove(kLedger));
  }
  SECTION("when the tail is too long for a crash") {
    bench.append(std::string(kUnsyncedTailMax, 'x'));
  }
  REQUIRE(bench.load().status == LoadStatus::kDamaged);
}

TEST_CASE("with aof-load-truncated no, damage behind the last record is refused as a torn end") {
  VerifiedBench bench(setTexts(0, 3), "!" + setText(3));
  bench.settings.load_truncated = false;
  const std::string before = bench.text();
  REQUIRE(bench.load().status == LoadStatus::kTruncated);
  REQUIRE(bench.text() == before);
}

TEST_CASE("what is lost with a torn end is told in bytes and commands") {
  const std::string begun = resp({"MULTI"}) + setTexts(3, 5);
  VerifiedBench bench(setTexts(0, 3), begun + "*3\r\n$3\r\nSE");
  const LoadResult result = bench.load();
  INFO(result.message);
  REQUIRE(result.status == LoadStatus::kTailCut);
  REQUIRE(result.message.find("(3 commands)") != std::string::npos);
  REQUIRE(result.message.find(std::to_string(begun.size() + 10) + " bytes") != std::string::npos);
}

TEST_CASE("a cut below the last record shortens the ledger, and first of all") {
  // A transaction whose EXEC is missing was on the disk.
  VerifiedBench bench(setTexts(0, 4), "");
  std::string log = setTexts(0, 2) + resp({"MULTI"});
  log +=
      resp({"SET", "k", std::string(2 * setText(0).size() - log.size() % setText(0).size(), 'v')});
  VerifiedBench torn(setTexts(0, 2), "");
  torn.files.put(kPath, log);
  {
    const auto file = torn.files.openAppend(kPath);
    LedgerWriter writer(torn.files, kLedger, kLedger, readLedger(torn.files, kLedger).value);
    REQUIRE_FALSE(writer.onDurable(*file.value, log.size(), 1));
  }
  const bool fails = GENERATE(false, true);
  if (fails) torn.files.failNth(Call::kTruncate, 2, std::errc::io_error);
  const LoadResult result = torn.load();
  REQUIRE(result.status == (fails ? LoadStatus::kIoError : LoadStatus::kTailCut));
  REQUIRE(torn.text() == (fails ? log : setTexts(0, 2)));
  // Whatever was reached, the next start is not told of damage.
  const LoadResult again = torn.load();
  INFO(again.message);
  REQUIRE(again.ok());
  REQUIRE(torn.text() == setTexts(0, 2));
  REQUIRE(readLedger(torn.files, kLedger).value.offset() == setTexts(0, 2).size());
}

TEST_CASE("a ledger that cannot be read is as one that is missing, and is named") {
  VerifiedBench bench(setTexts(0, 4), "");
  bench.files.failNth(Call::kRead, 1, std::errc::permission_denied);
  const LoadResult result = bench.load();
  REQUIRE(result.status == LoadStatus::kLoaded);
  REQUIRE(result.commands == 4);
  REQUIRE(result.ledger.state == LedgerChoice::State::kUnreadable);
  REQUIRE(result.ledger.path == kLedger);
  REQUIRE(result.ledger.problem == std::errc::permission_denied);
  REQUIRE_FALSE(settleLedger(bench.files, bench.settings, result.ledger));
  REQUIRE(bench.files.exists(setAsideName(kLedger)).value);
  REQUIRE_FALSE(bench.files.exists(kLedger).value);
}

TEST_CASE("the refusal of a log that was changed says what to do when the change was meant") {
  VerifiedBench bench(setTexts(0, 4), "");
  const bool cut = GENERATE(false, true);
  if (cut) {
    bench.files.put(kPath, setTexts(0, 3));
  } else {
    bench.flip(5);
  }
  const LoadResult result = bench.load();
  INFO(result.message);
  REQUIRE(result.status == LoadStatus::kDamaged);
  REQUIRE(result.message.find("remove the ledger and start again") != std::string::npos);
  REQUIRE(result.message.find(cut ? "an older copy over it" : "edited it") != std::string::npos);
}

namespace {

// A folder whose log and ledger were copied from another one.
struct CopyBench : VerifiedBench {
  CopyBench(const std::string& recorded, const std::string& behind)
      : VerifiedBench(recorded, behind) {
    files.knowFiles("boot");
    identify();
  }
  // Opens the ledger as a server does when it starts.
  void identify() {
    const auto log = files.openAppend(kPath);
    LedgerWriter writer(files, kLedger, kLedger, readLedger(files, kLedger).value);
    REQUIRE_FALSE(writer.begin(*log.value, text().size(), 1));
  }
  void copyLog() { files.copy(kPath, kPath); }
};

}  // namespace

TEST_CASE("a copy of a log is loaded as far as it goes, and its ledger forgets the rest") {
  const std::string recorded = setTexts(0, 4);
  const size_t step = setText(0).size();
  // Less cannot be compared, and is refused.
  constexpr size_t kPieceBytes = 4;
  const size_t length = GENERATE_COPY(range(kPieceBytes, recorded.size() + 1));
  CopyBench bench(recorded, "");
  bench.files.put(kPath, recorded.substr(0, length));
  bench.copyLog();
  const LoadResult result = bench.load();
  INFO(length << ": " << result.message);
  REQUIRE(result.ok());
  REQUIRE(result.commands == length / step);
  REQUIRE(result.ledger.copied);
  REQUIRE(result.ledger.lacks.has_value() == (length < recorded.size()));
  REQUIRE_FALSE(settleLedger(bench.files, bench.settings, result.ledger));
  bench.identify();
  // From then on the copy is an AOF of its own.
  const LoadResult again = bench.load();
  REQUIRE(again.status == LoadStatus::kLoaded);
  REQUIRE_FALSE(again.ledger.copied);
  REQUIRE(again.ledger.ledger.offset() == length / step * step);
}

TEST_CASE("what a copy lacks is told in bytes and with its moment") {
  CopyBench bench(setTexts(0, 4), "");
  bench.files.put(kPath, setTexts(0, 3));
  bench.copyLog();
  const LoadResult result = bench.load();
  REQUIRE(describeCopy(result.ledger, result.bytes) ==
          "The log is a copy: its ledger was written for another file, and tells of 136 bytes, on "
          "the disk at 2023-11-14 22:13:20.250 UTC, of which the copy has 102; its end lacks 34");
}

TEST_CASE("the file itself cut short is damaged where a copy would be loaded") {
  CopyBench bench(setTexts(0, 4), "");
  bench.files.put(kPath, setTexts(0, 3));
  REQUIRE(bench.load().status == LoadStatus::kDamaged);
  bench.copyLog();
  REQUIRE(bench.load().status == LoadStatus::kLoaded);
}

TEST_CASE("a byte of a copy that changed is refused as in the file itself") {
  const std::string recorded = setTexts(0, 9);
  const size_t offset = GENERATE_COPY(range(size_t{0}, recorded.size(), size_t{17}));
  CopyBench bench(recorded, setTexts(9, 12));
  bench.flip(offset);
  const bool shorter = GENERATE(false, true) && offset < setTexts(0, 7).size();
  if (shorter) bench.files.put(kPath, bench.text().substr(0, setTexts(0, 8).size() + 3));
  bench.copyLog();
  const LoadResult result = bench.load();
  INFO(offset << ": " << result.message);
  REQUIRE(result.status == LoadStatus::kDamaged);
  REQUIRE(result.offset == offset / setText(0).size() * setText(0).size());
}

TEST_CASE("a block of zeros that nobody noted is a hole after a restart of the machine only") {
  const std::string zeros(3 * kDiskBlockBytes, '\0');
  const std::string value = resp({"SET", "zeros", zeros});
  CopyBench bench(setTexts(0, 3), setText(3));
  bench.append(value + setText(4));
  const std::string whole = bench.text();
  SECTION("the process was killed") {
    REQUIRE(bench.load().commands == 6);
  }
  SECTION("nobody knows") {
    bench.files.restartMachine("");
    REQUIRE(bench.load().commands == 6);
  }
  SECTION("the machine was started anew") {
    bench.files.restartMachine("another boot");
    const LoadResult result = bench.load();
    INFO(result.message);
    REQUIRE(result.status == LoadStatus::kTailCut);
    REQUIRE(result.commands == 4);
    REQUIRE(bench.text() == setTexts(0, 4));
    REQUIRE(bench.files.contents(result.kept_as) == value + setText(4));
    // Zeros that are written now are not taken for the hole that was there before.
    bench.identify();
    bench.append(value);
    REQUIRE(bench.load().status == LoadStatus::kLoaded);
  }
  SECTION("with aof-load-truncated no") {
    bench.files.restartMachine("another boot");
    bench.settings.load_truncated = false;
    REQUIRE(bench.load().status == LoadStatus::kTruncated);
    REQUIRE(bench.text() == whole);
  }
  SECTION("under appendfsync no") {
    bench.files.restartMachine("another boot");
    bench.settings.fsync = FsyncPolicy::kNo;
    REQUIRE(bench.load().commands == 6);
  }
  SECTION("in a copy") {
    bench.files.restartMachine("another boot");
    bench.copyLog();
    REQUIRE(bench.load().commands == 6);
  }
  SECTION("of what was there when the log was opened") {
    bench.identify();
    bench.files.restartMachine("another boot");
    REQUIRE(bench.load().commands == 6);
  }
  SECTION("noted") {
    const size_t begin = (setTexts(0, 4).size() / kDiskBlockBytes + 1) * kDiskBlockBytes;
    LedgerWriter writer(bench.files, kLedger, kLedger, readLedger(bench.files, kLedger).value);
    REQUIRE_FALSE(writer.noteZeros({{begin, begin + 2 * kDiskBlockBytes}}));
    bench.files.restartMachine("another boot");
    REQUIRE(bench.load().commands == 6);
  }
}

TEST_CASE("a hole that begins with a command is cut there") {
  CopyBench bench(setTexts(0, 3), "");
  std::string fill = resp({"SET", "fill", ""});
  fill = resp(
      {"SET", "fill", std::string(kDiskBlockBytes - setTexts(0, 3).size() - fill.size() - 3, 'x')});
  bench.append(fill);
  REQUIRE(bench.text().size() == kDiskBlockBytes);
  bench.append(std::string(kDiskBlockBytes, '\0') + setText(4));
  bench.files.restartMachine("another boot");
  const LoadResult result = bench.load();
  INFO(result.message);
  REQUIRE(result.status == LoadStatus::kTailCut);
  REQUIRE(bench.text().size() == kDiskBlockBytes);
}
