// inkstone-check-rdb without its main(): tells whether the server would load an RDB file. Output
// and exit statuses are those of redis-check-rdb; the reader is the loader's own.
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

// What is wrong with an image, or, where it is sound, what this server cannot load of it.
void describeRdbError(const RdbError& error, std::ostream& out);
// Who wrote it, and what was read of it.
void describeRdbContent(const RdbCheckResult& image, std::ostream& out);

// With escapes, so that it takes one line.
std::string printableBytes(std::string_view bytes);

}  // namespace inkstone
