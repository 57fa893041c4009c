#include "persistence/ledger/ledger_format.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>

#include "persistence/ledger/range_hash.h"

namespace inkstone {
namespace {

void putNumber(std::string& out, uint64_t number, size_t bytes) {
  for (size_t i = 0; i < bytes; ++i) out += static_cast<char>(number >> (8 * i));
}

uint64_t takeNumber(std::string_view& in, size_t bytes) {
  uint64_t number = 0;
  for (size_t i = 0; i < bytes; ++i)
    number |= uint64_t{static_cast<unsigned char>(in[i])} << (8 * i);
  in.remove_prefix(bytes);
  return number;
}

constexpr size_t kChecksumBytes = 8;
// Shorter ones would be the same in too many logs: all begin with a SELECT.
constexpr uint64_t kPieceBytesMin = 4;

uint64_t pieceBytes(uint64_t identified) {
  const uint64_t even = (identified + LogIdentity::kPieces - 1) / LogIdentity::kPieces;
  return std::max(kPieceBytesMin, even);
}

uint16_t pieceChecksum(std::string_view piece) {
  return static_cast<uint16_t>(RangeHash::of(piece));
}

struct SamePieces {
  uint64_t compared = 0;
  uint64_t same = 0;
};

SamePieces countSame(const LogIdentity& identity, std::string_view beginning) {
  const uint64_t length = pieceBytes(identity.bytes);
  SamePieces pieces;
  for (uint64_t at = 0; at < identity.bytes; at += length) {
    const uint64_t end = std::min(at + length, identity.bytes);
    if (end > beginning.size()) break;
    ++pieces.compared;
    const uint16_t checksum = pieceChecksum(beginning.substr(at, end - at));
    if (checksum == identity.pieces[at / length]) ++pieces.same;
  }
  return pieces;
}

// No log has so many bytes.
constexpr uint64_t kPreambleBit = uint64_t{1} << 63;

// What the first version of the header did not have.
void takeFile(std::string_view& in, LedgerHeader& header) {
  header.file.device = takeNumber(in, 8);
  header.file.inode = takeNumber(in, 8);
  header.file.birth_ns = static_cast<int64_t>(takeNumber(in, 8));
  header.boot = takeNumber(in, 8);
  header.opened = takeNumber(in, 8);
  header.base = takeNumber(in, 8);
  header.preamble = (header.base & kPreambleBit) != 0;
  header.base &= ~kPreambleBit;
  static_cast<void>(takeNumber(in, 8));
}

}  // namespace

LogIdentity identityOf(std::string_view beginning) {
  LogIdentity identity;
  beginning = beginning.substr(0, LogIdentity::kBytesMax);
  identity.bytes = beginning.size();
  const uint64_t length = pieceBytes(identity.bytes);
  for (uint64_t at = 0; at < identity.bytes; at += length) {
    identity.pieces[at / length] = pieceChecksum(beginning.substr(at, length));
  }
  return identity;
}

bool resembles(const LogIdentity& identity, std::string_view beginning) {
  const SamePieces pieces = countSame(identity, beginning);
  return pieces.same * 2 >= pieces.compared;
}

bool resemblesClosely(const LogIdentity& identity, std::string_view beginning) {
  const SamePieces pieces = countSame(identity, beginning);
  return pieces.compared > 0 && pieces.same * 4 >= pieces.compared * 3;
}

bool hasWholePiece(const LogIdentity& identity, uint64_t log_bytes) {
  return log_bytes > 0 && log_bytes >= std::min(pieceBytes(identity.bytes), identity.bytes);
}

uint64_t bootOf(const std::string& boot_id) {
  return boot_id.empty() ? 0 : std::max<uint64_t>(RangeHash::of(boot_id), 1);
}

std::string encodeLedgerHeader(const LedgerHeader& header) {
  std::string bytes(kLedgerMagic);
  putNumber(bytes, header.id, 8);
  putNumber(bytes, header.identity.bytes, 8);
  for (const uint16_t piece : header.identity.pieces) putNumber(bytes, piece, 2);
  putNumber(bytes, header.file.device, 8);
  putNumber(bytes, header.file.inode, 8);
  putNumber(bytes, static_cast<uint64_t>(header.file.birth_ns), 8);
  putNumber(bytes, header.boot, 8);
  putNumber(bytes, header.opened, 8);
  putNumber(bytes, header.base | (header.preamble ? kPreambleBit : 0), 8);
  // Room for what a later server may want to know.
  putNumber(bytes, 0, 8);
  putNumber(bytes, RangeHash::of(bytes), kChecksumBytes);
  return bytes;
}

std::optional<LedgerHeader> decodeLedgerHeader(std::string_view bytes) {
  const bool first_version = bytes.starts_with(kLedgerMagicV1);
  if (!first_version && !bytes.starts_with(kLedgerMagic)) return std::nullopt;
  LedgerHeader header;
  header.header_bytes = first_version ? kLedgerHeaderBytesV1 : kLedgerHeaderBytes;
  if (bytes.size() < header.header_bytes) return std::nullopt;
  bytes = bytes.substr(0, header.header_bytes);
  const uint64_t expected = RangeHash::of(bytes.substr(0, bytes.size() - kChecksumBytes));
  bytes.remove_prefix(kLedgerMagic.size());
  header.id = takeNumber(bytes, 8);
  header.identity.bytes = takeNumber(bytes, 8);
  for (uint16_t& piece : header.identity.pieces)
    piece = static_cast<uint16_t>(takeNumber(bytes, 2));
  if (!first_version) takeFile(bytes, header);
  if (takeNumber(bytes, kChecksumBytes) != expected) return std::nullopt;
  if (header.identity.bytes > LogIdentity::kBytesMax) return std::nullopt;
  return header;
}

std::string encodeLedgerRecord(const LedgerRecord& record, uint64_t id) {
  std::string bytes;
  putNumber(bytes, record.begin, 8);
  putNumber(bytes, record.end, 8);
  putNumber(bytes, static_cast<uint64_t>(record.time_unix_ms), 8);
  putNumber(bytes, record.checksum, 8);
  putNumber(bytes, RangeHash::of(bytes, id), kChecksumBytes);
  return bytes;
}

std::optional<LedgerRecord> decodeLedgerRecord(std::string_view bytes, uint64_t id) {
  if (bytes.size() < kLedgerRecordBytes) return std::nullopt;
  bytes = bytes.substr(0, kLedgerRecordBytes);
  const uint64_t expected = RangeHash::of(bytes.substr(0, kLedgerRecordBytes - kChecksumBytes), id);
  LedgerRecord record;
  record.begin = takeNumber(bytes, 8);
  record.end = takeNumber(bytes, 8);
  record.time_unix_ms = static_cast<int64_t>(takeNumber(bytes, 8));
  record.checksum = takeNumber(bytes, 8);
  if (takeNumber(bytes, kChecksumBytes) != expected || record.begin >= record.end) {
    return std::nullopt;
  }
  return record;
}

// Another seed makes a note of what would be a record otherwise.
std::string encodeLedgerNote(const ZeroRange& range, uint64_t id) {
  return encodeLedgerRecord({range.begin, range.end, 0, 0}, ~id);
}

std::optional<ZeroRange> decodeLedgerNote(std::string_view bytes, uint64_t id) {
  const std::optional<LedgerRecord> note = decodeLedgerRecord(bytes, ~id);
  if (!note) return std::nullopt;
  return ZeroRange{note->begin, note->end};
}

}  // namespace inkstone
