// A replayer that remembers what it was given.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "persistence/log/log_replay.h"

namespace inkstone::test {

class RecordingReplayer final : public CommandReplayer {
 public:
  ReplayStatus replayBatch(std::span<const ReplayRequest> requests) override {
    batch_sizes.push_back(requests.size());
    for (size_t i = 0; i < requests.size(); ++i) {
      std::string command;
      for (const std::string_view arg : requests[i].args) {
        if (!command.empty()) command += ' ';
        command += arg;
      }
      if (answer) {
        ReplayStatus status = answer(command);
        if (status.outcome != ReplayOutcome::kOk) {
          status.executed = i;
          return status;
        }
      }
      commands.push_back(std::move(command));
    }
    return {ReplayOutcome::kOk, requests.size(), {}};
  }

  ImageResult loadImage(ReadFile&, uint64_t file_size) override {
    ++images;
    if (image.status == ImageResult::Status::kLoaded && image.end_offset == 0) {
      return {ImageResult::Status::kLoaded, file_size, {}};
    }
    return image;
  }

  bool progress(uint64_t loaded_bytes, uint64_t) override {
    progress_bytes.push_back(loaded_bytes);
    return !stop_after || progress_bytes.size() < stop_after;
  }

  // The result for an image. An image without an end takes the whole file.
  ImageResult image;
  int images = 0;
  std::vector<std::string> commands;
  std::vector<size_t> batch_sizes;
  std::vector<uint64_t> progress_bytes;
  // Decides what a command answers; kOk when unset.
  std::function<ReplayStatus(const std::string&)> answer;
  // progress() returns false at this call; 0 = never.
  size_t stop_after = 0;
};

}  // namespace inkstone::test
