// The parent's side of a rewrite: keeps what is logged while the child writes the data set, sends
// it to the child, and when the child has ended puts its file in place of the log.
//
//   fed text --+--> the old file            written, synced and acknowledged as ever
//              |
//              +--> RewriteDiff --> pipe --> the child's new file
//                        |                        |
//                        +-- the rest of it ------+--> the log's name
//
// How the new file gets its last text and its place (backgroundRewriteDoneHandler), without keeping
// the loop waiting for the disk:
//   1. What the child was not sent is appended to its file, a slice each turn, and synced by
//      another thread; round by round, until what came meanwhile is little.
//   2. In one turn the rest is appended, the file gets the log's name, and the log goes on in it.
//   3. File and directory are synced by the log's own thread. Until then the log claims no more
//      durable bytes than the old file had, so that it does not matter which of the two a power cut
//      leaves.
// Under appendfsync always the old file would go on becoming durable during the last of these
// syncs: the log holds its groups back meanwhile, and whoever writes waits for the new file.
//
// The new log's ledger keeps its temporary name until the new log has its own for good (its
// LedgerWriter renames it). A power cut may leave either log with both ledgers, and a start takes
// the one that holds (ledger_choice.h).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include "persistence/files/rewrite_steps.h"
#include "persistence/log/append_only_log.h"
#include "persistence/log/rewrite_diff.h"
#include "persistence/rewrite/rewrite_pipes.h"
#include "persistence/rewrite/rewritten_file.h"

namespace inkstone {

// For the loop thread. The references must outlive the object.
class BackgroundRewrite {
 public:
  enum class Phase : uint8_t {
    kIdle,
    // A child writes.
    kWriting,
    // It has ended well, and its file is being put in place.
    kInstalling,
  };
  enum class Result : uint8_t { kPending, kInstalled, kFailed };

  struct Environment {
    FileSystem& files;
    AppendOnlyLog& log;
    LogClock& clock;
    LogSink& sink;
    LatencyRecorder& latency;
    RewriteSteps& steps;
    // Runs first in the thread that syncs.
    std::function<void()> thread_setup;
  };
  explicit BackgroundRewrite(Environment environment);
  // The log must not be fed any more.
  ~BackgroundRewrite();
  BackgroundRewrite(const BackgroundRewrite&) = delete;
  BackgroundRewrite& operator=(const BackgroundRewrite&) = delete;

  Phase phase() const { return phase_; }

  // The child was forked just now, before anything else was fed. `settings` say where the log is to
  // be. With `gather` the log is on, or is to be on afterwards; without, the new file is the data
  // set as it is now and nobody goes on in it. Only when idle.
  void begin(const AppendOnlySettings& settings, RewriteChannel channel, bool gather,
             std::optional<int64_t> annotation_unix_s);

  // Sends what the child can take. True when the pipe is full: call again when it is writable.
  // Costs nothing when there is nothing to send.
  bool send();
  // The child may have asked for the end of sending: answers. Call when channel().ack_in is
  // readable.
  void onAck();
  const RewriteChannel& channel() const { return channel_; }

  // The child `pid` ended well and says that its file has so many bytes.
  void childDone(int64_t pid, uint64_t bytes);

  // backgroundRewriteDoneHandler: call in every turn while installing. After kFailed, which is
  // logged, the old log stands untouched, and the new file is gone; idle after both.
  Result advance();

  // Drops everything: the child `pid` failed, or is not wanted any more. Its files are removed.
  void abandon(int64_t pid);

  // Removes what the child `pid` has left in `directory`, as far as there is anything.
  void removeFiles(const std::string& directory, int64_t pid);

  // Readable when a sync of step 1 is done, and advance() goes on; -1 while there was none.
  int syncCompletionFd() const { return new_file_.completionFd(); }

  // Bytes that the new file does not have yet.
  uint64_t bufferLength() const { return diff_.size(); }
  // Bytes that this took in all at most, of the rewrite under way or the last one.
  uint64_t bufferPeak() const { return buffer_peak_; }

 private:
  // So much is appended to the new file in one turn.
  static constexpr size_t kSliceBytes = 4 * 1024 * 1024;
  // So much may be left unsynced when the log goes on in the new file.
  static constexpr uint64_t kRestBytes = 256 * 1024;
  // Rounds after which it goes on however much is left: a disk that is slower than the writes.
  static constexpr int kRoundsMax = 10;
  static constexpr int kSlicesMax = 100;

  // The old file has something durable that the new one has not.
  bool behind() const;
  bool closeEnough() const;
  Result install();
  Result installPlain();
  Result nameLedger();
  Result installSynced();
  Result fail(std::string_view what, std::error_code error);
  Result failNamed(std::string_view what, std::error_code error);
  void logFailure(std::string_view what, std::error_code error);
  void adopt(RewrittenLog rewritten);
  void removeFile(const std::string& path);
  void reset();

  Environment env_;
  Phase phase_ = Phase::kIdle;
  RewriteDiff diff_;
  AppendOnlySettings settings_;
  RewriteChannel channel_;
  bool gather_ = false;
  bool sending_ = false;
  std::optional<int64_t> annotation_unix_s_;
  uint64_t buffer_peak_ = 0;

  // While installing: where the file is that the child left, and its ledger; why they cannot be
  // used; and how far it has come.
  std::string path_;
  std::string ledger_path_;
  std::error_code open_error_;
  RewrittenFile new_file_;
  int rounds_ = 0;
  int slices_ = 0;
};

}  // namespace inkstone
