#include "persistence/rdb/file_kind.h"

#include <fmt/format.h>

#include <algorithm>

#include "persistence/rdb/rdb_format.h"

namespace inkstone {
namespace {

using std::string_view_literals::operator""sv;

struct FileKind {
  size_t offset;
  std::string_view bytes;
  std::string_view name;
};

constexpr std::string_view kGzip = "compressed by gzip: unpack it first";
constexpr std::string_view kZip = "a zip archive: unpack it first";
constexpr std::string_view kEncrypted = "encrypted: decrypt it first";

// Long marks only: bytes that damage may leave must not be taken for one.
constexpr FileKind kKinds[] = {
    {0, "\x1f\x8b\x08"sv, kGzip},
    {0, "\x28\xb5\x2f\xfd"sv, "compressed by zstd: unpack it first"},
    {0, "\xfd\x37zXZ\x00"sv, "compressed by xz: unpack it first"},
    {0, "\x04\x22\x4d\x18"sv, "compressed by lz4: unpack it first"},
    {0, "\x02\x21\x4c\x18"sv, "compressed by lz4: unpack it first"},
    {0, "\x89LZO\x00\r\n\x1a\n"sv, "compressed by lzop: unpack it first"},
    {0, "LZIP\x01"sv, "compressed by lzip: unpack it first"},
    {0, "\xff\x06\x00\x00sNaPpY"sv, "compressed by snappy: unpack it first"},
    {0, "PK\x03\x04"sv, kZip},
    {0, "PK\x05\x06"sv, kZip},
    {0, "7z\xbc\xaf\x27\x1c"sv, "a 7-Zip archive: unpack it first"},
    {257, "ustar"sv, "a tar archive: unpack it first"},
    {0, "VKCS\x01"sv,
     "an RDB file that Valkey 9.2 or later compressed: have it written without compression"},
    {0, "SQLite format 3\x00"sv, "a SQLite database"},
    {0,
     "\x7f"
     "ELF"sv,
     "a program (ELF)"},
    {0, "%PDF-"sv, "a PDF document"},
    {0, "Salted__"sv, kEncrypted},
    {0, "age-encryption.org/"sv, kEncrypted},
    {0, "-----BEGIN PGP MESSAGE-----"sv, kEncrypted},
    {0, "INKLEDG"sv, "the checksum ledger of an append-only file, not the file itself"},
    {0, "file appendonly.aof."sv, "the manifest of an append-only file in several files"},
};

// "BZh", the size of its blocks, and the mark of a block or of the end.
bool isBzip2(std::string_view start) {
  constexpr size_t kMarkOffset = 4;
  if (!start.starts_with("BZh") || start.size() < kMarkOffset + 6) return false;
  const std::string_view mark = start.substr(kMarkOffset, 6);
  return start[3] >= '1' && start[3] <= '9' &&
         (mark == "\x31\x41\x59\x26\x53\x59"sv || mark == "\x17\x72\x45\x38\x50\x90"sv);
}

// "#TS:" and digits, or "*", digits, the end of the line and "$".
bool isLog(std::string_view start) {
  const bool annotated = start.starts_with("#TS:");
  if (!annotated && !start.starts_with('*')) return false;
  start.remove_prefix(annotated ? 4 : 1);
  const size_t digits = start.find_first_not_of("0123456789");
  if (digits == 0 || digits == std::string_view::npos) return false;
  return start.substr(digits).starts_with(annotated ? "\r\n" : "\r\n$");
}

bool holdsAt(std::string_view start, const FileKind& kind) {
  return start.size() >= kind.offset + kind.bytes.size() &&
         start.substr(kind.offset, kind.bytes.size()) == kind.bytes;
}

bool allDigits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::optional<std::string> recogniseFile(std::string_view start) {
  if (isBzip2(start)) return "compressed by bzip2: unpack it first";
  if (isLog(start)) return "an append-only file of commands";
  for (const FileKind& kind : kKinds) {
    if (holdsAt(start, kind)) return std::string(kind.name);
  }
  return std::nullopt;
}

bool beginsAsRdb(std::string_view start) {
  if (start.starts_with(kRdbMagic)) return true;
  return start.starts_with(kRdbMagicValkey) && start.size() >= kRdbHeaderBytes &&
         allDigits(start.substr(kRdbMagicValkey.size(), kRdbHeaderBytes - kRdbMagicValkey.size()));
}

std::string rdbWriter(bool valkey, uint32_t version) {
  if (!valkey) {
    const bool newer = version > kRdbVersionReadMax && version < kRdbVersionValkey;
    return newer ? fmt::format("it was written by Redis 7.4 or later, format {:04}", version) : "";
  }
  constexpr uint32_t kVersion92 = 81;
  if (version < kRdbVersionValkey) return "";
  const std::string_view release = version == kRdbVersionValkey ? "Valkey 9"
                                   : version == kVersion92      ? "Valkey 9.2"
                                                                : "a later Valkey than 9.2";
  return fmt::format("it was written by {}, format {:03}", release, version);
}

}  // namespace inkstone
