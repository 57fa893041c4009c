// The child's side of a rewrite's diff: what the parent sends while the child writes lies on the
// disk, so that the child's memory does not grow with the writes.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

#include "persistence/files/bulk_writer.h"
#include "persistence/files/file.h"

namespace inkstone {

class DiffSpool {
 public:
  // `pipe_fd` is non-blocking. The file is made when the first text comes, and has no name any more
  // from then on. `files` must outlive the object.
  DiffSpool(FileSystem& files, std::string path, int pipe_fd);
  DiffSpool(const DiffSpool&) = delete;
  DiffSpool& operator=(const DiffSpool&) = delete;

  // Takes from the pipe what is there. Costs a system call when there is nothing.
  void drain();

  // Appends everything to `out`, taking from the pipe meanwhile, until the spool is empty. From
  // then on drainTo() goes on.
  void moveTo(BulkWriter& out);

  // Takes from the pipe what is there, straight to `out`. Returns how much that was.
  uint64_t drainTo(BulkWriter& out);

  // True when there is something to take within `timeout_ms`.
  bool wait(int timeout_ms) const;

  // Taken so far, in bytes.
  uint64_t bytes() const { return bytes_; }

  // The first error; everything after it is dropped. The end of the pipe is one as well: the parent
  // keeps it open.
  std::error_code error() const { return error_; }

 private:
  static constexpr size_t kPieceBytes = 256 * 1024;

  // A piece of what the pipe holds; empty when there is nothing more.
  std::string_view take();
  void append(std::string_view text);

  FileSystem& files_;
  const std::string path_;
  const int pipe_fd_;
  std::shared_ptr<AppendFile> file_;
  const std::unique_ptr<char[]> piece_;
  uint64_t spooled_ = 0;
  uint64_t bytes_ = 0;
  std::error_code error_;
};

}  // namespace inkstone
