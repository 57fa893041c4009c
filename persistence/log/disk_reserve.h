// Keeps the reserve of disk space beside the log (aof-disk-reserve): makes it, gives it up when a
// write finds the disk full, and makes it again when there is room. docs/aof-format.md, "When
// writing fails".
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <system_error>

#include "persistence/files/file.h"
#include "persistence/files/log_hooks.h"
#include "persistence/files/reserve_file.h"
#include "persistence/log/background_sync.h"

namespace inkstone {

// For the loop thread. The references must outlive the object. What may wait for the disk is done
// in the background thread, but for the giving up.
class DiskReserve {
 public:
  DiskReserve(FileSystem& files, BackgroundSync& background, LogClock& clock, LogSink& sink)
      : files_(files), background_(background), clock_(clock), sink_(sink) {}

  // From now on it is room of this directory's file system; what is held elsewhere is freed.
  // onCron() makes it.
  void useDirectory(const std::string& directory);
  // How much is wanted; none if that is less than ReserveFile::kBytesMin. What is held follows.
  void want(uint64_t bytes);
  // Makes it here and now.
  void make();
  // Frees it; nothing is owed any more, and nothing is made until useDirectory().
  void remove();

  // Frees what is held, also while more or less is being made of it. False if nothing is held.
  bool giveUp();
  // It was given up and could not be made again yet: the disk is as full as it was, and nothing
  // more should be accepted.
  bool owed() const { return owed_bytes_ != 0; }

  // Call every tick of serverCron. `wanted_elsewhere`: there is text that needs the room first.
  void onCron(bool wanted_elsewhere);
  // A completion of the background thread; false if it is not of this.
  bool onCompletion(const BackgroundSync::Completion& completion);

  // Fields of INFO persistence.
  uint64_t heldBytes() const { return file_ == nullptr ? 0 : file_->heldBytes(); }
  uint64_t timesGivenUp() const { return times_given_up_; }

 private:
  uint64_t goal() const;
  bool due(int64_t now_ms) const;
  void concluded(std::error_code error);

  FileSystem& files_;
  BackgroundSync& background_;
  LogClock& clock_;
  LogSink& sink_;

  std::string directory_;
  // Null: none is kept.
  std::shared_ptr<ReserveFile> file_;
  uint64_t wanted_bytes_ = 0;
  uint64_t owed_bytes_ = 0;
  // What was held when it was given up last.
  uint64_t given_up_bytes_ = 0;
  // The background thread is at it; 0 = it is not.
  uint64_t token_ = 0;
  int64_t last_try_ms_ = 0;
  // Tried since useDirectory() or want().
  bool tried_ = false;
  // It cannot be had, for another reason than a full disk.
  bool impossible_ = false;
  bool shortage_told_ = false;
  uint64_t times_given_up_ = 0;
};

}  // namespace inkstone
