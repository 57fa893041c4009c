// Decides when the server locks its data files (persistence/files/data_folder_lock.h): the AOF
// while it is on or being written, the dump from the moment when the server may write one. A server
// that writes neither, such as a cache with the AOF off and no save points, locks nothing and
// shares its folder.
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

  // To be called before anything is loaded and any socket is opened. Each of these returns why
  // another server forbids it, or nothing. Where locks do not exist, the server log says so and
  // nothing is forbidden.
  [[nodiscard]] std::string lockAtStart();
  // To be called before the AOF at `path` is written.
  [[nodiscard]] std::string lockLog(const std::string& path);
  // To be called before the dump is written to the file that dir and dbfilename name.
  [[nodiscard]] std::string lockSnapshot();
  // To be called after a change of dir, dbfilename or save.
  [[nodiscard]] std::string follow();
  // To be called when the AOF is off.
  void unlockLog() { locks_.unlock(DataFolderLock::File::kLog); }

 private:
  std::string lock(DataFolderLock::File file, const std::string& path);

  Runtime& runtime_;
  DataFolderLock locks_;
};

}  // namespace inkstone
