#include "persistence/log/log_commit.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "base/invariant.h"

namespace inkstone {

LogCommit::LogCommit(const Parts& parts, BackgroundSync& background, LogClock& clock, LogSink& sink,
                     LatencyRecorder& latency)
    : settings_(parts.settings),
      offsets_(parts.offsets),
      feed_(parts.feed),
      file_(parts.file),
      health_(parts.health),
      ledger_(parts.ledger),
      reserve_(parts.reserve),
      background_(background),
      clock_(clock),
      sink_(sink),
      latency_(latency),
      sync_(background, clock, sink, parts.offsets, parts.file, parts.health, parts.ledger),
      groups_(clock, parts.feed) {}

// This is where the durability promise is kept: the server calls it after the commands of a turn
// and before their replies leave. Guarded by the tests "under always a reply may leave only when
// its text is on the disk" and "under everysec a reply may leave only when its text is in the
// kernel".
FlushOutcome LogCommit::flush(FlushMode mode) {
  if (health_.state() == LogHealth::State::kGivenUp) return FlushOutcome::kFatal;
  onCompletions();
  if (health_.state() == LogHealth::State::kPromiseBroken) return fatal(acknowledgeable());
  const int64_t now_ms = clock_.monotonicMs();
  if (mode == FlushMode::kForce) return flushForced(now_ms);
  if (settings_.fsync == FsyncPolicy::kAlways) return flushAlways(now_ms);

  if (feed_.hasGathered() && !groups_.underWay() && !health_.retryLater(now_ms)) {
    writeGathered(now_ms);
  }
  health_.noteTime(now_ms);
  // A failed write changes nothing here: what is in the file already is owed its sync.
  if (settings_.fsync == FsyncPolicy::kEverySecond || file_.inDoubt()) syncInBackground(now_ms);
  settleHealth();
  return outcome();
}

void LogCommit::onCron() {
  ledger_.follow(file_.file(), file_.durableBytes());
  reserve_.onCron(health_.writesFail());
}

// What is rare and needs the file for itself, the repair after an error or a change of the policy,
// is done here and now.
FlushOutcome LogCommit::flushAlways(int64_t now_ms) {
  if (!groups_.hasWriter() || health_.writesFail() || file_.needsRepair()) {
    return flushAlwaysInline(now_ms);
  }
  const bool sync = !syncSuppressed();
  const bool idle = !groups_.underWay() && !groups_held_ && (!sync_.underWay() || !sync);
  const bool wanted = feed_.hasGathered() || (sync && file_.syncOwed());
  const bool gathers = groups_.stillGathers();
  if (idle && wanted && !gathers) submitGroup(sync);
  settleHealth();
  return outcome();
}

FlushOutcome LogCommit::flushAlwaysInline(int64_t now_ms) {
  settleGroup();
  if (health_.state() == LogHealth::State::kPromiseBroken) return fatal(acknowledgeable());
  const uint64_t replied_offset = offsets_.written();
  if (feed_.hasGathered() && !writeInline(now_ms)) return fatal(replied_offset);
  // What a rewrite has put in place has cost nobody anything yet: those who wrote since go on
  // waiting, and it is tried again.
  const bool retry_later = file_.adoptedUnsynced() && file_.isSuspect() && !sync_.due(now_ms);
  if (file_.syncOwed() && !syncSuppressed() && !retry_later && !syncNow() &&
      !file_.adoptedUnsynced()) {
    return fatal(replied_offset);
  }
  settleHealth();
  return outcome();
}

FlushOutcome LogCommit::flushForced(int64_t now_ms) {
  settleGroup();
  if (health_.state() == LogHealth::State::kPromiseBroken) return fatal(acknowledgeable());
  const uint64_t replied_offset = offsets_.written();
  const bool written = !feed_.hasGathered() || writeWithReserve(now_ms);
  const bool synced = !file_.syncOwed() || syncNow();
  settleHealth();
  finishLedger();
  if (written && synced) return FlushOutcome::kFlushed;
  const bool always = settings_.fsync == FsyncPolicy::kAlways;
  return always ? fatal(replied_offset) : FlushOutcome::kHeld;
}

FlushOutcome LogCommit::outcome() const {
  return acknowledgeable() == offsets_.fed() ? FlushOutcome::kFlushed : FlushOutcome::kHeld;
}

// The disk holds less than was promised, so the replies of this turn cannot be sent. Their text is
// cut off again: after a failed sync the page cache may show bytes that are not on the disk, and a
// restart would build on them.
FlushOutcome LogCommit::fatal(uint64_t replied_offset) {
  sink_.write(LogSink::Level::kWarning,
              fmt::format("Can't recover from AOF write error when the AOF fsync policy is "
                          "'always': {}. Exiting...",
                          health_.error().message()));
  health_.giveUp();
  const uint64_t keep = std::max(replied_offset, offsets_.durable());
  if (keep == offsets_.written()) return FlushOutcome::kFatal;
  const uint64_t size = file_.placeOf(keep);
  if (const std::error_code error = file_.cutBack(keep)) {
    sink_.write(
        LogSink::Level::kWarning,
        fmt::format("Could not cut the AOF file back to {} bytes: {}", size, error.message()));
  }
  return FlushOutcome::kFatal;
}

// What may wait for the disk is the writer thread's: a write beside a sync, and one after a
// failure, also the one that finds the room of the reserve, which file systems may have to bring
// to the disk first.
void LogCommit::writeGathered(int64_t now_ms) {
  if (!groups_.hasWriter()) return static_cast<void>(writeWithReserve(now_ms));
  const bool may_wait = sync_.underWay() || health_.writesFail();
  if (!may_wait && (writeInline(now_ms) || !health_.roomMade())) return;
  submitGroup(false);
}

bool LogCommit::writeWithReserve(int64_t now_ms) {
  return writeInline(now_ms) || (health_.roomMade() && writeInline(now_ms));
}

bool LogCommit::writeInline(int64_t now_ms) {
  health_.writeBegun(now_ms);
  const std::string_view text = feed_.gathered();
  const int64_t started_us = clock_.monotonicUs();
  const IoResult<size_t> result = file_.file()->append(text);
  const int64_t elapsed_us = clock_.monotonicUs() - started_us;
  if (!result.ok()) {
    recordWrite(elapsed_us);
    writeFailed(result.value, text.size(), result.error);
    return false;
  }
  noteWrite(text.size(), elapsed_us);
  file_.grow(text);
  feed_.written(text.size());
  health_.writeSucceeded(now_ms);
  return true;
}

void LogCommit::writeFailed(size_t written, size_t expected, std::error_code error) {
  std::string text = fmt::format("Error writing to the AOF file: {}", error.message());
  if (written > 0) {
    text = fmt::format("Short write while writing to the AOF file: {} (written {} of {} bytes)",
                       error.message(), written, expected);
    // A process that dies now is to leave a log that ends with a whole command.
    if (const std::error_code cut = file_.cutTorn()) {
      text += fmt::format("; could not cut it back: {}", cut.message());
      file_.grow(feed_.gathered().substr(0, written));
      feed_.written(written);
    }
  }
  health_.writeFailed(error, std::move(text));
}

void LogCommit::noteWrite(uint64_t bytes, int64_t elapsed_us) {
  recordWrite(elapsed_us);
  ++counters_.count;
  counters_.bytes += bytes;
  counters_.last_bytes = bytes;
}

void LogCommit::recordWrite(int64_t elapsed_us) {
  latency_.recordUs("aof-write", elapsed_us);
  if (sync_.underWay()) {
    latency_.recordUs("aof-write-pending-fsync", elapsed_us);
  } else if (child_active_) {
    latency_.recordUs("aof-write-active-child", elapsed_us);
  } else {
    latency_.recordUs("aof-write-alone", elapsed_us);
  }
}

void LogCommit::syncInBackground(int64_t now_ms) {
  if (sync_.underWay()) return sync_.noteDelay(now_ms);
  if (!file_.syncOwed() || syncSuppressed() || !sync_.due(now_ms)) return;
  // A repair takes a file that nobody else writes; and the next turn is soon enough.
  if (groups_.syncsUnderWay() || (groups_.underWay() && file_.needsRepair())) return;
  sync_.begin(now_ms);
}

bool LogCommit::syncNow() {
  settleSync();
  int64_t elapsed_us = 0;
  const bool synced = sync_.runNow(elapsed_us);
  if (settings_.fsync == FsyncPolicy::kAlways) {
    latency_.recordUs("aof-fsync-always", elapsed_us);
  }
  return synced;
}

void LogCommit::submitGroup(bool sync) {
  health_.writeBegun(clock_.monotonicMs());
  groups_.submit(file_.file(), sync);
}

void LogCommit::onGroupDone(const LogWriter::Result& result) {
  const size_t bytes = groups_.text().size();
  if (result.write_error) {
    recordWrite(result.write_us);
    groups_.takeBack();
    writeFailed(result.written, bytes, result.write_error);
    return health_.breakPromise();
  }
  invariant(result.written == bytes, "a group without an error was written whole", result.written,
            bytes);
  noteWrite(bytes, result.write_us);
  health_.writeSucceeded(clock_.monotonicMs());
  if (!result.sync || result.sync_error) {
    file_.grow(groups_.text());
    offsets_.write(bytes);
    groups_.finish();
    if (!result.sync_error) return;
    sync_.failed(result.sync_error);
    // See flushAlwaysInline().
    if (!file_.adoptedUnsynced()) health_.breakPromise();
    return;
  }
  latency_.recordUs("aof-fsync-always", result.sync_us);
  file_.growSynced(bytes);
  offsets_.write(bytes);
  groups_.finish();
  sync_.groupSynced(result.sync_us);
  groups_.gatherNext(result.sync_us);
}

// Any other token is of a file that was closed since.
void LogCommit::onCompletions() {
  background_.drainCompletions(completions_);
  for (const BackgroundSync::Completion& completion : completions_) {
    if (sync_.onCompletion(completion) || ledger_.onCompletion(completion)) continue;
    health_.onCompletion(completion);
  }
  bool any_group = false;
  if (const auto result = groups_.takeResult(any_group)) onGroupDone(*result);
  if (!completions_.empty() || any_group) settleHealth();
  completions_.clear();
}

void LogCommit::settleGroup() {
  if (!groups_.underWay()) return;
  groups_.waitIdle();
  onCompletions();
}

void LogCommit::settleSync() {
  if (!sync_.underWay()) return;
  background_.waitIdle();
  onCompletions();
}

// Now, whatever is due: the log is about to be left.
void LogCommit::finishLedger() {
  while (ledger_.underWay()) {
    background_.waitIdle();
    onCompletions();
  }
  ledger_.finish(*file_.file(), file_.durableBytes());
}

void LogCommit::drop() {
  groups_.drop();
  feed_.drop();
  groups_held_ = false;
  sync_.drop();
}

}  // namespace inkstone
