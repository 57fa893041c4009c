#include "persistence/background_sync.h"

#include <optional>
#include <utility>

namespace inkstone {

BackgroundSync::BackgroundSync(std::function<void()> thread_setup)
    : thread_(
          [](Job job) -> std::optional<Completion> {
            if (!job.sync) return std::nullopt;
            return Completion{job.token, job.file->sync()};
          },
          std::move(thread_setup)) {}

void BackgroundSync::submitSync(std::shared_ptr<AppendFile> file, uint64_t token) {
  thread_.submit({std::move(file), token, true});
}

void BackgroundSync::submitClose(std::shared_ptr<AppendFile> file) {
  thread_.submit({std::move(file), 0, false});
}

}  // namespace inkstone
