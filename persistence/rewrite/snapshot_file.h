// The file of a snapshot (dbfilename): how it comes about, and what is left when it does not.
//
// It is written under another name, synced, renamed, and its directory synced: whatever moment a
// kill or a power cut chooses, the old snapshot or the new one is there, whole, plus perhaps a
// temporary file that the next start removes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "persistence/files/file.h"
#include "persistence/files/log_hooks.h"
#include "persistence/rdb/rdb_encoder.h"
#include "persistence/rewrite/data_set_file.h"
#include "storage/keyspace.h"

namespace inkstone {

struct SnapshotSettings {
  // Absolute, or "."; without trailing slash.
  std::string directory = ".";
  // dbfilename
  std::string filename = "dump.rdb";
  // rdb-save-incremental-fsync
  bool incremental_fsync = true;

  std::string path() const { return directory + "/" + filename; }
};

// <directory>/temp-<pid>.rdb
std::string snapshotTempPath(const std::string& directory, int64_t pid);

// Whether a file of this name was left by a save: temp-<digits>.rdb.
bool isSnapshotTempName(std::string_view name);

// Removes what saves that did not come to their end left in settings.directory, and logs each. Only
// for the start. What a process writes that is still alive stays: servers may share a directory. A
// file that cannot be removed is logged and stays, too.
void removeSnapshotLeftovers(FileSystem& files, const SnapshotSettings& settings, LogSink& sink);

// Without an error the snapshot is on the disk under its name. Otherwise the temporary file is
// gone, and the old snapshot stands untouched unless all that failed was the directory's sync.
using SnapshotResult = DataSetResult;

// Writes the keyspace, which must not change meanwhile, to settings.path() by way of
// snapshotTempPath(directory, pid). Logs nothing, so a child process may call it.
SnapshotResult writeSnapshotFile(FileSystem& files, const Keyspace& keyspace,
                                 const SnapshotSettings& settings, const RdbSaveRequest& request,
                                 int64_t pid);

}  // namespace inkstone
