#include "persistence/log/check_tool.h"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <array>
#include <istream>
#include <memory>
#include <ostream>

#include "base/text.h"
#include "persistence/files/moment.h"
#include "persistence/files/paths.h"
#include "persistence/files/whole_file.h"
#include "persistence/log/multi_part_log.h"
#include "persistence/log/tail_cut.h"
#include "persistence/rdb/rdb_check_tool.h"

namespace inkstone {
namespace {

constexpr uint64_t kLookBytes = 4096;
constexpr uint64_t kManifestBytesMax = 16 * 1024 * 1024;
constexpr std::string_view kManifestWord = "file ";

// A manifest is known by what it holds, for files may have any name: no log has such a line.
bool looksLikeManifest(std::string_view text) {
  while (text.starts_with('#')) {
    const size_t end = text.find('\n');
    if (end == std::string_view::npos) return false;
    text.remove_prefix(end + 1);
  }
  return text.starts_with(kManifestWord);
}

// A part of the preamble is missing: there is no place to cut at.
bool lacksPreamble(const LogCheckResult& log) {
  return log.missing && log.image && log.missing->ok_up_to < log.image->end_offset;
}

CheckArguments refuse(std::string_view text) {
  CheckArguments result;
  result.refusal = text;
  return result;
}

}  // namespace

CheckArguments parseCheckArguments(std::span<const std::string> arguments) {
  CheckArguments result;
  CheckRequest& request = result.request;
  if (arguments.empty()) return refuse(kCheckUsage);
  const std::span<const std::string> options = arguments.first(arguments.size() - 1);
  for (size_t i = 0; i < options.size(); ++i) {
    if (options[i] == "--fix") {
      request.fix = true;
    } else if (options[i] == "--yes") {
      request.yes = true;
    } else if (options[i] == "--cut-at-unknown") {
      request.cut_at_unknown = true;
    } else if (options[i] == "--truncate-to-timestamp" && i + 1 < options.size()) {
      request.up_to_second = parseMoment(options[++i]);
      if (!request.up_to_second) {
        return refuse("Invalid timestamp, aborting...\n");
      }
    } else {
      return refuse(kCheckUsage);
    }
  }
  if (request.fix && request.up_to_second) return refuse(kCheckUsage);
  if (request.cut_at_unknown && !request.fix) return refuse(kCheckUsage);
  request.path = arguments.back();
  return result;
}

CheckTool::CheckTool(FileSystem& files, LogClock& clock, CommandJudge& judge, std::istream& answers,
                     std::ostream& out)
    : files_(files), clock_(clock), judge_(judge), answers_(answers), out_(out) {}

int CheckTool::run(const CheckRequest& request) {
  const IoResult<std::unique_ptr<ReadFile>> file = files_.openRead(request.path);
  if (!file.ok()) {
    fmt::print(out_, "Cannot open file {}: {}\n", request.path, file.error.message());
    return kExitNotValid;
  }
  IoResult<std::string> start = readPiece(*file.value, 0, kLookBytes);
  const bool manifest = start.ok() && looksLikeManifest(start.value);
  if (manifest) start = readPiece(*file.value, 0, kManifestBytesMax);
  if (!start.ok()) {
    fmt::print(out_, "Cannot read file {}: {}\n", request.path, start.error.message());
    return kExitNotValid;
  }
  if (manifest) return checkManifest(request, start.value);
  out_ << "Start checking Old-Style AOF\n";
  return checkPart(request, {request.path, request.path, "", true});
}

int CheckTool::checkManifest(const CheckRequest& request, const std::string& text) {
  out_ << "Start checking Multi Part AOF\n";
  const MultiPartLog log = parseManifest(text, request.path);
  if (!log.error.empty()) {
    out_ << log.error << '\n';
    return kExitNotValid;
  }
  for (size_t i = 0; i < log.files.size(); ++i) {
    const std::string& name = log.files[i];
    const bool base = i == 0 && log.has_base;
    if (base) out_ << "Start to check BASE AOF.\n";
    if (i == (log.has_base ? 1U : 0U)) out_ << "Start to check INCR files.\n";
    const Part part = {directoryOf(request.path) + "/" + name, name, base ? "BASE " : "INCR ",
                       i + 1 == log.files.size()};
    const int status = checkPart(request, part);
    if (status != kExitValid) return status;
  }
  out_ << "All AOF files and manifest are valid\n"
          "Inkstone keeps its log in one file: started with this folder as appenddirname and no\n"
          "file of the name appendfilename in dir, it takes these files over and leaves them as "
          "they are.\n";
  return kExitValid;
}

int CheckTool::checkPart(const CheckRequest& request, const Part& part) {
  const IoResult<std::unique_ptr<ReadFile>> file = files_.openRead(part.path);
  if (!file.ok()) {
    fmt::print(out_, "Cannot open file {}: {}, aborting...\n", part.path, file.error.message());
    return kExitNotValid;
  }
  LogCheckSettings settings;
  settings.now_ms = clock_.unixMs();
  // Whatever stands in a file is older than what stands in the next one.
  if (part.last) settings.up_to_second = request.up_to_second;
  LedgerCheckResult found;
  if (part.kind.empty()) {
    found = checkLogWithLedger(files_, part.path, *file.value, settings, judge_);
  } else {
    found.log = checkLog(*file.value, settings, judge_);
  }
  if (found.error) {
    fmt::print(out_, "Cannot compare file {} with its ledger: {}\n", part.path,
               found.error.message());
    return kExitNotValid;
  }
  describeImage(part, found.log);
  describeLedger(found);
  return answer(request, part, *file.value, found);
}

int CheckTool::answer(const CheckRequest& request, const Part& part, ReadFile& file,
                      LedgerCheckResult& found) {
  const LogCheckResult& log = found.log;
  switch (log.verdict) {
    case LogVerdict::kUnreadable:
      fmt::print(out_, "Cannot read file {}: {}\n", part.path, log.error.message());
      return kExitNotValid;
    case LogVerdict::kBadImage:
      out_ << "RDB preamble of AOF file is not sane, aborting.\n";
      return kExitNotValid;
    case LogVerdict::kUnsupported:
      return unsupported(part, log);
    case LogVerdict::kBadTimestamp:
      fmt::print(out_, "0x{:16x}: Invalid timestamp annotation\n", log.bad_offset);
      return kExitNotValid;
    case LogVerdict::kEmpty:
      return lacksNothing(part, "empty");
    case LogVerdict::kLaterFollows:
    case LogVerdict::kAllLater:
      return cutToTimestamp(request, part, found);
    case LogVerdict::kNotValid:
      if (log.missing) describeMissing(log);
      describeStop(file, found);
      break;
    case LogVerdict::kValid:
      break;
  }
  if (log.verdict == LogVerdict::kValid && part.last && request.up_to_second) {
    fmt::print(out_, "Truncate nothing in AOF {} to timestamp {}\n", part.name,
               *request.up_to_second);
    if (log.missing) describeMissing(log);
    return log.missing ? kExitNotValid : lacksNothing(part, "valid");
  }
  fmt::print(out_, "AOF analyzed: filename={}, size={}, ok_up_to={}, ok_up_to_line={}, diff={}\n",
             part.name, log.size, log.ok_up_to, log.line, log.size - log.ok_up_to);
  if (log.verdict == LogVerdict::kValid) return answerSound(request, part, found);
  if (log.missing && request.cut_at_unknown && !lacksPreamble(log)) {
    found.log.ok_up_to = log.missing->ok_up_to;
  }
  return cutAfterAsking(request, part, found);
}

// What this server lacks is no fault of the log: it is cut for that only when it is said twice.
int CheckTool::answerSound(const CheckRequest& request, const Part& part,
                           LedgerCheckResult& found) {
  LogCheckResult& log = found.log;
  if (!log.missing) return lacksNothing(part, "valid");
  describeMissing(log);
  const bool cuttable = !lacksPreamble(log);
  if (request.cut_at_unknown && cuttable) {
    log.ok_up_to = log.missing->ok_up_to;
    return cutAfterAsking(request, part, found);
  }
  fmt::print(out_, "{}AOF {} is sound, but this server cannot load it. Nothing was changed.\n",
             part.kind, part.name);
  if (request.fix && cuttable) {
    fmt::print(out_,
               "There is nothing to fix. If you want to give up that command and the {} bytes from "
               "it on, say --fix --cut-at-unknown\n",
               log.size - log.missing->ok_up_to);
  }
  return kExitNotValid;
}

int CheckTool::unsupported(const Part& part, const LogCheckResult& log) {
  if (log.image) {
    fmt::print(out_,
               "RDB preamble of AOF file {} is sound as far as that, but this server cannot load "
               "it: {}. Nothing was changed.\n",
               part.name, log.reason);
  } else {
    fmt::print(out_, "{} is no AOF: {}. It is not damaged, and nothing was changed.\n", part.name,
               log.reason);
  }
  return kExitNotValid;
}

int CheckTool::lacksNothing(const Part& part, std::string_view what) {
  fmt::print(out_, "{}AOF {} is {}\n", part.kind, part.name, what);
  return kExitValid;
}

int CheckTool::cutAfterAsking(const CheckRequest& request, const Part& part,
                              LedgerCheckResult& found) {
  const LogCheckResult& log = found.log;
  if (!request.fix) {
    fmt::print(out_, "AOF {} is not valid. Use the --fix option to try fixing it.\n", part.name);
    return kExitNotValid;
  }
  if (!part.last) {
    fmt::print(out_, "Failed to truncate AOF {} because it is not the last file\n", part.name);
    return kExitNotValid;
  }
  if (log.size == log.ok_up_to) {
    fmt::print(out_, "This will shrink the ledger of AOF {} to what the log has\n", part.name);
  } else {
    fmt::print(out_, "This will shrink the AOF {} from {} bytes, with {} bytes, to {} bytes\n",
               part.name, log.size, log.size - log.ok_up_to, log.ok_up_to);
  }
  if (!request.yes && !answeredYes()) {
    out_ << "Aborting...\n";
    return kExitNotValid;
  }
  return cut(part, found, fmt::format("Successfully truncated AOF {}", part.name));
}

int CheckTool::cutToTimestamp(const CheckRequest& request, const Part& part,
                              LedgerCheckResult& found) {
  const int64_t second = request.up_to_second.value_or(0);
  if (found.log.missing) describeMissing(found.log);
  if (found.log.verdict == LogVerdict::kAllLater) {
    fmt::print(out_, "AOF {} has nothing before timestamp {}, aborting...\n", part.name, second);
    return kExitNotValid;
  }
  return cut(part, found,
             fmt::format("Successfully truncated AOF {} to timestamp {}", part.name, second));
}

int CheckTool::cut(const Part& part, LedgerCheckResult& found, std::string_view done) {
  const LogCheckResult& log = found.log;
  TailCutResult result;
  // First: a ledger that tells of more than there is would be damage.
  result.error = cutLedger(files_, found.ledger, log.ok_up_to);
  if (!result.error && log.size > log.ok_up_to) {
    result = cutTail(files_, directoryOf(part.path), part.path, log.size, log.ok_up_to,
                     clock_.unixSeconds());
  }
  if (result.error) {
    fmt::print(out_, "Failed to truncate AOF {}: {}\n", part.name, result.error.message());
    return kExitNotValid;
  }
  out_ << done << '\n';
  if (log.size == log.ok_up_to) return kExitValid;
  if (result.kept_as.empty()) {
    out_ << "What was cut off could not be kept: the disk is full\n";
  } else {
    fmt::print(out_, "The {} bytes cut off are kept in {}\n", log.size - log.ok_up_to,
               result.kept_as);
  }
  return kExitValid;
}

bool CheckTool::answeredYes() {
  out_ << "Continue? [y/N]: " << std::flush;
  std::string answer;
  std::getline(answers_, answer);
  return answer.starts_with('y') || answer.starts_with('Y');
}

void CheckTool::describeImage(const Part& part, const LogCheckResult& found) {
  if (!found.image) return;
  const bool sound = describeRdbImage(part.name, *found.image, out_);
  if (sound) out_ << "RDB preamble is OK, proceeding with AOF tail...\n";
}

void CheckTool::describeLedger(const LedgerCheckResult& found) {
  const LedgerChoice& choice = found.ledger;
  if (choice.state == LedgerChoice::State::kForeign) {
    out_ << "The ledger beside the log is of another log, and tells nothing about this one\n";
  }
  if (choice.state == LedgerChoice::State::kUnreadable) {
    fmt::print(out_, "The ledger {} cannot be read: {}. The log is checked without it\n",
               choice.path, choice.problem.message());
  }
  if (choice.state != LedgerChoice::State::kFound) return;
  const Ledger& ledger = choice.ledger;
  if (ledger.empty()) {
    fmt::print(out_, "Ledger {}: no records yet\n", choice.path);
  } else {
    fmt::print(out_, "Ledger {}: {} records, up to offset {} at {}\n", choice.path,
               ledger.entries.size(), ledger.offset(), momentText(ledger.timeUnixMs()));
  }
  if (choice.copied) fmt::print(out_, "{}\n", describeCopy(choice, found.log.size));
  if (ledger.damaged_records > 0) {
    fmt::print(out_, "{} records of it cannot be read\n", ledger.damaged_records);
  }
  if (found.damage) {
    fmt::print(out_,
               "Bytes {} to {} are not what was on the disk at {}. If they are right after all, "
               "because somebody edited the log, remove the ledger\n",
               found.damage->begin, found.damage->end, momentText(found.damage->time_unix_ms));
  } else if (!ledger.empty()) {
    out_ << "All that it tells of is what was on the disk\n";
  }
  if (found.decided) {
    fmt::print(out_, "The log has no annotations; by the ledger its first {} bytes are of {}\n",
               found.decided->end, momentText(found.decided->time_unix_ms));
  }
}

void CheckTool::describeStop(ReadFile& file, const LedgerCheckResult& found) {
  constexpr uint64_t kShownBytes = 48;
  const LogCheckResult& log = found.log;
  fmt::print(out_, "0x{:16x}: {}\n", log.bad_offset, log.reason);
  const uint64_t behind = log.size - log.bad_offset;
  const IoResult<std::string> bytes = readPiece(file, log.bad_offset, kShownBytes);
  if (behind > 0 && bytes.ok()) {
    fmt::print(out_, "What follows there: \"{}\"{}\n", printableBytes(bytes.value),
               behind > bytes.value.size()
                   ? fmt::format(" and {} bytes more", behind - bytes.value.size())
                   : "");
  }
  if (found.log.torn && found.torn_by_ledger) {
    out_
        << "By the ledger no sync had confirmed it: with aof-load-truncated yes the server cuts it "
           "off itself,\nunless appendfsync is no.\n";
  } else if (found.log.torn) {
    out_ << "Only the end is missing: with aof-load-truncated yes the server cuts it off itself.\n";
  } else {
    out_ << "The server refuses to load this log; what stands behind that place may be sound.\n";
  }
}

void CheckTool::describeMissing(const LogCheckResult& found) {
  const MissingPart& missing = *found.missing;
  if (lacksPreamble(found)) {
    fmt::print(out_, "The preamble holds {}; the log is sound\n", missing.reason);
    return;
  }
  fmt::print(out_, "0x{:16x}: {}; the log is sound{} ({})\n", missing.offset, missing.reason,
             found.verdict == LogVerdict::kNotValid ? " as far as that" : "", missing.origin);
  if (found.missing_count > 1) {
    fmt::print(out_, "{} commands of it are such that this server does not have\n",
               found.missing_count);
  }
}

}  // namespace inkstone
