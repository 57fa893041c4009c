#include "server/durability/data_locks.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>

#include "persistence/files/moment.h"
#include "server/durability/data_files.h"
#include "server/process/runtime.h"

namespace inkstone {
namespace {

// A process id alone means nothing to somebody in another container.
std::string describeHolder(const Runtime& runtime) {
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) != 0) host[0] = '\0';
  constexpr int64_t kMsPerSecond = 1000;
  return fmt::format("pid {} on host {}, port {}, since {}", ::getpid(), host.data(),
                     runtime.settings.port, momentText(runtime.started_unix_s * kMsPerSecond));
}

}  // namespace

std::string DataLocks::lock(DataFolderLock::File file, const std::string& path) {
  const DataFolderLock::Answer answer = locks_.lock(file, path, describeHolder(runtime_));
  if (!answer.warning.empty()) runtime_.logger.warning("{}", answer.warning);
  return answer.refusal;
}

std::string DataLocks::lockAtStart() {
  if (runtime_.settings.appendonly) {
    std::string refusal = lockLog(logSettings(runtime_).path());
    if (!refusal.empty()) return refusal;
  }
  return runtime_.settings.save.empty() ? std::string() : lockSnapshot();
}

std::string DataLocks::lockLog(const std::string& path) {
  return lock(DataFolderLock::File::kLog, path);
}

std::string DataLocks::lockSnapshot() {
  return lock(DataFolderLock::File::kSnapshot, snapshotSettings(runtime_).path());
}

std::string DataLocks::follow() {
  const bool writes_dumps =
      !runtime_.settings.save.empty() || !locks_.pathOf(DataFolderLock::File::kSnapshot).empty();
  return writes_dumps ? lockSnapshot() : std::string();
}

}  // namespace inkstone
