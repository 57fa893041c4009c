// A log of Redis 7 that was imported is marked, so that neither a Redis that is started there nor a
// later start of ours takes it for what counts.
#pragma once

#include <string>
#include <system_error>
#include <vector>

#include "persistence/files/file.h"
#include "persistence/log/multi_part_log.h"

namespace inkstone {

struct [[nodiscard]] ImportMark {
  // The folder's new name, <folder>.imported-<unix seconds>. Empty: it could not be renamed, and a
  // note stands beside it as <folder>.imported.
  std::string renamed_to;
  // Why it could not be renamed, and where the note could not be written, why that.
  std::error_code rename_error;
  std::error_code note_error;
};

// Renames the folder of `log`, or else notes beside it what was read, and syncs the directory that
// it lies in.
ImportMark markImported(FileSystem& files, const MultiPartLog& log, int64_t unix_seconds);

// Whether there is a note, and the files `names` in `folder` are those it tells of, as long as they
// were then.
bool importIsNoted(FileSystem& files, const std::string& folder,
                   const std::vector<std::string>& names);

}  // namespace inkstone
