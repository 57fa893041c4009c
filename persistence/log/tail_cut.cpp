#include "persistence/log/tail_cut.h"

#include <algorithm>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "persistence/files/reserve_file.h"

namespace inkstone {

namespace {

constexpr uint64_t kChunkBytes = 1024 * 1024;

IoResult<std::string> freeName(FileSystem& files, const std::string& path, int64_t unix_seconds) {
  const std::string first = path + ".cut-" + std::to_string(unix_seconds);
  std::string name = first;
  for (int number = 2;; ++number) {
    const IoResult<bool> taken = files.exists(name);
    if (!taken.ok()) return {{}, taken.error};
    if (!taken.value) return {name, {}};
    name = first + "-" + std::to_string(number);
  }
}

// Appends source[begin, end) to `target` and syncs it.
std::error_code copyRange(AppendFile& source, uint64_t begin, uint64_t end, AppendFile& target) {
  std::vector<char> chunk(static_cast<size_t>(std::min(kChunkBytes, end - begin)));
  while (begin < end) {
    const std::span<char> piece(chunk.data(),
                                static_cast<size_t>(std::min<uint64_t>(chunk.size(), end - begin)));
    const IoResult<size_t> read = source.readAt(begin, piece);
    if (!read.ok()) return read.error;
    if (read.value < piece.size()) return std::make_error_code(std::errc::io_error);
    const IoResult<size_t> written = target.append({piece.data(), piece.size()});
    if (!written.ok()) return written.error;
    begin += piece.size();
  }
  return target.sync();
}

std::error_code keepRange(FileSystem& files, AppendFile& log, uint64_t begin, uint64_t end,
                          const std::string& name) {
  const IoResult<std::shared_ptr<AppendFile>> target = files.openAppend(name);
  if (!target.ok()) return target.error;
  std::error_code error = copyRange(log, begin, end, *target.value);
  const std::error_code closed = target.value->close();
  return error ? error : closed;
}

std::error_code shorten(AppendFile& log, uint64_t keep_bytes) {
  const std::error_code error = log.truncate(keep_bytes);
  return error ? error : log.sync();
}

// Cuts first and keeps the bytes, held in memory meanwhile, in the space this gives free.
TailCutResult cutWithoutSpace(FileSystem& files, const std::string& directory, AppendFile& log,
                              uint64_t size, uint64_t keep_bytes, const std::string& name) {
  std::vector<char> tail(static_cast<size_t>(size - keep_bytes));
  const IoResult<size_t> read = log.readAt(keep_bytes, tail);
  if (!read.ok()) return {read.error, {}};
  if (const std::error_code error = shorten(log, keep_bytes)) return {error, {}};
  const IoResult<std::shared_ptr<AppendFile>> target = files.openAppend(name);
  if (!target.ok()) return {};
  const bool kept = target.value->append({tail.data(), read.value}).ok() && !target.value->sync() &&
                    !target.value->close() && !files.syncDirectory(directory);
  if (kept) return {{}, name};
  static_cast<void>(files.remove(name));
  return {};
}

}  // namespace

TailCutResult cutTail(FileSystem& files, const std::string& directory, const std::string& path,
                      uint64_t size, uint64_t keep_bytes, int64_t unix_seconds) {
  const IoResult<std::string> name = freeName(files, path, unix_seconds);
  if (!name.ok()) return {name.error, {}};
  const IoResult<std::shared_ptr<AppendFile>> log = files.openAppend(path);
  if (!log.ok()) return {log.error, {}};

  std::error_code error = keepRange(files, *log.value, keep_bytes, size, name.value);
  if (!error) error = files.syncDirectory(directory);
  if (!error) return {shorten(*log.value, keep_bytes), name.value};

  static_cast<void>(files.remove(name.value));
  if (!isNoSpace(error) || size - keep_bytes > kTailHeldMax) return {error, {}};
  return cutWithoutSpace(files, directory, *log.value, size, keep_bytes, name.value);
}

}  // namespace inkstone
