// inkstone-check-rdb without its main(): tells whether the server would load an RDB file. Output
// and exit statuses are those of redis-check-rdb; the reader is the server's own.
#pragma once

#include <iosfwd>
#include <string>
#include <string_view>

#include "persistence/files/file.h"
#include "persistence/files/log_hooks.h"
#include "persistence/rdb/rdb_check.h"

namespace inkstone {

inline constexpr std::string_view kCheckRdbUsage = "Usage: inkstone-check-rdb <rdb-file-name>\n";

class RdbCheckTool {
 public:
  static constexpr int kExitSound = 0;
  static constexpr int kExitNotSound = 1;

  // The references must outlive the tool.
  RdbCheckTool(FileSystem& files, LogClock& clock, std::ostream& out)
      : files_(files), clock_(clock), out_(out) {}

  // Checks one file, and changes nothing. The exit status: kExitSound if a server would load it.
  int run(const std::string& path);

 private:
  int check(const std::string& path, ReadFile& file, uint64_t size);

  FileSystem& files_;
  LogClock& clock_;
  std::ostream& out_;
};

// Tells of an image, as `name`, what is wrong with it or that it is sound, who wrote it, and what
// was read of it. True if it is sound.
bool describeRdbImage(const std::string& name, const RdbCheckResult& image, std::ostream& out);

}  // namespace inkstone
