// Room on the disk that a file keeps and gives back when others need it: docs/aof-format.md, "When
// writing fails".
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <system_error>
#include <utility>

#include "persistence/files/file.h"

namespace inkstone {

// The file has no name and no contents that mean anything: nobody takes it for data or copies it,
// and it is gone with the process, whatever ends that. Calls may come from any thread.
class ReserveFile {
 public:
  // `files` must outlive the object. Nothing is opened yet.
  ReserveFile(FileSystem& files, std::string directory)
      : files_(files), directory_(std::move(directory)) {}
  ReserveFile(const ReserveFile&) = delete;
  ReserveFile& operator=(const ReserveFile&) = delete;

  enum class Amount : uint8_t {
    // All of it, and only where a quarter more is free: else what is accepted afterwards would meet
    // the full disk at once.
    kWhole,
    // As much of it as a quarter of what is free, so that a small disk is not full of it; or what
    // is held already.
    kFitting,
  };
  // Holds so much from now on, more or less than before. no_space_on_device: there is no room, and
  // heldBytes() says what is held all the same; operation_canceled: it was given up since
  // timesGivenUp() was `asked_at`, which counts; operation_not_supported: the file system sets
  // nothing aside; others: the file cannot be had.
  [[nodiscard]] std::error_code hold(uint64_t bytes, Amount amount, uint64_t asked_at);

  // Frees the room for whoever comes first. Does not wait: resource_unavailable_try_again says that
  // hold() is at it in another thread, and nothing was done.
  [[nodiscard]] std::error_code giveUp();

  uint64_t heldBytes() const { return held_bytes_; }
  uint64_t timesGivenUp() const { return times_given_up_; }

  // Less is no reserve.
  static constexpr uint64_t kBytesMin = 4096;

 private:
  std::error_code resize(uint64_t bytes);
  std::error_code release();

  FileSystem& files_;
  const std::string directory_;
  std::mutex mutex_;
  std::shared_ptr<AppendFile> file_;
  std::atomic<uint64_t> held_bytes_ = 0;
  std::atomic<uint64_t> times_given_up_ = 0;
};

// A write that fails for this reason may succeed once room was made.
bool isNoSpace(const std::error_code& error);

}  // namespace inkstone
