// Replays a log file. The grammar and the truncation rules are in docs/aof-format.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "persistence/files/append_only_settings.h"
#include "persistence/files/file.h"
#include "persistence/files/log_hooks.h"
#include "persistence/ledger/ledger_choice.h"
#include "persistence/log/log_reader.h"
#include "persistence/rdb/rdb_input.h"

namespace inkstone {

// One command of the log. The views are valid during the call that hands them over.
struct ReplayRequest {
  std::span<const std::string_view> args;
};

enum class ReplayOutcome : uint8_t {
  // All requests were executed.
  kOk,
  // requests[executed] is not a command of this server, or one without such a subcommand, or has a
  // wrong number of arguments: the load stops.
  kUnknownCommand,
  kUnknownSubcommand,
  kWrongArity,
  // requests[executed] answered with an error (`text`). The load goes on behind it, as a script
  // that failed half-way in the life of the log fails half-way again; the first one is logged and
  // all are counted.
  kErrorReply,
};

struct [[nodiscard]] ReplayStatus {
  ReplayOutcome outcome = ReplayOutcome::kOk;
  // Requests executed before the one that `outcome` is about.
  size_t executed = 0;
  std::string text;
};

// What became of an RDB image.
struct [[nodiscard]] ImageResult {
  enum class Status : uint8_t {
    kLoaded,
    // progress() would have returned false.
    kAborted,
    // `error` tells why.
    kFailed,
  };
  Status status = Status::kLoaded;
  // kLoaded: where the image ends.
  uint64_t end_offset = 0;
  RdbError error;
};

// Runs the commands of a log, and takes the image it may begin with; the server implements it with
// its command table, a client without connection, and its keyspace.
class CommandReplayer {
 public:
  virtual ~CommandReplayer() = default;

  // Executes the requests in order, up to kReplayBatchMax of them, so that their keys can be
  // prefetched together. Stops at the first that fails. MULTI and EXEC never arrive here: the
  // commands of a transaction do, once its EXEC was seen. A name may be in any case.
  virtual ReplayStatus replayBatch(std::span<const ReplayRequest> requests) = 0;

  // Loads the RDB image that `file` begins with, as the state that the commands behind it go on
  // from. Serves the same purpose as progress() meanwhile.
  virtual ImageResult loadImage(ReadFile& file, uint64_t file_size) = 0;

  // Called at least every 1,000 commands or 100 ms (whichever is later found due between two
  // batches). Returning false ends the load with kAborted; nothing on disk has been changed then.
  virtual bool progress(uint64_t loaded_bytes, uint64_t commands) = 0;
};

inline constexpr size_t kReplayBatchMax = 64;

enum class LoadStatus : uint8_t {
  // Everything was replayed. Also an empty file.
  kLoaded,
  // The log ended within a command or transaction; the complete part was replayed, the tail was cut
  // off and kept in `kept_as`.
  kTailCut,
  // The same with TornEnd::kLeave: the tail was not replayed, and the file is as it was.
  kTailLeft,
  // There is no such file; nothing was done.
  kNoFile,
  // progress() returned false.
  kAborted,
  // The log ends within a command and TornEnd::kRefuse holds.
  kTruncated,
  // Damage, a command that no server knows or a wrong number of arguments at `offset`; an RDB
  // preamble that ends too early or cannot be read; or bytes that the ledger knows otherwise.
  kDamaged,
  // Sound as far as `offset`, where something stands that this server does not have yet: a command,
  // or what an RDB preamble holds. Or the file is another one than a log. Nothing is to be cut.
  kUnsupported,
  // Reading the log or cutting its tail failed.
  kIoError,
};

// What to do with the beginning of a command at the end of a file, whose rest is missing.
enum class TornEnd : uint8_t { kCut, kLeave, kRefuse };

struct [[nodiscard]] LoadResult {
  LoadStatus status = LoadStatus::kLoaded;
  // Commands replayed, without MULTI and EXEC.
  uint64_t commands = 0;
  // Commands that answered with an error.
  uint64_t error_replies = 0;
  // Size of the file now.
  uint64_t bytes = 0;
  // kTailCut, kTailLeft, kTruncated: where the complete part ends. kDamaged, kUnsupported: where
  // the command in question or the bad range of the ledger begins.
  uint64_t offset = 0;
  // What the log was compared with; tells of no more than what was loaded when ok(). To be settled
  // (settleLedger) by whoever goes on in the log.
  LedgerChoice ledger;
  // One sentence for the server log, naming file, offset and what to do; empty for kLoaded and
  // kNoFile.
  std::string message;
  std::string kept_as;

  // The server may start with what was replayed.
  bool ok() const {
    return status == LoadStatus::kLoaded || status == LoadStatus::kTailCut ||
           status == LoadStatus::kTailLeft;
  }
};

class LogReplay {
 public:
  // The references must outlive the object.
  LogReplay(FileSystem& files, LogClock& clock, LogSink& sink);

  // Replays settings.path(), comparing it with its ledger if there is one. Uses filename,
  // directory, fsync, load_truncated and bulk_bytes_max only. Never throws on what the file holds,
  // and never changes anything except for the cut of kTailCut.
  //
  // A ledger that cannot be read is as one that is missing, and a copy of a log may lack the end
  // that its ledger tells of: result.ledger says so.
  //
  // Bytes the ledger covers were on the disk, and nothing but damage explains that they are not
  // what they were. Behind its last record, damage is what a power cut may leave of writes that no
  // sync had confirmed, and counts as a torn end; so does a hole (LedgerChoice::hole); but not
  // under appendfsync no, where the ledger knows nothing about the age of a tail.
  LoadResult load(const AppendOnlySettings& settings, CommandReplayer& replayer) {
    return load(settings, replayer, settings.load_truncated ? TornEnd::kCut : TornEnd::kRefuse);
  }
  LoadResult load(const AppendOnlySettings& settings, CommandReplayer& replayer, TornEnd torn_end);

 private:
  std::error_code prepare(const AppendOnlySettings& settings, ReadFile& log, LoadResult& result);
  void replayVerified(const AppendOnlySettings& settings, CommandReplayer& replayer,
                      TornEnd torn_end, ReadFile& log, LoadResult& result);
  void replay(const AppendOnlySettings& settings, CommandReplayer& replayer, TornEnd torn_end,
              ReadFile& file, LoadResult& result);
  // Ends where the log is to be read to.
  static uint64_t readableBytes(const AppendOnlySettings& settings, const LoadResult& result);
  void conclude(const AppendOnlySettings& settings, TornEnd torn_end, LogReader::Status status,
                const LogReader& reader, LoadResult& result);
  void endTorn(const AppendOnlySettings& settings, TornEnd torn_end, const LogReader& reader,
               LoadResult& result);
  void cut(const AppendOnlySettings& settings, const LogReader& reader, LoadResult& result);

  FileSystem& files_;
  LogClock& clock_;
  LogSink& sink_;
};

}  // namespace inkstone
