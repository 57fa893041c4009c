// The log of Redis 7: a folder with a base, increments behind it, and a manifest that names them.
// Read only: it is imported, never continued.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "persistence/files/file.h"

namespace inkstone {

struct [[nodiscard]] MultiPartLog {
  // False: there is no manifest, and nothing else is set.
  bool found = false;
  // Not empty: the manifest cannot be used, and why, with its path and line.
  std::string error;
  // <directory>/<appenddirname>
  std::string directory;
  // Names of the files in the order they are loaded in: the base, if any, then the increments. All
  // but the last must be whole.
  std::vector<std::string> files;
  // The first of them is the base.
  bool has_base = false;
};

// Reads <directory>/<log_directory>/<filename>.manifest, a line a file:
//   file <name> seq <number> type <b|i|h>
// b is the base, i an increment, h a file of the past, which is left out; more words come in pairs
// and are left out, too. Lines that begin with # are comments.
MultiPartLog readMultiPartLog(FileSystem& files, const std::string& directory,
                              const std::string& log_directory, const std::string& filename);

// What the manifest's text says. Exposed for tests; `path` is for messages.
MultiPartLog parseManifest(std::string_view text, const std::string& path);

}  // namespace inkstone
