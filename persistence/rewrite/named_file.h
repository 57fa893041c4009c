// A file that has just got its name, and whose directory is still to be synced.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <utility>

#include "persistence/files/forwarding_file.h"
#include "persistence/files/rewrite_steps.h"

namespace inkstone {

// The file itself, but for sync(): a success says that its name is on the disk, too.
class NamedFile final : public ForwardingFile {
 public:
  // `files` and `steps` must outlive the file.
  NamedFile(std::shared_ptr<AppendFile> file, FileSystem& files, RewriteSteps& steps,
            std::string directory)
      : ForwardingFile(std::move(file)),
        files_(files),
        steps_(steps),
        directory_(std::move(directory)) {}

  // The data first: a name that survives a power cut must not lead to bytes that did not.
  std::error_code sync() override {
    if (const std::error_code error = inner().sync()) return error;
    if (name_durable_) return {};
    steps_.reach(RewriteStep::kParentBeforeDirectorySync);
    if (const std::error_code error = files_.syncDirectory(directory_)) return error;
    steps_.reach(RewriteStep::kParentAfterDirectorySync);
    name_durable_ = true;
    return {};
  }

 private:
  FileSystem& files_;
  RewriteSteps& steps_;
  const std::string directory_;
  // One sync runs at a time, but not always in the same thread.
  std::atomic<bool> name_durable_ = false;
};

}  // namespace inkstone
