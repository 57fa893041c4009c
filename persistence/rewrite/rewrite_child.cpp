#include "persistence/rewrite/rewrite_child.h"

#include <poll.h>

#include <memory>
#include <utility>

#include "persistence/files/bulk_writer.h"
#include "persistence/files/forwarding_file.h"
#include "persistence/files/rewrite_files.h"
#include "persistence/files/whole_file.h"
#include "persistence/ledger/ledger_builder.h"
#include "persistence/rewrite/diff_spool.h"

namespace inkstone {
namespace {

// Takes from the pipe whenever a piece has been written: also while one value takes long.
class DrainingFile final : public ForwardingFile {
 public:
  DrainingFile(AppendFile& file, DiffSpool& spool) : ForwardingFile(file), spool_(spool) {}

  IoResult<size_t> append(std::string_view data) override {
    const IoResult<size_t> result = inner().append(data);
    if (draining_) spool_.drain();
    return result;
  }
  std::error_code sync() override {
    const std::error_code error = inner().sync();
    if (draining_) spool_.drain();
    return error;
  }

  void stopDraining() { draining_ = false; }

 private:
  DiffSpool& spool_;
  bool draining_ = true;
};

}  // namespace

// One rewrite: what run() would otherwise hand from function to function.
class RewriteChild::Attempt final : public RdbSaveObserver {
 public:
  // Reading the clock after each would be a tenth of the work.
  static constexpr uint64_t kKeysPerClock = 8;

  Attempt(RewriteChild& child, const Keyspace& keyspace, const RewriteRequest& request,
          NewFile& file, std::string spool_path, std::string ledger_path)
      : child_(child),
        keyspace_(keyspace),
        request_(request),
        ledger_path_(std::move(ledger_path)),
        spool_(child.files_, std::move(spool_path), child.channel_.data.get()),
        new_file_(file),
        recorded_(*file.file(), ledger_),
        file_(recorded_, spool_),
        out_(file_, request.settings.incremental_fsync),
        middle_key_((keyspace.keyCount() + 1) / 2) {}

  void run() {
    if (step("writing it", writeImage())) return;
    file_.stopDraining();
    spool_.moveTo(out_);
    if (step("appending what was logged meanwhile", failure())) return;
    catchUp();
    if (step("appending what was logged meanwhile", out_.finish())) return;
    child_.steps_.reach(RewriteStep::kChildBeforeAck);
    if (step("waiting for the server to stop sending", shakeHands())) return;
    child_.steps_.reach(RewriteStep::kChildAfterAck);
    spool_.drainTo(out_);
    if (step("appending what was logged meanwhile", failure())) return;
    if (step("syncing it", out_.finish())) return;
    if (!outcome_.take(new_file_.checkSize(out_.bytes()))) return;
    step("writing its ledger", ledger_.write(child_.files_, ledger_path_, child_.clock_.unixMs(),
                                             new_file_.file()->identity()));
  }

  void keySaved(uint64_t keys, uint64_t bytes) override {
    outcome_.keys = keys;
    if (keys == middle_key_) child_.steps_.reach(RewriteStep::kChildMidImage);
    if (bytes - drained_at_ >= kDrainEveryBytes || longAgo(keys)) drain(bytes);
    if (request_.observer != nullptr) request_.observer->keySaved(keys, bytes);
  }

  RewriteOutcome outcome() {
    outcome_.bytes = out_.bytes();
    outcome_.diff_bytes = spool_.bytes();
    return outcome_;
  }

 private:
  // Keys may take their time (rdb-key-save-delay, a slow disk) and yet be short.
  bool longAgo(uint64_t keys) {
    return keys % kKeysPerClock == 0 && child_.clock_.monotonicMs() > drained_at_ms_;
  }

  void drain(uint64_t bytes) {
    drained_at_ = bytes;
    drained_at_ms_ = child_.clock_.monotonicMs();
    spool_.drain();
  }

  bool step(std::string_view name, std::error_code error) { return !outcome_.take({error, name}); }

  std::error_code failure() const { return out_.error() ? out_.error() : spool_.error(); }

  std::error_code writeImage() {
    DataSetForm form{request_.preamble, request_.image, request_.annotation_unix_s};
    form.rdb.observer = this;
    static_cast<void>(writeDataSet(keyspace_, form, out_));
    const std::error_code error = out_.finish();
    return error ? error : spool_.error();
  }

  void catchUp() {
    const int64_t until_ms = child_.clock_.monotonicMs() + kCatchUpMs;
    for (int quiet = 0; quiet < kQuietWaits && child_.clock_.monotonicMs() < until_ms;) {
      if (failure()) return;
      if (!spool_.wait(1)) {
        ++quiet;
      } else {
        quiet = 0;
        spool_.drainTo(out_);
      }
    }
  }

  std::error_code shakeHands() {
    if (!sendAck(child_.channel_)) return std::make_error_code(std::errc::broken_pipe);
    const int64_t until_ms = child_.clock_.monotonicMs() + kAckTimeoutMs;
    for (;;) {
      const int64_t left_ms = until_ms - child_.clock_.monotonicMs();
      if (left_ms <= 0) return std::make_error_code(std::errc::timed_out);
      pollfd waited{child_.channel_.ack_in.get(), POLLIN, 0};
      if (::poll(&waited, 1, static_cast<int>(left_ms)) <= 0) continue;
      if (takeAck(child_.channel_)) return {};
      return std::make_error_code(std::errc::broken_pipe);
    }
  }

  RewriteChild& child_;
  const Keyspace& keyspace_;
  const RewriteRequest& request_;
  const std::string ledger_path_;
  DiffSpool spool_;
  LedgerBuilder ledger_;
  NewFile& new_file_;
  RecordedFile recorded_;
  DrainingFile file_;
  BulkWriter out_;
  const uint64_t middle_key_;
  uint64_t drained_at_ = 0;
  int64_t drained_at_ms_ = 0;
  RewriteOutcome outcome_;
};

RewriteChild::RewriteChild(FileSystem& files, LogClock& clock, RewriteSteps& steps,
                           const RewriteChannel& channel)
    : files_(files), clock_(clock), steps_(steps), channel_(channel) {}

RewriteOutcome RewriteChild::run(const Keyspace& keyspace, const RewriteRequest& request,
                                 int64_t pid) {
  steps_.reach(RewriteStep::kChildStarted);
  const std::string& directory = request.settings.directory;
  const std::string ledger_path = rewriteLedgerPath(directory, pid);
  NewFile file(files_, rewriteTempPath(directory, pid));
  RewriteOutcome outcome;
  if (!outcome.take(file.open())) return outcome;
  {
    Attempt attempt(*this, keyspace, request, file, rewriteSpoolPath(directory, pid), ledger_path);
    attempt.run();
    outcome = attempt.outcome();
  }
  if (outcome.ok()) {
    steps_.reach(RewriteStep::kChildBeforeRename);
    if (outcome.take(file.rename(rewriteDonePath(directory, pid)))) {
      steps_.reach(RewriteStep::kChildAfterRename);
      outcome.take(file.syncDirectory());
    }
  }
  if (outcome.ok()) {
    file.keep();
  } else {
    static_cast<void>(files_.remove(ledger_path));
  }
  return outcome;
}

}  // namespace inkstone
