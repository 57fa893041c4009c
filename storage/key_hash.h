// The hash of keys: XXH3 with a secret drawn at start, so that nobody outside can choose keys that
// collide.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace inkstone {

// The hash of a key as far as somebody has worked it out already: it may be absent, and then whoever
// needs it hashes the key. (A hash of 0 counts as absent, too, and is worked out again.)
class KeyHash {
 public:
  constexpr KeyHash() = default;
  constexpr explicit KeyHash(uint64_t bits) : bits_(bits) {}

  constexpr bool known() const { return bits_ != 0; }
  // What a table looks it up by; only if it is known.
  constexpr uint64_t bits() const { return bits_; }
  bool operator==(const KeyHash&) const = default;

 private:
  uint64_t bits_ = 0;
};

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
