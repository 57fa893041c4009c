// What a dump says about the log that was on while it was written: the dump's aux field
// `inkstone-log` (docs/rdb-format.md).
//
// With save points a dump is often newer than the last write of the log beside it, and holds
// nothing that the log lacks. A dump that somebody else wrote, or this server while its log was
// off, looks the same from outside, and is newer indeed. The mark tells them apart: how long the
// log was, how it begins, and which file it was. A log that was written anew since is younger than
// the dump, and need not fit; where it begins as the old one did, only the file tells them apart.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "persistence/files/file.h"

namespace inkstone {

inline constexpr std::string_view kLogMarkField = "inkstone-log";
// The log was off.
inline constexpr std::string_view kLogMarkOff = "off";
// The log was about to be replaced by one that was being written: any may follow.
inline constexpr std::string_view kLogMarkAny = "any";

// "<bytes> <hash> <hash> ... file:<inode>:<birth>": the length of the log at `path`, and the
// checksums of its first 32, 64, ... 2048 bytes as far as it is longer, and of its first 4096, or
// of all of it; its inode, and its moment of birth in nanoseconds, unless they are not known.
// kLogMarkAny when it cannot be read. Reads 4 KB.
std::string logMarkOf(FileSystem& files, const std::string& path);

enum class LogMarkAnswer : uint8_t {
  // Written by another program, or by a version of this one that made no marks.
  kNoMark,
  kLogWasOff,
  // The dump was written beside another log than this one.
  kOtherLog,
  // The dump was written beside this log, as it was or is; it may have been longer, if it was cut
  // since.
  kThisLog,
};

struct [[nodiscard]] LogMarkMatch {
  LogMarkAnswer answer = LogMarkAnswer::kNoMark;
  // kThisLog: so long was the log; 0 when that is not known. All of that is in the dump if the log
  // is the same file.
  uint64_t log_bytes = 0;
  // kThisLog: the log is the very file that was marked. Otherwise it is a copy of it, or was
  // written anew, or that is not known.
  bool same_file = false;
};

// Compares the mark of a dump, empty if it has none, with the log at `path`. A log that is missing,
// or too short to tell, is taken for the one that was marked.
IoResult<LogMarkMatch> matchLogMark(FileSystem& files, std::string_view mark,
                                    const std::string& path);

}  // namespace inkstone
