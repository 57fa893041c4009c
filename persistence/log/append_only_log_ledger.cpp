// The part of AppendOnlyLog that lets the ledger follow what is durable.
#include <fmt/format.h>

#include <utility>

#include "persistence/ledger/noting_file.h"
#include "persistence/log/append_only_log.h"

namespace inkstone {

namespace {

constexpr int64_t kLedgerIntervalMs = 1000;

}  // namespace

void AppendOnlyLog::openLedger(const AppendOnlySettings& settings,
                               std::shared_ptr<AppendFile>& file, uint64_t log_bytes) {
  const std::string path = settings.ledgerPath();
  IoResult<Ledger> ledger = readLedger(files_, path);
  if (!ledger.ok()) {
    sink_.write(LogSink::Level::kWarning,
                fmt::format("Can't read the checksum ledger {}, which is begun anew: {}", path,
                            ledger.error.message()));
  }
  if (ledger.value.offset() > log_bytes) ledger.value = {};
  ledger_ = std::make_shared<LedgerWriter>(files_, path, path, std::move(ledger.value));
  ledger_unnamed_ = false;
  last_ledger_ms_ = clock_.monotonicMs();
  onLedgerDone(ledger_->begin(*file, log_bytes, clock_.unixMs()));
  file = std::make_shared<NotingFile>(std::move(file), ledger_, log_bytes);
}

void AppendOnlyLog::followWithLedger() {
  if (ledger_ == nullptr || ledger_token_ != 0) return;
  if (ledger_->stopped()) return onLedgerDone(ledger_->takeStopError());
  const uint64_t durable = durableFileBytes();
  const uint64_t recorded = ledger_->offset();
  if (durable <= recorded && !(ledger_unnamed_ && durable > 0)) return;
  const int64_t now_ms = clock_.monotonicMs();
  const bool due = ledger_unnamed_ || durable - recorded >= kLedgerBytes ||
                   now_ms - last_ledger_ms_ >= kLedgerIntervalMs;
  if (!due) return;
  ledger_unnamed_ = false;
  last_ledger_ms_ = now_ms;
  ledger_token_ = next_token_++;
  background_.submitRecords(ledger_, file_, durable, clock_.unixMs(), ledger_token_);
}

void AppendOnlyLog::onLedgerDone(std::error_code error) {
  ledger_token_ = 0;
  if (!error) return;
  sink_.write(LogSink::Level::kWarning,
              fmt::format("The checksum ledger of the append only file cannot be written and is "
                          "removed: {}. The log goes on without one until it is rewritten, or "
                          "until the next start",
                          error.message()));
}

// Now, whatever is due: the log is about to be left.
void AppendOnlyLog::finishLedger() {
  if (ledger_ == nullptr) return;
  while (ledger_token_ != 0) {
    background_.waitIdle();
    onCompletions();
  }
  const uint64_t durable = durableFileBytes();
  if (durable == 0) return;
  ledger_unnamed_ = false;
  onLedgerDone(ledger_->onDurable(*file_, durable, clock_.unixMs()));
}

}  // namespace inkstone
