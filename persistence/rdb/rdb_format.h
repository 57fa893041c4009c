// The figures of the RDB format. Grammar and worked example: docs/rdb-format.md.
#pragma once

#include <isa-l/crc64.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace inkstone {

inline constexpr std::string_view kRdbMagic = "REDIS";
// Valkey 9 and later write this, and count their versions from 80 on.
inline constexpr std::string_view kRdbMagicValkey = "VALKEY";
// The magic, and the version in the digits that are left: four or three.
inline constexpr size_t kRdbHeaderBytes = 9;

// What we write. Redis 7.0 is the oldest that is to load it.
inline constexpr uint32_t kRdbVersion = 10;
inline constexpr uint32_t kRdbVersionReadMin = 1;
inline constexpr uint32_t kRdbVersionReadMax = 11;
// Valkey's version 80 is version 11, with types of its own besides.
inline constexpr uint32_t kRdbVersionValkey = 80;
// The first version whose files end in a checksum.
inline constexpr uint32_t kRdbVersionChecksum = 5;
// The first version that has listpacks for sets.
inline constexpr uint32_t kRdbVersionSetListpack = 11;

// The checksum at the end of RDB files and DUMP payloads: CRC-64 with the polynomial of Jones,
// reflected, neither inverted at the start nor at the end.
inline constexpr size_t kRdbChecksumBytes = 8;

// The checksum of bytes that follow those whose checksum is `crc`; start with 0. "123456789" gives
// e9c6d914c4b8d9ca.
inline uint64_t rdbChecksum(uint64_t crc, std::string_view bytes) {
  // ISA-L inverts what goes in and what comes out.
  const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
  return ~crc64_jones_refl(~crc, data, bytes.size());
}

// What stands where the type of a key could stand. The names are those of Redis.
enum class RdbOpcode : uint8_t {
  kSlotImport = 243,  // Valkey: a migration of slots that was under way
  kSlotInfo = 244,    // Valkey: three lengths, a hint
  kFunction2 = 245,
  kFunctionPreGa = 246,  // of release candidates; no release loads it
  kModuleAux = 247,
  kIdle = 248,          // seconds, a length
  kFreq = 249,          // counter, one byte
  kAux = 250,           // two strings
  kResizeDb = 251,      // keys and keys with a deadline, two lengths
  kExpireTimeMs = 252,  // Unix milliseconds, 8 bytes
  kExpireTime = 253,    // Unix seconds, 4 bytes
  kSelectDb = 254,      // a length
  kEof = 255,
};

// How a value is written. All integers are little-endian where nothing else is said.
enum class RdbType : uint8_t {
  kString = 0,
  kList = 1,              // strings
  kSet = 2,               // strings
  kZset = 3,              // strings, each with its score as text
  kHash = 4,              // pairs of strings
  kZset2 = 5,             // strings, each with its score as 8 bytes
  kModulePreGa = 6,       // of release candidates; no release loads it
  kModule2 = 7,           // the module's number, then parts that tell their kind
  kHashZipmap = 9,        // from here on one string that holds the value packed, but for lists
  kListZiplist = 10,      //
  kSetIntset = 11,        //
  kZsetZiplist = 12,      //
  kHashZiplist = 13,      //
  kListQuicklist = 14,    // ziplists, each a string
  kStreamListpacks = 15,  //
  kHashListpack = 16,     //
  kZsetListpack = 17,     //
  kListQuicklist2 = 18,   // nodes: container (a length), then a string
  kStreamListpacks2 = 19,
  kSetListpack = 20,
  kStreamListpacks3 = 21,
  kHash2 = 22,  // Valkey: a hash, some of whose fields have deadlines
};

// Containers of a node of kListQuicklist2.
inline constexpr uint64_t kRdbNodePlain = 1;   // one element
inline constexpr uint64_t kRdbNodePacked = 2;  // a listpack

// The first byte of a length. Its two highest bits tell how the length goes on.
inline constexpr uint8_t kRdbLength6Bits = 0x00;   // the other bits are the length
inline constexpr uint8_t kRdbLength14Bits = 0x40;  // the other bits, then one byte
inline constexpr uint8_t kRdbLengthWide = 0x80;    // one of the two below, nothing else
inline constexpr uint8_t kRdbLength32Bits = 0x80;  // 4 bytes, big-endian
inline constexpr uint8_t kRdbLength64Bits = 0x81;  // 8 bytes, big-endian
inline constexpr uint8_t kRdbEncoded = 0xc0;       // no length: a string in another form, see below
inline constexpr uint8_t kRdbLengthKindMask = 0xc0;

// Forms of a string that begins with kRdbEncoded: the other bits of that byte.
inline constexpr uint8_t kRdbInt8 = 0;
inline constexpr uint8_t kRdbInt16 = 1;
inline constexpr uint8_t kRdbInt32 = 2;
inline constexpr uint8_t kRdbLzf = 3;  // length packed, length unpacked, bytes of liblzf

// Text longer than this is not looked at for being an integer, and shorter than that not
// compressed.
inline constexpr size_t kRdbIntegerTextMax = 11;
inline constexpr size_t kRdbCompressMin = 21;

// The first byte of a score of kZset: its length, or one of these.
inline constexpr uint8_t kRdbScoreNan = 253;
inline constexpr uint8_t kRdbScoreInfinity = 254;
inline constexpr uint8_t kRdbScoreMinusInfinity = 255;

// Parts of what a module wrote.
enum class RdbModulePart : uint8_t {
  kEof = 0,
  kSigned = 1,  // a length
  kUnsigned = 2,
  kFloat = 3,   // 4 bytes
  kDouble = 4,  // 8 bytes
  kString = 5,
};

}  // namespace inkstone
