#include "persistence/ledger/range_hash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <span>
#include <vector>

namespace inkstone {

// Stays in the second-level cache, so that hashing does not fetch from memory what reading has just
// copied.
constexpr uint64_t kPieceBytes = 128 * 1024;

struct RangeHash::State {
  XXH3_state_t xxh;
};

RangeHash::RangeHash() : state_(std::make_unique<State>()) {
  reset();
}

RangeHash::~RangeHash() = default;

void RangeHash::reset() {
  XXH3_64bits_reset(&state_->xxh);
}

void RangeHash::add(std::string_view data) {
  XXH3_64bits_update(&state_->xxh, data.data(), data.size());
}

uint64_t RangeHash::value() const {
  return XXH3_64bits_digest(&state_->xxh);
}

uint64_t RangeHash::of(std::string_view data, uint64_t seed) {
  return XXH3_64bits_withSeed(data.data(), data.size(), seed);
}

namespace {

template <typename File>
IoResult<std::optional<uint64_t>> hashPieces(File& file, uint64_t begin, uint64_t end) {
  std::vector<char> piece(static_cast<size_t>(std::min(kPieceBytes, end - begin)));
  RangeHash hash;
  while (begin < end) {
    const std::span<char> target(
        piece.data(), static_cast<size_t>(std::min<uint64_t>(piece.size(), end - begin)));
    const IoResult<size_t> read = file.readAt(begin, target);
    if (!read.ok()) return {std::nullopt, read.error};
    if (read.value < target.size()) return {std::nullopt, {}};
    hash.add({target.data(), target.size()});
    begin += target.size();
  }
  return {hash.value(), {}};
}

}  // namespace

IoResult<std::optional<uint64_t>> hashRange(ReadFile& file, uint64_t begin, uint64_t end) {
  return hashPieces(file, begin, end);
}

IoResult<std::optional<uint64_t>> hashRange(AppendFile& file, uint64_t begin, uint64_t end) {
  return hashPieces(file, begin, end);
}

}  // namespace inkstone
