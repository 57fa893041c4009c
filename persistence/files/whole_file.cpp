#include "persistence/files/whole_file.h"

#include <algorithm>
#include <utility>

#include "persistence/files/paths.h"

namespace inkstone {

namespace {

template <typename File>
IoResult<std::string> readBytes(File& file, uint64_t offset, uint64_t bytes_max) {
  const IoResult<uint64_t> size = file.size();
  if (!size.ok()) return {{}, size.error};
  const uint64_t left = size.value - std::min(offset, size.value);
  std::string bytes(static_cast<size_t>(std::min(left, bytes_max)), '\0');
  const IoResult<size_t> read = file.readAt(offset, bytes);
  bytes.resize(read.value);
  return {std::move(bytes), read.error};
}

}  // namespace

NewFile::~NewFile() {
  if (file_ != nullptr && !kept_) static_cast<void>(files_.remove(path_));
}

WriteOutcome NewFile::open() {
  IoResult<std::shared_ptr<AppendFile>> file = files_.openAppend(path_);
  if (!file.ok()) return {file.error, "opening it"};
  file_ = std::move(file.value);
  return {file_->truncate(0), "emptying it"};
}

WriteOutcome NewFile::write(std::string_view text) {
  std::error_code error = file_->append(text).error;
  if (!error) error = file_->sync();
  return {error, "writing it"};
}

WriteOutcome NewFile::checkSize(uint64_t bytes) {
  const IoResult<uint64_t> size = file_->size();
  if (!size.ok()) return {size.error, "reading its size"};
  if (size.value == bytes) return {};
  return {std::make_error_code(std::errc::io_error), "checking its size"};
}

WriteOutcome NewFile::rename(std::string path) {
  const std::error_code error = files_.rename(path_, path);
  if (!error) path_ = std::move(path);
  return {error, "renaming it"};
}

WriteOutcome NewFile::syncDirectory() {
  return {files_.syncDirectory(directoryOf(path_)), "syncing its directory"};
}

IoResult<std::string> readPiece(ReadFile& file, uint64_t offset, uint64_t bytes_max) {
  return readBytes(file, offset, bytes_max);
}

IoResult<std::string> readPiece(AppendFile& file, uint64_t offset, uint64_t bytes_max) {
  return readBytes(file, offset, bytes_max);
}

IoResult<std::string> readWhole(FileSystem& files, const std::string& path, uint64_t bytes_max) {
  const IoResult<std::unique_ptr<ReadFile>> file = files.openRead(path);
  if (!file.ok()) return {{}, file.error};
  const IoResult<uint64_t> size = file.value->size();
  if (!size.ok()) return {{}, size.error};
  if (size.value > bytes_max) return {{}, std::make_error_code(std::errc::file_too_large)};
  return readPiece(*file.value, 0, size.value);
}

}  // namespace inkstone
