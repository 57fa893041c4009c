#include "persistence/log/background_sync.h"

#include <chrono>
#include <optional>
#include <utility>

namespace inkstone {

BackgroundSync::BackgroundSync(std::function<void()> thread_setup)
    : thread_(
          [](Job job) -> std::optional<Completion> {
            // Only a file to be closed.
            if (job.token == 0) return std::nullopt;
            using Clock = std::chrono::steady_clock;
            const Clock::time_point start = Clock::now();
            const std::error_code error = perform(job);
            const auto elapsed =
                std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start);
            return Completion{job.token, error, elapsed.count()};
          },
          std::move(thread_setup)) {}

std::error_code BackgroundSync::perform(const Job& job) {
  if (job.work) return job.work();
  if (job.ledger != nullptr) return job.ledger->onDurable(*job.file, job.log_bytes, job.unix_ms);
  return job.file->sync();
}

void BackgroundSync::submitSync(std::shared_ptr<AppendFile> file, uint64_t token) {
  thread_.submit({.file = std::move(file), .token = token});
}

void BackgroundSync::submitRecords(std::shared_ptr<LedgerWriter> ledger,
                                   std::shared_ptr<AppendFile> log, uint64_t log_bytes,
                                   int64_t unix_ms, uint64_t token) {
  thread_.submit({.file = std::move(log),
                  .token = token,
                  .ledger = std::move(ledger),
                  .log_bytes = log_bytes,
                  .unix_ms = unix_ms});
}

void BackgroundSync::submitWork(std::function<std::error_code()> work, uint64_t token) {
  thread_.submit({.token = token, .work = std::move(work)});
}

void BackgroundSync::submitClose(std::shared_ptr<AppendFile> file) {
  thread_.submit({.file = std::move(file)});
}

}  // namespace inkstone
