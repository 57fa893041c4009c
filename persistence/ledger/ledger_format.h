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

#include "persistence/files/file.h"
#include "persistence/ledger/zero_blocks.h"

namespace inkstone {

inline constexpr std::string_view kLedgerMagic = "INKLEDG2";
inline constexpr size_t kLedgerHeaderBytes = 216;
// A header that begins with this knows nothing of file and boot: older servers wrote it.
inline constexpr std::string_view kLedgerMagicV1 = "INKLEDG1";
inline constexpr size_t kLedgerHeaderBytesV1 = 160;
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

// What identifies a log that begins with `beginning`, of which at most kBytesMax bytes are used.
LogIdentity identityOf(std::string_view beginning);

// Whether a log that begins with `beginning` (kBytesMax bytes of it, or all if it is shorter) is
// more likely the one that was identified, damaged or cut short, than another: at least half of the
// pieces that are whole in it are the same. A log without any such piece is one cut short.
bool resembles(const LogIdentity& identity, std::string_view beginning);
// The same, but at least three quarters of them, and there is one.
bool resemblesClosely(const LogIdentity& identity, std::string_view beginning);

// Whether a log of so many bytes has a whole piece.
bool hasWholePiece(const LogIdentity& identity, uint64_t log_bytes);

struct LedgerHeader {
  // It is also the seed of the records' checksums, so that a record of another ledger is never
  // believed.
  uint64_t id = 0;
  LogIdentity identity = {};
  // The log's file; all 0 when it is not known.
  FileIdentity file = {};
  // bootOf() the machine when the log was opened; 0 when it is not known.
  uint64_t boot = 0;
  // What the log had when it was opened, and what was synced then.
  uint64_t opened = 0;
  // So much of the log was written as a whole, by a rewrite or another program; what follows was
  // appended.
  uint64_t base = 0;
  // The base begins with an RDB image, which tells the second in which it was made.
  bool preamble = false;
  // How long the header is in the file.
  size_t header_bytes = kLedgerHeaderBytes;
};

// Never 0, but for a boot that is not known.
uint64_t bootOf(const std::string& boot_id);

// "At time_unix_ms the log was on the disk up to `end`; its bytes [begin, end) have this checksum
// (RangeHash)."
struct LedgerRecord {
  uint64_t begin = 0;
  uint64_t end = 0;
  int64_t time_unix_ms = 0;
  uint64_t checksum = 0;

  bool operator==(const LedgerRecord&) const = default;
};

std::string encodeLedgerHeader(const LedgerHeader& header);
std::string encodeLedgerRecord(const LedgerRecord& record, uint64_t id);

// Nothing when the bytes are not a whole header or record. A record is not checked against others.
std::optional<LedgerHeader> decodeLedgerHeader(std::string_view bytes);
std::optional<LedgerRecord> decodeLedgerRecord(std::string_view bytes, uint64_t id);

// A note has the place and size of a record: "if zeros stand in this range of whole blocks, it is
// because they were written".
std::string encodeLedgerNote(const ZeroRange& range, uint64_t id);
std::optional<ZeroRange> decodeLedgerNote(std::string_view bytes, uint64_t id);

}  // namespace inkstone
