// Blocks of a log that are zeros throughout. A power cut leaves such a block where the file had
// grown and the data was not written yet; a client may have sent one as well.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "persistence/files/file.h"

namespace inkstone {

// What a file system writes as a whole at least, and what the page cache knows as written or not.
inline constexpr uint64_t kDiskBlockBytes = 4096;

struct ZeroRange {
  uint64_t begin = 0;
  uint64_t end = 0;

  bool operator==(const ZeroRange&) const = default;
};

// Finds the blocks of zeros in a text that comes in pieces, wherever those end. Blocks begin at the
// multiples of kDiskBlockBytes in the file. Costs one look for each block that is none.
class ZeroBlockScan {
 public:
  // The text goes on at `offset` of its file. Zeros are assumed to stand before it in its block:
  // who uses the ranges must not miss a block that is zeros.
  explicit ZeroBlockScan(uint64_t offset) : offset_(offset) {}

  // Adds the blocks that `text`, the next piece, completes; one that goes on where the last range
  // ends makes that longer.
  void add(std::string_view text, std::vector<ZeroRange>& ranges);

  // The next piece goes on at `offset`, and `before` stands before it in its block.
  void restart(uint64_t offset, std::string_view before);

  uint64_t offset() const { return offset_; }

 private:
  uint64_t offset_;
  // The block that is not complete is all zeros as far as it is there.
  bool zeros_so_far_ = true;
};

// Adds `range`, which begins where the last one ends or behind it.
void addRange(const ZeroRange& range, std::vector<ZeroRange>& ranges);

// Leaves the whole blocks that lie within the first `bytes` of the file.
void cutRanges(std::vector<ZeroRange>& ranges, uint64_t bytes);

// Where the first such block begins that lies within the bytes [begin, end) of the file and in none
// of the `intended` ranges.
IoResult<std::optional<uint64_t>> firstZeroBlock(ReadFile& file, uint64_t begin, uint64_t end,
                                                 const std::vector<ZeroRange>& intended);

}  // namespace inkstone
