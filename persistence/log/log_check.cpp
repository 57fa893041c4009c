#include "persistence/log/log_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "persistence/files/append_only_settings.h"
#include "persistence/log/log_reader.h"
#include "persistence/log/missing_command.h"
#include "persistence/log/torn_command.h"

namespace inkstone {
namespace {

constexpr std::string_view kTimestampMark = "#TS:";

// One group a time, so that a command that cannot be loaded is found with what stands before it.
constexpr size_t kGroupMax = 1;

RequestLimits limitsFor(uint64_t file_size) {
  RequestLimits limits;
  limits.bulk_bytes_max = static_cast<int64_t>(std::max(file_size, kBulkBytesFloor));
  return limits;
}

class LogCheck final : private LogReader::AnnotationObserver {
 public:
  LogCheck(ReadFile& file, uint64_t size, const LogCheckSettings& settings, CommandJudge& judge)
      : file_(file), settings_(settings), judge_(judge), limits_(limitsFor(size)) {
    result_.size = size;
  }

  LogCheckResult run() {
    if (result_.size == 0) {
      result_.verdict = LogVerdict::kEmpty;
      return result_;
    }
    const LogReader::Status status = readCommands(0);
    if (status == LogReader::Status::kPreamble && readImage()) {
      readCommands(result_.image->end_offset);
    }
    if (result_.verdict == LogVerdict::kLaterFollows && result_.ok_up_to == 0) {
      result_.verdict = LogVerdict::kAllLater;
    }
    return result_;
  }

 private:
  LogReader::Status readCommands(uint64_t begin) {
    LogReader reader(file_, result_.size, kGroupMax, limits_, begin);
    if (settings_.up_to_second) reader.observeAnnotations(*this);
    for (;;) {
      result_.ok_up_to = reader.validUpTo();
      const LogReader::Status status = reader.next();
      if (status != LogReader::Status::kCommands) {
        conclude(reader, status);
        return status;
      }
      if (!judgeGroup(reader)) return status;
    }
  }

  // False when one of the commands stops a load.
  bool judgeGroup(const LogReader& reader) {
    uint64_t lines_left = reader.isTransaction() ? kMarkLines : 0;
    for (size_t i = 0; i < reader.count(); ++i) lines_left += 1 + 2 * reader.args(i).size();
    for (size_t i = 0; i < reader.count(); ++i) {
      const uint64_t line = reader.lines() - lines_left + 1;
      lines_left -= 1 + 2 * reader.args(i).size();
      CommandJudge::Objection objection = judge_.objection(reader.args(i));
      if (objection.text.empty()) continue;
      const uint64_t ok_up_to = reader.isTransaction() ? result_.ok_up_to : reader.offset(i);
      if (objection.unknown_name && takeMissing(reader.args(i)[0], reader.offset(i))) {
        if (result_.missing_count == 1) {
          result_.missing->ok_up_to = ok_up_to;
          result_.missing->line = line;
        }
        continue;
      }
      result_.verdict = LogVerdict::kNotValid;
      result_.reason = std::move(objection.text);
      result_.bad_offset = reader.offset(i);
      result_.line = line;
      result_.ok_up_to = ok_up_to;
      return false;
    }
    return true;
  }

  // False: no server is known to have such a command.
  bool takeMissing(std::string_view name, uint64_t offset) {
    std::optional<MissingCommand> command = describeMissingCommand(name);
    if (!command) return false;
    if (result_.missing_count++ == 0) {
      result_.missing = {std::move(command->text), std::move(command->origin), offset, 0, 0};
    }
    return true;
  }

  void conclude(const LogReader& reader, LogReader::Status status) {
    result_.ok_up_to = reader.validUpTo();
    result_.line = reader.lines() + 1;
    result_.bad_offset = reader.badOffset();
    switch (status) {
      case LogReader::Status::kCommands:
      case LogReader::Status::kPreamble:
      case LogReader::Status::kEnd:
        return;
      case LogReader::Status::kForeign:
        result_.verdict = LogVerdict::kUnsupported;
        result_.reason = fmt::format("it is {}", reader.reason());
        return;
      case LogReader::Status::kTruncated:
        return describeTorn(reader);
      case LogReader::Status::kDamaged:
        result_.verdict = LogVerdict::kNotValid;
        result_.reason = fmt::format("Bad file format: {}", reader.reason());
        takeStop(reader);
        return;
      case LogReader::Status::kIoError:
        result_.verdict = LogVerdict::kUnreadable;
        result_.error = reader.error();
        return;
    }
  }

  void describeTorn(const LogReader& reader) {
    result_.verdict = LogVerdict::kNotValid;
    result_.torn = true;
    if (reader.badOffset() == result_.size) {
      result_.reason = "Reached EOF before reading EXEC for MULTI";
      return;
    }
    takeStop(reader);
    result_.reason = result_.bad_offset == result_.size ? "The file ends within a command"
                                                        : "Zeros up to the end of the file";
  }

  void takeStop(const LogReader& reader) {
    const EntryStop stop = findEntryStop(file_, reader.badOffset(), result_.size, limits_);
    result_.bad_offset = stop.offset;
    result_.line += stop.lines;
  }

  bool readImage() {
    result_.image = checkRdbImage(file_, result_.size, settings_.now_ms);
    const RdbCheckResult& image = *result_.image;
    if (image.error.kind != RdbError::Kind::kNone) {
      result_.verdict = verdictOf(image.error.kind);
      result_.error = image.error.io;
      result_.bad_offset = image.error.offset;
      result_.reason = image.error.reason;
      return false;
    }
    if (!image.left_out.empty()) {
      result_.missing_count = 1;
      result_.missing = {image.left_out, "", 0, 0, 0};
    }
    if (settings_.up_to_second && image.facts.unix_seconds > *settings_.up_to_second) {
      result_.verdict = LogVerdict::kAllLater;
      return false;
    }
    return true;
  }

  static LogVerdict verdictOf(RdbError::Kind kind) {
    switch (kind) {
      case RdbError::Kind::kIo:
        return LogVerdict::kUnreadable;
      case RdbError::Kind::kUnsupported:
      case RdbError::Kind::kForeign:
        return LogVerdict::kUnsupported;
      default:
        return LogVerdict::kBadImage;
    }
  }

  bool annotation(std::string_view line) override {
    if (!line.starts_with(kTimestampMark)) return true;
    if (line.ends_with('\r')) line.remove_suffix(1);
    int64_t second = 0;
    const char* const end = line.data() + line.size();
    const auto [stop, error] = std::from_chars(line.data() + kTimestampMark.size(), end, second);
    if (error != std::errc() || stop != end) {
      result_.verdict = LogVerdict::kBadTimestamp;
      return false;
    }
    result_.annotated = true;
    if (second <= *settings_.up_to_second) return true;
    result_.verdict = LogVerdict::kLaterFollows;
    return false;
  }

  static constexpr uint64_t kMarkLines = 3;

  ReadFile& file_;
  const LogCheckSettings& settings_;
  CommandJudge& judge_;
  const RequestLimits limits_;
  LogCheckResult result_;
};

}  // namespace

LogCheckResult checkLog(ReadFile& file, const LogCheckSettings& settings, CommandJudge& judge) {
  const IoResult<uint64_t> size = file.size();
  if (size.ok()) return LogCheck(file, size.value, settings, judge).run();
  LogCheckResult result;
  result.verdict = LogVerdict::kUnreadable;
  result.error = size.error;
  return result;
}

}  // namespace inkstone
