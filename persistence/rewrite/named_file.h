// A file that has just got its name, and whose directory is still to be synced.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <utility>

#include "persistence/files/file.h"
#include "persistence/files/rewrite_steps.h"

namespace inkstone {

// The file itself, but for sync(): a success says that its name is on the disk, too.
class NamedFile final : public AppendFile {
 public:
  // `files` and `steps` must outlive the file.
  NamedFile(std::shared_ptr<AppendFile> file, FileSystem& files, RewriteSteps& steps,
            std::string directory)
      : file_(std::move(file)), files_(files), steps_(steps), directory_(std::move(directory)) {}

  IoResult<size_t> append(std::string_view data) override { return file_->append(data); }
  std::error_code overwrite(uint64_t offset, std::string_view data) override {
    return file_->overwrite(offset, data);
  }
  IoResult<size_t> readAt(uint64_t offset, std::span<char> target) override {
    return file_->readAt(offset, target);
  }
  std::error_code truncate(uint64_t size) override { return file_->truncate(size); }
  IoResult<uint64_t> size() override { return file_->size(); }
  FileIdentity identity() override { return file_->identity(); }
  std::error_code close() override { return file_->close(); }

  // The data first: a name that survives a power cut must not lead to bytes that did not.
  std::error_code sync() override {
    if (const std::error_code error = file_->sync()) return error;
    if (name_durable_) return {};
    steps_.reach(RewriteStep::kParentBeforeDirectorySync);
    if (const std::error_code error = files_.syncDirectory(directory_)) return error;
    steps_.reach(RewriteStep::kParentAfterDirectorySync);
    name_durable_ = true;
    return {};
  }

 private:
  const std::shared_ptr<AppendFile> file_;
  FileSystem& files_;
  RewriteSteps& steps_;
  const std::string directory_;
  // One sync runs at a time, but not always in the same thread.
  std::atomic<bool> name_durable_ = false;
};

}  // namespace inkstone
