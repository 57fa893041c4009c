#include "persistence/empty_start.h"

#include <fmt/format.h>

namespace inkstone {

std::string refuseEmptyStart(FileSystem& files, const AppendOnlySettings& settings,
                             const OtherData& other) {
  const std::string log = settings.path();
  const std::string manifest =
      fmt::format("{}/{}/{}.manifest", settings.directory, other.log_directory, settings.filename);
  const std::string dump = settings.directory + "/" + other.dump;
  // In the order of what Redis would prefer.
  for (const std::string& path : {log, manifest, dump}) {
    const IoResult<bool> found = files.exists(path);
    if (!found.ok()) return fmt::format("Can't look for {}: {}", path, found.error.message());
    if (!found.value) continue;
    if (path == log) return {};
    return fmt::format(
        "The append only file {} does not exist, but {} does: starting empty would hide the data "
        "it stands for, and this server cannot load it. Write that data to a single append only "
        "file without RDB preamble and put it in place, or move {} away to start with an empty "
        "data set.",
        log, path, path);
  }
  return {};
}

}  // namespace inkstone
