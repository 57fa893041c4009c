// The checksum of a stretch of a file: XXH3 with 64 bits.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "persistence/files/file.h"

namespace inkstone {

class RangeHash {
 public:
  RangeHash();
  ~RangeHash();
  RangeHash(const RangeHash&) = delete;
  RangeHash& operator=(const RangeHash&) = delete;

  void reset();
  void add(std::string_view data);
  uint64_t value() const;

  // The checksum of `data` alone. Another `seed` makes another function of it.
  static uint64_t of(std::string_view data, uint64_t seed = 0);

 private:
  struct State;

  const std::unique_ptr<State> state_;
};

// The checksum of the bytes [begin, end) of `file`, read in pieces; nothing when the file ends
// before. Complexity: linear; memory: one piece.
IoResult<std::optional<uint64_t>> hashRange(ReadFile& file, uint64_t begin, uint64_t end);
IoResult<std::optional<uint64_t>> hashRange(AppendFile& file, uint64_t begin, uint64_t end);

}  // namespace inkstone
