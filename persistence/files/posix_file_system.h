// The file system of the machine.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "persistence/files/file.h"

namespace inkstone {

// Stateless. Files are created with mode 0644 less the umask and never inherited by exec.
class PosixFileSystem final : public FileSystem {
 public:
  IoResult<std::shared_ptr<AppendFile>> openAppend(const std::string& path) override;
  IoResult<std::unique_ptr<ReadFile>> openRead(const std::string& path) override;
  IoResult<std::shared_ptr<AppendFile>> openUnnamed(const std::string& directory) override;
  [[nodiscard]] std::error_code rename(const std::string& from, const std::string& to) override;
  [[nodiscard]] std::error_code remove(const std::string& path) override;
  [[nodiscard]] std::error_code syncDirectory(const std::string& directory) override;
  IoResult<uint64_t> size(const std::string& path) override;
  IoResult<uint64_t> freeBytes(const std::string& directory) override;
  IoResult<bool> exists(const std::string& path) override;
  IoResult<int64_t> changedUnixMs(const std::string& path) override;
  IoResult<std::vector<std::string>> listDirectory(const std::string& directory) override;
  std::string bootId() override;
};

}  // namespace inkstone
