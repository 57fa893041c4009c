// SHA-1 (FIPS 180-4), for DEBUG DIGEST, whose values are to be those of Redis. Not for security.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace inkstone {

using Sha1Digest = std::array<uint8_t, 20>;

Sha1Digest sha1(std::string_view bytes);

}  // namespace inkstone
