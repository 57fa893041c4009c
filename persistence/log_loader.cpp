#include "persistence/log_loader.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "persistence/rdb_failure.h"
#include "persistence/tail_cut.h"

namespace inkstone {

namespace {

constexpr uint64_t kProgressCommands = 1000;
constexpr int64_t kProgressMs = 100;

void interrupted(const std::string& path, LoadResult& result) {
  result.status = LoadStatus::kAborted;
  result.message = fmt::format("Loading of the append only file {} was interrupted", path);
}

// One load: what LogLoader::load() would otherwise hand from function to function.
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

  void refused(const ReplayRequest& request, const ReplayStatus& status, uint64_t offset) {
    const bool unknown = status.outcome == ReplayOutcome::kUnknownCommand;
    result_.status = LoadStatus::kDamaged;
    result_.offset = offset;
    result_.message = fmt::format(
        "{} '{}' in the append only file {} at offset {}. If the file is damaged, make a copy of "
        "it, then repair it "
        "with: inkstone-check-aof --fix {}",
        unknown ? "Unknown command" : "Wrong number of arguments for", printable(request.args[0]),
        path_, offset, path_);
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

  static std::string printable(std::string_view name) {
    constexpr size_t kShownMax = 128;
    std::string text;
    for (const char c : name.substr(0, kShownMax)) text += c >= ' ' && c <= '~' ? c : '?';
    return text;
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

LoadResult ioFailure(const std::string& path, std::error_code error) {
  LoadResult result;
  result.status = LoadStatus::kIoError;
  result.message = fmt::format("Error reading the append only file {}: {}", path, error.message());
  return result;
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
  const bool unreadable = image.error.kind == RdbError::Kind::kIo;
  result.status = unreadable ? LoadStatus::kIoError : LoadStatus::kDamaged;
  result.offset = image.error.offset;
  result.message =
      describeRdbFailure("the RDB preamble of the append only file", path, image.error);
}

void leaveTail(const std::string& path, uint64_t keep_bytes, LoadResult& result) {
  result.status = LoadStatus::kTailLeft;
  result.offset = keep_bytes;
  result.message = fmt::format(
      "The append only file {} is truncated: it was loaded up to offset {}; the {} bytes behind it "
      "are no whole command and were left where they are",
      path, keep_bytes, result.bytes - keep_bytes);
}

void refuseTruncated(const std::string& path, uint64_t offset, LoadResult& result) {
  result.status = LoadStatus::kTruncated;
  result.offset = offset;
  result.message = fmt::format(
      "Unexpected end of the append only file {}: it ends within a command or transaction that "
      "begins at offset {}. "
      "Set aof-load-truncated to yes and start again, or make a copy of the file and repair it "
      "with: "
      "inkstone-check-aof --fix {}",
      path, offset, path);
}

}  // namespace

LogLoader::LogLoader(FileSystem& files, LogClock& clock, LogSink& sink)
    : files_(files), clock_(clock), sink_(sink) {}

LoadResult LogLoader::load(const AppendOnlySettings& settings, CommandReplayer& replayer,
                           TornEnd torn_end) {
  const std::string path = settings.path();
  LoadResult result;
  const IoResult<std::unique_ptr<ReadFile>> file = files_.openRead(path);
  if (file.error == std::errc::no_such_file_or_directory) {
    result.status = LoadStatus::kNoFile;
    return result;
  }
  if (!file.ok()) return ioFailure(path, file.error);
  const IoResult<uint64_t> size = file.value->size();
  if (!size.ok()) return ioFailure(path, size.error);
  result.bytes = size.value;

  RequestLimits limits;
  limits.bulk_bytes_max = static_cast<int64_t>(std::max(settings.bulk_bytes_max, kBulkBytesFloor));
  for (uint64_t begin = 0;;) {
    LogReader reader(*file.value, size.value, kReplayBatchMax, limits, begin);
    const LogReader::Status status = Load(clock_, sink_, replayer, path, reader, result).run();
    if (status != LogReader::Status::kPreamble) {
      conclude(settings, torn_end, status, reader, result);
      return result;
    }
    const ImageResult image = replayer.loadImage(*file.value, size.value);
    if (image.status != ImageResult::Status::kLoaded) {
      describeImageStop(path, image, result);
      return result;
    }
    begin = image.end_offset;
  }
}

void LogLoader::conclude(const AppendOnlySettings& settings, TornEnd torn_end,
                         LogReader::Status status, const LogReader& reader, LoadResult& result) {
  const std::string path = settings.path();
  switch (status) {
    case LogReader::Status::kCommands:
    case LogReader::Status::kPreamble:
    case LogReader::Status::kEnd:
      return;
    case LogReader::Status::kTruncated:
      if (torn_end == TornEnd::kCut) return cut(settings, reader.validUpTo(), result);
      if (torn_end == TornEnd::kLeave) return leaveTail(path, reader.validUpTo(), result);
      return refuseTruncated(path, reader.validUpTo(), result);
    case LogReader::Status::kDamaged:
      return describeDamage(path, reader, result);
    case LogReader::Status::kIoError:
      result = ioFailure(path, reader.error());
      return;
  }
}

void LogLoader::cut(const AppendOnlySettings& settings, uint64_t keep_bytes, LoadResult& result) {
  const std::string path = settings.path();
  const uint64_t removed = result.bytes - keep_bytes;
  const TailCutResult cut =
      cutTail(files_, settings.directory, path, result.bytes, keep_bytes, clock_.unixSeconds());
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
  result.message = fmt::format(
      "The append only file {} was truncated: it was cut at offset {}; the {} bytes behind it {}",
      path, keep_bytes, removed,
      cut.kept_as.empty() ? std::string("could not be kept, the disk is full")
                          : "are kept in " + cut.kept_as);
}

}  // namespace inkstone
