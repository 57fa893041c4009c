// inkstone-check-rdb FILE
#include <fmt/format.h>

#include <iostream>
#include <string>
#include <vector>

#include "persistence/files/posix_file_system.h"
#include "persistence/rdb/rdb_check_tool.h"
#include "server/process/version.h"

namespace inkstone {
namespace {

int check(const std::vector<std::string>& words) {
  const bool one = words.size() == 1;
  if (one && (words[0] == "--help" || words[0] == "-h")) {
    std::cout << kCheckRdbUsage;
    return RdbCheckTool::kExitSound;
  }
  if (one && (words[0] == "--version" || words[0] == "-v")) {
    std::cout << fmt::format("inkstone-check-rdb v={}\n", kVersion);
    return RdbCheckTool::kExitSound;
  }
  if (!one) {
    std::cout << kCheckRdbUsage;
    return RdbCheckTool::kExitNotSound;
  }
  PosixFileSystem files;
  SystemLogClock clock;
  return RdbCheckTool(files, clock, std::cout).run(words[0]);
}

}  // namespace
}  // namespace inkstone

int main(int argc, char** argv) {
  return inkstone::check(std::vector<std::string>(argv + 1, argv + argc));
}
