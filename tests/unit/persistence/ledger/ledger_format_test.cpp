#include "persistence/ledger/ledger_format.h"

#include <catch2/catch.hpp>

#include "tests/unit/persistence/log/log_fixture.h"

using namespace inkstone;
using namespace inkstone::test;

namespace {

constexpr uint64_t kId = 0x1122334455667788;

std::string logOf(std::string_view prefix, size_t commands) {
  std::string text = resp({"SELECT", "0"});
  for (size_t i = 0; i < commands; ++i) {
    text += resp({"SET", std::string(prefix) + std::to_string(i), std::to_string(i * 7919)});
  }
  return text;
}

}  // namespace

TEST_CASE("a ledger's header and records come back as they were written") {
  LedgerHeader header{kId, identityOf(logOf("key:", 10))};
  header.file = {1, UINT64_MAX, -5};
  header.boot = bootOf("a1b2\n");
  header.opened = 77;
  header.base = 55;
  header.preamble = GENERATE(false, true);
  const std::string bytes = encodeLedgerHeader(header);
  REQUIRE(bytes.size() == kLedgerHeaderBytes);
  const auto decoded = decodeLedgerHeader(bytes);
  REQUIRE(decoded);
  REQUIRE(decoded->id == kId);
  REQUIRE(decoded->identity == header.identity);
  REQUIRE(decoded->file == header.file);
  REQUIRE(decoded->boot == header.boot);
  REQUIRE(decoded->opened == 77);
  REQUIRE(decoded->base == 55);
  REQUIRE(decoded->preamble == header.preamble);

  const LedgerRecord record{17, 1ULL << 40, 1'700'000'000'123, 0xfedcba9876543210};
  const std::string text = encodeLedgerRecord(record, kId);
  REQUIRE(text.size() == kLedgerRecordBytes);
  REQUIRE(decodeLedgerRecord(text, kId) == record);
}

TEST_CASE("a ledger with any bit changed, or an end missing, is not believed") {
  const std::string header = encodeLedgerHeader({kId, identityOf("*1\r\n")});
  const std::string record = encodeLedgerRecord({0, 4, 5, 6}, kId);
  for (size_t bit = 0; bit < header.size() * 8; ++bit) {
    std::string damaged = header;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    REQUIRE_FALSE(decodeLedgerHeader(damaged));
  }
  for (size_t bit = 0; bit < record.size() * 8; ++bit) {
    std::string damaged = record;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    REQUIRE_FALSE(decodeLedgerRecord(damaged, kId));
  }
  REQUIRE_FALSE(decodeLedgerHeader(header.substr(0, header.size() - 1)));
  REQUIRE_FALSE(decodeLedgerRecord(record.substr(0, record.size() - 1), kId));
  REQUIRE_FALSE(decodeLedgerRecord(std::string(kLedgerRecordBytes, '\0'), kId));
}

TEST_CASE("a record of another ledger is not believed") {
  REQUIRE_FALSE(decodeLedgerRecord(encodeLedgerRecord({0, 4, 5, 6}, kId), kId + 1));
}

TEST_CASE("a log is still known when any of its bytes is damaged") {
  for (const size_t commands : {0U, 1U, 2U, 300U}) {
    const std::string log = logOf("key:", commands);
    const LogIdentity identity = identityOf(log);
    REQUIRE(resembles(identity, log));
    for (size_t at = 0; at < log.size(); ++at) {
      std::string damaged = log;
      damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
      CAPTURE(commands, at);
      REQUIRE(resembles(identity, damaged));
    }
  }
}

TEST_CASE("a log cut short is still known, also when nothing is left of it") {
  const std::string log = logOf("key:", 300);
  const LogIdentity identity = identityOf(log);
  for (size_t length = 0; length <= log.size(); ++length) {
    REQUIRE(resembles(identity, log.substr(0, length)));
  }
}

TEST_CASE("another log is told from a damaged one") {
  REQUIRE_FALSE(resembles(identityOf(logOf("key:", 300)), logOf("user:", 300)));
  REQUIRE_FALSE(resembles(identityOf(logOf("key:", 300)), "REDIS0010" + std::string(500, 'x')));
}

TEST_CASE("a note is no record, and a record no note") {
  const std::string note = encodeLedgerNote({4096, 12288}, kId);
  REQUIRE(note.size() == kLedgerRecordBytes);
  REQUIRE(decodeLedgerNote(note, kId) == ZeroRange{4096, 12288});
  REQUIRE_FALSE(decodeLedgerRecord(note, kId));
  REQUIRE_FALSE(decodeLedgerNote(note, kId + 1));
  REQUIRE_FALSE(decodeLedgerNote(encodeLedgerRecord({0, 4, 5, 6}, kId), kId));
}

TEST_CASE("a boot that is not known is no boot") {
  REQUIRE(bootOf("") == 0);
  REQUIRE(bootOf("a") != 0);
  REQUIRE(bootOf("a") != bootOf("b"));
}

TEST_CASE(
    "close resemblance needs three quarters of what can be compared, and something to compare") {
  const std::string log = logOf("key:", 300);
  std::string other = log;
  const size_t piece = LogIdentity::kBytesMax / LogIdentity::kPieces;
  for (size_t i = 0; i < 16; ++i) other[i * piece] = '!';
  REQUIRE(resemblesClosely(identityOf(log), other));
  other[16 * piece] = '!';
  REQUIRE_FALSE(resemblesClosely(identityOf(log), other));
  REQUIRE(resembles(identityOf(log), other));
  REQUIRE_FALSE(resemblesClosely(identityOf(log), ""));
  REQUIRE_FALSE(resemblesClosely(identityOf(""), log));
}
