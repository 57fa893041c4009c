// Blocks of a log that are zeros throughout. A power cut leaves such a block where the file had
// grown and the data was not written yet; a client may have sent one as well.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "persistence/file.h"

namespace inkstone {

// What a file system writes as a whole at least, and what the page cache knows as written or not.
inline constexpr uint64_t kDiskBlockBytes = 4096;

struct ZeroRange {
  uint64_t begin = 0;
  uint64_t end = 0;

  bool operator==(const ZeroRange&) const = default;
};

// Adds the blocks that lie within `text` and are zeros, as few ranges as possible; `offset` is the
// place of the text in its file, and blocks begin at its multiples of kDiskBlockBytes. Costs one
// look for each block that is none.
void addZeroBlocks(std::string_view text, uint64_t offset, std::vector<ZeroRange>& ranges);

// Where the first such block begins that lies within the bytes [begin, end) of the file and in none
// of the `intended` ranges.
IoResult<std::optional<uint64_t>> firstZeroBlock(ReadFile& file, uint64_t begin, uint64_t end,
                                                 const std::vector<ZeroRange>& intended);

}  // namespace inkstone
