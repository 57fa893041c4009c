#include "persistence/log/log_replay.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "base/invariant.h"
#include "base/text.h"
#include "persistence/files/moment.h"
#include "persistence/ledger/verified_file.h"
#include "persistence/log/missing_command.h"
#include "persistence/log/tail_cut.h"
#include "persistence/rdb/rdb_error.h"

namespace inkstone {

namespace {

constexpr uint64_t kProgressCommands = 1000;
constexpr int64_t kProgressMs = 100;
// As much of a word that is no command is shown.
constexpr size_t kShownMax = 128;

void interrupted(const std::string& path, LoadResult& result) {
  result.status = LoadStatus::kAborted;
  result.message = fmt::format("Loading of the append only file {} was interrupted", path);
}

// One load: what LogReplay::load() would otherwise hand from function to function.
class Load {
 public:
  Load(LogClock& clock, LogSink& sink, CommandReplayer& replayer, std::string path,
       LogReader& reader, LoadResult& result)
      : clock_(clock),
        sink_(sink),
        replayer_(replayer),
        path_(std::move(path)),
        reader_(reader),
        result_(result),
        last_progress_ms_(clock.monotonicMs()) {}

  // Replays group after group; the status that ended it, or kCommands when result has the reason.
  LogReader::Status run() {
    for (;;) {
      const LogReader::Status status = reader_.next();
      if (status != LogReader::Status::kCommands) return status;
      if (!replayGroup()) return LogReader::Status::kCommands;
    }
  }

 private:
  bool replayGroup() {
    requests_.clear();
    for (size_t i = 0; i < reader_.count(); ++i) requests_.push_back({reader_.args(i)});
    for (size_t done = 0; done < requests_.size();) {
      const size_t length = std::min(kReplayBatchMax, requests_.size() - done);
      const std::span<const ReplayRequest> batch(requests_.data() + done, length);
      if (!replayBatch(batch, done)) return false;
      done += length;
      if (!reportProgress(length)) return false;
    }
    return true;
  }

  // `first` is the place of batch[0] in the group.
  bool replayBatch(std::span<const ReplayRequest> batch, size_t first) {
    while (!batch.empty()) {
      const ReplayStatus status = replayer_.replayBatch(batch);
      checkStatus(status, batch.size());
      result_.commands += status.executed;
      if (status.outcome == ReplayOutcome::kOk) return true;
      first += status.executed;
      const uint64_t offset = reader_.offset(first);
      if (status.outcome != ReplayOutcome::kErrorReply) {
        refused(batch[status.executed], status, offset);
        return false;
      }
      noteErrorReply(status, offset);
      ++first;
      batch = batch.subspan(status.executed + 1);
    }
    return true;
  }

  // What was handed over was executed, all of it or up to the request in question: whatever the log
  // holds, one that is neither executed nor told of would be lost without a trace.
  static void checkStatus(const ReplayStatus& status, size_t handed_over) {
    const bool all = status.outcome == ReplayOutcome::kOk;
    invariant(all ? status.executed == handed_over : status.executed < handed_over,
              "each command that was handed over is executed or told of", status.executed,
              handed_over, status.outcome);
  }

  void refused(const ReplayRequest& request, const ReplayStatus& status, uint64_t offset) {
    result_.offset = offset;
    if (status.outcome == ReplayOutcome::kUnknownCommand) {
      if (const auto missing = describeMissingCommand(request.args[0])) return lacks(*missing);
    }
    const bool arity = status.outcome == ReplayOutcome::kWrongArity;
    result_.status = LoadStatus::kDamaged;
    result_.message = fmt::format(
        "{} '{}' reading the append only file {} at offset {}. If the file is damaged, make a copy "
        "of it, then repair it with: inkstone-check-aof --fix {}",
        arity ? "Wrong number of arguments for" : "Unknown command",
        printableName(request.args[0].substr(0, kShownMax)), path_, offset, path_);
  }

  // No cut is offered: what stands behind that command would go, too.
  void lacks(const MissingCommand& missing) {
    result_.status = LoadStatus::kUnsupported;
    result_.message = fmt::format(
        "Can't load the append only file {}: {}; the log is sound as far as that, at offset {}, "
        "and is left as it is. {}: start a server that has it on the log. What else it holds that "
        "this one lacks is shown by: inkstone-check-aof {}",
        path_, missing.text, result_.offset, missing.origin, path_);
  }

  void noteErrorReply(const ReplayStatus& status, uint64_t offset) {
    ++result_.commands;
    if (result_.error_replies++ > 0) return;
    sink_.write(LogSink::Level::kWarning,
                fmt::format("A command of the append only file {} at offset {} answered with an "
                            "error: {}",
                            path_, offset, status.text));
  }

  // False to stop.
  bool reportProgress(size_t commands) {
    commands_since_progress_ += commands;
    const int64_t now_ms = clock_.monotonicMs();
    if (commands_since_progress_ + kReplayBatchMax <= kProgressCommands &&
        now_ms - last_progress_ms_ < kProgressMs) {
      return true;
    }
    commands_since_progress_ = 0;
    last_progress_ms_ = now_ms;
    if (replayer_.progress(reader_.validUpTo(), result_.commands)) return true;
    interrupted(path_, result_);
    return false;
  }

