#include "persistence/rewrite/background_rewrite.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/invariant.h"
#include "persistence/files/rewrite_files.h"
#include "persistence/rewrite/named_file.h"

namespace inkstone {

BackgroundRewrite::BackgroundRewrite(Environment environment)
    : env_(std::move(environment)),
      diff_(env_.sink),
      new_file_(env_.files, env_.clock, env_.latency, env_.thread_setup) {}

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
  new_file_.begin(env_.log.fedOffset());
}

bool BackgroundRewrite::send() {
  if (!sending_ || diff_.empty()) return false;
  buffer_peak_ = std::max(buffer_peak_, diff_.size());
  const uint64_t before = diff_.size();
  const RewriteDiff::SendStatus status = diff_.send(channel_.data.get());
  new_file_.sent(before - diff_.size());
  // A child that is gone is heard of by its signal.
  if (status == RewriteDiff::SendStatus::kClosed) sending_ = false;
  return status == RewriteDiff::SendStatus::kBlocked;
}

void BackgroundRewrite::onAck() {
  if (phase_ != Phase::kWriting || !takeAck(channel_)) return;
  env_.steps.reach(RewriteStep::kParentBeforeAck);
  // The order matters: what the child reads before the answer is all it will ever get.
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
  rounds_ = slices_ = 0;
  open_error_ = new_file_.open(path_, bytes, ledger_path_, settings_.ledgerPath());
}

BackgroundRewrite::Result BackgroundRewrite::advance() {
  if (phase_ != Phase::kInstalling) return Result::kPending;
  if (open_error_) return fail("opening the file its child wrote", open_error_);
  if (!gather_) return installPlain();
  std::error_code sync_error;
  if (!new_file_.syncDone(sync_error)) return Result::kPending;
  if (sync_error) return fail("syncing it", sync_error);
  env_.log.feedDiff();
  buffer_peak_ = std::max(buffer_peak_, diff_.size());
  const uint64_t slice = std::max<uint64_t>(kSliceBytes, diff_.size() / 2);
  if (const std::error_code error = new_file_.append(diff_, slice)) {
    return fail("writing it", error);
  }
  if (diff_.size() > kSliceBytes && ++slices_ < kSlicesMax) return Result::kPending;
  if (closeEnough() || rounds_ >= kRoundsMax) return install();
  if (env_.log.settings().fsync == FsyncPolicy::kAlways &&
      new_file_.unsyncedBytes() <= kRestBytes) {
    env_.log.holdGroups();
    if (const std::error_code error = new_file_.append(diff_, UINT64_MAX)) {
      return fail("writing it", error);
    }
  }
  ++rounds_;
  new_file_.beginSync();
  return Result::kPending;
}

bool BackgroundRewrite::behind() const {
  return env_.log.isOn() && new_file_.durable() < env_.log.durableOffset();
}

bool BackgroundRewrite::closeEnough() const {
  return !behind() && new_file_.unsyncedBytes() <= kRestBytes;
}

BackgroundRewrite::Result BackgroundRewrite::install() {
  if (const std::error_code error = new_file_.append(diff_, UINT64_MAX)) {
    return fail("writing it", error);
  }
  // It kept failing to catch up.
  if (behind()) return installSynced();
  if (const std::error_code error =
          renameRewrittenLog(env_.files, env_.clock, env_.latency, env_.steps, settings_, path_)) {
    return fail("renaming it", error);
  }
  RewrittenLog rewritten = new_file_.take();
  rewritten.file = std::make_shared<NamedFile>(std::move(rewritten.file), env_.files, env_.steps,
                                               settings_.directory);
  adopt(std::move(rewritten));
  return Result::kInstalled;
}

void BackgroundRewrite::adopt(RewrittenLog rewritten) {
  invariant(new_file_.written() == env_.log.fedOffset(),
            "the log goes on in a file that has all that was fed", new_file_.written(),
            env_.log.fedOffset());
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
  if (const std::error_code error = new_file_.syncNow()) return fail("syncing it", error);
  const InstallResult installed =
      installRewrittenLog(env_.files, env_.clock, env_.latency, env_.steps, settings_, path_);
  if (installed.step == InstallStep::kNotRenamed) return fail("renaming it", installed.error);
  RewrittenLog rewritten = new_file_.take();
  rewritten.unsynced = nullptr;
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
  if (file.ok()) new_file_.closeInBackground(std::move(file.value));
}

void BackgroundRewrite::reset() {
  phase_ = Phase::kIdle;
  gather_ = sending_ = false;
  channel_ = {};
  diff_.clear();
  new_file_.drop();
  open_error_ = {};
}

}  // namespace inkstone
