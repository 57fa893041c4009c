// Replaces the content of a file without ever losing it: a crash at any moment leaves the old
// content or the new one, in the file or, where the file has to be overwritten in place, beside it.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <system_error>

namespace inkstone {

// The calls that reach the disk, each with the meaning and errno of its POSIX namesake, so that
// tests can make one fail. The default is the real thing.
class FileCalls {
 public:
  virtual ~FileCalls() = default;
  virtual int open(const char* path, int flags, unsigned mode);
  virtual ssize_t write(int fd, const char* data, size_t size);
  virtual int allocate(int fd, size_t size);  // reserves space, keeps the size
  virtual int truncate(int fd, size_t size);
  virtual int sync(int fd);
  virtual int rename(const char* from, const char* to);
};

struct [[nodiscard]] ReplaceResult {
  std::error_code error;
  bool in_place = false;
};

class FileReplacer {
 public:
  // `calls` must outlive this object.
  explicit FileReplacer(FileCalls& calls) : calls_(calls) {}

  // Makes `content` the content of `path` (a symbolic link is followed, owner and permissions
  // stay): writes a temporary file beside it, syncs it, renames it over `path`, syncs the
  // directory. Where no file can be created there or the rename is refused (bind-mounted file,
  // read-only directory), writes into the file itself, its space reserved first. On error the file
  // has its old content.
  ReplaceResult replace(const std::string& path, std::string_view content);

 private:
  std::error_code writeAll(int fd, std::string_view content);
  std::error_code writeTemporary(const std::string& temporary, const std::string& target,
                                 std::string_view content);
  std::error_code syncDirectory(const std::string& target);
  std::error_code overwrite(const std::string& target, std::string_view content);
  // The whole content of an open file, from its start.
  std::error_code fill(int fd, std::string_view content);

  FileCalls& calls_;
};

}  // namespace inkstone
