// When the server locks its data files (persistence/files/data_folder_lock.h): the log while it is
// on or written, the dump from the moment the server may write one. A server that writes neither,
// such as a cache with the log off and no save points, locks nothing and shares its folder.
#pragma once

#include <string>

#include "persistence/files/data_folder_lock.h"

namespace inkstone {

class Runtime;

// For the loop thread.
class DataLocks {
 public:
  // `runtime` must outlive this object.
  explicit DataLocks(Runtime& runtime) : runtime_(runtime) {}

  // Before anything is loaded or listened to. Each returns why another server forbids it, or
  // nothing; that there is no lock is logged, and forbids nothing.
  [[nodiscard]] std::string lockAtStart();
  // Before the log at `path` is written.
  [[nodiscard]] std::string lockLog(const std::string& path);
  // Before the dump is written, where dir and dbfilename say.
  [[nodiscard]] std::string lockSnapshot();
  // After a change of dir, dbfilename or save.
  [[nodiscard]] std::string follow();
  // The log is off.
  void unlockLog() { locks_.unlock(DataFolderLock::File::kLog); }

 private:
  std::string lock(DataFolderLock::File file, const std::string& path);

  Runtime& runtime_;
  DataFolderLock locks_;
};

}  // namespace inkstone
