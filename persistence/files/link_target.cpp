#include "persistence/files/link_target.h"

#include <filesystem>
#include <system_error>

namespace inkstone {

std::string linkTarget(const std::string& path) {
  // As many as Linux follows.
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
  const std::filesystem::path target = linkTarget(path);
  const std::string directory = target.parent_path().string();
  return {directory.empty() ? "." : directory, target.filename().string()};
}

}  // namespace inkstone
