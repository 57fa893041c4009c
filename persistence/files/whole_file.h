// Files that are written and read as a whole: how a new one comes to stand in the place of an old
// one, and how the bytes of a small one come into memory.
//
// Whatever moment a kill or a power cut chooses, the old file or the new one has the name, whole:
// the data is on the disk before the rename, and the rename counts when the directory is synced.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

#include "persistence/files/file.h"

namespace inkstone {

// What came of writing a file: no error, or the step that failed, as it stands behind "Error" in a
// line of the server log: "writing it".
struct [[nodiscard]] WriteOutcome {
  std::error_code error;
  std::string_view step;

  bool ok() const { return !error; }
  // Becomes what came of the next step; true if that succeeded.
  bool take(const WriteOutcome& next) {
    error = next.error;
    step = next.step;
    return ok();
  }
};

// A file that is being written under a name of its own, and put in its place when it is complete.
// The functions are called in the order they stand in, and none after one has failed. What is not
// kept when the object ends is removed.
class NewFile {
 public:
  // `files` must outlive the object.
  NewFile(FileSystem& files, std::string path) : files_(files), path_(std::move(path)) {}
  ~NewFile();
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  // Opens it, and empties it: a file of that name was left by a process that had the same number.
  WriteOutcome open();
  // Valid from then on.
  const std::shared_ptr<AppendFile>& file() const { return file_; }

  // Appends `text`, and syncs it.
  WriteOutcome write(std::string_view text);
  // Fails with std::errc::io_error unless the file has `bytes`: what counts from its end would be
  // wrong.
  WriteOutcome checkSize(uint64_t bytes);

  // Gives the file, which must be synced, this name in the same directory.
  WriteOutcome rename(std::string path);
  // Makes its name durable.
  WriteOutcome syncDirectory();
  // The file stays when the object ends.
  void keep() { kept_ = true; }

 private:
  FileSystem& files_;
  std::string path_;
  std::shared_ptr<AppendFile> file_;
  bool kept_ = false;
};

// The bytes from `offset` on, up to `bytes_max` of them or to the end of the file.
IoResult<std::string> readPiece(ReadFile& file, uint64_t offset, uint64_t bytes_max);
IoResult<std::string> readPiece(AppendFile& file, uint64_t offset, uint64_t bytes_max);
// All of a file; std::errc::file_too_large if that is more than `bytes_max`.
IoResult<std::string> readWhole(FileSystem& files, const std::string& path, uint64_t bytes_max);

}  // namespace inkstone
