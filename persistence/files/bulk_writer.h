// Gathers the text of a whole log into large appends: a system call for each key would cost more
// than its text.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <system_error>

#include "persistence/files/file.h"

namespace inkstone {

// The first error is kept and everything after it is dropped, so that a caller need not ask after
// every piece.
class BulkWriter {
 public:
  static constexpr size_t kPieceBytes = 256 * 1024;
  // aof-rewrite-incremental-fsync: a sync that often, instead of one at the end that makes every
  // other writer of the disk wait.
  static constexpr uint64_t kSyncBytes = 32 * 1024 * 1024;

  // `file` must outlive the writer and be appended to by nobody else.
  BulkWriter(AppendFile& file, bool incremental_sync);

  void append(std::string_view text);
  // One command of the log: its name and arguments.
  void appendCommand(std::span<const std::string_view> args);
  // The same argument by argument: as many as announced, the name included, have to follow.
  void beginCommand(size_t arguments);
  void appendArgument(std::string_view arg);

  // Writes what is gathered and syncs the file. The error of this or of anything before; none means
  // that all of it is on the disk.
  [[nodiscard]] std::error_code finish();

  std::error_code error() const { return error_; }
  // Bytes appended so far, gathered ones included.
  uint64_t bytes() const { return bytes_; }

 private:
  void writeOut(std::string_view text);
  void flush();

  AppendFile& file_;
  const bool incremental_sync_;
  const std::unique_ptr<char[]> piece_;
  size_t gathered_ = 0;
  uint64_t bytes_ = 0;
  uint64_t unsynced_ = 0;
  std::error_code error_;
};

}  // namespace inkstone
