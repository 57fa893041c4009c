// Lets the log's checksum ledger (docs/ledger-format.md) follow what is durable: within a second or
// kLedgerBytes, in the background thread. A ledger that cannot be written ends, is told of once,
// and keeps nobody waiting.
#pragma once

#include <cstdint>
#include <memory>
#include <system_error>

#include "persistence/files/append_only_settings.h"
#include "persistence/files/file.h"
#include "persistence/files/log_hooks.h"
#include "persistence/ledger/ledger_writer.h"
#include "persistence/log/background_sync.h"

namespace inkstone {

// For the loop thread. The references must outlive the object.
class LedgerFollower {
 public:
  static constexpr uint64_t kLedgerBytes = 64 * 1024;

  LedgerFollower(FileSystem& files, BackgroundSync& background, LogClock& clock, LogSink& sink)
      : files_(files), background_(background), clock_(clock), sink_(sink) {}
  LedgerFollower(const LedgerFollower&) = delete;
  LedgerFollower& operator=(const LedgerFollower&) = delete;

  // From the next open() on there is a ledger.
  void enable() { enabled_ = true; }

  // Goes on in the ledger beside the log that is opened in `file`, which is synced and has
  // `log_bytes`; `file` becomes one that tells the ledger of blocks of zeros. Nothing happens
  // unless enabled.
  void open(const AppendOnlySettings& settings, std::shared_ptr<AppendFile>& file,
            uint64_t log_bytes);
  // Goes on in the ledger of a rewritten log, which may be null, and gives it its name.
  void adopt(std::shared_ptr<LedgerWriter> ledger);

  // The first `durable_bytes` of `log` are on the disk, and so is its name, or they are 0: records
  // what is due. Costs a comparison or two when nothing is.
  void follow(const std::shared_ptr<AppendFile>& log, uint64_t durable_bytes);
  // The background thread is at it.
  bool underWay() const { return token_ != 0; }
  // Takes a completion of the background thread; false if it is not of this.
  bool onCompletion(const BackgroundSync::Completion& completion);
  // Records all of that here and now, for the log is about to be left. Not while underWay().
  void finish(AppendFile& log, uint64_t durable_bytes);
  // Waits for the background thread, which reads what it records from the log; then there is no
  // ledger.
  void leave();

  // Fields of INFO persistence: what the ledger tells of.
  uint64_t records() const { return ledger_ == nullptr ? 0 : ledger_->records(); }
  uint64_t offset() const { return ledger_ == nullptr ? 0 : ledger_->offset(); }

 private:
  void tellEnd(std::error_code error);

  FileSystem& files_;
  BackgroundSync& background_;
  LogClock& clock_;
  LogSink& sink_;

  bool enabled_ = false;
  // Null: none is kept.
  std::shared_ptr<LedgerWriter> ledger_;
  // It still has its temporary name.
  bool unnamed_ = false;
  // The token of the records under way; 0: there are none.
  uint64_t token_ = 0;
  int64_t last_ms_ = 0;
};

}  // namespace inkstone
