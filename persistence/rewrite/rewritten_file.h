// The file that the child of a rewrite has left, while the parent brings it up to the log: appends
// what the child was not sent, and has it synced by a thread of its own (background_rewrite.h).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "persistence/files/file.h"
#include "persistence/files/log_hooks.h"
#include "persistence/ledger/ledger_writer.h"
#include "persistence/ledger/unsynced_range.h"
#include "persistence/log/background_sync.h"
#include "persistence/log/log_file.h"
#include "persistence/log/log_offsets.h"
#include "persistence/log/rewrite_diff.h"

namespace inkstone {

// For the loop thread. The references must outlive the object. Positions are those of the log's
// stream (log_offsets.h): what of it the new file has, and has durably.
class RewrittenFile {
 public:
  // `thread_setup` runs first in the thread that syncs, which exists from its first use on.
  RewrittenFile(FileSystem& files, LogClock& clock, LatencyRecorder& latency,
                std::function<void()> thread_setup)
      : files_(files), clock_(clock), latency_(latency), thread_setup_(std::move(thread_setup)) {}
  RewrittenFile(const RewrittenFile&) = delete;
  RewrittenFile& operator=(const RewrittenFile&) = delete;

  // The child writes the data set as it is at this position.
  void begin(uint64_t position) { offsets_ = LogOffsets(position); }
  // The child was sent so many bytes more of the log's text.
  void sent(uint64_t bytes) { count(bytes); }
  // The child has ended, and has synced what it was sent. Opens what it left at `path`, which must
  // have `bytes`, and its ledger, which must tell of all of them and is to be called
  // `final_ledger_path` one day.
  [[nodiscard]] std::error_code open(const std::string& path, uint64_t bytes,
                                     const std::string& ledger_path,
                                     const std::string& final_ledger_path);
  uint64_t size() const { return size_; }
  uint64_t written() const { return offsets_.written(); }
  uint64_t durable() const { return offsets_.durable(); }
  uint64_t unsyncedBytes() const { return offsets_.written() - offsets_.durable(); }

  // Appends up to `bytes_max` of the diff.
  [[nodiscard]] std::error_code append(RewriteDiff& diff, uint64_t bytes_max);
  // Syncs in the thread; none may be under way.
  void beginSync();
  // Takes what the thread has completed: false while a sync is under way. `error` is its error.
  bool syncDone(std::error_code& error);
  // Syncs here and now.
  [[nodiscard]] std::error_code syncNow();

  // Gives file, ledger, size and what of it is not synced to the log, which goes on in it.
  RewrittenLog take();
  // Drops the file as it is, and what is known of it.
  void drop();
  // Closes any file in the thread: freeing a big one that has lost its name takes long.
  void closeInBackground(std::shared_ptr<AppendFile> file);
  // Readable when a sync is done; -1 while there was none.
  int completionFd() const { return syncs_ ? syncs_->completionFd() : -1; }

 private:
  BackgroundSync& syncs();
  void count(uint64_t bytes) {
    offsets_.feed(bytes);
    offsets_.write(bytes);
  }

  FileSystem& files_;
  LogClock& clock_;
  LatencyRecorder& latency_;
  const std::function<void()> thread_setup_;
  std::optional<BackgroundSync> syncs_;

  std::shared_ptr<AppendFile> file_;
  std::shared_ptr<LedgerWriter> ledger_;
  uint64_t size_ = 0;
  LogOffsets offsets_;
  UnsyncedRange unsynced_;
  // The sync under way: its token (0: there is none), and what it covers.
  uint64_t sync_token_ = 0;
  uint64_t sync_covers_ = 0;
  std::vector<BackgroundSync::Completion> completions_;
};

}  // namespace inkstone
