#include "persistence/log/log_file.h"

#include <fmt/format.h>

#include <utility>

namespace inkstone {

void LogFile::open(std::shared_ptr<AppendFile> file, const std::string& directory, uint64_t size) {
  file_ = std::move(file);
  directory_ = directory;
  size_ = base_size_ = size;
  offsets_.confirm(offsets_.written());
}

FileTrouble LogFile::adopt(const RewrittenLog& rewritten, const std::string& directory) {
  file_ = rewritten.file;
  directory_ = directory;
  size_ = base_size_ = rewritten.size;
  doubt_until_ = offsets_.written();
  if (rewritten.unsynced != nullptr) {
    name_ = Name::kWithNextSync;
    unsynced_.takeFrom(*rewritten.unsynced);
  } else if (rewritten.directory_error) {
    name_ = Name::kDirectoryOwed;
    return directoryTrouble(rewritten.directory_error);
  } else {
    offsets_.confirm(offsets_.written());
  }
  return {};
}

std::shared_ptr<AppendFile> LogFile::release() {
  unsynced_.clear();
  bytes_ = Bytes::kBelieved;
  name_ = Name::kDurable;
  sync_failures_ = 0;
  return std::exchange(file_, nullptr);
}

void LogFile::grow(std::string_view text) {
  unsynced_.add(text);
  size_ += text.size();
}

std::error_code LogFile::cutBack(uint64_t offset) {
  if (const std::error_code error = file_->truncate(placeOf(offset))) return error;
  return file_->sync();
}

uint64_t LogFile::durableBytes() const {
  return nameDurable() ? placeOf(offsets_.durable()) : 0;
}

FileTrouble LogFile::repair() {
  if (isSuspect()) {
    if (FileTrouble trouble = writeSuspectAgain()) return trouble;
  }
  if (name_ != Name::kDirectoryOwed) return {};
  if (const std::error_code error = files_.syncDirectory(directory_)) {
    return directoryTrouble(error);
  }
  name_ = Name::kDurable;
  return {};
}

FileTrouble LogFile::directoryTrouble(std::error_code error) {
  return {error, fmt::format("Error syncing the directory of the AOF file: {}", error.message())};
}

FileTrouble LogFile::writeSuspectAgain() {
  const UnsyncedRange::RewriteResult result = unsynced_.rewrite(*file_, size_ - unsynced_.size());
  switch (result.status) {
    case UnsyncedRange::RewriteStatus::kRewritten:
      bytes_ = Bytes::kBelieved;
      return {};
    case UnsyncedRange::RewriteStatus::kLost:
      bytes_ = Bytes::kLost;
      return {std::make_error_code(std::errc::io_error),
              "A failed sync of the AOF file lost bytes that cannot be read back; the data set is "
              "complete in memory only, rewrite the log"};
    case UnsyncedRange::RewriteStatus::kIoError:
      break;
  }
  bytes_ = Bytes::kSuspect;
  ++sync_failures_;
  return {result.error, fmt::format("Error writing again what was not synced to the AOF file: {}",
                                    result.error.message())};
}

void LogFile::syncSucceeded(uint64_t offset) {
  unsynced_.syncSucceeded();
  confirmed(offset);
}

void LogFile::wholeSynced() {
  unsynced_.clear();
  confirmed(offsets_.written());
}

// The sync of an adopted file has given it its name as well; that of a directory is repair()'s.
void LogFile::confirmed(uint64_t offset) {
  sync_failures_ = 0;
  if (name_ == Name::kWithNextSync) name_ = Name::kDurable;
  offsets_.confirm(offset);
}

void LogFile::syncFailed() {
  if (bytes_ == Bytes::kBelieved) bytes_ = Bytes::kSuspect;
  ++sync_failures_;
  doubt_until_ = offsets_.written();
}

}  // namespace inkstone
