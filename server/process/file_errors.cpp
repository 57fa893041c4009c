#include "server/process/file_errors.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

namespace inkstone {

std::string describeFileError(const std::string& folder, std::error_code error) {
  const std::string text = error.message();
  const bool refused = error == std::errc::permission_denied ||
                       error == std::errc::operation_not_permitted ||
                       error == std::errc::read_only_file_system;
  if (!refused) return text;
  std::error_code ignored;
  const std::string path = std::filesystem::absolute(folder, ignored).lexically_normal().string();
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    return fmt::format("{} (the folder {}, as uid {})", text, path, ::geteuid());
  }
  constexpr unsigned kModeBits = 07777;
  return fmt::format(
      "{} (the folder {} is of uid {} and gid {} with mode {:04o}, and the server "
      "runs as uid {} and gid {})",
      text, path, status.st_uid, status.st_gid, status.st_mode & kModeBits, ::geteuid(),
      ::getegid());
}

}  // namespace inkstone
