// inkstone-check-aof [--fix [--yes] [--cut-at-unknown]|--truncate-to-timestamp T] FILE
#include <fmt/format.h>
#include <unistd.h>

#include <iostream>
#include <string>
#include <vector>

#include "base/text.h"
#include "persistence/files/data_folder_lock.h"
#include "persistence/files/paths.h"
#include "persistence/files/posix_file_system.h"
#include "persistence/log/check_tool.h"
#include "server/command_table/command_table.h"
#include "server/commands/families.h"
#include "server/process/version.h"

namespace inkstone {
namespace {

// Judges a command as the executor would when it replays it.
class TableJudge final : public CommandJudge {
 public:
  TableJudge() { registerFamilies(table_); }

  Objection objection(std::span<const std::string_view> args) override {
    const Command* command = table_.findOriginal(args[0]);
    const bool unknown_name = command == nullptr;
    if (command != nullptr && !command->subcommands().empty() && args.size() > 1) {
      command = command->findSubcommand(args[1]);
    }
    if (command == nullptr) {
      return {fmt::format("Unknown command '{}'", shown(args[0])), unknown_name};
    }
    if (command->arityAllows(args.size())) return {};
    return {fmt::format("Wrong number of arguments for '{}'", command->fullName())};
  }

 private:
  static std::string shown(std::string_view name) {
    constexpr size_t kShownMax = 128;
    return printableName(name.substr(0, kShownMax));
  }

  CommandTable table_;
};

int check(const std::vector<std::string>& words) {
  if (words.size() == 1 && (words[0] == "--help" || words[0] == "-h")) {
    std::cout << kCheckUsage;
    return CheckTool::kExitValid;
  }
  if (words.size() == 1 && (words[0] == "--version" || words[0] == "-v")) {
    std::cout << fmt::format("inkstone-check-aof v={}\n", kVersion);
    return CheckTool::kExitValid;
  }
  CheckArguments arguments = parseCheckArguments(words);
  if (!arguments.refusal.empty()) {
    std::cout << arguments.refusal;
    return CheckTool::kExitNotValid;
  }
  // A rewrite puts the log where a link leads to, and the ledger stands there, too.
  arguments.request.path = linkTarget(arguments.request.path);
  DataFileLock::Result lock;
  if (arguments.request.fix || arguments.request.up_to_second) {
    lock = DataFileLock::take(arguments.request.path,
                              fmt::format("inkstone-check-aof with pid {}", ::getpid()));
  }
  if (lock.outcome == DataFileLock::Outcome::kHeld) {
    std::cout << fmt::format("{} is in use: {}. Stop that first; nothing was changed\n",
                             arguments.request.path, lock.text);
    return CheckTool::kExitNotValid;
  }
  PosixFileSystem files;
  SystemLogClock clock;
  TableJudge judge;
  return CheckTool(files, clock, judge, std::cin, std::cout).run(arguments.request);
}

}  // namespace
}  // namespace inkstone

int main(int argc, char** argv) {
  return inkstone::check(std::vector<std::string>(argv + 1, argv + argc));
}
