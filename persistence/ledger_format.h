// The checksum ledger: what stands beside a log and says which of its bytes are known to be on the
// disk, since when, and what they are. The grammar, an example and the price are in
// docs/ledger-format.md.
//
// A header, then records of one size, in the order of the log. All numbers are little-endian.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace inkstone {

inline constexpr std::string_view kLedgerMagic = "INKLEDG1";
inline constexpr size_t kLedgerHeaderBytes = 160;
inline constexpr size_t kLedgerRecordBytes = 40;

// A record is about at most so many bytes: damage is told to such a stretch.
inline constexpr uint64_t kLedgerRangeMax = 16 * 1024 * 1024;

// The beginning of a log in pieces of equal length (the last may be shorter), each as a checksum of
// 16 bits. The text of the log has no room for a name, and one checksum of its beginning could not
// tell another log from a damaged one: damage leaves most of the pieces as they were.
struct LogIdentity {
  static constexpr size_t kPieces = 64;
  static constexpr uint64_t kBytesMax = 4096;

  // Bytes of the log that are described, up to kBytesMax; 0 when the log was empty.
  uint64_t bytes = 0;
  std::array<uint16_t, kPieces> pieces{};

  bool operator==(const LogIdentity&) const = default;
};

// Of a log that begins with `beginning`, of which at most kBytesMax bytes are used.
LogIdentity identityOf(std::string_view beginning);

// Whether a log that begins with `beginning` (kBytesMax bytes of it, or all if it is shorter) is
// more likely the one that was identified, damaged or cut short, than another: at least half of the
// pieces that are whole in it are the same. A log without any such piece is one cut short.
bool resembles(const LogIdentity& identity, std::string_view beginning);

struct LedgerHeader {
  // Also the seed of the records' checksums, so that a record of another ledger is never believed.
  uint64_t id = 0;
  LogIdentity identity;
};

// "At time_unix_ms the log was on the disk up to `end`; its bytes [begin, end) have this checksum
// (RangeHash)."
struct LedgerRecord {
  uint64_t begin = 0;
  uint64_t end = 0;
  int64_t time_unix_ms = 0;
  uint64_t checksum = 0;

  bool operator==(const LedgerRecord&) const = default;
};

// A moment of a record for people: "2026-11-29 08:15:00.250 UTC".
std::string momentText(int64_t unix_ms);

std::string encodeLedgerHeader(const LedgerHeader& header);
std::string encodeLedgerRecord(const LedgerRecord& record, uint64_t id);

// Nothing when the bytes are not a whole header or record. A record is not checked against others.
std::optional<LedgerHeader> decodeLedgerHeader(std::string_view bytes);
std::optional<LedgerRecord> decodeLedgerRecord(std::string_view bytes, uint64_t id);

}  // namespace inkstone
