// Tells a log that was cut short from one that is damaged.
#pragma once

#include <cstdint>

#include "persistence/files/file.h"
#include "protocol/request_parser.h"

namespace inkstone {

enum class TailKind : uint8_t {
  // The bytes are the beginning of an array of bulk strings or an annotation whose rest is missing,
  // possibly with zeros in the place of the rest (what a power cut leaves on file systems that grow
  // a file before its data is written).
  kTorn,
  // No missing rest could make them a command within the limits.
  kDamaged,
  kUnreadable,
};

// Looks at the bytes from `begin` to the end of the file, which do not begin with a complete
// command. Reads the headers of one command, and zeros at the end of the file backwards.
[[nodiscard]] TailKind classifyTail(ReadFile& file, uint64_t begin, uint64_t file_size,
                                    const RequestLimits& limits);

// Where the bytes from `begin` cease to be the beginning of a command.
struct EntryStop {
  // Where the first byte is that cannot be right, or the end of the file.
  uint64_t offset = 0;
  // How many lines before it were whole.
  uint64_t lines = 0;
};

// The same look, for people. After a failed read it tells how far it came.
[[nodiscard]] EntryStop findEntryStop(ReadFile& file, uint64_t begin, uint64_t file_size,
                                      const RequestLimits& limits);

}  // namespace inkstone
