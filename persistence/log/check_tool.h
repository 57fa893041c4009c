// inkstone-check-aof without its main(): tells whether a log would load, and takes its bad end off.
// Use, output and exit statuses are those of redis-check-aof.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <span>
#include <string>

#include "persistence/files/file.h"
#include "persistence/files/log_hooks.h"
#include "persistence/log/ledger_check.h"
#include "persistence/log/log_check.h"

namespace inkstone {

struct CheckRequest {
  std::string path;
  // --fix: cut the log where it ceases to be valid, after asking.
  bool fix = false;
  // --yes: without asking.
  bool yes = false;
  // --cut-at-unknown: with --fix, cut also in front of a command that other servers know and this
  // one does not have yet, though the log is sound.
  bool cut_at_unknown = false;
  // --truncate-to-timestamp: cut what was written after that Unix second: by the annotations of the
  // log, or, where it has none, by its ledger.
  std::optional<int64_t> up_to_second;
};

struct [[nodiscard]] CheckArguments {
  // Set: there is nothing to check, and this is to be printed.
  std::string refusal;
  CheckRequest request;
};

inline constexpr std::string_view kCheckUsage =
    "Usage: inkstone-check-aof [--fix [--yes] [--cut-at-unknown]|--truncate-to-timestamp "
    "$timestamp] <file.manifest|file.aof>\n";

CheckArguments parseCheckArguments(std::span<const std::string> arguments);

class CheckTool {
 public:
  static constexpr int kExitValid = 0;
  static constexpr int kExitNotValid = 1;

  // The references must outlive the tool. `answers` is read when it has to ask.
  CheckTool(FileSystem& files, LogClock& clock, CommandJudge& judge, std::istream& answers,
            std::ostream& out);

  // Checks one log, or all files that a manifest names. The exit status. What is cut off is kept
  // beside the file, as a start does it.
  int run(const CheckRequest& request);

 private:
  struct Part {
    std::string path;
    // What messages call it.
    std::string name;
    // "", "BASE " or "INCR "
    std::string kind;
    // Only the last one of a manifest may be cut.
    bool last = true;
  };

  int checkManifest(const CheckRequest& request, const std::string& text);
  int checkPart(const CheckRequest& request, const Part& part);
  int answer(const CheckRequest& request, const Part& part, ReadFile& file,
             LedgerCheckResult& found);
  int cutAfterAsking(const CheckRequest& request, const Part& part, LedgerCheckResult& found);
  int cutToTimestamp(const CheckRequest& request, const Part& part, LedgerCheckResult& found);
  int cut(const Part& part, LedgerCheckResult& found, std::string_view done);
  int lacksNothing(const Part& part, std::string_view what);
  int answerSound(const CheckRequest& request, const Part& part, LedgerCheckResult& found);
  int unsupported(const Part& part, const LogCheckResult& log);
  bool answeredYes();
  void describeImage(const Part& part, const LogCheckResult& found);
  void describeLedger(const LedgerCheckResult& found);
  void describeStop(ReadFile& file, const LedgerCheckResult& found);
  void describeMissing(const LogCheckResult& found);

  FileSystem& files_;
  LogClock& clock_;
  CommandJudge& judge_;
  std::istream& answers_;
  std::ostream& out_;
};

}  // namespace inkstone
