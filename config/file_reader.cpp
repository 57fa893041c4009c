#include "config/file_reader.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace inkstone {

std::error_code readAll(int fd, std::string& content, size_t bytes_max) {
  std::array<char, 16384> chunk;
  while (true) {
    const ssize_t size = read(fd, chunk.data(), chunk.size());
    if (size == 0) return {};
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return {errno, std::generic_category()};
    content.append(chunk.data(), static_cast<size_t>(size));
    if (content.size() > bytes_max) return std::make_error_code(std::errc::file_too_large);
  }
}

std::error_code readFile(const std::string& path, std::string& content, size_t bytes_max) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return {errno, std::generic_category()};
  const std::error_code error = readAll(fd, content, bytes_max);
  close(fd);
  return error;
}

}  // namespace inkstone
