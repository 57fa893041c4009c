#include "persistence/background_sync.h"

#include <optional>
#include <utility>

namespace inkstone {

BackgroundSync::BackgroundSync(std::function<void()> thread_setup)
    : thread_(
          [](Job job) -> std::optional<Completion> {
            if (job.ledger != nullptr) {
              return Completion{job.token,
                                job.ledger->onDurable(*job.file, job.log_bytes, job.unix_ms)};
            }
            if (!job.sync) return std::nullopt;
            return Completion{job.token, job.file->sync()};
          },
          std::move(thread_setup)) {}

void BackgroundSync::submitSync(std::shared_ptr<AppendFile> file, uint64_t token) {
  thread_.submit({std::move(file), token, true, nullptr});
}

void BackgroundSync::submitRecords(std::shared_ptr<LedgerWriter> ledger,
                                   std::shared_ptr<AppendFile> log, uint64_t log_bytes,
                                   int64_t unix_ms, uint64_t token) {
  thread_.submit({std::move(log), token, false, std::move(ledger), log_bytes, unix_ms});
}

void BackgroundSync::submitClose(std::shared_ptr<AppendFile> file) {
  thread_.submit({std::move(file), 0, false, nullptr});
}

}  // namespace inkstone