  LogClock& clock_;
  LogSink& sink_;
  CommandReplayer& replayer_;
  const std::string path_;
  LogReader& reader_;
  LoadResult& result_;
  std::vector<ReplayRequest> requests_;
  uint64_t commands_since_progress_ = 0;
  int64_t last_progress_ms_;
};

void describeIoError(const std::string& path, std::error_code error, LoadResult& result) {
  result.status = LoadStatus::kIoError;
  result.message = fmt::format("Error reading the append only file {}: {}", path, error.message());
}

void describeDamage(const std::string& path, const LogReader& reader, LoadResult& result) {
  result.status = LoadStatus::kDamaged;
  result.offset = reader.badOffset();
  result.message = fmt::format(
      "Bad file format reading the append only file {} at offset {}: {}. Make a copy of it, then "
      "repair it with: "
      "inkstone-check-aof --fix {}",
      path, result.offset, reader.reason(), path);
}

// An image has its data in one piece: there is no part of it to go on with.
void describeImageStop(const std::string& path, const ImageResult& image, LoadResult& result) {
  if (image.status == ImageResult::Status::kAborted) return interrupted(path, result);
  switch (image.error.kind) {
    case RdbError::Kind::kIo:
      result.status = LoadStatus::kIoError;
      break;
    case RdbError::Kind::kUnsupported:
    case RdbError::Kind::kForeign:
      result.status = LoadStatus::kUnsupported;
      break;
    default:
      result.status = LoadStatus::kDamaged;
      break;
  }
  result.offset = image.error.offset;
  result.message =
      describeRdbFailure("the RDB preamble of the append only file", path, image.error);
}

void describeForeign(const std::string& path, const LogReader& reader, LoadResult& result) {
  result.status = LoadStatus::kUnsupported;
  result.message = fmt::format(
      "Can't load the append only file {}: it is {}. It is not damaged, and is left as it is", path,
      reader.reason());
}

// What stands behind the complete part: commands of a transaction without EXEC, and one of which a
// part is missing. Behind damage there may be more.
std::string describeLost(const LogReader& reader, const LoadResult& result) {
  const size_t in_part = reader.badOffset() < result.bytes ? 1 : 0;
  const size_t commands = reader.count() + in_part;
  return fmt::format("the {} bytes behind it ({} command{})", result.bytes - reader.validUpTo(),
                     commands, commands == 1 ? "" : "s");
}

void leaveTail(const std::string& path, const LogReader& reader, LoadResult& result) {
  result.status = LoadStatus::kTailLeft;
  result.offset = reader.validUpTo();
  result.message = fmt::format(
      "The append only file {} is truncated: it was loaded up to offset {}; {} were left where "
      "they are",
      path, result.offset, describeLost(reader, result));
}

void describeLedgerDamage(const std::string& path, const LedgerChoice& ledger,
                          const LedgerRecord& damage, LoadResult& result) {
  result.status = LoadStatus::kDamaged;
  result.offset = damage.begin;
  const bool missing = result.bytes < damage.end;
  result.message = fmt::format(
      "The append only file {} is damaged: its bytes {} to {} are not what was on the disk at {} "
      "(ledger {}){}. Bring back a copy of the file if there is one; otherwise make a copy of it "
      "and of the ledger, then see what can be kept with: inkstone-check-aof {}. If the file is "
      "right, because {}, remove the ledger and start again",
      path, damage.begin, damage.end, momentText(damage.time_unix_ms), ledger.path,
      missing ? fmt::format("; it has {} bytes only", result.bytes) : "", path,
      missing ? "somebody cut it or wrote an older copy over it" : "somebody edited it");
}

void refuseTruncated(const std::string& path, const LogReader& reader, LoadResult& result) {
  result.status = LoadStatus::kTruncated;
  result.offset = reader.validUpTo();
  result.message = fmt::format(
      "Unexpected end of file reading the append only file {}: it ends within a command or "
      "transaction that begins at offset {}. "
      "Set aof-load-truncated to yes and start again, or make a copy of the file and repair it "
      "with: "
      "inkstone-check-aof --fix {}",
      path, result.offset, path);
}

}  // namespace

LogReplay::LogReplay(FileSystem& files, LogClock& clock, LogSink& sink)
    : files_(files), clock_(clock), sink_(sink) {}

LoadResult LogReplay::load(const AppendOnlySettings& settings, CommandReplayer& replayer,
                           TornEnd torn_end) {
  const std::string path = settings.path();
  LoadResult result;
  const IoResult<std::unique_ptr<ReadFile>> file = files_.openRead(path);
  if (file.error == std::errc::no_such_file_or_directory) {
    result.status = LoadStatus::kNoFile;
    return result;
  }
  std::error_code error = file.error;
  if (!error) error = prepare(settings, *file.value, result);
  if (error) {
    describeIoError(path, error, result);
  } else {
    replayVerified(settings, replayer, torn_end, *file.value, result);
  }
  return result;
}

std::error_code LogReplay::prepare(const AppendOnlySettings& settings, ReadFile& log,
                                   LoadResult& result) {
  const IoResult<uint64_t> size = log.size();
  if (!size.ok()) return size.error;
  result.bytes = size.value;
  IoResult<LedgerChoice> ledger = chooseLedger(files_, settings, log);
  result.ledger = std::move(ledger.value);
  return ledger.error;
}

void LogReplay::replayVerified(const AppendOnlySettings& settings, CommandReplayer& replayer,
                               TornEnd torn_end, ReadFile& log, LoadResult& result) {
  // What the ledger covers and the log does not reach would never be read.
  const Ledger& known = result.ledger.ledger;
  if (known.offset() > result.bytes) {
    const LedgerRecord& record = known.entries[known.firstFrom(result.bytes)].record;
    return describeLedgerDamage(settings.path(), result.ledger, record, result);
  }
  // A copy, for cutting the end changes the result's.
  const Ledger covered = known;
  VerifiedFile file(log, covered);
  replay(settings, replayer, torn_end, file, result);
  if (file.damage()) {
    describeLedgerDamage(settings.path(), result.ledger, *file.damage(), result);
  }
}

void LogReplay::replay(const AppendOnlySettings& settings, CommandReplayer& replayer,
                       TornEnd torn_end, ReadFile& file, LoadResult& result) {
  const std::string path = settings.path();
  RequestLimits limits;
  limits.bulk_bytes_max = static_cast<int64_t>(std::max(settings.bulk_bytes_max, kBulkBytesFloor));
  const uint64_t readable = readableBytes(settings, result);
  for (uint64_t begin = 0;;) {
    LogReader reader(file, readable, kReplayBatchMax, limits, begin);
    const LogReader::Status status = Load(clock_, sink_, replayer, path, reader, result).run();
    if (status != LogReader::Status::kPreamble) {
      return conclude(settings, torn_end, status, reader, result);
    }
    const ImageResult image = replayer.loadImage(file, result.bytes);
    if (image.status != ImageResult::Status::kLoaded) {
      return describeImageStop(path, image, result);
    }
    begin = image.end_offset;
  }
}

uint64_t LogReplay::readableBytes(const AppendOnlySettings& settings, const LoadResult& result) {
  return settings.fsync == FsyncPolicy::kNo ? result.bytes
                                            : result.ledger.hole.value_or(result.bytes);
}

void LogReplay::conclude(const AppendOnlySettings& settings, TornEnd torn_end,
                         LogReader::Status status, const LogReader& reader, LoadResult& result) {
  switch (status) {
    case LogReader::Status::kCommands:
    case LogReader::Status::kPreamble:
      return;
    case LogReader::Status::kEnd:
      // The hole begins with a command.
      if (readableBytes(settings, result) < result.bytes) {
        return endTorn(settings, torn_end, reader, result);
      }
      return;
    case LogReader::Status::kForeign:
      return describeForeign(settings.path(), reader, result);
    case LogReader::Status::kTruncated:
      return endTorn(settings, torn_end, reader, result);
    case LogReader::Status::kDamaged:
      if (settings.fsync != FsyncPolicy::kNo &&
          mayBeUnsynced(result.ledger, reader.badOffset(), result.bytes)) {
        return endTorn(settings, torn_end, reader, result);
      }
      return describeDamage(settings.path(), reader, result);
    case LogReader::Status::kIoError:
      return describeIoError(settings.path(), reader.error(), result);
  }
}

void LogReplay::endTorn(const AppendOnlySettings& settings, TornEnd torn_end,
                        const LogReader& reader, LoadResult& result) {
  switch (torn_end) {
    case TornEnd::kCut:
      return cut(settings, reader, result);
    case TornEnd::kLeave:
      return leaveTail(settings.path(), reader, result);
    case TornEnd::kRefuse:
      return refuseTruncated(settings.path(), reader, result);
  }
}

void LogReplay::cut(const AppendOnlySettings& settings, const LogReader& reader,
                    LoadResult& result) {
  const std::string path = settings.path();
  const uint64_t keep_bytes = reader.validUpTo();
  const std::string lost = describeLost(reader, result);
  TailCutResult cut;
  // First: a ledger that tells of more than there is would be damage.
  cut.error = cutLedger(files_, result.ledger, keep_bytes);
  if (!cut.error) {
    cut = cutTail(files_, settings.directory, path, result.bytes, keep_bytes, clock_.unixSeconds());
  }
  result.offset = keep_bytes;
  if (cut.error) {
    result.status = LoadStatus::kIoError;
    result.message = fmt::format(
        "The append only file {} is truncated, and its end could not be cut off at offset {}: {}",
        path, keep_bytes, cut.error.message());
    return;
  }
  result.status = LoadStatus::kTailCut;
  result.bytes = keep_bytes;
  result.kept_as = cut.kept_as;
  result.message =
      fmt::format("The append only file {} was truncated: it was cut at offset {}; {} {}", path,
                  keep_bytes, lost,
                  cut.kept_as.empty() ? std::string("could not be kept, the disk is full")
                                      : "are kept in " + cut.kept_as);
}

}  // namespace inkstone
