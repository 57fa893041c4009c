#include "persistence/log_base.h"

#include <memory>
#include <string>

#include "persistence/bulk_writer.h"
#include "persistence/rdb_sink.h"
#include "persistence/rewrite_files.h"
#include "persistence/snapshot_commands.h"

namespace inkstone {
namespace {

LogBaseResult failed(std::string_view step, std::error_code error) {
  LogBaseResult result;
  result.step = step;
  result.error = error;
  return result;
}

LogBaseResult writeTemp(FileSystem& files, const Keyspace& keyspace, const RewriteRequest& request,
                        const std::string& path) {
  const IoResult<std::shared_ptr<AppendFile>> file = files.openAppend(path);
  if (!file.ok()) return failed("opening it", file.error);
  // A file of that name is from a process that had this number before.
  if (const std::error_code error = file.value->truncate(0)) return failed("emptying it", error);
  BulkWriter writer(*file.value, request.settings.incremental_fsync);
  LogBaseResult result;
  if (request.preamble) {
    RdbFileSink sink(writer);
    result.keys = saveRdb(keyspace, request.image, sink).keys;
  } else {
    result.keys = writeSnapshotCommands(keyspace, request.annotation_unix_s, writer);
  }
  if (const std::error_code error = writer.finish()) return failed("writing it", error);
  const IoResult<uint64_t> size = file.value->size();
  if (!size.ok()) return failed("reading its size", size.error);
  result.bytes = writer.bytes();
  // Checked because the log's offsets are counted from it.
  if (size.value == result.bytes) return result;
  return failed("checking its size", std::make_error_code(std::errc::io_error));
}

}  // namespace

LogBaseResult writeLogBase(const LogBaseEnvironment& environment, const Keyspace& keyspace,
                           const RewriteRequest& request, int64_t pid) {
  const std::string temp = rewriteTempPath(request.settings.directory, pid);
  const LogBaseResult result = writeTemp(environment.files, keyspace, request, temp);
  if (!result.ok()) {
    static_cast<void>(environment.files.remove(temp));
    return result;
  }
  const InstallResult installed =
      installRewrittenLog(environment.files, environment.clock, environment.latency,
                          environment.steps, request.settings, temp);
  switch (installed.step) {
    case InstallStep::kInstalled:
      break;
    case InstallStep::kNotRenamed:
      return failed("renaming it", installed.error);
    case InstallStep::kDirectoryUnsynced:
      return failed("syncing its directory", installed.error);
  }
  return result;
}

}  // namespace inkstone
