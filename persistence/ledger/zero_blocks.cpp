#include "persistence/ledger/zero_blocks.h"

#include <algorithm>
#include <cstring>
#include <span>

namespace inkstone {
namespace {

uint64_t roundedUp(uint64_t offset) {
  return (offset + kDiskBlockBytes - 1) / kDiskBlockBytes * kDiskBlockBytes;
}

bool isZeros(std::string_view text) {
  // Most blocks are told by their first byte.
  return text.empty() ||
         (text.front() == '\0' && std::memcmp(text.data(), text.data() + 1, text.size() - 1) == 0);
}

bool isIntended(uint64_t block, const std::vector<ZeroRange>& intended) {
  return std::any_of(intended.begin(), intended.end(), [block](const ZeroRange& range) {
    return range.begin <= block && block + kDiskBlockBytes <= range.end;
  });
}

}  // namespace

void ZeroBlockScan::add(std::string_view text, std::vector<ZeroRange>& ranges) {
  while (!text.empty()) {
    const uint64_t in_block = offset_ % kDiskBlockBytes;
    const std::string_view piece = text.substr(0, static_cast<size_t>(kDiskBlockBytes - in_block));
    zeros_so_far_ = (zeros_so_far_ || in_block == 0) && isZeros(piece);
    offset_ += piece.size();
    text.remove_prefix(piece.size());
    if (zeros_so_far_ && offset_ % kDiskBlockBytes == 0) {
      addRange({offset_ - kDiskBlockBytes, offset_}, ranges);
    }
  }
}

void ZeroBlockScan::restart(uint64_t offset, std::string_view before) {
  offset_ = offset;
  zeros_so_far_ = isZeros(before);
}

void addRange(const ZeroRange& range, std::vector<ZeroRange>& ranges) {
  if (!ranges.empty() && ranges.back().end == range.begin) {
    ranges.back().end = range.end;
  } else {
    ranges.push_back(range);
  }
}

void cutRanges(std::vector<ZeroRange>& ranges, uint64_t bytes) {
  const uint64_t whole_blocks = bytes - bytes % kDiskBlockBytes;
  for (ZeroRange& range : ranges) range.end = std::min(range.end, whole_blocks);
  std::erase_if(ranges, [](const ZeroRange& range) { return range.begin >= range.end; });
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
      const std::string_view block(piece.data() + i, kDiskBlockBytes);
      if (isZeros(block) && !isIntended(at + i, intended)) return {at + i, {}};
    }
  }
  return {};
}

}  // namespace inkstone
