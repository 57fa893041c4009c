#include "persistence/rewrite/log_base.h"

#include <memory>
#include <string>

#include "persistence/files/bulk_writer.h"
#include "persistence/files/rewrite_files.h"
#include "persistence/ledger/ledger_builder.h"
#include "persistence/rdb/rdb_sink.h"
#include "persistence/rewrite/snapshot_commands.h"

namespace inkstone {
namespace {

LogBaseResult failed(std::string_view step, std::error_code error) {
  LogBaseResult result;
  result.step = step;
  result.error = error;
  return result;
}

LogBaseResult writeTemp(FileSystem& files, const Keyspace& keyspace, const RewriteRequest& request,
                        const std::string& path, LedgerBuilder& ledger, FileIdentity& identity) {
  const IoResult<std::shared_ptr<AppendFile>> file = files.openAppend(path);
  if (!file.ok()) return failed("opening it", file.error);
  // A file of that name is from a process that had this number before.
  if (const std::error_code error = file.value->truncate(0)) return failed("emptying it", error);
  identity = file.value->identity();
  RecordedFile recorded(*file.value, ledger);
  BulkWriter writer(recorded, request.settings.incremental_fsync);
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
  FileSystem& files = environment.files;
  const std::string& directory = request.settings.directory;
  const std::string temp = rewriteTempPath(directory, pid);
  const std::string ledger_path = rewriteLedgerPath(directory, pid);
  LedgerBuilder ledger;
  FileIdentity identity;
  LogBaseResult result = writeTemp(files, keyspace, request, temp, ledger, identity);
  if (result.ok()) {
    std::error_code error = ledger.write(files, ledger_path, environment.clock.unixMs(), identity);
    if (!error) error = files.syncDirectory(directory);
    if (error) result = failed("writing its ledger", error);
  }
  if (!result.ok()) {
    static_cast<void>(files.remove(temp));
    static_cast<void>(files.remove(ledger_path));
    return result;
  }
  const InstallResult installed = installRewrittenLog(files, environment.clock, environment.latency,
                                                      environment.steps, request.settings, temp);
  switch (installed.step) {
    case InstallStep::kInstalled:
      break;
    case InstallStep::kNotRenamed:
      static_cast<void>(files.remove(ledger_path));
      return failed("renaming it", installed.error);
    case InstallStep::kDirectoryUnsynced:
      return failed("syncing its directory", installed.error);
  }
  if (const std::error_code error = files.rename(ledger_path, request.settings.ledgerPath())) {
    return failed("renaming its ledger", error);
  }
  return result;
}

}  // namespace inkstone
