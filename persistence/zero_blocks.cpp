#include "persistence/zero_blocks.h"

#include <algorithm>
#include <cstring>
#include <span>

namespace inkstone {
namespace {

uint64_t roundedUp(uint64_t offset) {
  return (offset + kDiskBlockBytes - 1) / kDiskBlockBytes * kDiskBlockBytes;
}

bool isZeros(const char* block) {
  // Most blocks are told by their first byte.
  return *block == '\0' && std::memcmp(block, block + 1, kDiskBlockBytes - 1) == 0;
}

bool isIntended(uint64_t block, const std::vector<ZeroRange>& intended) {
  return std::any_of(intended.begin(), intended.end(), [block](const ZeroRange& range) {
    return range.begin <= block && block + kDiskBlockBytes <= range.end;
  });
}

}  // namespace

void addZeroBlocks(std::string_view text, uint64_t offset, std::vector<ZeroRange>& ranges) {
  const uint64_t end = offset + text.size();
  for (uint64_t block = roundedUp(offset); block + kDiskBlockBytes <= end;
       block += kDiskBlockBytes) {
    if (!isZeros(text.data() + (block - offset))) continue;
    if (!ranges.empty() && ranges.back().end == block) {
      ranges.back().end += kDiskBlockBytes;
    } else {
      ranges.push_back({block, block + kDiskBlockBytes});
    }
  }
}

IoResult<std::optional<uint64_t>> firstZeroBlock(ReadFile& file, uint64_t begin, uint64_t end,
                                                 const std::vector<ZeroRange>& intended) {
  constexpr uint64_t kPieceBytes = 32 * kDiskBlockBytes;
  std::vector<char> piece;
  for (uint64_t at = roundedUp(begin); at + kDiskBlockBytes <= end; at += kPieceBytes) {
    piece.resize(
        static_cast<size_t>(std::min(kPieceBytes, (end - at) / kDiskBlockBytes * kDiskBlockBytes)));
    const IoResult<size_t> read = file.readAt(at, piece);
    if (!read.ok()) return {std::nullopt, read.error};
    for (size_t i = 0; i + kDiskBlockBytes <= read.value; i += kDiskBlockBytes) {
      if (isZeros(piece.data() + i) && !isIntended(at + i, intended)) return {at + i, {}};
    }
  }
  return {};
}

}  // namespace inkstone
