#include "persistence/log/ledger_follower.h"

#include <fmt/format.h>

#include <string>
#include <utility>

#include "persistence/ledger/noting_file.h"

namespace inkstone {

namespace {

constexpr int64_t kLedgerIntervalMs = 1000;

}  // namespace

void LedgerFollower::open(const AppendOnlySettings& settings, std::shared_ptr<AppendFile>& file,
                          uint64_t log_bytes) {
  if (!enabled_) return;
  const std::string path = settings.ledgerPath();
  IoResult<Ledger> ledger = readLedger(files_, path);
  if (!ledger.ok()) {
    sink_.write(LogSink::Level::kWarning,
                fmt::format("Can't read the checksum ledger {}, which is begun anew: {}", path,
                            ledger.error.message()));
  }
  if (ledger.value.offset() > log_bytes) ledger.value = {};
  adopt(std::make_shared<LedgerWriter>(files_, path, path, std::move(ledger.value)));
  unnamed_ = false;
  last_ms_ = clock_.monotonicMs();
  tellEnd(ledger_->begin(*file, log_bytes, clock_.unixMs()));
  file = std::make_shared<NotingFile>(std::move(file), ledger_, log_bytes);
}

void LedgerFollower::adopt(std::shared_ptr<LedgerWriter> ledger) {
  ledger_ = std::move(ledger);
  unnamed_ = ledger_ != nullptr;
  token_ = 0;
}

void LedgerFollower::follow(const std::shared_ptr<AppendFile>& log, uint64_t durable_bytes) {
  if (ledger_ == nullptr || underWay()) return;
  if (ledger_->stopped()) return tellEnd(ledger_->takeStopError());
  const uint64_t recorded = ledger_->offset();
  if (durable_bytes <= recorded && !(unnamed_ && durable_bytes > 0)) return;
  const int64_t now_ms = clock_.monotonicMs();
  const bool due = unnamed_ || durable_bytes - recorded >= kLedgerBytes ||
                   now_ms - last_ms_ >= kLedgerIntervalMs;
  if (!due) return;
  unnamed_ = false;
  last_ms_ = now_ms;
  token_ = background_.submit([ledger = ledger_, log, durable_bytes, unix_ms = clock_.unixMs()] {
    return ledger->onDurable(*log, durable_bytes, unix_ms);
  });
}

bool LedgerFollower::onCompletion(const BackgroundSync::Completion& completion) {
  if (completion.token != token_) return false;
  token_ = 0;
  tellEnd(completion.error);
  return true;
}

void LedgerFollower::tellEnd(std::error_code error) {
  if (!error) return;
  sink_.write(LogSink::Level::kWarning,
              fmt::format("The checksum ledger of the append only file cannot be written and is "
                          "removed: {}. The log goes on without one until it is rewritten, or "
                          "until the next start",
                          error.message()));
}

void LedgerFollower::finish(AppendFile& log, uint64_t durable_bytes) {
  if (ledger_ == nullptr || durable_bytes == 0) return;
  unnamed_ = false;
  tellEnd(ledger_->onDurable(log, durable_bytes, clock_.unixMs()));
}

void LedgerFollower::leave() {
  if (underWay()) background_.waitIdle();
  adopt(nullptr);
}

}  // namespace inkstone
