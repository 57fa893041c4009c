// The hash of keys: XXH3 with a secret drawn at start, so that nobody outside can choose keys that
// collide.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace inkstone {

class KeyHasher {
 public:
  // XXH3 asks for at least 136 bytes; this is the length of its own default secret.
  using Secret = std::array<unsigned char, 192>;

  explicit KeyHasher(const Secret& secret) : secret_(secret) {}

  uint64_t operator()(std::string_view key) const {
    return XXH3_64bits_withSecret(key.data(), key.size(), secret_.data(), secret_.size());
  }

 private:
  Secret secret_;
};

}  // namespace inkstone
