#include "persistence/rewrite/snapshot_file.h"

#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <fstream>
#include <optional>
#include <vector>

#include "persistence/files/whole_file.h"

namespace inkstone {
namespace {

constexpr std::string_view kPrefix = "temp-";
constexpr std::string_view kSuffix = ".rdb";

// The process that wrote a file of this name.
std::optional<pid_t> writerOf(std::string_view name) {
  if (!name.starts_with(kPrefix) || !name.ends_with(kSuffix)) return std::nullopt;
  if (name.size() <= kPrefix.size() + kSuffix.size()) return std::nullopt;
  const std::string_view digits =
      name.substr(kPrefix.size(), name.size() - kPrefix.size() - kSuffix.size());
  pid_t pid = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), pid);
  if (error != std::errc() || end != digits.data() + digits.size() || pid <= 0) return std::nullopt;
  return pid;
}

// A process that has ended has no command line, even while nobody has asked for its status.
bool isOfAnotherLivingProcess(pid_t pid) {
  if (pid == ::getpid()) return false;
  std::ifstream command_line(fmt::format("/proc/{}/cmdline", pid));
  return command_line.peek() != std::ifstream::traits_type::eof();
}

}  // namespace

std::string snapshotTempPath(const std::string& directory, int64_t pid) {
  return fmt::format("{}/{}{}{}", directory, kPrefix, pid, kSuffix);
}

bool isSnapshotTempName(std::string_view name) {
  return writerOf(name).has_value();
}

void removeSnapshotLeftovers(FileSystem& files, const SnapshotSettings& settings, LogSink& sink) {
  const IoResult<std::vector<std::string>> names = files.listDirectory(settings.directory);
  for (const std::string& name : names.value) {
    const std::optional<pid_t> writer = writerOf(name);
    // Somebody may have named the snapshot itself like that.
    if (!writer || name == settings.filename || isOfAnotherLivingProcess(*writer)) continue;
    const std::error_code error = files.remove(settings.directory + "/" + name);
    if (error) {
      sink.write(
          LogSink::Level::kWarning,
          fmt::format("Cannot remove {}, left by an interrupted save: {}", name, error.message()));
    } else {
      sink.write(LogSink::Level::kNotice,
                 fmt::format("Removed {}, left by an interrupted save", name));
    }
  }
}

// Data, name, directory reach the disk in this order; guarded by the test "a snapshot's data, name
// and directory reach the disk in this order".
SnapshotResult writeSnapshotFile(FileSystem& files, const Keyspace& keyspace,
                                 const SnapshotSettings& settings, const RdbSaveRequest& request,
                                 int64_t pid) {
  NewFile file(files, snapshotTempPath(settings.directory, pid));
  SnapshotResult result =
      writeDataSetFile(keyspace, {true, request, {}}, settings.incremental_fsync, file, nullptr);
  if (!result.ok() || !result.take(file.rename(settings.path()))) return result;
  file.keep();
  result.take(file.syncDirectory());
  return result;
}

}  // namespace inkstone
