#include "server/durability/data_locks.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>

#include "persistence/files/moment.h"
#include "server/server.h"

namespace inkstone {
namespace {

// A process id alone means nothing to somebody in another container.
std::string describeHolder(const Server& server) {
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) != 0) host[0] = '\0';
  constexpr int64_t kMsPerSecond = 1000;
  return fmt::format("pid {} on host {}, port {}, since {}", ::getpid(), host.data(),
                     server.settings.port, momentText(server.started_unix_s * kMsPerSecond));
}

}  // namespace

std::string DataLocks::lock(DataFolderLock::File file, const std::string& path) {
  const DataFolderLock::Answer answer = locks_.lock(file, path, describeHolder(server_));
  if (!answer.warning.empty()) server_.logger.warning("{}", answer.warning);
  return answer.refusal;
}

std::string DataLocks::lockAtStart() {
  if (server_.settings.appendonly) {
    std::string refusal = lockLog(server_.logSettings().path());
    if (!refusal.empty()) return refusal;
  }
  return server_.settings.save.empty() ? std::string() : lockSnapshot();
}

std::string DataLocks::lockLog(const std::string& path) {
  return lock(DataFolderLock::File::kLog, path);
}

std::string DataLocks::lockSnapshot() {
  return lock(DataFolderLock::File::kSnapshot, server_.snapshots.fileSettings().path());
}

std::string DataLocks::follow() {
  const bool writes_dumps =
      !server_.settings.save.empty() || !locks_.pathOf(DataFolderLock::File::kSnapshot).empty();
  return writes_dumps ? lockSnapshot() : std::string();
}

}  // namespace inkstone
