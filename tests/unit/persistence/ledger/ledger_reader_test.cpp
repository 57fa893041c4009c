#include "persistence/ledger/ledger_reader.h"

#include <catch2/catch.hpp>

#include "persistence/ledger/ledger_builder.h"
#include "persistence/ledger/range_hash.h"
#include "tests/unit/persistence/fault_file_system.h"
#include "tests/unit/persistence/log/log_fixture.h"

using namespace inkstone;
using namespace inkstone::test;

namespace {

const std::string kLedger = kPath + ".ledger";
const std::string kLog = "0123456789abcdefghijklmnopqrstuvwxyzABCD";

// Three records about the first 30 bytes of kLog.
std::string threeRecords() {
  constexpr uint64_t kId = 9;
  std::string bytes = encodeLedgerHeader({kId, identityOf(kLog)});
  for (uint64_t begin = 0; begin < 30; begin += 10) {
    bytes += encodeLedgerRecord({begin, begin + 10, static_cast<int64_t>(begin),
                                 RangeHash::of(std::string_view(kLog).substr(begin, 10))},
                                kId);
  }
  return bytes;
}

Ledger read(FaultFileSystem& files, std::string bytes) {
  files.put(kLedger, std::move(bytes));
  const IoResult<Ledger> ledger = readLedger(files, kLedger);
  REQUIRE(ledger.ok());
  return ledger.value;
}

std::optional<LedgerRecord> damageIn(FaultFileSystem& files, const Ledger& ledger,
                                     const std::string& log) {
  files.put(kPath, log);
  const auto file = files.openRead(kPath);
  const IoResult<std::optional<LedgerRecord>> damage = firstDamage(*file.value, ledger);
  REQUIRE(damage.ok());
  return damage.value;
}

}  // namespace

TEST_CASE("a ledger says how far the log was durable, and since when") {
  FaultFileSystem files;
  const Ledger ledger = read(files, threeRecords());
  REQUIRE(ledger.entries.size() == 3);
  REQUIRE(ledger.offset() == 30);
  REQUIRE(ledger.timeUnixMs() == 20);
  REQUIRE(ledger.damaged_records == 0);
  REQUIRE(ledger.ledgerBytes() == threeRecords().size());
}

TEST_CASE("no ledger, and one without a sound header, are empty and no error") {
  FaultFileSystem files;
  REQUIRE(readLedger(files, kLedger).ok());
  REQUIRE(readLedger(files, kLedger).value.empty());
  REQUIRE(read(files, "").empty());
  REQUIRE(read(files, std::string(1000, '\0')).empty());
  REQUIRE(read(files, "*1\r\n$4\r\nPING\r\n").empty());
}

TEST_CASE("a ledger cut at any byte keeps the records that are whole") {
  FaultFileSystem files;
  const std::string whole = threeRecords();
  for (size_t length = 0; length <= whole.size(); ++length) {
    const Ledger ledger = read(files, whole.substr(0, length));
    const size_t records =
        length < kLedgerHeaderBytes ? 0 : (length - kLedgerHeaderBytes) / kLedgerRecordBytes;
    CAPTURE(length);
    REQUIRE(ledger.entries.size() == records);
    REQUIRE(ledger.damaged_records == 0);
  }
}

TEST_CASE("a damaged record in the middle leaves the others, and is counted") {
  FaultFileSystem files;
  std::string bytes = threeRecords();
  bytes[kLedgerHeaderBytes + kLedgerRecordBytes + 3] ^= 1;
  const Ledger ledger = read(files, bytes);
  REQUIRE(ledger.entries.size() == 2);
  REQUIRE(ledger.damaged_records == 1);
  REQUIRE(ledger.offset() == 30);
  REQUIRE_FALSE(damageIn(files, ledger, kLog));
}

TEST_CASE("a ledger is shortened to whole records about what is kept of the log") {
  FaultFileSystem files;
  Ledger ledger = read(files, threeRecords());
  ledger.forgetFrom(29);
  REQUIRE(ledger.offset() == 20);
  ledger.forgetFrom(20);
  REQUIRE(ledger.offset() == 20);
  ledger.forgetFrom(3);
  REQUIRE(ledger.empty());
}

TEST_CASE("every byte changed in the durable part is found, in the range it stands in") {
  FaultFileSystem files;
  const Ledger ledger = read(files, threeRecords());
  REQUIRE_FALSE(damageIn(files, ledger, kLog));
  for (size_t at = 0; at < kLog.size(); ++at) {
    std::string damaged = kLog;
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    const auto damage = damageIn(files, ledger, damaged);
    CAPTURE(at);
    // The bytes behind the last record were never recorded as durable.
    REQUIRE(damage.has_value() == (at < 30));
    if (damage) REQUIRE(damage->begin == at / 10 * 10);
  }
}

TEST_CASE("a log shorter than it was durable is damaged") {
  FaultFileSystem files;
  const Ledger ledger = read(files, threeRecords());
  REQUIRE_FALSE(damageIn(files, ledger, kLog.substr(0, 30)));
  for (size_t length = 0; length < 30; ++length) {
    REQUIRE(damageIn(files, ledger, kLog.substr(0, length))->begin == length / 10 * 10);
  }
}

TEST_CASE("a ledger belongs to its log also when that is damaged, and to no other") {
  FaultFileSystem files;
  const Ledger ledger = read(files, threeRecords());
  const auto belongs = [&](const std::string& log) {
    files.put(kPath, log);
    const auto file = files.openRead(kPath);
    return belongsTo(ledger, *file.value).value;
  };
  REQUIRE(belongs(kLog));
  REQUIRE(belongs(kLog.substr(0, 5)));
  REQUIRE(belongs(""));
  REQUIRE(belongs("X" + kLog.substr(1)));
  // The beginning of the AOF is gone, but a later range proves whose ledger it is.
  REQUIRE(belongs(std::string(20, '\0') + kLog.substr(20)));
  REQUIRE_FALSE(belongs(std::string(40, '*')));
}

TEST_CASE("a log written as a whole gets a ledger about all of it, on the disk, of one moment") {
  FaultFileSystem files;
  const std::string log(kLedgerRangeMax * 2 + 12345, 'v');
  files.put(kPath, log);
  LedgerBuilder builder;
  for (size_t at = 0; at < log.size(); at += 1'000'003) {
    builder.add(std::string_view(log).substr(at, 1'000'003));
  }
  REQUIRE_FALSE(builder.write(files, kLedger, 77));
  REQUIRE_FALSE(files.syncDirectory(kDirectory));
  files.powerCut();
  const IoResult<Ledger> ledger = readLedger(files, kLedger);
  REQUIRE(ledger.value.entries.size() == 3);
  REQUIRE(ledger.value.offset() == log.size());
  for (const Ledger::Entry& entry : ledger.value.entries) REQUIRE(entry.record.time_unix_ms == 77);
  const auto file = files.openRead(kPath);
  REQUIRE_FALSE(firstDamage(*file.value, ledger.value).value);
}

TEST_CASE("a ledger that cannot be written as a whole is not left in part") {
  for (const Call call : {Call::kAppend, Call::kSync, Call::kTruncate}) {
    FaultFileSystem files;
    LedgerBuilder builder;
    builder.add(kLog);
    files.failNth(call, 1, std::errc::no_space_on_device);
    REQUIRE(builder.write(files, kLedger, 77) == std::errc::no_space_on_device);
    REQUIRE_FALSE(files.exists(kLedger).value);
  }
}
