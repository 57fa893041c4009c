#include "persistence/files/paths.h"

#include <filesystem>
#include <system_error>

namespace inkstone {

std::string directoryOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

std::string filenameOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? path : path.substr(slash + 1);
}

std::string linkTarget(const std::string& path) {
  // Linux follows as many.
  constexpr int kLinksMax = 40;
  std::filesystem::path at = path;
  for (int links = 0; links < kLinksMax; ++links) {
    std::error_code error;
    if (!std::filesystem::is_symlink(std::filesystem::symlink_status(at, error))) {
      return at.string();
    }
    const std::filesystem::path target = std::filesystem::read_symlink(at, error);
    if (error || target.empty()) return path;
    at = target.is_absolute() ? target : at.parent_path() / target;
  }
  return path;
}

PathParts linkTargetParts(const std::string& path) {
  const std::string target = linkTarget(path);
  return {directoryOf(target), filenameOf(target)};
}

}  // namespace inkstone
