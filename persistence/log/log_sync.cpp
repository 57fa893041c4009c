#include "persistence/log/log_sync.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace inkstone {

namespace {

constexpr int64_t kDelayedMs = 2000;

}  // namespace

void LogSync::begin(int64_t now_ms) {
  last_ms_ = delay_counted_ms_ = now_ms;
  if (!repair()) return;
  covers_ = offsets_.written();
  file_.syncBegun();
  token_ = background_.submitSync(file_.file());
}

void LogSync::noteDelay(int64_t now_ms) {
  if (offsets_.written() == covers_ || now_ms - delay_counted_ms_ < kDelayedMs) return;
  delay_counted_ms_ = now_ms;
  ++counters_.delayed;
  sink_.write(
      LogSink::Level::kNotice,
      "Asynchronous AOF fsync is taking too long (disk is busy?). The AOF buffer is written "
      "without waiting for it; replies to writes may be late.");
}

bool LogSync::onCompletion(const BackgroundSync::Completion& completion) {
  if (completion.token != token_) return false;
  token_ = 0;
  if (completion.error) {
    failed(completion.error);
    return true;
  }
  count(completion.elapsed_us);
  // A group that was synced meanwhile may have got further.
  file_.syncSucceeded(std::max(offsets_.durable(), covers_));
  follow();
  return true;
}

bool LogSync::runNow(int64_t& elapsed_us) {
  elapsed_us = -1;
  if (!repair()) return false;
  const int64_t started_us = clock_.monotonicUs();
  const std::error_code error = file_.file()->sync();
  elapsed_us = clock_.monotonicUs() - started_us;
  last_ms_ = started_us / 1000;
  if (error) {
    failed(error);
    return false;
  }
  count(elapsed_us);
  file_.wholeSynced();
  follow();
  return true;
}

void LogSync::groupSynced(int64_t elapsed_us) {
  count(elapsed_us);
  last_ms_ = clock_.monotonicMs();
  file_.wholeSynced();
  follow();
}

void LogSync::failed(std::error_code error) {
  file_.syncFailed();
  health_.syncFailed(error, fmt::format("Error syncing the AOF file: {}", error.message()));
}

bool LogSync::repair() {
  FileTrouble trouble = file_.repair();
  if (!trouble) return true;
  health_.repairFailed(trouble.error, std::move(trouble.text));
  return false;
}

void LogSync::count(int64_t elapsed_us) {
  ++counters_.count;
  counters_.last_us = elapsed_us;
  counters_.max_us = std::max(counters_.max_us, elapsed_us);
}

}  // namespace inkstone
