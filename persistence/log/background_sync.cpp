#include "persistence/log/background_sync.h"

#include <chrono>
#include <optional>
#include <utility>

namespace inkstone {

BackgroundSync::BackgroundSync(std::function<void()> thread_setup)
    : thread_(
          [](Job job) -> std::optional<Completion> {
            using Clock = std::chrono::steady_clock;
            const Clock::time_point start = Clock::now();
            const std::error_code error = job.work();
            if (job.token == 0) return std::nullopt;
            const auto elapsed =
                std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start);
            return Completion{job.token, error, elapsed.count()};
          },
          std::move(thread_setup)) {}

uint64_t BackgroundSync::submit(std::function<std::error_code()> work) {
  thread_.submit({std::move(work), ++last_token_});
  return last_token_;
}

uint64_t BackgroundSync::submitSync(std::shared_ptr<AppendFile> file) {
  return submit([file = std::move(file)] { return file->sync(); });
}

void BackgroundSync::submitClose(std::shared_ptr<AppendFile> file) {
  thread_.submit({[file = std::move(file)] { return std::error_code{}; }, 0});
}

}  // namespace inkstone
