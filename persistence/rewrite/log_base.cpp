#include "persistence/rewrite/log_base.h"

#include <string>

#include "persistence/files/rewrite_files.h"
#include "persistence/files/whole_file.h"
#include "persistence/ledger/ledger_builder.h"

namespace inkstone {

namespace {

// Data and ledger, under their temporary names.
LogBaseResult writeFiles(const LogBaseEnvironment& environment, const Keyspace& keyspace,
                         const RewriteRequest& request, NewFile& file,
                         const std::string& ledger_path) {
  FileSystem& files = environment.files;
  DataSetForm form{request.preamble, request.image, request.annotation_unix_s};
  // What is appended behind an image is younger than the image anyhow.
  if (form.image) form.annotation_unix_s.reset();
  LedgerBuilder ledger;
  LogBaseResult result =
      writeDataSetFile(keyspace, form, request.settings.incremental_fsync, file, &ledger);
  if (!result.ok()) return result;
  std::error_code error =
      ledger.write(files, ledger_path, environment.clock.unixMs(), file.file()->identity());
  if (!error) error = files.syncDirectory(request.settings.directory);
  result.take({error, "writing its ledger"});
  return result;
}

WriteOutcome putInPlace(const LogBaseEnvironment& environment, const RewriteRequest& request,
                        const std::string& temp, const std::string& ledger_path) {
  FileSystem& files = environment.files;
  const InstallResult installed = installRewrittenLog(files, environment.clock, environment.latency,
                                                      environment.steps, request.settings, temp);
  switch (installed.step) {
    case InstallStep::kInstalled:
      break;
    case InstallStep::kNotRenamed:
      static_cast<void>(files.remove(ledger_path));
      return {installed.error, "renaming it"};
    case InstallStep::kDirectoryUnsynced:
      return {installed.error, "syncing its directory"};
  }
  return {files.rename(ledger_path, request.settings.ledgerPath()), "renaming its ledger"};
}

}  // namespace

LogBaseResult writeLogBase(const LogBaseEnvironment& environment, const Keyspace& keyspace,
                           const RewriteRequest& request, int64_t pid) {
  const std::string temp = rewriteTempPath(request.settings.directory, pid);
  const std::string ledger_path = rewriteLedgerPath(request.settings.directory, pid);
  NewFile file(environment.files, temp);
  LogBaseResult result = writeFiles(environment, keyspace, request, file, ledger_path);
  if (!result.ok()) {
    static_cast<void>(environment.files.remove(ledger_path));
    return result;
  }
  // From here on the file has the log's name, or is removed.
  file.keep();
  result.take(putInPlace(environment, request, temp, ledger_path));
  return result;
}

}  // namespace inkstone
