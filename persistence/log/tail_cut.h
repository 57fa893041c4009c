// Takes the torn end off a log without losing it.
#pragma once

#include <cstdint>
#include <string>
#include <system_error>

#include "persistence/files/file.h"

namespace inkstone {

struct [[nodiscard]] TailCutResult {
  // Set: the log still has its tail.
  std::error_code error;
  // Path of the file that holds the tail; empty when there was no space for it.
  std::string kept_as;
};

// Shortens `path` (in `directory`, `size` bytes long) to `keep_bytes`. The bytes taken off go to
// "<path>.cut-<unix_seconds>", with "-2" and so on behind it when that exists, and are on the disk,
// with their name, before the log is touched: whatever moment a power cut chooses, they are in one
// of the two files.
//
// A full disk must not keep a server from starting after it was killed for that very reason: then a
// tail of at most kTailHeldMax bytes is taken off first and kept in the space this frees, or,
// failing that, given up.
TailCutResult cutTail(FileSystem& files, const std::string& directory, const std::string& path,
                      uint64_t size, uint64_t keep_bytes, int64_t unix_seconds);

inline constexpr uint64_t kTailHeldMax = 16 * 1024 * 1024;

}  // namespace inkstone
