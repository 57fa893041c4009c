#include "persistence/rdb/rdb_checksum.h"

#include <isa-l/crc64.h>

namespace inkstone {

uint64_t rdbChecksum(uint64_t crc, std::string_view bytes) {
  // ISA-L inverts what goes in and what comes out.
  const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
  return ~crc64_jones_refl(~crc, data, bytes.size());
}

}  // namespace inkstone
