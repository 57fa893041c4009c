// The checksum at the end of RDB files and DUMP payloads: CRC-64 with the polynomial of Jones,
// reflected, neither inverted at the start nor at the end.
#pragma once

#include <cstdint>
#include <string_view>

namespace inkstone {

// The checksum of bytes that follow those whose checksum is `crc`; start with 0. "123456789" gives
// e9c6d914c4b8d9ca.
uint64_t rdbChecksum(uint64_t crc, std::string_view bytes);

}  // namespace inkstone
