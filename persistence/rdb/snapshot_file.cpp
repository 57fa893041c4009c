#include "persistence/rdb/snapshot_file.h"

#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <fstream>
#include <memory>
#include <optional>
#include <vector>

#include "persistence/files/bulk_writer.h"
#include "persistence/rdb/rdb_sink.h"

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

SnapshotResult failed(std::string_view step, std::error_code error) {
  SnapshotResult result;
  result.step = step;
  result.error = error;
  return result;
}

SnapshotResult writeTemp(FileSystem& files, const Keyspace& keyspace,
                         const SnapshotSettings& settings, const RdbSaveRequest& request,
                         const std::string& path) {
  const IoResult<std::shared_ptr<AppendFile>> file = files.openAppend(path);
  if (!file.ok()) return failed("opening it", file.error);
  // A file of that name is from a process that had this number before.
  if (const std::error_code error = file.value->truncate(0)) return failed("emptying it", error);
  BulkWriter writer(*file.value, settings.incremental_fsync);
  RdbFileSink sink(writer);
  const RdbSaveResult saved = saveRdb(keyspace, request, sink);
  if (const std::error_code error = writer.finish()) return failed("writing it", error);
  const IoResult<uint64_t> size = file.value->size();
  if (!size.ok()) return failed("reading its size", size.error);
  if (!saved.complete || size.value != saved.bytes) {
    return failed("checking its size", std::make_error_code(std::errc::io_error));
  }
  SnapshotResult result;
  result.keys = saved.keys;
  result.bytes = saved.bytes;
  return result;
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
  const std::string temp = snapshotTempPath(settings.directory, pid);
  SnapshotResult result = writeTemp(files, keyspace, settings, request, temp);
  if (!result.ok()) {
    static_cast<void>(files.remove(temp));
    return result;
  }
  if (const std::error_code error = files.rename(temp, settings.path())) {
    static_cast<void>(files.remove(temp));
    return failed("renaming it", error);
  }
  if (const std::error_code error = files.syncDirectory(settings.directory)) {
    return failed("syncing its directory", error);
  }
  return result;
}

}  // namespace inkstone
