// Guards data that another format holds against a start with an empty log.
#pragma once

#include <string>

#include "persistence/append_only_settings.h"
#include "persistence/file.h"

namespace inkstone {

// Where the data of a server without a log of this name may be.
struct OtherData {
  // dbfilename
  std::string dump;
  // appenddirname
  std::string log_directory;
};

// Why a server with the log on must not start, or an empty text. When settings.path() does not
// exist but an RDB dump or a log in several files (Redis 7) does, an empty log beside it would
// count from then on, and the data would be lost from sight. Changes nothing.
[[nodiscard]] std::string refuseEmptyStart(FileSystem& files, const AppendOnlySettings& settings,
                                           const OtherData& other);

}  // namespace inkstone
