#include "persistence/rewrite/background_rewrite.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "persistence/files/rewrite_files.h"
#include "persistence/ledger/noting_file.h"
#include "persistence/rewrite/named_file.h"

namespace inkstone {

BackgroundRewrite::BackgroundRewrite(Environment environment)
    : env_(std::move(environment)), diff_(env_.sink) {}

BackgroundRewrite::~BackgroundRewrite() {
  if (gather_) env_.log.endDiff();
}

void BackgroundRewrite::begin(const AppendOnlySettings& settings, RewriteChannel channel,
                              bool gather, std::optional<int64_t> annotation_unix_s) {
  phase_ = Phase::kWriting;
  settings_ = settings;
  channel_ = std::move(channel);
  gather_ = sending_ = gather;
  annotation_unix_s_ = annotation_unix_s;
  buffer_peak_ = 0;
  env_.log.updateSettings(settings);
  if (gather) env_.log.beginDiff(diff_);
  written_offset_ = env_.log.fedOffset();
}

bool BackgroundRewrite::send() {
  if (!sending_ || diff_.empty()) return false;
  buffer_peak_ = std::max(buffer_peak_, diff_.size());
  const uint64_t before = diff_.size();
  const RewriteDiff::SendStatus status = diff_.send(channel_.data.get());
  written_offset_ += before - diff_.size();
  // A child that is gone is heard of by its signal.
  if (status == RewriteDiff::SendStatus::kClosed) sending_ = false;
  return status == RewriteDiff::SendStatus::kBlocked;
}

void BackgroundRewrite::onAck() {
  if (phase_ != Phase::kWriting || !takeAck(channel_)) return;
  env_.steps.reach(RewriteStep::kParentBeforeAck);
  // In this order: what the child reads before the answer is all it will ever get.
  sending_ = false;
  env_.sink.write(LogSink::Level::kNotice, "AOF rewrite child asks to stop sending diffs.");
  if (!sendAck(channel_)) {
    env_.sink.write(LogSink::Level::kWarning, "Can't send ACK to the AOF rewrite child");
  }
  env_.steps.reach(RewriteStep::kParentAfterAck);
}

void BackgroundRewrite::childDone(int64_t pid, uint64_t bytes) {
  phase_ = Phase::kInstalling;
  path_ = rewriteDonePath(settings_.directory, pid);
  ledger_path_ = rewriteLedgerPath(settings_.directory, pid);
  channel_ = {};
  sending_ = false;
  // The child synced what it was sent before it gave the file this name.
  durable_offset_ = written_offset_;
  appended_ = 0;
  rounds_ = slices_ = 0;
  sync_error_ = openFile(bytes);
  if (!sync_error_) sync_error_ = openLedger(ledger_path_);
}

std::error_code BackgroundRewrite::openLedger(const std::string& path) {
  const IoResult<Ledger> ledger = readLedger(env_.files, path);
  if (!ledger.ok()) return ledger.error;
  if (ledger.value.offset() != file_size_) return std::make_error_code(std::errc::io_error);
  ledger_ = std::make_shared<LedgerWriter>(env_.files, path, settings_.ledgerPath(), ledger.value);
  file_ = std::make_shared<NotingFile>(std::move(file_), ledger_, file_size_);
  return {};
}

std::error_code BackgroundRewrite::openFile(uint64_t bytes) {
  IoResult<std::shared_ptr<AppendFile>> file = env_.files.openAppend(path_);
  if (!file.ok()) return file.error;
  const IoResult<uint64_t> size = file.value->size();
  if (!size.ok()) return size.error;
  // Checked because the log's offsets are counted from it.
  if (size.value != bytes) return std::make_error_code(std::errc::io_error);
  file_ = std::move(file.value);
  file_size_ = bytes;
  return {};
}

BackgroundRewrite::Result BackgroundRewrite::advance() {
  if (phase_ != Phase::kInstalling) return Result::kPending;
  if (sync_error_) return fail("opening the file its child wrote", sync_error_);
  if (!gather_) return installPlain();
  if (!syncDone()) return Result::kPending;
  if (sync_error_) return fail("syncing it", sync_error_);
  env_.log.feedDiff();
  buffer_peak_ = std::max(buffer_peak_, diff_.size());
  const uint64_t slice = std::max<uint64_t>(kSliceBytes, diff_.size() / 2);
  if (const std::error_code error = appendDiff(slice)) return fail("writing it", error);
  if (diff_.size() > kSliceBytes && ++slices_ < kSlicesMax) return Result::kPending;
  if (closeEnough() || rounds_ >= kRoundsMax) return install();
  if (env_.log.settings().fsync == FsyncPolicy::kAlways && unsyncedBytes() <= kRestBytes) {
    env_.log.holdGroups();
    if (const std::error_code error = appendDiff(UINT64_MAX)) return fail("writing it", error);
  }
  startSync();
  return Result::kPending;
}

std::error_code BackgroundRewrite::appendDiff(uint64_t bytes_max) {
  const int64_t started_us = env_.clock.monotonicUs();
  std::error_code error;
  for (uint64_t done = 0; !diff_.empty() && done < bytes_max && !error;) {
    std::string_view text = diff_.front();
    text = text.substr(0, static_cast<size_t>(std::min<uint64_t>(text.size(), bytes_max - done)));
    const IoResult<size_t> result = file_->append(text);
    error = result.error;
    unsynced_.add(text.substr(0, result.value));
    diff_.consume(result.value);
    done += result.value;
    file_size_ += result.value;
    appended_ += result.value;
    written_offset_ += result.value;
  }
  recordLatency("aof-rewrite-diff-write", started_us);
  return error;
}

// The old file has something durable that the new one has not.
bool BackgroundRewrite::behind() const {
  return env_.log.isOn() && durable_offset_ < env_.log.durableOffset();
}

bool BackgroundRewrite::closeEnough() const {
  return !behind() && unsyncedBytes() <= kRestBytes;
}

void BackgroundRewrite::startSync() {
  if (!syncs_) syncs_.emplace(env_.thread_setup);
  ++rounds_;
  sync_covers_ = written_offset_;
  unsynced_.beginSync();
  sync_token_ = syncs_->submitSync(file_);
}

bool BackgroundRewrite::syncDone() {
  if (sync_token_ == 0) return true;
  syncs_->drainCompletions(completions_);
  for (const BackgroundSync::Completion& completion : completions_) {
    // Of a file that was abandoned.
    if (completion.token != sync_token_) continue;
    sync_token_ = 0;
    sync_error_ = completion.error;
    if (completion.error) continue;
    unsynced_.syncSucceeded();
    durable_offset_ = sync_covers_;
  }
  completions_.clear();
  return sync_token_ == 0;
}

BackgroundRewrite::Result BackgroundRewrite::install() {
  if (const std::error_code error = appendDiff(UINT64_MAX)) return fail("writing it", error);
  // It kept failing to catch up.
  if (behind()) return installSynced();
  if (const std::error_code error =
          renameRewrittenLog(env_.files, env_.clock, env_.latency, env_.steps, settings_, path_)) {
    return fail("renaming it", error);
  }
  RewrittenLog rewritten;
  rewritten.file =
      std::make_shared<NamedFile>(std::move(file_), env_.files, env_.steps, settings_.directory);
  rewritten.unsynced = &unsynced_;
  adopt(std::move(rewritten));
  return Result::kInstalled;
}

void BackgroundRewrite::adopt(RewrittenLog rewritten) {
  rewritten.size = file_size_;
  rewritten.ledger = std::move(ledger_);
  rewritten.annotation_unix_s = annotation_unix_s_;
  // What was set since the rewrite began is in force; where the log is was decided then.
  AppendOnlySettings settings = env_.log.settings();
  settings.directory = settings_.directory;
  settings.filename = settings_.filename;
  env_.steps.reach(RewriteStep::kParentBeforeSwap);
  env_.log.adopt(settings, std::move(rewritten));
  env_.steps.reach(RewriteStep::kParentAfterSwap);
  reset();
}

BackgroundRewrite::Result BackgroundRewrite::installSynced() {
  const int64_t started_us = env_.clock.monotonicUs();
  const std::error_code error = file_->sync();
  recordLatency("aof-rewrite-done-fsync", started_us);
  if (error) return fail("syncing it", error);
  const InstallResult installed =
      installRewrittenLog(env_.files, env_.clock, env_.latency, env_.steps, settings_, path_);
  if (installed.step == InstallStep::kNotRenamed) return fail("renaming it", installed.error);
  RewrittenLog rewritten;
  rewritten.file = std::move(file_);
  // The old file has no name any more, so there is no way back.
  rewritten.directory_error = installed.error;
  adopt(std::move(rewritten));
  return Result::kInstalled;
}

BackgroundRewrite::Result BackgroundRewrite::installPlain() {
  const InstallResult installed =
      installRewrittenLog(env_.files, env_.clock, env_.latency, env_.steps, settings_, path_);
  switch (installed.step) {
    case InstallStep::kInstalled:
      return nameLedger();
    case InstallStep::kNotRenamed:
      return fail("renaming it", installed.error);
    case InstallStep::kDirectoryUnsynced:
      break;
  }
  return failNamed("syncing its directory", installed.error);
}

// Nobody goes on in the file.
BackgroundRewrite::Result BackgroundRewrite::nameLedger() {
  const std::error_code error = env_.files.rename(ledger_path_, settings_.ledgerPath());
  if (error) return failNamed("renaming its ledger", error);
  reset();
  return Result::kInstalled;
}

// The new file may be the log by now, and its ledger the only one it has.
BackgroundRewrite::Result BackgroundRewrite::failNamed(std::string_view what,
                                                       std::error_code error) {
  logFailure(what, error);
  reset();
  return Result::kFailed;
}

BackgroundRewrite::Result BackgroundRewrite::fail(std::string_view what, std::error_code error) {
  logFailure(what, error);
  for (const std::string& path : {path_, ledger_path_}) {
    static_cast<void>(env_.files.remove(path));
  }
  if (gather_) env_.log.endDiff();
  reset();
  return Result::kFailed;
}

void BackgroundRewrite::logFailure(std::string_view what, std::error_code error) {
  env_.sink.write(LogSink::Level::kWarning,
                  fmt::format("Error while putting the rewritten append only file in place, {}: {}",
                              what, error.message()));
}

void BackgroundRewrite::abandon(int64_t pid) {
  if (phase_ == Phase::kIdle) return;
  if (gather_) env_.log.endDiff();
  removeFiles(settings_.directory, pid);
  reset();
}

void BackgroundRewrite::removeFiles(const std::string& directory, int64_t pid) {
  for (const std::string& path :
       {rewriteTempPath(directory, pid), rewriteSpoolPath(directory, pid),
        rewriteDonePath(directory, pid), rewriteLedgerPath(directory, pid)}) {
    removeFile(path);
  }
}

void BackgroundRewrite::removeFile(const std::string& path) {
  if (!env_.files.exists(path).value) return;
  IoResult<std::shared_ptr<AppendFile>> file = env_.files.openAppend(path);
  static_cast<void>(env_.files.remove(path));
  if (file.ok()) closeInBackground(std::move(file.value));
}

// Freeing a big file that has lost its name takes long.
void BackgroundRewrite::closeInBackground(std::shared_ptr<AppendFile> file) {
  if (!syncs_) syncs_.emplace(env_.thread_setup);
  syncs_->submitClose(std::move(file));
}

void BackgroundRewrite::reset() {
  phase_ = Phase::kIdle;
  gather_ = sending_ = false;
  channel_ = {};
  diff_.clear();
  if (file_ != nullptr) closeInBackground(std::move(file_));
  file_.reset();
  ledger_.reset();
  unsynced_.clear();
  sync_token_ = 0;
  sync_error_ = {};
}

void BackgroundRewrite::recordLatency(std::string_view event, int64_t started_us) {
  const int64_t elapsed_us = env_.clock.monotonicUs() - started_us;
  if (elapsed_us >= 1000) env_.latency.record(event, elapsed_us / 1000);
}

}  // namespace inkstone
